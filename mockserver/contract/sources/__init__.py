"""Whole documents: from what a user names to one document of 3.1, and parts and forms of it."""
