"""JSON values and what can be said of them without knowing where they came from."""
