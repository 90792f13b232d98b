"""Why a request was not carried out."""

from __future__ import annotations


class Refused(Exception):
    """The answer is an error with this status; ``headers`` go with it."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}
