"""The command line that sends a request again, for a person to copy."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import NamedTuple


class CurlHeader(NamedTuple):
    """One header. ``is_filled_in``: the shell puts its variables, such as ``$TOKEN``, into the text."""

    name: str
    text: str
    is_filled_in: bool = False

    def word(self) -> str:
        line = f"{self.name}: {self.text}"
        return '"' + re.sub(r'(["`\\])', r"\\\1", line) + '"' if self.is_filled_in else shlex.quote(line)


def curl_command(
    url: str,
    method: str = "GET",
    headers: Iterable[CurlHeader] = (),
    body: str | None = None,
    *,
    options: Iterable[str] = ("-i",),
    on_lines: bool = False,
) -> str:
    """``curl`` with every word quoted for a shell; ``on_lines``: each header and the body on a line of its own."""
    verb = [] if method == "GET" else ["--head"] if method == "HEAD" else ["-X", method]
    parts = [
        " ".join(["curl", *options, *verb, shlex.quote(url)]),
        *(f"-H {header.word()}" for header in headers),
        *([f"--data-binary {shlex.quote(body)}"] if body else []),
    ]
    return (" \\\n  " if on_lines else " ").join(parts)
