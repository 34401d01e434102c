"""Common statements of coalitions: a text that does not change, and which members signed it, each by its own word."""
