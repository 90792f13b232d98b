"""The resources whose records belong to one of another, and records of them that are made for it."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.inferred.inferred_record import InferredRecord
from mockserver.conformance.inferred.inferred_trials import InferredTrials
from mockserver.conformance.session import Session
from mockserver.contract import Kind
from mockserver.values.members import value_at as within


def children_of(session: Session, holder: Group) -> Iterator[tuple[Group, tuple[str, ...]]]:
    """The resources below one, or whose records name it, with the member that does so (empty: their path does)."""
    for group in session.plan.groups.values():
        model = group.resource.model
        if model is None or group is holder or Kind.CREATE not in group.operations:
            continue
        if model.parents and model.parents[-1].resource == holder.name:
            yield group, ()
        elif not model.parents:
            names = [name for name, one in (*model.references.items(), *model.foreign.items()) if one == holder.name]
            yield from [(group, (name,)) for name in names[:1]]


def child_of(
    asking: InferredTrials, group: Group, holder: Group, parent: InferredRecord, member: tuple[str, ...]
) -> InferredRecord:
    """A new record below or with the name of ``parent``. Raises Inconclusive."""
    model, create = group.resource.model, group.one(Kind.CREATE)
    if not member:
        return asking.create(group, (*parent.above, parent.key)[-len(model.parents) :] if model else ())
    body = asking.full_body(create, 41)
    key = within(parent.record, holder.resource.model.key) if holder.resource.model else None
    place = (*(create.plan.sent if create.plan else ()), *member)
    can_name = asking.maker.shapes.member(asking.schema(create), place) is not None
    named = asking.at_steps(body, place, key or parent.key)
    made = asking.attempt(group, (), named) if can_name and asking.accepts(asking.schema(create), named) else None
    if made is None:
        raise Inconclusive(f"no record of {group.name} could be made that names another")
    return made
