"""Single records change: PUT replaces one fully, and a patch does what RFC 6902 says, or nothing."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import Group, Kind, NotApplicable, Session, check, moving, nested_steps, smaller
from mockserver.conformance import single_records as single

WRITES = (Kind.CREATE, Kind.READ, Kind.DELETE, Kind.REPLACE, Kind.PATCH)


@check(*WRITES, writes=True, owns=True, single=True)
def check_changes(session: Session, group: Group) -> None:
    """PUT replaces it fully, a patch changes what it names, and a patch that does not apply nothing."""
    with single.put_aside(session, group):
        single.ask(session, group, Kind.CREATE, single.sent(session, group))
        only = {n: v for n, v in session.body(group, only_required=True).items() if n != group.key}
        session.status(
            single.ask(session, group, Kind.REPLACE, only), 200, "PUT of a single record", group.one(Kind.REPLACE)
        )
        found = session.value(single.ask(session, group, Kind.READ))
        session.expect_replaced(only, found, "a single record")
        name = next(iter(group.free_texts))
        step = {"op": "add", "path": f"/{name}", "value": session.mark}
        changed = single.ask(session, group, Kind.PATCH, [step])
        session.status(changed, 200, "a patch of a single record", group.one(Kind.PATCH))
        session.same(
            {**found, name: session.mark}, session.value(changed), "a patch of a single record leaves the wrong one"
        )
        refused = [{**step, "value": f"{session.mark} refused"}, {"op": "test", "path": f"/{name}", "value": "other"}]
        wrong = single.ask(session, group, Kind.PATCH, refused)
        session.status(wrong, 409, "a patch of a single record that fails its test", group.one(Kind.PATCH))
        after = session.value(single.ask(session, group, Kind.READ))
        session.same(session.value(changed), after, "a refused patch changed the single record")


@check(*WRITES, writes=True, owns=True, single=True)
def check_steps(session: Session, group: Group) -> None:
    """Each step of a patch does what RFC 6902 says, in order, or none of them does anything."""
    texts = [name for name in group.free_texts if name not in group.required][:2]
    if len(texts) < 2:
        raise NotApplicable("there are not two optional strings")
    one, two = texts
    a, b = f"/{one}", f"/{two}"
    with single.made(session, group, {one: "first", two: "second"}):
        turns: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
            ("takes its steps in order", [{"op": "replace", "path": a, "value": "x"},
              {"op": "copy", "from": a, "path": b}, {"op": "replace", "path": a, "value": "y"}], {one: "y", two: "x"}),
            ("moves", [{"op": "move", "from": a, "path": b}], {one: None, two: "y"}),
            ("adds", [{"op": "add", "path": a, "value": ""}], {one: "", two: "y"}),
            ("removes", [{"op": "remove", "path": b}], {one: "", two: None}),
        ]  # fmt: skip
        for what, steps, wanted in turns:
            before = single.now(session, group)
            reply = single.ask(session, group, Kind.PATCH, steps)
            session.status(reply, 200, f"a patch of a single record that {what}", group.one(Kind.PATCH))
            found, expected = single.now(session, group), {**before, **wanted}
            expected = {name: value for name, value in expected.items() if value is not None}
            cause = f"a patch of a single record that {what} leaves the wrong one"
            session.same(expected, found, cause, without=moving(group))
        for what, step, fields in nested_steps(group, single.now(session, group)):
            before = single.now(session, group)
            with session.each(group.one(Kind.PATCH)):
                back = [{"op": "replace", "path": f"/{name}", "value": before[name]} for name in fields]
                reply = single.ask(session, group, Kind.PATCH, [step])
                session.status(reply, 200, f"a patch of a single record that {what}", group.one(Kind.PATCH))
                cause = f"a patch of a single record that {what} leaves the wrong one"
                session.same({**before, **fields}, single.now(session, group), cause, without=moving(group))
                single.ask(session, group, Kind.PATCH, back)
        last = {"op": "replace", "path": a, "value": "changed"}
        refused = {
            "removes something that does not exist": [last, {"op": "remove", "path": b}],
            "replaces something that does not exist": [last, {"op": "replace", "path": b, "value": "x"}],
            "fails its test after a change": [last, {"op": "test", "path": a, "value": "first"}],
        }
        before = single.now(session, group)
        for what, steps in refused.items():
            with session.each(group.one(Kind.PATCH)):
                reply = single.ask(session, group, Kind.PATCH, steps)
                session.status(reply, 409, f"a patch of a single record that {what}", group.one(Kind.PATCH))
                session.same(before, single.now(session, group), f"a patch of a single record that {what} changed it")


@check(*WRITES, writes=True, owns=True, code=117, single=True)
def check_shrinks(session: Session, group: Group) -> None:
    """PUT leaves nothing of longer lists and larger objects that were there."""
    body = single.sent(session, group)
    nested = {name: value for name, value in body.items() if isinstance(value, list | dict)}
    if not nested:
        raise NotApplicable("there are neither lists nor objects")
    for size in (1, 0):
        with single.made(session, group, nested):
            fields = {name: smaller(value, size) for name, value in nested.items()}
            kept = {name: one for name, one in fields.items() if group.values.allows(group.writable[name], one)}
            reply = single.ask(session, group, Kind.REPLACE, {**body, **kept})
            session.status(reply, 200, "PUT of a single record", group.one(Kind.REPLACE))
            found = single.now(session, group)
            cause = "PUT of a single record keeps items or members that were not sent"
            session.same(kept, {name: found.get(name) for name in kept}, cause)
