"""The way to the target and back: what may be sent, by whom, and what is no answer of the API."""
