"""What those who belong to a group do together: their common page, its feed, and what they let it announce."""
