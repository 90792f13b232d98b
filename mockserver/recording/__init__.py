"""What the mock cannot answer is asked of a real server, held to the document, and kept for this and the next start."""
