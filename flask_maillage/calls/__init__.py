"""Calls as they are answered: applications from here and from other servers, and what becomes of them."""
