"""Logging in: OAuth 2 grants and OpenID Connect over the persons that the world knows; it keeps codes, no sessions."""
