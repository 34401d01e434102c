"""Signing in by who one is elsewhere: OpenID Connect, for a node that runs alone and names a provider."""
