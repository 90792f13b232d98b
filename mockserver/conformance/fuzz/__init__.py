"""Schemathesis against the target, through the one client of a run."""
