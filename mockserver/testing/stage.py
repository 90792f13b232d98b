"""What all tests of one process share: worlds kept for the next test that wants the same, and one server for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from mockserver.settings import Settings
from mockserver.testing.lease import Lease, unavailable
from mockserver.testing.marker import MockOptions
from mockserver.testing.watch import Watch

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask

    from mockserver.testing.live_server import Server
    from mockserver.world import World

KEPT = 16
"""How many worlds wait for a test that wants the same again."""
PATIENCE = 1.0
"""Seconds that a test's end waits for its last requests. A world in which one still runs is never used again."""


class Stage:
    """A WSGI application that is whichever world the running test uses."""

    def __init__(self) -> None:
        self._apps: OrderedDict[Hashable, Flask] = OrderedDict()
        self._lease: Lease | None = None
        self._server: Server | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        lease = self._lease
        return lease(environ, start_response) if lease else unavailable(start_response)

    def lend(self, options: MockOptions) -> Lease:
        """A fresh world for one test. Raises SetupError when it cannot be made."""
        if self._lease:
            raise RuntimeError("another test of this process is using the mock: they take turns")
        app = self._fresh(options.settings)
        world: World = app.extensions["mockserver"]
        if self._server is not None:
            world.address = self._server.url
        if options.moment:
            world.clock.set(options.moment)
        self._lease = Lease(app, world, Watch(strict=options.strict))
        return self._lease

    def take_back(self, lease: Lease) -> None:
        """End a test: its late requests find nobody, and those that still run never meet another test."""
        self._lease = None
        if not lease.close(PATIENCE):
            self._apps = OrderedDict(
                (key, app) for key, app in self._apps.items() if app.extensions["mockserver"] is not lease.world
            )

    @property
    def url(self) -> str:
        """Where this process serves its worlds; the first to ask starts the server."""
        if self._server is None:
            from mockserver.testing.live_server import Server  # PERF: only where a socket is wanted

            self._server = Server(self)
            if self._lease is not None:
                self._lease.world.address = self._server.url
        return self._server.url

    def close(self) -> None:
        if self._server:
            self._server.close()
        self._apps.clear()

    def _fresh(self, settings: Settings) -> Flask:
        """An application nobody used, or one that was reset: that costs a thousandth."""
        key = _key(settings)
        app = self._apps.pop(key, None)
        if app is None:
            from mockserver.web.app import create_app

            app = create_app(settings)
        else:
            world: World = app.extensions["mockserver"]
            world.reset()
            for name in world.store.snapshots():
                world.store.forget_snapshot(name)
        self._apps[key] = app
        while len(self._apps) > KEPT:
            self._apps.popitem(last=False)
        return app


def _key(settings: Settings) -> Hashable:
    return tuple(_hashable(getattr(settings, one.name)) for one in fields(settings))


def _hashable(value: Any) -> Hashable:
    return tuple(sorted(value.items())) if isinstance(value, Mapping) else value
