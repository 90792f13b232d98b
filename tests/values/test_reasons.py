"""Why something could not be read or reached: our words, whoever raised it."""

from __future__ import annotations

import socket
from email.message import Message
from urllib.error import HTTPError, URLError
from xml.parsers.expat import ExpatError

import pytest

from mockserver.values.reasons import LONGEST, reason


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (FileNotFoundError(2, "No such file or directory", "a.yaml"), "it does not exist"),
        (PermissionError(13, "Permission denied", "/a"), "permission denied"),
        (ConnectionRefusedError(111, "Connection refused"), "connection refused"),
        (URLError(ConnectionRefusedError(111, "Connection refused")), "connection refused"),
        (URLError(socket.gaierror(-2, "Name or service not known")), "name or service not known"),
        (URLError("unknown url type: x"), "unknown url type: x"),
        (HTTPError("http://a", 404, "Not Found", Message(), None), "the answer is 404"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "it is not text in UTF-8"),
        (TimeoutError("timed out"), "timed out"),
        (ValueError("first\nsecond"), "first"),
        (ValueError("x" * 1_000), "x" * LONGEST),
        (ValueError(), "ValueError"),
    ],
)
def test_a_reason_is_one_line_in_plain_words(error: Exception, wanted: str) -> None:
    assert reason(error) == wanted


def test_a_number_of_another_library_is_not_a_status() -> None:
    error = ExpatError("no element found: line 1, column 0")
    error.code = 3
    assert reason(error) == "no element found: line 1, column 0"
