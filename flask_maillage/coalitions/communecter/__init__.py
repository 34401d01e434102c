"""Communecter's dialect of memberships and projects; for what is published, see `publications/communecter.py`."""
