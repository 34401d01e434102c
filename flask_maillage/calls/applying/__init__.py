"""The applicant's side: what is written here, sent from here, and what came of it, for members and for guests."""
