"""What each operation does to those records: its kind, the rule that decided, and what its handler needs beyond."""
