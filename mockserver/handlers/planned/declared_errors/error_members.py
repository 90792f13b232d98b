"""What one member of an error's body says: its code, its title, the place that was wrong, the time, the URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.samples.declared_values import said_examples
from mockserver.contract.samples.sample_maker import Maker
from mockserver.errors import Refusal, Violation
from mockserver.handlers.planned.declared_errors.error_words import (
    ADDRESSES,
    CODES,
    DOCUMENTATION,
    DOUBTS,
    GRANTS,
    LOOSE,
    METHODS,
    MOMENTS,
    PLACES,
    PLACES_ALONE,
    STATUSES,
    TITLES,
    VALUES,
    chosen,
    is_code,
    means,
    phrase,
    styled,
    unspecific,
)
from mockserver.messages import Json
from mockserver.values.moment import whole_second
from mockserver.values.name_words import flat
from mockserver.values.pointer import steps_of

_MADE = (0, 1)
"""What numbers come to where no example gives one."""
_BLANK = "about:blank"
"""The type of a problem that its status tells all of (RFC 9457)."""


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """What was refused: its verb, its path, and when."""

    method: str
    path: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Telling:
    """One refusal that is told by the schema of an error.

    ``is_exact``: an example that the document gives for this very status says the rest right.
    """

    maker: Maker
    refusal: Refusal
    asked: RefusedRequest
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class ErrorMember:
    """The member ``name`` of an error, declared at ``place``, beside the other members of ``value``.

    ``violation``: the one that the object tells, where it is an entry of a list of them.
    """

    telling: Telling
    name: str
    place: Node
    value: Mapping[str, Json]
    violation: Violation | None

    @property
    def word(self) -> str:
        return flat(self.name)

    @property
    def given(self) -> Json:
        return self.value.get(self.name)

    @property
    def is_there(self) -> bool:
        return self.name in self.value

    @property
    def kind(self) -> str | None:
        return self.telling.maker.shapes.type(self.place)

    @property
    def words(self) -> Mapping[str, Any]:
        """The keywords of its schema."""
        return self.telling.maker.shapes.shape(self.place).words

    @property
    def status(self) -> int:
        return self.telling.refusal.status

    @property
    def says(self) -> bool:
        """Whether the document itself gives a value for it."""
        return self.telling.is_exact or "default" in self.words or any(True for _ in said_examples(self.words))

    @property
    def is_idle(self) -> bool:
        """Whether it has nothing to tell of the violation: what was sent, or a place where there is none."""
        if self.violation is None:
            return False
        return self.word in (VALUES if self.violation.path else PLACES | VALUES)

    def said(self) -> Iterator[Json]:
        """What it says; nothing where it stays away."""
        allows = self.telling.maker.allows
        for option in self._options():
            if allows(self.place, option):
                yield option
                return
        if self.is_there:
            yield self._plain()

    def _plain(self) -> Json:
        """What is there; the status' own name instead of words that were made up."""
        is_made = isinstance(self.given, str) and " " in self.given and not self.says
        if is_made and not any(self.words.get(one) for one in ("enum", "const", "format", "pattern")):
            title = phrase(self.status)
            return title if self.telling.maker.allows(self.place, title) else self.given
        return self.given

    def _options(self) -> Iterator[Json]:
        """What it might say, the best first."""
        word = self.word
        if self.violation is not None and word in VALUES:
            yield from (None, "")
        if self.kind == "boolean" and word in DOUBTS:
            yield False
        elif self.kind in ("integer", "number"):
            yield from self._number()
        yield from self._placed()
        if self.kind == "string":
            yield from self._text()
        if (
            word in STATUSES
            and self.violation is not None
            and not (isinstance(self.given, str) and is_code(self.given))
        ):
            yield from (self.status, str(self.status))

    def _placed(self) -> Iterator[Json]:
        """Which value was wrong, or at which address."""
        violations = self.telling.refusal.violations
        if self.violation is not None and self.word in PLACES:
            yield from _place(self.word, self.violation)
        elif self.violation is None and self.word in PLACES_ALONE:
            yield from (one for first in violations[:1] for one in _place(self.word, first))
            yield from (None,) if self.is_there and not violations else ()
        elif self.word in ADDRESSES and self.telling.asked.path:
            yield self.telling.asked.path

    def _number(self) -> Iterator[Json]:
        """The status, where another or a made-up number stands; a number of the API's own stays."""
        if self.word in STATUSES or (self.word == "code" and (self.is_there or "details" not in self._names)):
            is_made = not isinstance(self.given, int) or self.given in _MADE or 400 <= self.given < 600
            yield self.status if is_made or not self.is_there else self.given
        elif self.word in MOMENTS and self.is_there:
            yield int(self.telling.asked.moment.timestamp())

    def _text(self) -> Iterator[Json]:
        options = [one for one in self.words.get("enum") or () if isinstance(one, str)]
        if self.word in CODES | TITLES | STATUSES and options:
            yield from self._one_of(options)
        elif self.word in STATUSES:
            is_kept = isinstance(self.given, str) and self.says and not self.given.isdigit()
            yield self.given if is_kept else str(self.status)
        elif self.telling.is_exact and self.given is not None and self.violation is None:
            yield self.given
        elif self.word == "error" and "errordescription" in self._names and self.status in GRANTS:
            yield GRANTS[self.status]
        elif self.word in CODES:
            yield from self._code()
        elif self.word in TITLES:
            yield styled(self._topic, self.given) if self.says and _is_styled(self.given) else phrase(self.status)
        else:
            yield from self._of_request()

    def _of_request(self) -> Iterator[Json]:
        """When, by which verb, and where to read more."""
        if self.word in MOMENTS:
            yield whole_second(self.telling.asked.moment)
        elif self.word in METHODS and self.telling.asked.method:
            yield self.telling.asked.method
        elif self.word in DOCUMENTATION and not self.says and (self.is_there or self.word not in LOOSE):
            found = self.telling.maker.shapes.document.root.get("externalDocs")
            if isinstance(found, dict) and isinstance(found.get("url"), str):
                yield found["url"]
            elif self.is_there:
                yield f"https://example.com/errors/{styled(self.status, '-')}"

    @property
    def _topic(self) -> int | str:
        """What the code is of: the broken rule, else the status."""
        return self.violation.keyword if self.violation is not None and self.violation.keyword else self.status

    @property
    def _names(self) -> set[str]:
        return {flat(one) for one in self.value}

    def _one_of(self, options: list[str]) -> Iterator[str]:
        """The value of an enum that means the fault, or may mean any where one has to stand there."""
        found = chosen(options, self._topic) or chosen(options, self.status)
        found = found or (unspecific(options) if self.is_there else None)
        yield from (found,) if found else ()

    def _code(self) -> Iterator[Json]:
        """The code of the fault, as the document's example writes codes."""
        given, shape = self.given, str(self.words.get("format", ""))
        is_word = self.says and isinstance(given, str) and is_code(given)
        if "const" in self.words or (self.word == "id" and not is_word):
            return
        if self.says and isinstance(given, str):
            yield styled(self._topic, given) if is_word and not means(given, self._topic) else given
        elif shape.startswith("uri") or (self.word == "type" and {"title", "detail"} <= self._names):
            yield _BLANK
        elif not shape:
            yield styled(self._topic, "")


def _is_styled(given: Json) -> bool:
    """Whether a title is a word for programs, too: ``ValidationError``, ``not_found``."""
    return isinstance(given, str) and is_code(given) and (given != given.capitalize() or "_" in given)


def dotted(violation: Violation) -> str:
    """The member that broke a rule, as clients write it: ``items.0.price``; of a parameter its name."""
    return ".".join(steps_of(violation.pointer))


def _place(word: str, violation: Violation) -> Iterator[Any]:
    """The place of a violation as ``word`` calls for it: pointer, part of the request, name, or steps."""
    if not violation.location:
        return
    steps = [violation.location, *steps_of(violation.pointer)]
    if word == "source":
        yield from ({"pointer": violation.pointer}, {"parameter": violation.pointer[1:]})
    if word in ("pointer", "source"):
        yield from (violation.pointer, f"#{violation.pointer}")
    elif word in ("in", "location"):
        yield violation.location
    yield [int(one) if one.isascii() and one.isdigit() and len(one) < 10 else one for one in steps]
    yield steps
    yield dotted(violation) or violation.location
