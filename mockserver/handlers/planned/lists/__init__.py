"""Which records a list shows, and how much of them: filters, selectors, pages, sparse fields, watches."""
