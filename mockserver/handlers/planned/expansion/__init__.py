"""Related records that a request asks to see with its own: what is asked for, what that leads to, where it is shown."""
