"""Refusals in the error bodies that the document declares for them."""
