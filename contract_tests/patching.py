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
    all_refused,
    check,
    moving,
    nested_steps,
    patch,
    quoted,
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
) -> bool:
    """Expect ``steps`` to make ``wanted`` of the record, every other field that is stored untouched; if they do."""
    with session.each(group.one(Kind.PATCH)):
        found = patch(session, group, record, steps, what)
        cause = f"a patch that {what} leaves the wrong record"
        session.same(wanted, found, cause, without=moving(group) | group.resource.computed)
        return True
    return False


def pair(group: Group) -> tuple[str, str]:
    """Two optional texts to move things between. Raises Inconclusive."""
    optional = [name for name in group.free_texts if name not in group.required and name != group.marker]
    if len(optional) < 2:
        raise NotApplicable("there are not two optional strings")
    return optional[0], optional[1]


@check(*NEEDS, writes=True)
def check_single_steps(session: Session, group: Group) -> None:
    """Add, replace, remove, move, copy and test each do what RFC 6902 says, and touch nothing else."""
    one, two = pair(group)
    record = session.create(group, {one: "first", two: "second"})
    for what, steps, (first, second) in _steps(f"/{one}", f"/{two}"):
        changed = {**record, one: first, two: second}
        wanted = {name: value for name, value in changed.items() if value is not None}
        if not becomes(session, group, record, steps, wanted, what):  # each goes on from where the one before ended
            body = {name: value for name, value in session.body(group).items() if name not in (one, two)}
            record = session.put_in(group, {**body, **{name: wanted[name] for name in (one, two) if name in wanted}})


