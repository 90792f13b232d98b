"""The JSON Schemas of our own files and requests: what an editor completes and what ``values.form`` holds them to."""
