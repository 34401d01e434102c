"""The programme of an event: its items and speakers, and every way in and out of it."""
