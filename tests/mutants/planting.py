"""How a fault gets into a mock of this process, for as long as a context is open and nowhere else."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property, wraps
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias
from unittest import mock

from flask import Flask

from mockserver.conformance.wire.allow_list import Routes
from mockserver.contract import Document, Kind
from mockserver.handlers import HANDLERS, Call
from mockserver.messages import Reply
from mockserver.settings import Settings
from mockserver.store import Tenant
from mockserver.web.app import create_app
from mockserver.world import World
from mutants.mutant import Mutant
from mutants.wire import App, Environ, Wire, ask, records_of

Behaviour: TypeAlias = Callable[[Call, Tenant], Reply]
Record: TypeAlias = dict[str, Any]


class Soil:
    """A sound mock that is made once: mutants grow in it one after the other, each in a world as at its start."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _app(self) -> Flask:
        return create_app(self._settings)

    def again(self) -> Flask:
        """The mock, its world as just started."""
        self._app.extensions["mockserver"].reset()
        return self._app


LATE = ("mockserver.handlers", "mockserver.exchange")
"""What of the engine is looked up anew for each request: a fault in it needs no mock made after it was planted."""


class Planting:
    """What a mutant's ``plant`` works on, before the mock is made; all of it is undone when ``stack`` closes."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._is_late = True
        self._wraps: list[Callable[[App], App]] = []
        self._routes: Routes | None = None
        self._world: World | None = None

    # In the engine

    def around(self, owner: Any, name: str, function: Callable[..., Any]) -> None:
        """Call ``function(original, …)`` wherever ``owner.name(…)`` is called."""
        original = getattr(owner, name)
        home = owner.__name__ if isinstance(owner, ModuleType) else owner.__module__
        self._is_late &= home.startswith(LATE)

        @wraps(original)
        def replaced(*arguments: Any, **named: Any) -> Any:
            return function(original, *arguments, **named)

        self._stack.enter_context(mock.patch.object(owner, name, replaced))

    def entry(self, table: Any, key: str, function: Callable[..., Any]) -> None:
        """Call ``function(original, …)`` wherever what ``table`` holds under ``key`` is called."""
        original = table[key]

        def replaced(*arguments: Any, **named: Any) -> Any:
            return function(original, *arguments, **named)

        self._stack.enter_context(mock.patch.dict(table, {key: replaced}))

    def entry_of(self, patched: AbstractContextManager[Any]) -> None:
        """Have something replaced, for as long as the mutant is there."""
        self._stack.enter_context(patched)

    def handler(self, function: Callable[[Behaviour, Call, Tenant], Reply], *kinds: Kind) -> None:
        """Answer operations of ``kinds`` with ``function(original, call, tenant)``; the tenant's lock is held."""
        for kind in kinds:
            self.entry(HANDLERS, kind, function)

    def document(self, edit: Callable[[dict[str, Any]], object]) -> None:
        """Let the mock follow a document that ``edit`` has changed; the kit keeps to the true one."""

        def changed(read: Callable[..., Document], *arguments: Any) -> Document:
            document = read(*arguments)
            root = copy.deepcopy(document.root)
            edit(root)
            return Document(root, document.source)

        self.around(engine("world"), "read_document", changed)

    @property
    def world(self) -> World:
        """The mock's state: there once the mock is made, for functions that run later."""
        assert self._world
        return self._world

    # On the wire

    def requests(self, change: Callable[[Environ], object]) -> None:
        """Change what comes in."""

        def around(app: App) -> App:
            def changed(environ: Environ, start_response: Callable[..., Any]) -> Any:
                change(environ)
                return app(environ, start_response)

            return changed

        self._wraps.append(around)

    def replies(self, change: Callable[[Wire], object], *kinds: Kind, status: int | None = 200) -> None:
        """Change what goes out with this ``status`` (None: any), of operations of these ``kinds`` (none: of all)."""

        def around(app: App) -> App:
            def changed(environ: Environ, start_response: Callable[..., Any]) -> Any:
                wire = self._wire(app, environ)
                meant = not kinds or (wire.operation is not None and wire.operation.kind in kinds)
                if meant and status in (None, wire.status):
                    change(wire)
                start_response(f"{wire.status} ", list(wire.headers))
                return [wire.body]

            return changed

        self._wraps.append(around)

    def records(self, change: Callable[[Record], object], *kinds: Kind) -> None:
        """Change every record in the replies of operations of these ``kinds``."""

        def changed(wire: Wire) -> None:
            value = wire.value
            for record in records_of(wire.operation, value):
                change(record)
            wire.say(value)

        self.replies(changed, *kinds)

    def _wire(self, app: App, environ: Environ) -> Wire:
        assert self._routes
        operation = self._routes.operation(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        return Wire(environ, operation, *ask(app, environ))

    def make(self, settings: Settings, soil: Soil | None = None) -> App:
        """The mock with all that was planted: that of ``soil``, if the fault can do its work there."""
        app = soil.again() if soil and self._is_late else create_app(settings)
        self._world = app.extensions["mockserver"]
        self._routes = Routes(self._world.contract)
        planted: App = app.wsgi_app
        for around in self._wraps:
            planted = around(planted)
        return planted


@contextmanager
def planted(mutant: Mutant | None, settings: Settings, soil: Soil | None = None) -> Iterator[App]:
    """A mock with ``mutant`` in it (None: a sound one), as a WSGI application; of its own where there is no ``soil``.

    Functions of the engine may be replaced in this process until the context closes: run nothing beside it.
    """
    with ExitStack() as stack:
        planting = Planting(stack)
        if mutant:
            mutant.plant(planting)
        yield planting.make(settings, soil)


def engine(name: str) -> Any:
    """A module of the engine, also where its package gives a function the same name."""
    return import_module(f"mockserver.{name}")
