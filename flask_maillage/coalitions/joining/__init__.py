"""Who may join a group, what it asks them, and the pages on which that is said and done."""
