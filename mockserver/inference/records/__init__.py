"""What records there are, what identifies them, and how they refer to one another: the resources of a document."""
