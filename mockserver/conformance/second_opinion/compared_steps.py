"""One step of the comparison, in a form that either server can take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.second_opinion.aliases import names_in
from mockserver.conformance.valid_requests import NO_BODY
from mockserver.contract import Kind, Operation


class Expect(StrEnum):
    """What the contract lets one expect of a step; ANSWERED: nothing but a reply that keeps its schema."""

    TAKEN = "taken"
    REFUSED = "refused"
    SHOWN = "shown"
    GONE = "gone"
    LISTED = "listed"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Step:
    """``what`` tells it to a person, the same for every resource.

    ``record`` is the shared name of the record that it makes or is about; of what it finds, those that are
    ``watched`` are compared, ``listed`` must be and ``unlisted`` must not be in it.

    ``values`` fill the path, ``query`` and ``body`` are what is sent; all of them hold shared names.

    ``in_order`` are records by their age, where their order in a list is compared; ``is_counted``: how many records a
    page holds is compared; ``all_with`` is a member and the value that it is filtered by: whether others are found is
    compared; ``is_loose``: it is about each server's own records, of which only the members are compared;
    ``is_anonymous``: it is taken without credentials; ``is_followed``: what effects bring about is looked at as well;
    ``brings`` are further records that it makes.
    """

    what: str
    group: Group
    operation: Operation
    expect: Expect
    record: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = NO_BODY
    listed: frozenset[str] = frozenset()
    unlisted: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset()
    in_order: tuple[str, ...] = ()
    is_counted: bool = False
    all_with: tuple[str, Any] | None = None
    is_loose: bool = False
    is_anonymous: bool = False
    is_followed: bool = False
    brings: frozenset[str] = frozenset()

    @property
    def looked_for(self) -> frozenset[str]:
        """The records that are compared among all that it finds."""
        return self.listed | self.unlisted | self.watched

    def asking_for(self, texts: Mapping[str, str]) -> Step:
        """The same step where the records that it looks for have other texts, by those that it names."""
        query = {name: texts.get(one, one) if isinstance(one, str) else one for name, one in self.query.items()}
        member, value = self.all_with or ("", None)
        sought = (member, texts.get(value, value) if isinstance(value, str) else value)
        return replace(self, query=query, all_with=sought if self.all_with else None)

    @property
    def makes(self) -> bool:
        return self.operation.kind is Kind.CREATE and bool(self.record)

    @property
    def made(self) -> frozenset[str]:
        """The records that it makes."""
        return self.brings | {self.record} if self.makes else self.brings

    @property
    def needs(self) -> frozenset[str]:
        """The records that have to be there before."""
        needed = {*names_in([self.values, self.query, self.body]), *self.looked_for}
        return frozenset(needed - {self.record} if self.makes else needed | ({self.record} if self.record else set()))
