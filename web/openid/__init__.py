"""Signing in with a work account, by OpenID Connect: the protocol, and what the settings choose. No FastAPI in here."""
