"""A bare ASGI callable on the server that the mock uses: as fast as a reply of those bytes can be there.

python benchmarks/bare.py FILE PORT
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mockserver.web.server import listen, serve


class Bare:
    """Answers every request with the same bytes."""

    def __init__(self, content: bytes) -> None:
        self.world = SimpleNamespace(close=lambda: None)  # what the server closes when it ends
        self._content = content
        self._headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]

    def at_once(self, *_: Any) -> None:
        """Nothing: it is an ASGI application like any other."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, its body read."""
        more = scope["method"] != "GET"
        while more:
            more = (await receive()).get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._content})


def main() -> None:
    """Serve the bytes of FILE on PORT."""
    application: Any = Bare(Path(sys.argv[1]).read_bytes())
    serve(listen("127.0.0.1", int(sys.argv[2])), application)


if __name__ == "__main__":
    main()
