"""What identifies a record (R3): the member that the path's parameter names, else one that identifies by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from mockserver.contract.document import Node
from mockserver.contract.plan import PlannedParameter, Steps
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.vocabulary.attributes import RELATIONSHIPS
from mockserver.inference.vocabulary.words import KEY_ENDINGS, KEY_HOLDERS, KEYS, LOGINS, NAME_LIKE
from mockserver.messages import Json
from mockserver.values.name_words import flat, singular, words_of

Told: TypeAlias = tuple[Steps, str]
"""The members that lead to a key, and the rule that decided."""
ALIKE = ("ipv4", "ipv6", "email", "hostname")
"""Formats that tell which member a parameter names, where one member alone has the parameter's."""
_CALLED = ("name", "slug", "code", "title")
"""What a record is called by ends so."""

_ABOVE = re.compile(r"(parent|manager|supervisor|superior|inreplyto|replyto|leader|boss)\w{0,8}id")
"""How a record calls the key of one of its kind above it."""


def key_of(
    shapes: Shapes, record: Node | None, parameter: str, name: str, schema: Node | None = None, *, is_named: bool = True
) -> Told:
    """The members that lead to the key of ``record``, none where nothing tells, and the rule that decided.

    ``parameter`` is the path parameter of the item path (empty: there is none), ``schema`` its schema, ``name`` the
    resource's. ``is_named`` tells that a request can name one of the records; else two may be called the same.
    """
    members = shapes.properties(record) if record is not None else {}
    nothing: Told = ((), "no member identifies a record; its key stands beside it")
    ways = _ways(shapes, members, parameter, flat(singular(name)), schema)
    return next((way for way in ways if is_named or not flat(way[0][-1]).endswith(_CALLED)), nothing)


def _ways(
    shapes: Shapes, members: Mapping[str, Node], parameter: str, thing: str, schema: Node | None
) -> Iterator[Told]:
    """What may identify a record, the surest first."""
    spelled: dict[str, str] = {}
    for member in members:
        spelled.setdefault(flat(member), member)
    if parameter:
        yield from _by_parameter(members, spelled, parameter, thing)
    for common in KEYS:
        if common in members or flat(common) in spelled:
            member = common if common in members else spelled[flat(common)]
            yield (member,), f"'{member}' identifies by its name"
    for ending in ("id", "uuid", "key", "sid", "name", "code", "number", "token"):
        if thing + ending in spelled:
            yield (spelled[thing + ending],), f"'{spelled[thing + ending]}' is the resource's name and '{ending}'"
    yield from _shortened(spelled, parameter, thing)
    yield from _last_word(shapes, members, spelled, parameter)
    yield from _alike(shapes, members, schema)
    yield from _held(shapes, members, parameter)
    for likely in NAME_LIKE:  # what goes by an id is not one of its name: two may be called the same
        if likely in spelled and not flat(parameter).endswith("id"):
            yield (spelled[likely],), f"'{spelled[likely]}' is the likeliest name"


def key_shown(examples: Iterable[Json], parameter: str) -> Told | None:
    """The key that no schema speaks of, where all examples of the record have a member called like the parameter."""
    named: list[set[str]] = [
        {name for name in one if flat(name) == flat(parameter)} for one in examples if isinstance(one, dict)
    ]
    shown = sorted(set.intersection(*named)) if parameter and named else []
    return ((shown[0],), f"the examples have '{shown[0]}', which the parameter names") if shown else None


def other_keys(
    shapes: Shapes,
    record: Node | None,
    key: Steps,
    parameter: str,
    schema: Node | None,
    *,
    taken: PlannedParameter | None = None,
) -> tuple[Steps, ...]:  # fmt: skip
    """What a record is found by as well: its id, what a parameter such as ``idOrName`` names, what it is called by in
    addresses where its key is a number and the parameter a text (``/orgs/{org}``), and, where its key stands beside
    it, its name: no reply tells such a key, so that a client has little else to go by. And what the path's parameter
    is said to take: it is ``taken``: ``Id or email address``.
    """
    members = shapes.properties(record) if record is not None and parameter else {}
    low = flat(parameter)
    named = [one for one in members if len(flat(one)) > 1 and _is_named(one, low)]
    likely = [one for one in members if flat(one) in NAME_LIKE][:1] if not key else []
    if len(key) == 1 and schema is not None and shapes.type(schema) == "string" and not low.endswith(KEYS):
        likely = _handle(shapes, members, key[0])
    ids = [one for one in KEYS[:5] if one in members]
    said = taken.description if taken is not None else ""
    spoken = {*words_of(said)} if " or " in said.lower() else set()
    likely += [one for one in members if flat(one) in {"email", *LOGINS, *NAME_LIKE} and flat(one) in spoken]
    return tuple((one,) for one in dict.fromkeys([*named, *ids, *likely]) if (one,) != key)


