"""The committee's desk: what the owner's node gives to read, and the pages of who holds a seat or coordinates."""
