"""Two documents compared: what the new one breaks for a client of the old one."""
