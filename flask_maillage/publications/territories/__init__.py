"""Territories as actors and as pages: what lies in a zone is announced by its actor, and shown on its page."""
