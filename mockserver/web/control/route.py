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
from mockserver.web.health import HEALTH
from mockserver.web.target import BROKEN

JSON = "application/json"
MAX_BODY = 65_536
"""Bytes that a request to the control plane may have."""
IN_PARTS = "plant records one by one: PUT /__mock__/tenants/<tenant>/records/<resource>/<id>"
"""What to do where all records are too much for one request."""
_TAKEN = ("", JSON, "application/x-www-form-urlencoded")
"""Media types of a JSON body: none, its own, and what ``curl -d`` says of everything."""
NUMBERS = frozenset({"after_number", "limit", "since", "status"})
"""Parameters of a query that are whole numbers."""
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
    parameters that it takes, described in ``components.json``; ``most`` are the bytes that its body may have;
    ``also`` is another media type that clients may ask for. A view
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
    also: str = ""

    @property
    def summary(self) -> str:
        """The first sentence of the view's docstring."""
        return (inspect.getdoc(self.view) or "").partition("\n")[0].replace("``", "`")

    @property
    def is_public(self) -> bool:
        """Whether it wants no control token: a probe holds no secrets, and is told none."""
        return self.path == HEALTH.removeprefix("/__mock__")

    def fits(self, body: Any) -> bool:
        """Whether ``body`` is of the form that is described."""
        return self.body is None or not check_form(self.body, DataFile("body", body))

    def read(self, request: Request) -> ControlRequest:
        """Raises SetupError naming everything that is wrong with the form of the query or the body."""
        return ControlRequest(_query(request, self.query), self._body(request) if self.body else {})

    def carry_out(self, body: Any = None, **names: str) -> Any:
        """What the route answers to a body that is there already, as a page of ours has it. Raises SetupError."""
        return self.view(ControlRequest({}, self._checked(body) if self.body else {}), **names)

    def _body(self, request: Request) -> dict[str, Any]:
        try:
            return self._checked(_json_of(request, self.most))
        except _TooLarge as large:
            raise TooLarge(
                [Problem("body", "", str(large), "send less" if self.most == MAX_BODY else IN_PARTS)]
            ) from None
        except BadJson as bad:
            raise SetupError([Problem("body", bad.pointer, str(bad), "send a JSON object")]) from None

    def _checked(self, value: Any) -> dict[str, Any]:
        if self.checks_form and isinstance(value, dict):
            return value
        if problems := check_form(str(self.body), DataFile("body", value)):
            raise SetupError(problems)
        return dict(value)


def refusal(pointer: str, problem: str, remedy: str) -> SetupError:
    """What one place of a well-formed request contradicts: itself, or what the mock holds."""
    return SetupError([Problem("request", pointer, problem, remedy)])


class Missing(SetupError):
    """The path of a request names something that is not there."""


class TooLarge(SetupError):
    """The body has more bytes than the route takes."""


class WrongMediaType(SetupError):
    """The body has the content type something else than JSON."""


class _TooLarge(BadJson):
    pass


def missing(problem: str, remedy: str) -> Missing:
    """What the path names and what to name instead."""
    return Missing([Problem("request", "", problem, remedy)])


def _json_of(request: Request, most: int) -> Any:
    """The request's JSON; an empty body is an empty object. Raises BadJson and WrongMediaType."""
    if (size := request.content_length or 0) > most:
        raise _TooLarge(f"has {size:,} bytes, wanted {most:,} or less")
    if broken := request.environ.get(BROKEN):
        raise BadJson(broken)
    text = request.stream.read(most + 1)
    if len(text) > most:
        raise _TooLarge(f"has more than {most:,} bytes")
    if not text:
        return {}
    if not (request.mimetype in _TAKEN or request.mimetype.endswith("+json")):
        problem = f"has the content type {shown(request.mimetype, 80)}"
        raise WrongMediaType([Problem("body", "", problem, f"send {JSON}")])
    return decode(text, max_depth=DEEPEST)


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
    problems += [
        Problem(
            "request",
            pointer_to(name),
            f"is {shown(given[name], 40)}",
            "give a whole number, 0 or more, of nine digits at most",
        )
        for name in known
        if name in given and name in NUMBERS and not _is_number(given[name])
    ]
    if problems:
        raise SetupError(problems)
    return given.to_dict()


def _is_number(text: str) -> bool:
    """Of at most nine digits."""
    return text.isascii() and text.isdigit() and len(text) < 10
