"""Searching: every parameter alone and together, held against a model of what should be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.conformance import (
    Ask,
    Criterion,
    Group,
    How,
    Inconclusive,
    Kind,
    Operation,
    Session,
    by_id,
    check,
    marked,
    naming,
    read_datetime,
    walk,
)

NEEDS = (Kind.CREATE, Kind.SEARCH)
RECORDS = 9
MANY_VALUES = 24
FOREIGN = "Ångström Łódź"
"""A text of which letters beyond ASCII have two cases."""
BARE = "Angstrom"
"""Its first word in other letters."""


def matches(record: Mapping[str, Any], criteria: Mapping[str, Criterion], sent: Mapping[str, Any]) -> bool:
    """The model: whether ``record`` meets every parameter that is about a field."""
    return all(
        _meets(criteria[name].how, record.get(str(criteria[name].field)), wanted)
        for name, wanted in sent.items()
        if criteria[name].field is not None
    )


def _meets(how: How, found: Any, wanted: Any) -> bool:
    if found is None:
        return False
    if how is How.RANGE:
        low, high, value = ordinal(wanted[0]), ordinal(wanted[1]), ordinal(found)
        return value is not None and low is not None and high is not None and low <= value <= high
    if how is How.ANY_OF:
        return any(one in wanted for one in (found if isinstance(found, list) else [found]))
    if how is How.CONTAINS:
        items = found if isinstance(found, list) else [found]
        return any(isinstance(one, str) and wanted.casefold() in one.casefold() for one in items)
    return bool(found == wanted)


def ordinal(value: Any) -> float | None:
    """Numbers as they are, moments as seconds, a date alone as its first instant in UTC; nothing else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return read_datetime(value).timestamp()
    except ValueError:
        return None


def records(session: Session, group: Group) -> list[dict[str, Any]]:
    """Records to search among; every third refers to others than the rest do."""
    searched = {criterion.field for _, _, criterion in each_parameter(group)}
    differing: dict[str, Any] = {}
    for reference in group.references:
        referenced = session.plan.groups[reference.resource]
        if (
            reference.field in searched
            and reference.field in session.body(group)
            and Kind.CREATE in referenced.operations
        ):
            differing |= naming(group, reference, session.create(referenced)[referenced.key])
    return [session.create(group, differing if turn % 3 == 2 else None) for turn in range(RECORDS)]


def held(
    session: Session, group: Group, operation: Operation, made: list[dict[str, Any]], sent: dict[str, Any], what: str
) -> None:
    """Expect the search to find exactly what the model finds among ``made``, and nothing that does not match."""
    with session.each(operation):
        found = by_id(group, walk(session, group, Ask(operation, body=sent)))
        wanted = {one[group.key] for one in made if matches(one, operation.criteria, sent)}
        mine = session.ours(group)
        detail = f"sent {sent}"
        session.expect_listing(operation, found, f"{operation.id} misses records by {what}", detail, holds=wanted)
        session.expect_listing(
            operation, found, f"{operation.id} finds too many records by {what}", detail, lacks=mine - wanted
        )
        strangers = [name for name, one in found.items() if not matches(one, operation.criteria, sent)]
        cause = f"{operation.id} finds records that do not match {what}"
        session.expect_listing(operation, found, cause, detail, lacks=strangers)


def each_parameter(group: Group) -> Iterator[tuple[Operation, str, Criterion]]:
    for operation in group.all(Kind.SEARCH):
        for name, criterion in operation.criteria.items():
            if criterion.field is not None:
                yield operation, name, criterion


@check(*NEEDS, writes=True)
def check_every_parameter(session: Session, group: Group) -> None:
    """Each parameter alone finds what the model finds: whole, in part, in any case, at the edges, and nothing."""
    bare = session.put_in(group, session.body(group, only_required=True))
    made = [*records(session, group), bare]
    for operation, name, criterion in each_parameter(group):
        values = [one[criterion.field] for one in made if criterion.field in one]
        for wanted, how in _probes(criterion.how, values, session.mark):
            if operation.body is None or not operation.body.validator.allows({name: wanted}):
                continue
            held(session, group, operation, made, {name: wanted}, f"{name} ({how})")
    foreign = {one.field: FOREIGN for _, _, one in each_parameter(group) if one.field in group.free_texts}
    if foreign:
        made = [session.create(group, foreign)]
        for operation, name, criterion in each_parameter(group):
            if criterion.how is How.CONTAINS and criterion.field in foreign:
                for wanted in (FOREIGN.upper(), FOREIGN.lower()):
                    held(session, group, operation, made, {name: wanted}, f"{name} (letters in the other case)")
                held(session, group, operation, made, {name: BARE}, f"{name} (letters without their marks)")


