"""The three ways things go wrong: the caller is wrong, the mock is wrong, or the set-up is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import orjson

IN_WORDS = 5
"""How many violations one text tells."""
MAX_VIOLATIONS = 50
"""How many violations one refusal tells; the rest are counted."""
MORE = "more"
"""The rule of a violation that tells how many more there are."""
LONGEST = 2_000
"""How many characters of a violation's pointer and message a refusal tells."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of the contract.

    ``location`` is where the value was: ``path``, ``query``, ``header``, ``body``, ``status`` or
    ``record``; ``pointer`` is an RFC 6901 pointer below it (a parameter's name counts as its first
    step); ``keyword`` is the JSON Schema keyword that failed; ``message`` says what was found and what
    was wanted. ``stands_for`` is how many it counts: more than one where it tells how many more there are.
    """

    location: str
    pointer: str
    keyword: str
    message: str
    stands_for: int = 1

    @property
    def path(self) -> str:
        """Location and pointer in one string, such as ``body/operations/0/id``."""
        return self.location + self.pointer


class Refusal(Exception):
    """The caller is wrong: answered with ``status`` (4xx), or a fault somebody asked for (any status).

    ``reason`` goes into the ``Mock-Reason`` header and the journal, never into the body, so that two
    refusals can look the same to a client and still explain themselves to a person.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        violations: Iterable[Violation] = (),
        headers: Iterable[tuple[str, str]] = (),
        reason: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.violations = capped(violations)
        self.headers = tuple(headers)
        self.reason = reason

    @property
    def in_words(self) -> str:
        """The message and what it is about, in one text: where nothing lists violations, a person would else meet them
        one by one."""
        texts = [f"{one.path}: {one.message}" for one in self.violations[:IN_WORDS]]
        texts += [f"and {len(self.violations) - IN_WORDS} more"] if len(self.violations) > IN_WORDS else []
        return " ".join(filter(None, (self.message, "; ".join(texts))))

    def untold_by(self, content: bytes) -> str:
        """The refusal in words where ``content``, of a declared form, has a place for none of them; else nothing."""
        texts = [one.message for one in self.violations] or [self.message]
        is_told = any(one.encode() in content or orjson.dumps(one)[1:-1] in content for one in texts)
        return "" if is_told else self.in_words


def capped(violations: Iterable[Violation], uncounted: int = 0) -> tuple[Violation, ...]:
    """The first ``MAX_VIOLATIONS``, each cut where it is long, and how many more there are.

    ``uncounted`` are those that were not even put into words; lists that were capped before may be put together.
    """
    listed = tuple(violations)
    kept = tuple(_cut(one) for one in listed if one.keyword != MORE)[:MAX_VIOLATIONS]
    more = sum(one.stands_for for one in listed) + uncounted - len(kept)
    if not more:
        return kept
    return (*kept, Violation(listed[0].location, "", MORE, f"and {more} more violations", more))


def _cut(violation: Violation) -> Violation:
    if len(violation.pointer) <= LONGEST and len(violation.message) <= LONGEST:
        return violation
    pointer, message = violation.pointer[:LONGEST], violation.message[:LONGEST]
    return Violation(violation.location, pointer, violation.keyword, message)


def denied(reason: str) -> Refusal:
    """The one denial: for another tenant and for a URI that nothing answers, told apart only in diagnostics."""
    return Refusal(403, "Access to this resource is denied.", reason=reason)


def unauthorized(reason: str) -> Refusal:
    headers = [("WWW-Authenticate", 'Bearer error="invalid_token"')]
    return Refusal(401, "Unauthorized", headers=headers, reason=reason)


def excessive(violations: Iterable[Violation], *, says_413: bool) -> Refusal:
    """For a request that went over limits, or could not be decoded: 413 where only its body is too large, if the
    document says that."""
    listed = tuple(violations)
    is_large = all(one.keyword == "maxLength" for one in listed)
    is_body = is_large and {one.path for one in listed} == {"body"}
    message = "The request is larger than this server accepts." if is_large else "The request cannot be read."
    return Refusal(413 if is_body and says_413 else 400, message, violations=listed)


def crowded(limit: int) -> Refusal:
    """No tenant appears where there are as many as may be."""
    return Refusal(429, f"This mock already holds {limit} tenants.", reason="limit: tenants")


def unreachable(why: str, *, in_doubt: bool) -> Refusal:
    """What is kept outside memory cannot be reached now."""
    done = "It is not known whether the request was carried out." if in_doubt else "The request was not carried out."
    return Refusal(503, f"The store cannot be reached. {done}", headers=[("Retry-After", "1")], reason=f"store: {why}")


def scenario_broken(problem: str) -> Refusal:
    """First records cannot be made of files that have changed since the start."""
    message = f"The first records cannot be made: {problem}"
    return Refusal(503, message, headers=[("Retry-After", "1")], reason="the files of the scenario are broken now")


class ContractBreach(Exception):
    """The mock is wrong: it was about to send, or to store, what its own document forbids.

    Answered with a 500 that names the operation and every violation; journalled.
    """

    def __init__(self, operation: str, violations: Iterable[Violation]) -> None:
        self.operation = operation
        self.violations = tuple(violations)
        listed = "; ".join(f"{v.path}: {v.message} ({v.keyword})" for v in self.violations)
        super().__init__(f"{operation} breaks its contract: {listed}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason not to start: which file, where in it (RFC 6901 pointer, line if known), what is wrong, what to do."""

    file: str
    pointer: str
    problem: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        file = self.file if self.line is None else f"{self.file}:{self.line}"
        place = f"{file}: {self.pointer}" if self.pointer else file
        return f"{place}: {self.problem}; {self.remedy}"


class SetupError(Exception):
    """The document, a fixture or a setting is wrong: nothing starts, every problem is listed at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@contextmanager
def keeping(problems: list[Problem]) -> Iterator[None]:
    """Put what is wrong with one thing to the other problems, and go on with the next."""
    try:
        yield
    except SetupError as error:
        problems += error.problems
