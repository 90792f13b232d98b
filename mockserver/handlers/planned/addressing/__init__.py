"""Which record a request means, and where a record is found: the path's keys and values, new keys, addresses."""
