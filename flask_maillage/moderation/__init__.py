"""Moderation: what strangers and members report, and what an admin does about it."""
