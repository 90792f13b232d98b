"""A contract-testing kit that knows a URL, tokens and the document, and nothing of what answers there."""
