"""Shared by the tests of the contract checks: runs over a mock in this process, whole or broken on purpose."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from mockserver.conformance.execution import Result, carry_out
from mockserver.conformance.invocation import run
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options
from mockserver.conformance.runner import Run
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.web.app import create_app

THOROUGH = bool(os.environ.get("MOCKSERVER_TEST_THOROUGH"))
"""Nothing is sampled: what `make thorough` asks for."""
Break = Callable[[Sent, Callable[[Sent], Received]], Received]


def prepared(broken: Break | None = None, **options: Any) -> Run:
    """A run over the certifications of a fresh mock; ``broken`` stands before it and may answer in its place."""
    chosen = Options(**{"groups": ("certifications",), **options})
    target = find_target(chosen)
    if broken:
        whole = target.transport
        target = replace(target, transport=lambda sent: broken(sent, whole))
    return Run(chosen, target)


def checked(**options: Any) -> dict[str, Any]:
    """What a whole run says, as data: to be called by ``forked.result``, as the run takes much memory."""
    verdict, _ = run(Options(**options))
    return {
        "findings": [(one.check, one.cause, one.detail) for one in verdict.findings],
        "exit_code": verdict.exit_code,
        "left": list(map(str, verdict.left)),
        "uncovered": {reason: [one.resource for one in some] for reason, some in verdict.uncovered().items()},
        "unasked": list(map(str, verdict.unasked())),
        "statuses": sorted(map(repr, verdict.statuses.items())),
        "purposes": sorted(map(repr, verdict.purposes.items())),
        "results": [(one.check.name, one.outcome.value) for one in verdict.results],
    }


def carried_out(run: Run, *names: str) -> list[Result]:
    """The checks whose names begin with one of ``names``, on every resource of the run."""
    chosen = [check for check in load_checks() if check.name.startswith(names)]
    assert chosen, f"no check is called {names}"
    return [carry_out(check, run.session, group) for check in chosen for group in run.groups.values()]


def causes(run: Run, *names: str) -> set[tuple[str, str]]:
    """What was found: check and cause."""
    return {(found.check, found.cause) for result in carried_out(run, *names) for found in result.findings}


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # one connection for many requests, as real servers have it

    def log(self, *_: Any) -> None:
        return


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """``app`` behind a socket of this machine; gives its URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Recording:
    """A mock that writes down each request, and counts what its tenants hold."""

    def __init__(self, **settings: Any) -> None:
        self.app = create_app(**{"page_size": 20, "clock": "scenario", **settings})
        self.world = self.app.extensions["mockserver"]
        self.requests: list[tuple[str, str]] = []
        self.in_the_middle = threading.Event()
        """Set once a run has made many records at once, and not yet removed them."""
        self.breaks_off = False
        """Whether a run gets no further than that."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self.breaks_off and self.in_the_middle.is_set():
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        self.requests.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        size = int(environ.get("CONTENT_LENGTH") or 0)
        answer = self.app.wsgi_app(environ, start_response)
        if environ["PATH_INFO"].endswith("/batch") and size > 5_000:
            self.in_the_middle.set()
        return answer

    def records(self) -> dict[str, dict[str, list[bytes]]]:
        """All records of all tenants, as bytes."""
        return {
            name: {
                resource: [record.raw for record in self.world.store.tenant(name)[resource].scan(None)]
                for resource in self.world.contract.resources
            }
            for name in self.world.store.names()
        }
