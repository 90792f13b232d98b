"""The control plane below ``/__mock__``: look into the mock and steer it, apart from its API; one noun a file."""
