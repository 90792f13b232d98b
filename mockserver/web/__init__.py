"""The only package that knows HTTP: the application, the control plane, the pages, the server."""
