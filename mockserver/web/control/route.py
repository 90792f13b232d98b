"""One route of the control plane: what it takes, what it answers, and how a request is read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Request

from mockserver.errors import Problem, SetupError
from mockserver.values.data_file import DataFile
from mockserver.values.form import check_form
from mockserver.values.json_text import BadJson, decode
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant
from mockserver.web.target import BROKEN

JSON = "application/json"
MAX_BODY = 65_536
"""Bytes that a request to the control plane may have."""
DEEPEST = 40
"""Levels of its JSON: those of a record, and of what holds it."""


class ControlRequest(NamedTuple):
    """What came with a request: the query's parameters, and the JSON object of the body."""

    query: Mapping[str, str]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """``view`` takes a ControlRequest and the parameters of ``path`` by name, and returns what is answered as JSON,
    or the text or the pieces of another ``media_type``.

    ``path`` is below the control plane, ``/tenants/<tenant>``; ``reply`` names a schema of ``components.json``,
    ``body`` a file of ``mockserver/schemas`` without its suffix (None: no body is read); ``query`` names the
    parameters that it takes, described in ``components.json``; ``most`` are the bytes that its body may have. A view
    that ``checks_form`` holds the body to its schema itself, to tell more problems along with these.
    """

    method: str
    path: str
    view: Callable[..., Any]
    reply: str
    body: str | None = None
    query: tuple[str, ...] = ()
    checks_form: bool = False
    media_type: str = JSON
    most: int = MAX_BODY

    @property
    def summary(self) -> str:
        """The first sentence of the view's docstring."""
        return (inspect.getdoc(self.view) or "").partition("\n")[0].replace("``", "`")

    def read(self, request: Request) -> ControlRequest:
        """Raises SetupError naming everything that is wrong with the query or the body."""
        return ControlRequest(_query(request, self.query), self._body(request) if self.body else {})

    def carry_out(self, body: Any = None, **names: str) -> Any:
        """What the route answers to a body that is there already, as a page of ours has it. Raises SetupError."""
        return self.view(ControlRequest({}, self._checked(body) if self.body else {}), **names)

    def _body(self, request: Request) -> dict[str, Any]:
        try:
            return self._checked(_json_of(request, self.most))
        except BadJson as bad:
            raise SetupError([Problem("body", bad.pointer, str(bad), "send a JSON object")]) from None

    def _checked(self, value: Any) -> dict[str, Any]:
        if self.checks_form and isinstance(value, dict):
            return value
        if problems := check_form(str(self.body), DataFile("body", value)):
            raise SetupError(problems)
        return dict(value)


def refusal(pointer: str, problem: str, remedy: str) -> SetupError:
    """What is wrong with one place of a request."""
    return SetupError([Problem("request", pointer, problem, remedy)])


class Missing(SetupError):
    """The path of a request names something that is not there."""


def missing(problem: str, remedy: str) -> Missing:
    """What the path names and what to name instead."""
    return Missing([Problem("request", "", problem, remedy)])


def whole_number(name: str, text: str) -> int:
    """Raises SetupError unless ``text`` is a number of at most nine digits."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise refusal(f"/{name}", f"is {shown(text, 40)}", "give a whole number")
    return int(text)


def _json_of(request: Request, most: int) -> Any:
    """The request's JSON; an empty body is an empty object. Raises BadJson."""
    if (request.content_length or 0) > most:
        raise BadJson(f"is larger than {most} bytes")
    if broken := request.environ.get(BROKEN):
        raise BadJson(broken)
    text = request.stream.read(most + 1)
    if len(text) > most:
        raise BadJson(f"is larger than {most} bytes")
    return decode(text, max_depth=DEEPEST) if text else {}


def _query(request: Request, known: tuple[str, ...]) -> dict[str, str]:
    given = request.args
    problems = [
        Problem("request", pointer_to(name[:80]), "is unknown", meant(name, known))
        for name in given
        if name not in known
    ]
    problems += [
        Problem("request", pointer_to(name), "is given more than once", "give it once")
        for name in known
        if len(given.getlist(name)) > 1
    ]
    if problems:
        raise SetupError(problems)
    return given.to_dict()
