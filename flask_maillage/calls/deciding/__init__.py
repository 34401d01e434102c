"""Deciding about applications on the owner's node: pending decisions, their publication, confirmations, open places."""