def _handle(shapes: Shapes, members: Mapping[str, Node], key: str) -> list[str]:
    """The member by which a record is called besides by a number."""
    if key not in members or shapes.type(members[key]) != "integer":
        return []
    texts = {flat(one): one for one in members if shapes.type(members[one]) == "string"}
    return [texts[one] for one in ("slug", *LOGINS, "name") if one in texts][:1]


def _is_named(member: str, parameter: str) -> bool:
    """Whether a parameter, all letters small, speaks of a member: ``idOrName`` of two, but ``subCollectionId`` is no
    ``collectionId``.
    """
    low = flat(member)
    is_end = parameter.endswith(low if len(words_of(member)) == 1 else f"or{low}")
    return is_end or parameter == low or f"{low}or" in parameter


def repeated_key(shapes: Shapes, record: Node | None, identity: Steps, parameter: str, above: str) -> Steps:
    """The member of the record that says again whose it is: ``ownerId``, ``owner_id``, ``owner``, ``owner.id``.

    A record whose key stands in an object of its own may say it there: ``metadata.namespace`` beside ``metadata.name``.
    """
    if record is None:
        return ()
    holder = shapes.member(record, identity[:-1]) if len(identity) > 1 else None
    if holder is not None and (found := repeated_key(shapes, holder, identity[-1:], parameter, above)):
        return (*identity[:-1], *found)
    members = shapes.properties(record)
    spelled = {flat(name): name for name in members}
    thing = flat(singular(above)) if above != "{}" else ""
    for wanted in (flat(parameter), f"{thing}id" if thing else ""):
        if wanted in ("", "id", "name", "key") or wanted not in spelled or (spelled[wanted],) == identity:
            continue
        if shapes.type(members[spelled[wanted]]) != "object":
            return (spelled[wanted],)
    if thing in spelled and (spelled[thing],) != identity and _is_key(shapes, members[spelled[thing]]):
        return (spelled[thing],)
    if thing in spelled and shapes.type(members[spelled[thing]]) == "object":
        inner = shapes.properties(members[spelled[thing]])
        for likely in ("id", "uuid", "key", "gid"):
            if likely in inner:
                return (spelled[thing], likely)
    related = (RELATIONSHIPS, thing, "data", "id")
    return related if thing and shapes.member(record, related) is not None else ()


def parent_member(shapes: Shapes, record: Node | None, identity: Steps, parameter: str, above: str) -> Steps:
    """The member that says whose a record is: one key, or a list of all that it belongs to: ``tags``, ``tag_ids``."""
    if (found := repeated_key(shapes, record, identity, parameter, above)) or record is None or above in ("", "{}"):
        return found
    thing = flat(singular(above))
    for name, node in shapes.properties(record).items():
        items = shapes.items(node) if shapes.type(node) == "array" else None
        if items is None or flat(singular(name)) not in (thing, f"{thing}id"):
            continue
        keys = {flat(one) for one in shapes.properties(items)} & {"id", "gid", "uuid"}
        if keys or (shapes.type(items) in ("string", "integer") and flat(singular(name)) == f"{thing}id"):
            return (name,)
    return _about(shapes, record, thing)


def _about(shapes: Shapes, record: Node, thing: str) -> Steps:
    """The member that may name records of several kinds, where its words or the example of its type name this one:
    a comment's ``item``, which is "the file that it was placed on".
    """  # fmt: skip
    for name, node in shapes.properties(record).items():
        inner = shapes.properties(node) if flat(name) in _OF_ANY_KIND else {}
        if not {"id", "type"} <= inner.keys():
            continue
        kinds = [shapes.says(inner["type"], word) for word in ("example", "enum", "const")]
        words = f"{_descriptions(shapes, node)} {kinds}"
        if thing in {flat(singular(one)) for one in re.findall(r"\w+", words)}:
            return (name, "id")
    return ()


def _descriptions(shapes: Shapes, node: Node) -> str:
    """What is said of a member: beside a reference, and in each part of its ``allOf``."""
    parts = shapes.follow(node).child("allOf")
    count = len(parts.value) if isinstance(parts.value, list) else 0
    places = [node, *(parts.child(index) for index in range(count))]
    return " ".join(str(shapes.says(one, "description") or "") for one in places)


