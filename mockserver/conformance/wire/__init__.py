"""The way to the target and back: what may be sent, by whom, and which replies are not the API's own."""
