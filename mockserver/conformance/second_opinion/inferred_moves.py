"""What is tried of any document beside a record's life: bodies that its schemas forbid, lists by their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any, Protocol

from mockserver.conformance.check_plan import Group
from mockserver.conformance.inferred.inferred_contents import has_members, planned
from mockserver.conformance.inferred.inferred_lists import InferredList
from mockserver.conformance.inferred.inferred_requests import InferredRequests
from mockserver.conformance.inferred.inferred_violations import LENIENT, InferredViolations
from mockserver.conformance.inferred.inferred_writing import text_of
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.contract import Kind, Operation
from mockserver.inference.vocabulary.ranges import bound_of
from mockserver.inference.vocabulary.words import PAGES, SIZES
from mockserver.values.members import value_at as within
from mockserver.values.members import with_value
from mockserver.values.moment import read_date
from mockserver.values.name_words import flat

SPOILT, ODD_FORMATS = 10, 4
"""How many bodies that break a constraint, and a format, are sent of one operation."""
NAMING = "create a record without a reference in "
DAY = re.compile(r"\d{4}-\d\d-\d\d")
FILTERS = 8
"""How often a list is filtered."""


class StepWriter(Protocol):
    """Who writes the steps, as far as these moves need it."""

    @property
    def asking(self) -> InferredRequests: ...

    def referring(self, group: Group, operation: Operation, body: Any, depth: int, good: Any = ...) -> Any: ...

    def below(self, operation: Operation, above: Mapping[str, str]) -> dict[str, str]: ...

    def step(
        self, what: str, group: Group, operation: Operation, expect: Expect, values: Mapping[str, Any], **more: Any
    ) -> Step: ...


def spoilt(author: StepWriter, step: Step, plain: Any) -> Iterator[Step]:
    """``step`` with its body, ``plain``, spoilt in one place each.

    What many a reader takes for what is meant may be answered either way.
    """
    group, operation = step.group, step.operation
    if not has_members(operation):
        return
    violations = InferredViolations(author.asking)
    for formats, most in ((False, SPOILT), (True, ODD_FORMATS)):
        for what, wrong in islice(violations.bodies(operation, plain, formats=formats), most):
            expect = Expect.ANSWERED if what.endswith(LENIENT) else Expect.REFUSED
            body = author.referring(group, operation, wrong, 0, plain)
            yield replace(step, what=f"{operation.kind} a record {what}", expect=expect, body=body)


def lacking(author: StepWriter, operation: Operation, body: Any) -> Iterator[dict[str, Any]]:
    """``body`` without each member that it must have."""
    if not isinstance(body, Mapping) or not operation.plan or not operation.plan.body_required:
        return
    schema = author.asking.schema(operation)
    own = author.asking.read_only(schema)
    for name in sorted(body):
        part = {one: value for one, value in body.items() if one != name}
        if name not in own and not author.asking.accepts(schema, part):
            yield part


def naming_nobody(author: StepWriter, step: Step, plain: Any) -> Iterator[Step]:
    """``step`` with a body that names a record that is not there, of each resource that it names."""
    group, operation = step.group, step.operation
    model, sent = group.resource.model, planned(operation).sent
    for member, resource in sorted({**model.foreign, **model.references}.items()) if model else ():
        holder = author.asking.session.plan.groups.get(resource)
        reads = holder.all(Kind.READ) if holder else ()
        if isinstance(within(plain, (*sent, member)), str | int) and reads:
            body = author.referring(group, operation, plain, 0)
            wrong = author.asking.typed(operation, with_value(body, (*sent, member), author.asking.unknown(reads[0])))
            yield replace(step, what=f"{NAMING}{member}", body=wrong)


def found_again(author: StepWriter, group: Group, name: str, above: Mapping[str, str], body: Any) -> Iterator[Step]:
    """Pages of one record, and lists filtered by what the record has."""
    for operation in group.all(Kind.LIST, Kind.SEARCH):
        if planned(operation).items is None:
            continue
        listing, values = InferredList(author.asking, group, operation, ()), author.below(operation, above)
        size, page = listing.parameter(SIZES), listing.parameter(PAGES)
        queries = [{size.name: "1"}] if size is not None and listing.takes(size, 1) else []
        queries += [{**queries[0], page.name: "2"}] if queries and page is not None else []
        for query in queries:
            yield author.step("list a page of one record", group, operation, Expect.LISTED, values, query=query,
                              is_counted=True)  # fmt: skip
        record = within(body, planned(group.one(Kind.CREATE)).sent)
        for query, what, member in islice(_filters(author, operation, record), FILTERS):
            yield author.step(f"list the records that have {what}", group, operation, Expect.LISTED, values,
                              query=query, watched=frozenset({name}), all_with=member)  # fmt: skip
        for query, what in islice(_ends(operation, record), FILTERS):
            yield author.step(f"list the records {what}", group, operation, Expect.LISTED, values, query=query,
                              watched=frozenset({name}))  # fmt: skip


def _filters(
    author: StepWriter, operation: Operation, record: Any
) -> Iterator[tuple[dict[str, str], str, tuple[str, Any] | None]]:
    """Each query parameter that is called like a member of the record, with its value, and with another."""
    named = {flat(name): (name, value) for name, value in record.items()} if isinstance(record, dict) else {}
    for one in planned(operation).parameters:
        name, value = named.get(flat(one.name), ("", None))
        if one.location != "query" or not isinstance(value, str | int | float) or value == "":
            continue
        yield {one.name: text_of(value)}, "a value", None if isinstance(value, bool | float) else (name, value)
        drawn = (text_of(author.asking.usual(one.schema, number, varies=True)) for number in range(5, 9))
        if (other := next((text for text in drawn if text not in ("", text_of(value))), None)) is not None:
            yield {one.name: other}, "another value", None


def _ends(operation: Operation, record: Any) -> Iterator[tuple[dict[str, str], str]]:
    """Each query parameter that is called like a bound of a member of the record: before its value, and behind it."""
    named = {flat(name): name for name in record} if isinstance(record, dict) else {}
    for one in planned(operation).parameters:
        bound = bound_of(one.name, named) if one.location == "query" else None
        values = record.get(bound.member) if bound else None
        known: list[Any] = [each for each in (values if isinstance(values, list) else [values]) if _is_ordered(each)]
        if not known or len({type(each) is str for each in known}) > 1:
            continue
        least, most = min(known), max(known)
        yield {one.name: _moved(least, -1)}, f"with an end of {bound.member if bound else ''} before the record's"
        yield {one.name: _moved(most, 1)}, f"with an end of {bound.member if bound else ''} after the record's"


def _is_ordered(value: Any) -> bool:
    return type(value) in (int, float) or (isinstance(value, str) and DAY.fullmatch(value) is not None)


def _moved(value: Any, by: int) -> str:
    """A number or a day moved by one, as it stands in a query."""
    if not isinstance(value, str):
        return text_of(value + by)
    try:
        return str(read_date(value) + timedelta(days=by))
    except (ValueError, OverflowError):
        return value