def _probes(how: How, values: list[Any], mark: str) -> Iterator[tuple[Any, str]]:
    """What to search for, given the values there are."""
    if not values:
        return
    match how:
        case How.CONTAINS:
            yield from _texts(str(_first(values[len(values) // 2], -1)), mark)
        case How.ANY_OF:
            yield [_first(values[0], -1)], "one value"
            several = list(dict.fromkeys(map(_first, (values[0], values[-1], values[1], values[2]))))[:3]
            for order in (
                several,
                [*several[::-1], several[0]],
                [f"none-{mark}", *several[1:]],
                [*several[1:], f"none-{mark}"],
            ):
                yield order, "several values"
            yield [f"none-{mark}"], "a value no record has"
            yield [], "an empty list of values"
            yield [*(f"none-{number}-{mark}" for number in range(MANY_VALUES)), several[0]], "many values"
        case How.RANGE:
            yield from _ranges(sorted(value for value in values if ordinal(value) is not None))
        case How.EQUALS:
            yield values[0], "a value"
            if isinstance(values[0], bool):
                yield not values[0], "the other value"


def _first(value: Any, place: int = 0) -> Any:
    """A value to look for: of a list the item at ``place``, the first one unless it is told."""
    return value[place] if isinstance(value, list) and value else value


def _texts(text: str, mark: str) -> Iterator[tuple[str, str]]:
    yield text, "the whole text"
    yield text[1:-1] or text, "a part of it"
    yield text[-3:], "its end"
    yield text.upper(), "upper case"
    yield text.swapcase(), "swapped case"
    yield f"{text} none {mark}", "more than there is"
    yield f" {text} ", "the text between blanks"
    for pattern in (".", "_", "%", ".*"):  # a text is not a pattern, be it of a regular expression or of SQL's LIKE
        yield f"{text[:2]}{pattern}{text[3:]}", "a pattern that would fit"


def _ranges(values: list[Any]) -> Iterator[tuple[list[Any], str]]:
    if len(values) < 3:
        return
    low, middle, high = values[0], values[len(values) // 2], values[-1]
    yield [_edge(low), _edge(high)], "from the lowest to the highest"
    yield [_edge(middle), _edge(middle)], "one value at both ends"
    yield [_edge(values[1]), _edge(values[-2])], "without the ends"
    yield [_edge(middle), _edge(high)], "the upper half"
    yield [_edge(low), _edge(middle)], "the lower half"
    if high != low:
        yield [_edge(high), _edge(low)], "ends the wrong way round"
    if isinstance(middle, str):
        yield [_edge(low, hours=2), _edge(high, hours=2)], "moments in another time zone"
        yield [_edge(middle, seconds=0.5), _edge(high)], "half a second past a value"
    else:
        yield [middle + 0.5, high], "half a step past a value"


def _edge(value: Any, hours: int = 0, seconds: float = 0) -> Any:
    """A value as a range takes it: moments in full, in the zone ``hours`` east, ``seconds`` later."""
    if not isinstance(value, str):
        return value
    moment = datetime.fromtimestamp(ordinal(value) or 0, UTC) + timedelta(seconds=seconds)
    text = (moment + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S" + (".%f" if seconds else ""))
    return f"{text}+{hours:02d}:00" if hours else f"{text}Z"


@check(*NEEDS, writes=True)
def check_together(session: Session, group: Group) -> None:
    """Parameters together find what meets all of them."""
    made = records(session, group)
    for operation in group.all(Kind.SEARCH):
        usable = [
            (name, one)
            for name, one in operation.criteria.items()
            if one.field and any(one.field in record for record in made)
        ]
        for index, (name, criterion) in enumerate(usable):
            other, second = usable[(index + 1) % len(usable)]
            for record, stranger in ((made[0], made[0]), (made[0], made[-1])):
                sent = {**_for(name, criterion, record), **_for(other, second, stranger)}
                held(session, group, operation, made, sent, f"{name} and {other}")
        _empty_text(session, group, operation, made[0], [name for name, one in usable if one.how is How.CONTAINS])
        every = {name: value for name, one in usable for name, value in _for(name, one, made[0]).items()}
        held(session, group, operation, made, every, "all parameters")
        for name, criterion in usable:
            sent = {**every, **_for(name, criterion, made[-1])}
            if sent == every:
                sent |= _nobodys(name, criterion, session.mark)
            if (
                operation.body and sent != every and operation.body.validator.allows(sent)
            ):  # none of many is passed over
                held(session, group, operation, made, sent, f"all parameters, {name} another's")


def _empty_text(session: Session, group: Group, operation: Operation, record: dict[str, Any], names: list[str]) -> None:
    """Expect an empty text to be contained in each text."""
    narrowing = marked(session, group, operation.id)
    others = [name for name in names if name not in narrowing][-2:]
    sent = {**narrowing, **dict.fromkeys(others, "")} if others else dict.fromkeys(names, "")
    if sent and operation.body and operation.body.validator.allows(sent):
        with session.each(operation):
            found = by_id(group, walk(session, group, Ask(operation, body=sent)))
            session.prefer(record[group.key] in found, f"{operation.id} finds nothing by an empty text", f"sent {sent}")


def _nobodys(name: str, criterion: Criterion, mark: str) -> dict[str, Any]:
    """One parameter that no record meets; none where any value may be some record's."""
    values: Mapping[How, Any] = {
        How.CONTAINS: f"none {mark}",
        How.ANY_OF: [f"none-{mark}"],
        How.RANGE: ["1901-01-01T00:00:00Z", "1901-01-02T00:00:00Z"],
    }
    return {name: values[criterion.how]} if criterion.how in values else {}


def _for(name: str, criterion: Criterion, record: Mapping[str, Any]) -> dict[str, Any]:
    """One parameter that ``record`` meets."""
    value = record.get(str(criterion.field))
    if isinstance(value, list):  # one of its items is enough
        value = value[0] if value else None
    if value is None:
        return {}
    if criterion.how is How.RANGE:
        return {name: [_edge(value), _edge(value)]} if ordinal(value) is not None else {}
    return {name: [value] if criterion.how is How.ANY_OF else value}


@check(*NEEDS, writes=True)
def check_nothing_asked(session: Session, group: Group) -> None:
    """Without parameters a search finds every record; one that maps to no field changes nothing."""
    made = records(session, group)
    for operation in group.all(Kind.SEARCH):
        held(session, group, operation, made, {}, "no parameter")
        narrowing = marked(session, group, operation.id)
        for name, criterion in operation.criteria.items():
            if criterion.field is None and not criterion.is_page_key:
                place = group.contract.document.follow(operation.body.validator.node) if operation.body else None
                assert place
                value = group.values.make(place.child("properties", name), name, 1)
                held(session, group, operation, made, {**narrowing, name: value}, f"{name}, which maps to no field")


@check(Kind.SEARCH, code=206)
def check_malformed(session: Session, group: Group) -> None:
    """A parameter of the wrong type or length is refused."""
    for operation, name, criterion in each_parameter(group):
        assert operation.body
        wrong: list[Any] = [{"no": "value"}, 4_711 if criterion.how is not How.EQUALS else "no value"]
        wrong += [["2025-01-01T00:00:00Z"], [1, 2, 3]] if criterion.how is How.RANGE else []
        for value in wrong:
            if operation.body.validator.allows({name: value}):
                continue
            with session.each(operation):
                reply = session.send(Ask(operation, body={name: value}))
                session.status(reply, 400, f"{operation.id} with a malformed {name}", operation)


@check(Kind.SEARCH, Kind.LIST)
def check_existing(session: Session, group: Group) -> None:
    """What is there already is found by its own values, and only with them."""
    found = session.value(session.send(Ask(group.one(Kind.LIST))))
    if not isinstance(found, list) or not found:
        raise Inconclusive("the tenant has no such records")
    for operation in group.all(Kind.SEARCH):
        for name, criterion in operation.criteria.items():
            record = next((one for one in found if criterion.field in one), None)
            sent = _for(name, criterion, record) if record else {}
            if not record or not sent:
                continue
            with session.each(operation):
                answer = by_id(group, walk(session, group, Ask(operation, body=sent)))
                cause = f"{operation.id} misses an existing record by {name}"
                session.expect_listing(operation, answer, cause, holds=[record[group.key]])
                strangers = [key for key, one in answer.items() if not matches(one, operation.criteria, sent)]
                cause = f"{operation.id} finds records that do not match {name}"
                session.expect_listing(operation, answer, cause, lacks=strangers)
