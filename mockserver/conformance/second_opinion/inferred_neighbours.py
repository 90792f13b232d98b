"""What is tried of any document with several records: neighbours of a deleted one, and those that name it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from mockserver.conformance.check_plan import Group
from mockserver.conformance.inferred.inferred_contents import planned
from mockserver.conformance.inferred.inferred_requests import InferredRequests
from mockserver.conformance.inferred.inferred_trials import InferredTrials
from mockserver.conformance.second_opinion.aliases import shared_name
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.contract import Kind, Operation
from mockserver.values.members import value_at as within
from mockserver.values.members import with_value

NUMBER = 61
"""Bodies of this number are for records that others name."""
UNSORTED = ("walnut", "amber")
"""Two texts that a list may hold, not in the order of their letters."""


class NeighbourWriter(Protocol):
    """Who writes the steps, as far as these moves need it."""

    @property
    def asking(self) -> InferredRequests: ...

    def referring(self, group: Group, operation: Operation, body: Any, depth: int, good: Any = ...) -> Any: ...

    def at(self, operation: Operation, name: str, above: Mapping[str, str]) -> dict[str, str]: ...

    def step(
        self, what: str, group: Group, operation: Operation, expect: Expect, values: Mapping[str, Any], **more: Any
    ) -> Step: ...


class FullWriter(Protocol):
    """Who knows bodies with every member."""

    @property
    def asking(self) -> InferredTrials: ...


def between(
    author: NeighbourWriter, group: Group, delete: Operation, count: int, above: Mapping[str, str]
) -> Iterator[Step]:
    """Reads of all records after one was deleted, and after one was that others were made before and after."""
    first, *others = [shared_name(group.name, "seldom", number) for number in range(count)]
    further = [*others, shared_name(group.name, "last")]
    yield from _beside(author, group, further, above)
    yield author.step("delete a record between others", group, delete, Expect.ANSWERED,
                      author.at(delete, first, above), record=first)  # fmt: skip
    yield from _beside(author, group, [shared_name(group.name, "bare"), *further], above)


def _beside(author: NeighbourWriter, group: Group, names: Sequence[str], above: Mapping[str, str]) -> Iterator[Step]:
    for name in names:
        for read in group.all(Kind.READ)[:1]:
            yield author.step("read a record beside one that was deleted", group, read, Expect.SHOWN,
                              author.at(read, name, above), record=name)  # fmt: skip


def orphaned(author: NeighbourWriter, group: Group, above: Mapping[str, str]) -> Iterator[Step]:
    """A delete of a record that another one names, and a read of that one."""
    deletes = [one for one in group.all(Kind.DELETE)[:1] if planned(one).key and not planned(one).body_required]
    for other in author.asking.session.plan.groups.values() if deletes else ():
        model, made = other.resource.model, other.has((Kind.CREATE, Kind.READ))
        if model is None or model.parents or other is group or not made:
            continue
        named = [name for name, one in (*model.references.items(), *model.foreign.items()) if one == group.name]
        if not named:
            continue
        parent, child = shared_name(group.name, "named"), shared_name(other.name, "naming")
        body = author.referring(other, other.one(Kind.CREATE), _body(author, other), 0)
        place = (*planned(other.one(Kind.CREATE)).sent, named[0])
        yield author.step("create a record that another one is to name", group, group.one(Kind.CREATE),
                          Expect.ANSWERED, above, record=parent,
                          body=author.referring(group, group.one(Kind.CREATE), _body(author, group), 0))  # fmt: skip
        yield author.step("create a record that names it", other, other.one(Kind.CREATE), Expect.ANSWERED, {},
                          record=child, body=with_value(body, place, parent))  # fmt: skip
        yield author.step("delete a record that another one names", group, deletes[0], Expect.ANSWERED,
                          author.at(deletes[0], parent, above), record=parent)  # fmt: skip
        read = other.all(Kind.READ)[0]
        yield author.step("read a record that names one that was deleted", other, read, Expect.ANSWERED,
                          author.at(read, child, {}), record=child)  # fmt: skip
        return


def _body(author: NeighbourWriter, group: Group) -> Any:
    return author.asking.new_body(group, group.one(Kind.CREATE), NUMBER)


def unsorted(author: NeighbourWriter, operation: Operation, body: Any) -> Any:
    """``body`` with two texts in each list that may hold them, not in the order of their letters."""
    steps, schema = planned(operation).sent, author.asking.body_schema(operation)
    record = within(body, steps)
    for name, value in record.items() if isinstance(record, dict) and schema is not None else ():
        changed = with_value(body, (*steps, name), [*UNSORTED]) if isinstance(value, list) else body
        body = changed if schema is not None and author.asking.accepts(schema, changed) else body
    return body


def with_items(author: FullWriter, operation: Operation, body: Any) -> Any:
    """``body`` with items in its empty lists, so that there is something to find it by."""
    steps, schema = planned(operation).sent, author.asking.body_schema(operation)
    record = within(body, steps)
    empty = [name for name, one in record.items() if one == []] if isinstance(record, dict) else []
    full = within(author.asking.full_body(operation), steps) if empty else None
    for name in empty:
        changed = with_value(body, (*steps, name), within(full, (name,)) or [])
        body = changed if schema is not None and author.asking.accepts(schema, changed) else body
    return body
