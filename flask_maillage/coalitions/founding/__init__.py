"""Projects founded by three: proposed, consented to by persons of any node, active, flagged below three, ended."""
