"""Founding, joining, coalescing: who belongs to which organisation, project and coalition."""
