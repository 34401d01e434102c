"""Calls as they are answered: this version takes no application from another server, and tells who sends one."""