def _steps(a: str, b: str) -> Iterable[tuple[str, list[dict[str, Any]], tuple[str | None, str | None]]]:
    """What is done with two texts, the steps, and the texts that are then there (None: the field is gone)."""
    move, copy = {"op": "move", "from": a, "path": b}, {"op": "copy", "from": a, "path": b}

    def replace(value: str) -> dict[str, Any]:
        return {"op": "replace", "path": a, "value": value}

    def test(value: str) -> dict[str, Any]:
        return {"op": "test", "path": a, "value": value}

    return (
        ("replaces a field", [replace("x")], ("x", "second")),
        ("adds where a value is", [{"op": "add", "path": a, "value": "new"}], ("new", "second")),
        ("copies a field", [copy], ("new", "new")),
        ("tests and replaces", [test("new"), replace("x"), test("x")], ("x", "new")),
        ("takes its steps in order", [replace("x"), copy, replace("y")], ("y", "x")),
        ("removes and adds", [{"op": "remove", "path": b}, {"op": "add", "path": b, "value": "back"}], ("y", "back")),
        (
            "takes many steps",
            [*(replace(f"step {number}") for number in range(STEPS)), replace("end")],
            ("end", "back"),
        ),
        ("moves a field", [move], (None, "end")),
        ("adds a field", [{"op": "add", "path": a, "value": "new"}], ("new", "end")),
        ("removes a field", [{"op": "remove", "path": a}], (None, "end")),
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
    cases = {
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
        "tests what is absent against null": [{"op": "test", "path": f"/{two}", "value": None}],
        "walks into a string": [first, {"op": "add", "path": f"/{one}/deeper", "value": 1}],
        "tests with another type": [first, {"op": "test", "path": f"/{one}", "value": ["changed"]}],
    }
    all_refused(session, group, record, cases, status=409)


@check(*NEEDS, writes=True, code=206)
def check_malformed(session: Session, group: Group) -> None:
    """A patch that is none is refused and changes nothing."""
    record = session.create(group)
    path = f"/{group.marker}"
    cases: dict[str, Any] = {
        "is not an array": {"op": "remove", "path": path},
        "has an unknown op": [{"op": "merge", "path": path, "value": "x"}],
        "has an op in capitals": [{"op": "REPLACE", "path": path, "value": "x"}],
        "has no op": [{"path": path, "value": "x"}],
        "has no path": [{"op": "replace", "value": "x"}],
        "has no value": [{"op": "replace", "path": path}],
        "has no from": [{"op": "move", "path": path}],
        "has a path without a slash": [{"op": "replace", "path": group.marker, "value": "x"}],
        "has steps that are not objects": ["remove"],
    }
    all_refused(session, group, record, cases)


@check(*NEEDS, writes=True, code=114)
def check_result_is_validated(session: Session, group: Group) -> None:
    """A patch whose result breaks the schema is refused and changes nothing."""
    record, required = session.create(group), sorted(group.required)
    texts = [name for name in group.free_texts if group.field(name).value.get("type") == "string"]
    optional = [name for name in texts if name in record and name not in required]
    nulls = [(op, name) for name in optional[:1] for op in ("add", "replace")]
    cases = {f"sets {name} to null by {op}": [{"op": op, "path": f"/{name}", "value": None}] for op, name in nulls}
    if required:
        cases["removes a required field"] = [{"op": "remove", "path": f"/{required[0]}"}]
    enums = {name: group.field(name).value.get("enum", []) for name in group.of_type("string", "number", "boolean")}
    for name, known in enums.items():
        wrong: Any = 7 if group.values.type_of(group.field(name)) == "string" else "no number"
        cases[f"gives {name} another type"] = [{"op": "add", "path": f"/{name}", "value": wrong}]
        other = [next((one for one in words if one not in known), None) for words in enums.values()]
        for word in dict.fromkeys([one for one in other if one] or ["no such word"]) if known else ():
            what = f"gives {name} the unknown word {quoted(word)}"  # which may be one of another field's
            cases[what] = [{"op": "add", "path": f"/{name}", "value": word}]
    all_refused(session, group, record, cases)


@check(*NEEDS, writes=True)
def check_lists(session: Session, group: Group) -> None:
    """Items of a list are added in place and at the end, replaced and removed by their index."""
    name = next((name for name in group.of_type("array") if "maxItems" not in group.field(name).value), None)
    if name is None:
        raise NotApplicable("it has no list of its own")
    items = [group.values.make(group.field(name).child("items"), name, index) for index in range(1, 5)]
    a, b, c, new = items
    record, whole = session.create(group, {name: [a, b, c]}), {"op": "add", "path": f"/{name}", "value": [a, b, c]}
    if not same_json(record.get(name), [a, b, c]):
        raise Inconclusive(f"{name} is not stored as sent")
    for what, (steps, wanted) in _list_steps(f"/{name}", a, b, c, new).items():
        if not group.values.allows(group.writable[name], wanted):
            continue
        becomes(session, group, record, [whole, *steps], {**record, name: wanted}, what)
    record = session.create(group, {name: [a, b, c]})
    cases = {what: [step] for what, step in _bad_list_steps(f"/{name}", new).items()}
    if not same_json(a, b):
        cases["tests a list in another order"] = [{"op": "test", "path": f"/{name}", "value": [b, a, c]}]
    all_refused(session, group, record, cases, status=409)


def _list_steps(path: str, a: Any, b: Any, c: Any, new: Any) -> dict[str, tuple[list[dict[str, Any]], list[Any]]]:
    """What is done with a list of ``a``, ``b`` and ``c``, by which steps, and the list afterwards."""
    cases = {
        "adds an item in place": ([{"op": "add", "path": f"{path}/1", "value": new}], [a, new, b, c]),
        "adds an item in front": ([{"op": "add", "path": f"{path}/0", "value": new}], [new, a, b, c]),
        "adds items at the end": (
            [{"op": "add", "path": f"{path}/{end}", "value": item} for end, item in (("-", new), ("4", a), ("-", b))],
            [a, b, c, new, a, b],
        ),
        "removes an item": ([{"op": "remove", "path": f"{path}/1"}], [a, c]),
        "removes one of two equal items": (
            [{"op": "add", "path": f"{path}/3", "value": a}, {"op": "remove", "path": f"{path}/0"}],
            [b, c, a],
        ),
        "replaces items": (
            [
                {"op": "replace", "path": f"{path}/2", "value": new},
                *({"op": "add", "path": f"{path}/-", "value": item} for item in (a, b, c) * 3),
                {"op": "replace", "path": f"{path}/10", "value": new},
            ],
            [a, b, new, *(a, b, c) * 2, a, new, c],
        ),
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
        "counts from the end": {"op": "remove", "path": f"{path}/-1"},
    }


@check(*NEEDS, writes=True)
def check_inside(session: Session, group: Group) -> None:
    """Members of objects are replaced, removed and added where they stand, in the items of lists too."""
    record = session.create(group)
    steps = [*nested_steps(group, record)]
    if not steps:
        raise NotApplicable("there is no object with members")
    tested = next((step for _, step, _ in steps if step["op"] == "replace"), None)
    if tested:
        refused(session, group, record, [{**tested, "op": "test"}], "tests a member for another value", status=409)
    back: list[dict[str, Any]] = []
    for what, step, fields in steps:
        turn = _moved_on(group, step, fields) if step["op"] == "add" else ([step], fields)
        becomes(session, group, record, [*back, *turn[0]], {**record, **turn[1]}, what)
        back = [{"op": "add", "path": f"/{name}", "value": record[name]} for name in fields]


def _moved_on(
    group: Group, step: dict[str, Any], fields: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A step that adds a member, and where an object may have that, one that moves it on; and what they make."""
    place, _, member = step["path"].rpartition("/")
    moved = {name: _renamed(value, member, f"{member}_moved") for name, value in fields.items()}
    if not all(group.values.allows(group.writable[name], value) for name, value in moved.items()):
        return [step], fields
    return [step, {"op": "move", "from": step["path"], "path": f"{place}/{member}_moved"}], moved


def _renamed(value: Any, old: str, new: str) -> Any:
    """An object, or a list whose last item that is, in which the member ``old`` has another name."""
    if isinstance(value, list):
        return [_renamed(one, old, new) for one in value]
    return {new if name == old else name: one for name, one in value.items()} if isinstance(value, dict) else value


@check(*NEEDS, writes=True)
def check_escaped_paths(session: Session, group: Group) -> None:
    """In a path ``~1`` is a slash and ``~0`` a tilde, and a member's name may be anything else."""
    escaped = {"a/b": "a~1b", "m~n": "m~0n", "~1": "~01", "": "", "é %2F": "é %2F", "0": "0", "10": "10", "-": "-"}
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


@check(*NEEDS, writes=True)
def check_test_compares_json(session: Session, group: Group) -> None:
    """``test`` compares as JSON: numbers by value, true is not 1."""
    numbers, flags = group.of_type("number")[:1], group.of_type("boolean")[:1]
    if not numbers and not flags:
        raise NotApplicable("it has neither numbers nor flags")
    record = session.create(group, {**dict.fromkeys(numbers, 1), **dict.fromkeys(flags, True)})
    nothing = {name: 0 for name in numbers if group.values.allows(group.writable[name], 0)} | dict.fromkeys(
        flags, False
    )
    by_value = [{"op": "test", "path": f"/{name}", "value": 1.0} for name in numbers]
    emptied = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in nothing.items()]
    what = "tests a number by value and replaces by nought" if numbers else "replaces by false"
    becomes(session, group, record, [*by_value, *emptied], {**record, **nothing}, what)
    record = session.read(group, record[group.key])
    cases = {"tests a number against a flag": (numbers, bool), "tests a flag against a number": (flags, int)}
    tests = {
        what: [{"op": "test", "path": f"/{name}", "value": other(record[name])}]
        for what, (names, other) in cases.items()
        for name in names
        if name in record
    }
    all_refused(session, group, record, tests, status=409)


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
