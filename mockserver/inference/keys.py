"""What identifies a record (R3): the member that the path's parameter names, else one that identifies by its name."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract.document import Node
from mockserver.contract.plan import Steps
from mockserver.contract.shapes import Shapes
from mockserver.inference.words import HOLDERS, KEY_ENDINGS, KEYS, NAME_LIKE, flat, singular


def key_of(shapes: Shapes, record: Node | None, parameter: str, name: str) -> tuple[Steps, str]:
    """The members that lead to the key of ``record``, none where nothing tells, and the rule that decided.

    ``parameter`` is the path parameter of the item path (empty: there is none), ``name`` the resource's.
    """
    members = shapes.properties(record) if record is not None else {}
    spelled: dict[str, str] = {}
    for member in members:
        spelled.setdefault(flat(member), member)
    if parameter and (found := _by_parameter(members, spelled, parameter, flat(singular(name)))):
        return found
    for common in KEYS:
        if common in members or flat(common) in spelled:
            member = common if common in members else spelled[flat(common)]
            return (member,), f"'{member}' identifies by its name"
    thing = flat(singular(name))
    for ending in ("id", "uuid", "key", "sid", "name", "code", "number", "token"):
        if thing + ending in spelled:
            return (spelled[thing + ending],), f"'{spelled[thing + ending]}' is the resource's name and '{ending}'"
    if found := _held(shapes, members, parameter):
        return found
    for likely in NAME_LIKE:  # what goes by an id is not one of its name: two may be called the same
        if likely in spelled and not flat(parameter).endswith("id"):
            return (spelled[likely],), f"'{spelled[likely]}' is the likeliest name"
    return (), "no member identifies a record, its key stands beside it"


def other_keys(shapes: Shapes, record: Node | None, key: Steps, parameter: str) -> tuple[Steps, ...]:
    """What a record is found by as well: its id, and what a parameter such as ``idOrName`` names."""
    members = shapes.properties(record) if record is not None else {}
    low = flat(parameter)
    named = [one for one in members if len(flat(one)) > 1 and (low.endswith(flat(one)) or low.startswith(flat(one)))]
    return tuple(
        (one,) for one in dict.fromkeys([*named, *(key for key in KEYS[:5] if key in members)]) if (one,) != key
    )


def repeated_key(shapes: Shapes, record: Node | None, identity: Steps, parameter: str, above: str) -> Steps:
    """The member of the record that says again whose it is: ``ownerId``, ``owner_id``, ``owner.id``."""
    if record is None:
        return ()
    members = shapes.properties(record)
    spelled = {flat(name): name for name in members}
    thing = flat(singular(above)) if above != "{}" else ""
    for wanted in (flat(parameter), f"{thing}id" if thing else ""):
        if wanted in ("", "id", "name", "key") or wanted not in spelled or (spelled[wanted],) == identity:
            continue
        if shapes.type(members[spelled[wanted]]) != "object":
            return (spelled[wanted],)
    if thing in spelled and shapes.type(members[spelled[thing]]) == "object":
        inner = shapes.properties(members[spelled[thing]])
        for likely in ("id", "uuid", "key", "gid"):
            if likely in inner:
                return (spelled[thing], likely)
    return ()


def _by_parameter(
    members: Mapping[str, Node], spelled: Mapping[str, str], parameter: str, thing: str
) -> tuple[Steps, str] | None:
    if parameter in members:
        return (parameter,), f"the parameter '{parameter}' is a member"
    low = flat(parameter)
    if low in spelled:
        return (spelled[low],), f"the parameter '{parameter}' is the member '{spelled[low]}'"
    if "idor" in low and "id" in spelled:
        return (spelled["id"],), f"the parameter '{parameter}' takes the member '{spelled['id']}'"
    for ending in KEY_ENDINGS:
        if low.endswith(ending) and ending in spelled:
            return (spelled[ending],), f"the parameter '{parameter}' ends in the member '{spelled[ending]}'"
    if low in (thing, f"{thing}s") and "id" not in spelled:
        for likely in ("name", "slug", "key"):
            if likely in spelled:
                return (spelled[likely],), f"the parameter '{parameter}' is the resource, '{spelled[likely]}' its name"
    return None


def _held(shapes: Shapes, members: Mapping[str, Node], parameter: str) -> tuple[Steps, str] | None:
    """What identifies stands inside another member: ``metadata.name``."""
    for holder in members:
        if flat(holder) in HOLDERS:
            inner = shapes.properties(members[holder])
            for likely in (flat(parameter), "id", "uid", "name"):
                for member in inner:
                    if likely and flat(member) == likely:
                        return (holder, member), f"'{holder}.{member}' identifies a record"
    return None
