"""Patching: RFC 6902, whole or not at all, with every field that is not named left as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.conformance import (
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Session,
    check,
    moving,
    nested_steps,
    patch,
    refused,
    same_json,
)

NEEDS = (Kind.CREATE, Kind.READ, Kind.PATCH)
STEPS = 60
"""How many steps a long patch has."""


def becomes(
    session: Session,
    group: Group,
    record: Mapping[str, Any],
    steps: list[dict[str, Any]],
    wanted: Mapping[str, Any],
    what: str,
) -> None:
    """Expect ``steps`` to make ``wanted`` of the record, every other field that is stored untouched."""
    with session.each(group.one(Kind.PATCH)):
        found = patch(session, group, record, steps, what)
        session.same(
            wanted,
            found,
            f"a patch that {what} leaves the wrong record",
            without=moving(group) | group.resource.computed,
        )


def pair(group: Group) -> tuple[str, str]:
    """Two optional texts to move things between. Raises Inconclusive."""
    optional = [name for name in group.free_texts if name not in group.required and name != group.marker]
    if len(optional) < 2:
        raise NotApplicable("there are not two optional strings")
    return optional[0], optional[1]


@check(*NEEDS, writes=True, every=3, divides=True)
def check_single_steps(session: Session, group: Group) -> None:
    """Add, replace, remove, move, copy and test each do what RFC 6902 says, and touch nothing else."""
    one, two = pair(group)
    for what, steps, change in session.some(_steps(one, two)):
        record = session.create(group, {one: "first", two: "second"})
        wanted = {name: value for name, value in {**record, **change}.items() if value is not None}
        becomes(session, group, record, steps, wanted, what)


def _steps(one: str, two: str) -> Iterable[tuple[str, list[dict[str, Any]], dict[str, Any]]]:
    """What is done, the steps, and the fields that then differ (None: the field is gone)."""
    a, b = f"/{one}", f"/{two}"
    replace, remove = {"op": "replace", "path": a, "value": "x"}, {"op": "remove", "path": a}
    move, copy = {"op": "move", "from": a, "path": b}, {"op": "copy", "from": a, "path": b}
    again = {**replace, "value": "y"}
    return (
        ("adds a field", [remove, {"op": "add", "path": a, "value": "new"}], {one: "new"}),
        ("adds where a value is", [{"op": "add", "path": a, "value": "new"}], {one: "new"}),
        ("replaces a field", [replace], {one: "x"}),
        ("removes a field", [remove], {one: None}),
        ("moves a field", [move], {one: None, two: "first"}),
        ("copies a field", [copy], {two: "first"}),
        ("tests and replaces", [{"op": "test", "path": a, "value": "first"}, replace], {one: "x"}),
        ("takes its steps in order", [replace, copy, again], {one: "y", two: "x"}),
        ("takes many steps", [*({**replace, "value": f"step {number}"} for number in range(STEPS)), again], {one: "y"}),
        ("tests what an earlier step made", [replace, {"op": "test", "path": a, "value": "x"}], {one: "x"}),
    )


@check(*NEEDS, writes=True, code=114)
def check_refused_whole(session: Session, group: Group) -> None:
    """A patch that does not apply is refused and changes nothing, however far it came."""
    one, two = pair(group)
    first = {"op": "replace", "path": f"/{one}", "value": "changed"}
    record = session.create(group, {one: "first"})
    record = patch(
        session,
        group,
        record,
        [{"op": "add", "path": f"/{two}", "value": "x"}, {"op": "remove", "path": f"/{two}"}],
        "adds and removes",
    )
    objects = (name for name in group.of_type("object") if name not in record)
    hollow = next((name for name in objects if group.values.allows(group.writable[name], {"deeper": "x"})), None)
    cases: dict[str, list[Any]] = {
        "fails its test": [{"op": "test", "path": f"/{one}", "value": "other"}],
        "fails its test after a change": [first, {"op": "test", "path": f"/{one}", "value": "first"}],
        "fails its test before a change": [{"op": "test", "path": f"/{one}", "value": "other"}, first],
        "removes something that does not exist": [first, {"op": "remove", "path": f"/{two}"}],
        "replaces something that does not exist": [first, {"op": "replace", "path": f"/{two}", "value": "x"}],
        "moves something that does not exist": [first, {"op": "move", "from": f"/{two}", "path": f"/{one}"}],
        "copies something that does not exist": [first, {"op": "copy", "from": f"/{two}", "path": f"/{one}"}],
        "adds inside something that does not exist": [
            first,
            {"op": "add", "path": f"/{hollow or two}/deeper", "value": "x"},
        ],
        "walks into a string": [first, {"op": "add", "path": f"/{one}/deeper", "value": 1}],
        "tests with another type": [first, {"op": "test", "path": f"/{one}", "value": ["changed"]}],
    }
    for what, steps in cases.items():
        refused(session, group, record, steps, what, status=409)


@check(*NEEDS, writes=True, code=206, every=3, divides=True)
def check_malformed(session: Session, group: Group) -> None:
    """A patch that is none is refused and changes nothing."""
    record = session.create(group)
    path = f"/{group.marker}"
    cases: dict[str, Any] = {
        "is not an array": {"op": "remove", "path": path},
        "has an unknown op": [{"op": "merge", "path": path, "value": "x"}],
        "has no op": [{"path": path, "value": "x"}],
        "has no path": [{"op": "replace", "value": "x"}],
        "has no value": [{"op": "replace", "path": path}],
        "has no from": [{"op": "move", "path": path}],
        "has a path without a slash": [{"op": "replace", "path": group.marker, "value": "x"}],
        "has steps that are not objects": ["remove"],
    }
    for what, steps in session.some(cases.items()):
        refused(session, group, record, steps, what)


@check(*NEEDS, writes=True, code=114)
def check_result_is_validated(session: Session, group: Group) -> None:
    """A patch whose result breaks the schema is refused and changes nothing."""
    record = session.create(group)
    required = sorted(group.required)
    texts = [name for name in group.free_texts if group.field(name).value.get("type") == "string"]
    for name in [one for one in texts if one in record and one not in required][:2]:
        refused(session, group, record, [{"op": "add", "path": f"/{name}", "value": None}], "sets a string to null")
    refused(
        session, group, record, [{"op": "remove", "path": f"/{required[0]}"}], "removes a required field"
    ) if required else None
    for name in group.of_type("string", "number", "boolean"):
        wrong: Any = 7 if group.values.type_of(group.field(name)) == "string" else "no number"
        refused(
            session, group, record, [{"op": "add", "path": f"/{name}", "value": wrong}], f"gives {name} another type"
        )
        if "enum" in group.field(name).value:
            refused(
                session,
                group,
                record,
                [{"op": "add", "path": f"/{name}", "value": "no such word"}],
                f"gives {name} an unknown word",
            )


@check(*NEEDS, writes=True, every=2, divides=True)
def check_lists(session: Session, group: Group) -> None:
    """Items of a list are added in place and at the end, replaced and removed by their index."""
    name = next((name for name in group.of_type("array") if "maxItems" not in group.field(name).value), None)
    if name is None:
        raise NotApplicable("it has no list of its own")
    items = [group.values.make(group.field(name).child("items"), name, index) for index in range(1, 5)]
    a, b, c, new = items
    for what, (steps, wanted) in session.some(_list_steps(f"/{name}", a, b, c, new).items()):
        record = session.create(group, {name: [a, b, c]})
        if not same_json(record.get(name), [a, b, c]):
            raise Inconclusive(f"{name} is not stored as sent")
        becomes(session, group, record, steps, {**record, name: wanted}, what)
    record = session.create(group, {name: [a, b, c]})
    for what, step in session.some(_bad_list_steps(f"/{name}", new).items(), "outside"):
        refused(session, group, record, [step], what, status=409)
    if not same_json(a, b):
        step = {"op": "test", "path": f"/{name}", "value": [b, a, c]}
        refused(session, group, record, [step], "tests a list in another order", status=409)
    absent = next((one for one in group.writable if one not in record), None)
    if absent:
        step = {"op": "test", "path": f"/{absent}", "value": None}
        refused(session, group, record, [step], "tests what is absent against null", status=409)


def _list_steps(path: str, a: Any, b: Any, c: Any, new: Any) -> dict[str, tuple[list[dict[str, Any]], list[Any]]]:
    """What is done with a list of ``a``, ``b`` and ``c``, by which steps, and the list afterwards."""
    cases = {
        "adds an item in place": ([{"op": "add", "path": f"{path}/1", "value": new}], [a, new, b, c]),
        "adds an item in front": ([{"op": "add", "path": f"{path}/0", "value": new}], [new, a, b, c]),
        "adds an item at the end": ([{"op": "add", "path": f"{path}/-", "value": new}], [a, b, c, new]),
        "removes an item": ([{"op": "remove", "path": f"{path}/1"}], [a, c]),
        "replaces an item": ([{"op": "replace", "path": f"{path}/2", "value": new}], [a, b, new]),
        "moves an item": ([{"op": "move", "from": f"{path}/0", "path": f"{path}/2"}], [b, c, a]),
        "tests a list": ([{"op": "test", "path": path, "value": [a, b, c]}], [a, b, c]),
    }
    if inner := next((key for key, value in a.items() if isinstance(value, str)), "") if isinstance(a, dict) else "":
        copy, change = {"op": "copy", "from": f"{path}/0", "path": f"{path}/-"}, {"op": "replace", "value": "copied"}
        copied = {**a, inner: "copied"}
        of_copy, of_source = ({**change, "path": f"{path}/{place}/{inner}"} for place in (3, 0))
        cases["copies an item and changes the copy"] = ([copy, of_copy], [a, b, c, copied])
        cases["copies an item and changes the source"] = ([copy, of_source], [copied, b, c, a])
    return cases


def _bad_list_steps(path: str, new: Any) -> dict[str, dict[str, Any]]:
    """Steps that no list of three items allows."""
    return {
        "adds beyond the end": {"op": "add", "path": f"{path}/4", "value": new},
        "removes beyond the end": {"op": "remove", "path": f"{path}/3"},
        "has no index": {"op": "add", "path": f"{path}/x", "value": new},
        "has a zero in front": {"op": "add", "path": f"{path}/01", "value": new},
    }


@check(*NEEDS, writes=True, every=2, divides=True)
def check_inside(session: Session, group: Group) -> None:
    """Members of objects are replaced, removed and added where they stand, in the items of lists too."""
    record = session.create(group)
    steps = [*nested_steps(group, record)]
    if not steps:
        raise NotApplicable("there is no object with members")
    tested = next((step for _, step, _ in steps if step["op"] == "replace"), None)
    if tested:
        refused(session, group, record, [{**tested, "op": "test"}], "tests a member for another value", status=409)
    for what, step, fields in session.some(steps):
        becomes(session, group, record, [step], {**record, **fields}, what)
        back = [{"op": "add", "path": f"/{name}", "value": record[name]} for name in fields]
        record = {**record, **patch(session, group, record, back, "puts a field back")}


@check(*NEEDS, writes=True)
def check_escaped_paths(session: Session, group: Group) -> None:
    """In a path ``~1`` is a slash and ``~0`` a tilde, and a member's name may be anything else."""
    escaped = {"a/b": "a~1b", "m~n": "m~0n", "~1": "~01", "": "", "é %2F": "é %2F"}
    odd = {member: f"value of {member}" for member in escaped}
    fields = [name for name in group.of_type("object") if group.values.allows(group.writable[name], odd)]
    if not fields:
        raise NotApplicable("no object takes members of any name")
    name = fields[0]
    record = session.create(group, {name: odd})
    paths = {member: f"/{name}/{text}" for member, text in escaped.items()}
    tests = [{"op": "test", "path": path, "value": odd[member]} for member, path in paths.items()]
    steps = [{"op": "replace", "path": path, "value": f"{odd[member]} too"} for member, path in paths.items()]
    wanted = {member: f"{text} too" for member, text in odd.items()}
    becomes(session, group, record, [*tests, *steps], {**record, name: wanted}, "escapes its paths")


