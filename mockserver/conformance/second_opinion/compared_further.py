"""What a client does with several records: those that name another one, and what follows from a change of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from mockserver.conformance.check_plan import Group, Plan
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.profiles import Limits
from mockserver.conformance.rules.effect_rules import effects_of, happens_on, satisfying, set_by
from mockserver.conformance.rules.rule_reading import named_in
from mockserver.conformance.second_opinion.aliases import shared_name
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.valid_requests import record_name
from mockserver.contract import Kind

UNAUTHORIZED = 401


class FurtherWriter(Protocol):
    """Who writes the steps, as far as these moves need it."""

    plan: Plan
    mark: str
    limits: Limits

    def body(self, group: Group, *, only_required: bool = False) -> dict[str, Any]: ...

    def referenced(self, group: Group) -> dict[str, Any]: ...

    def create(self, what: str, group: Group, name: str, body: dict[str, Any]) -> Step: ...

    def read(self, group: Group, name: str) -> Step: ...

    def about(
        self, what: str, group: Group, kind: Kind, expect: Expect, name: str, *, body: Any = ..., **more: Any
    ) -> Step: ...


def filled_in(author: FurtherWriter, group: Group) -> Iterator[Step]:
    """A record with everything but what the server fills in where a client leaves it out."""
    for number in range(2):  # of values by turns, such as those of an enum, another one each time
        body, name = author.body(group), shared_name(group.name, "filled", number)
        if group.filled & body.keys() - group.required:
            less = {one: value for one, value in body.items() if one not in group.filled - group.required}
            yield author.create("create a record without what the server fills in", group, name, less)
            yield author.read(group, name)


def named(author: FurtherWriter, group: Group, body: Mapping[str, Any], nobody: str) -> Iterator[Step]:
    """Records that name others: one that is not there, and one that is then to be deleted."""
    odd = shared_name(group.name, "odd")
    for one in group.references:
        if one.field in body and isinstance(body[one.field], str):
            yield author.about("create a record that names one that is not there", group, Kind.CREATE,
                               Expect.REFUSED, odd, body={**body, one.field: nobody})  # fmt: skip
    for one in group.references:
        holder = author.plan.groups.get(one.resource)
        if holder is None or holder is group or not holder.has((Kind.CREATE, Kind.READ, Kind.DELETE)):
            continue
        parent, child = shared_name(holder.name, "named"), shared_name(group.name, "naming")
        least = {**author.body(group, only_required=True), one.field: parent}
        yield author.create("create a record that another one is to name", holder, parent,
                            author.body(holder, only_required=True))  # fmt: skip
        yield author.create("create a record that names it", group, child, least)
        yield author.about("delete a record that another one names", holder, Kind.DELETE, Expect.REFUSED, parent)
        yield author.read(group, child)
        return


def keyed(author: FurtherWriter, group: Group, name: str, body: Mapping[str, Any]) -> Iterator[Step]:
    """A replacement that says another key than its path."""
    chosen = f"chosen-{author.mark}"
    values = {record_name(group.one(Kind.READ)): chosen}
    if Kind.REPLACE in group.operations:
        yield author.about("replace a record by one with another key", group, Kind.REPLACE, Expect.REFUSED, name,
                           body={**body, group.key: chosen})  # fmt: skip
        yield author.about("read a record by the key that a client said", group, Kind.READ, Expect.GONE, "",
                           values=values)  # fmt: skip


def strangers(author: FurtherWriter, group: Group, name: str) -> Iterator[Step]:
    """Requests without credentials, where the document says how they are refused."""
    for kind in (Kind.READ, Kind.LIST):
        if kind in group.operations and UNAUTHORIZED in group.one(kind).replies:
            about = name if kind is Kind.READ else ""
            yield author.about(f"{kind} without credentials", group, kind, Expect.REFUSED, about, is_anonymous=True)


def effects(author: FurtherWriter, group: Group) -> Iterator[Step]:
    """Each effect of the document brought about once: by a new record, or by a change of one."""
    for number, effect in enumerate(effects_of(group) if author.limits.owns_all else ()):
        wanted, name = satisfying(group, effect), shared_name(group.name, "effect", number)
        trigger = next(iter(wanted), "")
        body = {**author.body(group, only_required=True), **_read(author, group, effect), **wanted}
        about = str(effect.get("about", "an effect"))
        if "create" in happens_on(effect):
            yield author.about(f"create a record from which follows: {about}", group, Kind.CREATE, Expect.TAKEN, name,
                               body=body, is_followed=True)  # fmt: skip
        elif trigger and Kind.PATCH in group.operations and trigger not in group.required:
            start = {one: value for one, value in body.items() if one != trigger}
            change = {"op": "add", "path": f"/{trigger}", "value": wanted[trigger]}
            yield author.create("create a record from whose change something follows", group, name, start)
            yield author.about(f"change a record from which follows: {about}", group, Kind.PATCH, Expect.TAKEN, name,
                               body=[change], is_followed=True)  # fmt: skip
        else:
            continue
        yield author.read(group, name)


def _read(author: FurtherWriter, group: Group, effect: Mapping[str, Any]) -> dict[str, Any]:
    """What ``effect`` reads of the record and does not set itself, each as in a full body or the document's example."""
    read = {chain[0] for chain in named_in(effect)} - set_by(effects_of(group))
    known, example = author.body(group), group.bodies[Kind.CREATE].example
    found = {name: known.get(name, example.get(name)) for name in read & group.writable.keys()}
    for one in group.resource.references:
        holder = author.plan.groups.get(one.resource)
        if holder is not None and one.is_nested and found.get(one.field) and holder.has((Kind.CREATE, Kind.READ)):
            found[one.field] = _naming(found[one.field], one.names[1:], author.referenced(holder)[holder.key])
    return {name: value for name, value in found.items() if value is not None}


def _naming(value: Any, names: tuple[str, ...], key: str) -> Any:
    """``value`` with ``key`` where ``names`` lead, in each item of a list."""
    if isinstance(value, list):
        return [_naming(one, names, key) for one in value]
    if not isinstance(value, Mapping) or not names:
        return value if names else key
    first, *rest = names
    return {**value, first: _naming(value.get(first), tuple(rest), key)} if first in value else value


def whole(steps: Iterator[Step]) -> list[Step]:
    """``steps`` as far as the document lets them be made."""
    made: list[Step] = []
    try:
        made.extend(steps)
    except Inconclusive:
        return []
    return made
