"""Replies as the document declares them: the status, the envelope, what it says beside the records, and streams."""