@check(*NEEDS, writes=True, every=3)
def check_test_compares_json(session: Session, group: Group) -> None:
    """``test`` compares as JSON: numbers by value, true is not 1."""
    number = next(iter(group.of_type("number")), None)
    flag = next(iter(group.of_type("boolean")), None)
    if number:
        record = session.create(group, {number: 1})
        becomes(
            session,
            group,
            record,
            [{"op": "test", "path": f"/{number}", "value": 1.0}],
            record,
            "tests a number by value",
        )
        refused(
            session,
            group,
            record | session.read(group, record[group.key]),
            [{"op": "test", "path": f"/{number}", "value": True}],
            "tests a number against true",
            status=409,
        )
    if flag:
        record = session.create(group, {flag: True})
        steps = [{"op": "test", "path": f"/{flag}", "value": 1}]
        refused(session, group, record, steps, "tests true against a number", status=409)


@check(Kind.PATCH, Kind.READ, Kind.CREATE, writes=True)
def check_missing_record(session: Session, group: Group) -> None:
    """PATCH of a record that does not exist is answered 404 and makes none."""
    missing = f"missing-{session.mark}"
    steps = [{"op": "add", "path": f"/{group.marker}", "value": session.mark}]
    reply = session.at(group, Kind.PATCH, missing, body=steps)
    session.status(reply, 404, "PATCH of a record that does not exist", group.one(Kind.PATCH))
    session.status(
        session.at(group, Kind.READ, missing), 404, "a record that a refused PATCH named", group.one(Kind.READ)
    )


@check(*NEEDS, writes=True)
def check_leaves_others_alone(session: Session, group: Group) -> None:
    """PATCH changes the record it names and no other."""
    patched, bystander = session.create(group), session.create(group)
    patch(
        session,
        group,
        patched,
        [{"op": "replace", "path": f"/{group.marker}", "value": f"{session.mark} patched"}],
        "replaces a field",
    )
    session.same(bystander, session.read(group, bystander[group.key]), "PATCH changed a record it does not name")
