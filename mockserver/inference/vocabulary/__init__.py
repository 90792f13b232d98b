"""The words and forms that documents use for the same few things: what inference, handlers and the kit share."""
