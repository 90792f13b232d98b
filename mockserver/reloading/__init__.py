"""A running mock whose files are edited: a world of the new files takes over what clients did in the one before."""
