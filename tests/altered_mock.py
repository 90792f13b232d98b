"""Checks of a document without annotations, run on a mock of it whose replies a test alters."""

from __future__ import annotations

from dataclasses import replace

from mockserver import create_app
from mockserver.conformance.invocation import run
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.wire.allow_list import Routes
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.transports import in_process
from mutants.wire import Wire, ask


def answering(file, change=None):
    """A mock of ``file`` whose replies go through ``change``, and the transport to it."""
    app = create_app(spec=file)
    routes = Routes(app.extensions["mockserver"].contract)

    def altered(environ, start_response):
        operation = routes.operation(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        wire = Wire(environ, operation, *ask(app.wsgi_app, environ))
        if change and operation:
            change(f"{operation.method} {operation.path}", wire)
        start_response(f"{wire.status} ", list(wire.headers))
        return [wire.body]

    return app, in_process(altered)


def checked(file, monkeypatch, suites, change=None, listener=lambda _: None, token="", **more):
    """The verdict of the checks in ``suites`` on a mock of ``file`` whose replies go through ``change``."""
    chosen = tuple(one for one in load_checks(inferred=True) if one.suite in suites)
    monkeypatch.setattr("mockserver.conformance.runner.load_checks", lambda *_, **__: chosen)
    options = Options(spec=file, strictness=Provenance.INFERRED, **more)
    app, transport = answering(file, change)
    target = replace(find_target(options, app), transport=transport)
    if token:
        target = replace(target, own=replace(target.own, token=token, mint=None))
    return run(options, listener, target=target, pause=lambda _: None)[0]