_OF_ANY_KIND = frozenset({"item", "target", "subject", "resource", "entity", "object", "on"})


def own_kind_member(shapes: Shapes, record: Node) -> Steps:
    """The member by which a record names another of its kind that stands above it: ``parentId``, ``manager_id``."""
    found = ((name,) for name, node in shapes.properties(record).items()
             if _ABOVE.fullmatch(flat(name)) and shapes.type(node) in ("string", "integer"))  # fmt: skip
    return next(found, ())


def _is_key(shapes: Shapes, place: Node) -> bool:
    """Whether a member that is called like a record can only be its key: a number or a UUID."""
    return shapes.type(place) == "integer" or shapes.says(place, "format") == "uuid"


def _by_parameter(
    members: Mapping[str, Node], spelled: Mapping[str, str], parameter: str, thing: str
) -> Iterator[Told]:
    if parameter in members:
        yield (parameter,), f"the parameter '{parameter}' is a member"
    low = flat(parameter)
    if low in spelled:
        yield (spelled[low],), f"the parameter '{parameter}' is the member '{spelled[low]}'"
    if "idor" in low and "id" in spelled:
        yield (spelled["id"],), f"the parameter '{parameter}' takes the member '{spelled['id']}'"
    if low.endswith("username"):  # a login is what a user is called by; a name beside it is what people call them
        yield from (
            ((spelled[one],), f"the parameter '{parameter}' is the member '{spelled[one]}'")
            for one in LOGINS
            if one in spelled
        )
    for ending in KEY_ENDINGS:
        if low.endswith(ending) and ending in spelled:
            yield (spelled[ending],), f"the parameter '{parameter}' ends in the member '{spelled[ending]}'"
    if low in (thing, f"{thing}s") and "id" not in spelled:
        for likely in ("name", "slug", "key"):
            if likely in spelled:
                yield (spelled[likely],), f"the parameter '{parameter}' is the resource, '{spelled[likely]}' its name"


def _shortened(spelled: Mapping[str, str], parameter: str, thing: str) -> Iterator[Told]:
    """The one id of a ``logsink`` that the path calls ``logsink_id`` and itself ``sink_id``."""
    ids = [low for low in spelled if low.endswith("id") and len(low) > len("id")]
    if len(ids) == 1 and flat(parameter).endswith(ids[0]) and thing.endswith(ids[0].removesuffix("id")):
        yield (spelled[ids[0]],), f"'{spelled[ids[0]]}' ends the parameter '{parameter}' and the resource's name"


def _last_word(
    shapes: Shapes, members: Mapping[str, Node], spelled: Mapping[str, str], parameter: str
) -> Iterator[Told]:
    """``reserved_ip`` names the member ``ip``."""
    words = words_of(parameter)
    member = spelled.get(words[-1]) if len(words) > 1 else None
    if member is not None and shapes.type(members[member]) in ("string", "integer"):
        yield (member,), f"the last word of the parameter '{parameter}' is the member '{member}'"


def _alike(shapes: Shapes, members: Mapping[str, Node], schema: Node | None) -> Iterator[Told]:
    """The one member that has the pattern, the format or the values of the parameter."""
    if schema is None:
        return
    listed = shapes.says(schema, "enum")
    same = [name for name, node in members.items() if isinstance(listed, list) and shapes.says(node, "enum") == listed]
    if len(same) == 1:
        yield (same[0],), f"'{same[0]}' alone has the values of the parameter"
    for word in ("pattern", "format"):
        wanted = shapes.says(schema, word)
        if not isinstance(wanted, str) or (word == "format" and wanted not in ALIKE):
            continue
        same = [name for name, node in members.items() if shapes.says(node, word) == wanted]
        if len(same) == 1:
            yield (same[0],), f"'{same[0]}' alone has the {word} of the parameter"


def _held(shapes: Shapes, members: Mapping[str, Node], parameter: str) -> Iterator[Told]:
    """What identifies stands inside another member: ``metadata.name``."""
    for holder in members:
        if flat(holder) in KEY_HOLDERS:
            inner = shapes.properties(members[holder])
            for likely in (flat(parameter), "id", "uid", "name"):
                for member in inner:
                    if likely and flat(member) == likely:
                        yield (holder, member), f"'{holder}.{member}' identifies a record"
