"""Who is asking: the account that a request is made by, and what is true of a record for that account alone."""
