"""States of a record in any document: what its declared conflicts refuse in one of them, an action or a change."""

from __future__ import annotations

import re
from typing import Any

from mockserver.conformance import (
    REFUSALS,
    SUCCESSES,
    Group,
    Inconclusive,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    Provenance,
    Received,
    Session,
    check,
    forbidden_states,
    quoted,
    same_json,
    states_of,
    tells_of_state,
    within,
)

INFERRED = Provenance.INFERRED
ALREADY = re.compile(r"\b(?:only|already)\b", re.IGNORECASE)
STEPS = 3
"""By how many actions a record is brought into a state at most."""


def _actions(group: Group) -> list[Operation]:
    """The actions on the record that their path names."""
    return [
        one for one in group.all(Kind.ACTION)
        if one.plan and one.plan.names_record and one.plan.scope is not None
    ]  # fmt: skip


def _sets(operation: Operation) -> tuple[str, Any]:
    """The member whose state an action sets, and to what; an empty name where it sets none."""
    sets = (operation.plan.words.get("set") or {}) if operation.plan else {}
    return next(((name, one) for name, one in sets.items() if isinstance(one, str | bool)), ("", None))


def _forbids(operation: Operation) -> tuple[str, list[Any]]:
    """The states in which an action is refused and the member that has them, as far as the refusal itself tells."""
    refuses = (operation.plan.words.get("refuses") or {}) if operation.plan else {}
    name, values = next(iter(refuses.items()), ("", []))
    refusal = operation.plan.words.get("refusal") if operation.plan else 0
    said = operation.plan.replies.get(str(refusal)) if operation.plan else None
    texts = [name if isinstance(one, bool) else str(one) for one in values]
    is_said = said is not None and (
        tells_of_state(said.description, texts) or ALREADY.search(said.description) is not None
    )
    return (name, values) if is_said else ("", [])


def _way(actions: list[Operation], name: str, now: Any, wanted: Any) -> list[Operation] | None:
    """The actions that lead a record from one state to another; None where none do."""
    ways: list[tuple[Any, list[Operation]]] = [(now, [])]
    for state, way in ways:
        if same_json(state, wanted):
            return way
        for one in actions if len(way) < STEPS else ():
            member, value = _sets(one)
            is_refused = any(same_json(state, refused) for refused in _forbids(one)[1])
            if member == name and not is_refused and not any(same_json(value, known) for known, _ in ways):
                ways.append((value, [*way, one]))
    return None


@check(Kind.ACTION, Kind.CREATE, Kind.READ, writes=True, inferred=True, provenance=INFERRED)
def check_states(session: Session, group: Group) -> None:
    """An action that is said to be refused in a state is refused in it, and changes nothing then."""
    asking, judged = InferredTrials(session), 0
    actions = _actions(group)
    if not any(_forbids(one)[0] for one in actions):
        raise NotApplicable("no action is said to be refused in a state")
    for operation in actions:
        for state in _forbids(operation)[1]:
            judged += _refused_in(session, asking, group, operation, (_forbids(operation)[0], state))
    if not judged:
        raise Inconclusive("no record could be brought into a state in which an action is refused")


def _act(asking: InferredTrials, operation: Operation, made: InferredRecord) -> Received:
    return asking.send(operation, asking.at(operation, made), body=asking.full_body(operation))


def _brought(
    asking: InferredTrials, group: Group, made: InferredRecord, state: tuple[str, Any]
) -> dict[str, Any] | None:
    """The record in that state of one of its members, by actions; None where it does not come into it."""
    actions, (name, wanted) = _actions(group), state
    way = _way(actions, name, within(asking.read_back(group, made), (name,)), wanted)
    if way is None:
        _wander(asking, group, made, state)
    elif any(_act(asking, one, made).status not in SUCCESSES for one in way):
        return None
    found = asking.read_back(group, made)
    return found if isinstance(found, dict) and same_json(found.get(name), wanted) else None


def _wander(asking: InferredTrials, group: Group, made: InferredRecord, state: tuple[str, Any]) -> None:
    """Bring a record into a state by actions of which nothing says what they do: each that is taken leads on."""
    name, wanted = state
    for _ in range(STEPS):
        now = within(asking.read_back(group, made), (name,))
        if same_json(now, wanted):
            return
        taken = (one for one in _actions(group) if _act(asking, one, made).status in SUCCESSES)
        if not any(not same_json(within(asking.read_back(group, made), (name,)), now) for _ in taken):
            return


def _shown(state: Any) -> str:
    return str(state).lower() if isinstance(state, bool) else quoted(str(state))


def _refused_in(
    session: Session, asking: InferredTrials, group: Group, operation: Operation, state: tuple[str, Any]
) -> int:
    """Judge one operation on a record in one state; 0 where no record could be brought into it."""
    made = asking.create(group)
    if (before := _brought(asking, group, made, state)) is None:
        asking.remove(group, made)
        return 0
    what = "an action" if operation.kind is Kind.ACTION else "a delete" if operation.kind is Kind.DELETE else "a change"
    reply = _act(asking, operation, made)
    cause = f"{what} is answered {reply.status} where {state[0]} is {_shown(state[1])}, though its document forbids it"
    with session.each(operation):
        session.expect_one_of(reply, REFUSALS, cause)
        asking.keeps(before, asking.read_back(group, made), f"{what} that was refused changes the record")
    asking.remove(group, made)
    return 1


@check(Kind.CREATE, Kind.READ, writes=True, inferred=True, provenance=INFERRED)
def check_changes_in_states(session: Session, group: Group) -> None:
    """A change or a delete that is said to be refused in a state is refused in it, and changes nothing then."""
    asking, judged = InferredTrials(session), 0
    changes = [
        one for one in group.all(Kind.REPLACE, Kind.PATCH, Kind.DELETE, Kind.ACTION)
        if one.plan and one.plan.names_record and session.may(one) and (one.kind is not Kind.ACTION or _adds(one))
    ]  # fmt: skip
    asked = [(one, name, values) for one in changes for name, values in [_forbidden(asking, one)] if name]
    if not asked:
        raise NotApplicable("no change is said to be refused in a state")
    for operation, name, values in asked:
        judged += sum(_refused_in(session, asking, group, operation, (name, state)) for state in values)
    if not judged:
        raise Inconclusive("no record could be brought into a state in which it is not changed")


def _adds(operation: Operation) -> bool:
    """Whether an operation puts an entry into a list that a record holds."""
    words = operation.plan.words if operation.plan else {}
    return operation.method == "POST" and bool(words.get("within")) and words.get("entry") is None


def _forbidden(asking: InferredTrials, operation: Operation) -> tuple[str, list[str]]:
    said = operation.plan.said_of("409") if operation.plan else ""
    record = operation.resource.model.record if operation.resource.model else None
    if not said or record is None:
        return "", []
    return forbidden_states(said, states_of(asking.maker.shapes, record))
