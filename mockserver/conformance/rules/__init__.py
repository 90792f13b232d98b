"""The document's rules as an oracle: read a second time, and worked out over what the target itself returns."""
