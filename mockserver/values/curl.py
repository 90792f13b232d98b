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
        line = f"{self.name}: {self.text}" if self.text else f"{self.name};"  # so curl sends a header without a value
        return quoted(line, is_filled_in=self.is_filled_in)


def trusting(line: str, cert: object) -> str:
    """A line of a command, which trusts the certificate in the file ``cert`` if it is the first."""
    return line.replace("curl ", f"curl --cacert {quoted(str(cert))} ", 1)


def quoted(text: str, *, is_filled_in: bool = False) -> str:
    """``text`` as one word; ``is_filled_in``: the shell puts its variables into it."""
    return '"' + re.sub(r'(["`\\])', r"\\\1", text) + '"' if is_filled_in else shlex.quote(text)


def curl_command(
    url: str,
    method: str = "GET",
    headers: Iterable[CurlHeader] = (),
    body: str | None = None,
    *,
    options: Iterable[str] = ("-i",),
    on_lines: bool = False,
    is_url_filled_in: bool = False,
) -> str:
    """``curl`` with every word quoted for a shell but ``options``, which are as they are given.

    ``on_lines``: each header and the body on a line of its own; ``is_url_filled_in``: the shell puts variables into it.
    """
    verb = [] if method == "GET" else ["--head"] if method == "HEAD" else ["-X", method]
    parts = [
        " ".join(["curl", *options, *verb, quoted(url, is_filled_in=is_url_filled_in)]),
        *(f"-H {header.word()}" for header in headers),
        *([f"--data-binary {shlex.quote(body)}"] if body else []),
    ]
    return (" \\\n  " if on_lines else " ").join(parts)
