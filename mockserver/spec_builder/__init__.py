"""The only writer of ``spec/``: the published document, built from the short parts of each group."""
