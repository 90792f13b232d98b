"""A real socket for browsers and other clients: a threaded server on a free port, for as long as the tests run."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


class _Quiet(WSGIRequestHandler):
    """Logs nothing: the journal tells more, and a test's output is the test's."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 -- Werkzeug's name
        """Do nothing."""


class Server:
    """Serves ``app`` on 127.0.0.1 from now on: it listens when this returns."""

    def __init__(self, app: WSGIApplication) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        # A short interval: it is how long the end of the tests may have to wait.
        options = {"poll_interval": 0.05}
        self._thread = Thread(target=self._server.serve_forever, kwargs=options, name="mockserver", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; returns when the thread has ended."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
