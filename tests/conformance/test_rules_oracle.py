"""The rules as an oracle: an engine that works something out wrongly is found, and the rule is named."""

import re
from datetime import UTC, datetime

import pytest

from mockserver.conformance.check_plan import read_plan
from mockserver.conformance.client import TargetClient
from mockserver.conformance.loading import load_checks
from mockserver.conformance.naive import Key, Reader
from mockserver.conformance.naive_values import CannotTell, agree, plain
from mockserver.conformance.profiles import Limits
from mockserver.conformance.running import carry_out
from mockserver.conformance.session import Session
from mockserver.conformance.transports import in_process
from mutants.command import ground
from mutants.mutant import Area, Mutant
from mutants.planting import planted


@pytest.fixture(scope="module")
def given():
    return ground(1)


def found(given, resources=None, edit=None, seed=1):
    """The causes that the checks of rules find in a mock that follows a document with ``edit`` in it."""
    target, settings = given
    mutant = Mutant("rules-other-ones", Area.SHAPE, "is wrong", lambda one: one.document(edit)) if edit else None
    with planted(mutant, settings) as app:
        plan = read_plan(target.contract, seed)
        client = TargetClient(target.contract, in_process(app))
        limits = Limits(records=40, threads=4)
        session = Session(plan, client, target.own, target.other, mark=f"rules-{seed}", limits=limits)
        results = [
            carry_out(check, session, plan.groups[name])
            for name in resources or plan.groups
            for check in load_checks()
            if check.suite in ("rules", "effects")
        ]
    return {one.cause for result in results for one in result.findings}


def words(root, name):
    """What the document's schemas say under ``name`` of their fields: the x-mock objects that have it."""
    for schema in root["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            marks = field.get("x-mock") if isinstance(field, dict) else None
            if marks and name in marks:
                yield marks


def effects(root):
    return [
        one for schema in root["components"]["schemas"].values() for one in schema.get("x-mock", {}).get("effects", [])
    ]


def off(root):
    for schema in root["components"]["schemas"].values():
        schema.get("x-mock", {}).pop("effects", None)


def one_more(root):
    for marks in words(root, "computed"):
        if isinstance(marks["computed"], str):
            marks["computed"] = re.sub(r"\b(sum|count)\(", r"1 + \1(", marks["computed"])


def filled_otherwise(root):
    for marks in words(root, "filled"):
        if "organization_id" in marks["filled"] or marks["filled"] == "next_number()":
            marks["filled"] = "8" if "next" in marks["filled"] else "organization_id"


def one_value_less(root):
    for effect in effects(root):
        for step in effect["do"]:
            if len(step.get("values", {})) > 1:
                del step["values"][min(step["values"])]


def whatever(root):
    for effect in effects(root):
        for step in effect["do"]:
            step.pop("where", None)


def test_a_sound_mock_gets_no_finding(given):
    assert found(given, seed=2) == set()


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (off, {
            "activities": "another number of credits than follows (An activity that is processed brings",
            "billingRuns": "billingRunActions.status is not as it follows (A run that is completed",
            "certifications": "programs.next_certification_number is not as it follows",
        }),
        (one_more, {
            "credits": "quantity_used is not what its rule gives: sum(u.quantity for u in usages)",
            "applications": "number_of_missing_requirements is not what its rule gives: count(",
        }),
        (filled_otherwise, {
            "certifications": "customer_id is not filled in by its rule: contact_id if owner_type",
            "courseRegistrations": "number is not filled in by its rule: next_number()",
        }),
        (one_value_less, {"activities": "credits.activity_id is not as it follows"}),
        (whatever, {"billingRunActions": "changes although the effect's condition is not met"}),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)  # fmt: skip
def test_the_rule_that_is_not_kept_is_named(given, edit, told):
    causes = found(given, told, edit)
    assert [sentence for sentence in told.values() if not any(sentence in one for one in causes)] == []


class Nowhere:
    now = datetime(2025, 4, 18, 12, tzinfo=UTC)

    def find(self, resource, key):
        return None

    def records(self, resource, by, key):
        return []


class Thing:
    id = "one"

    def __init__(self, data):
        self.data = data

    def get(self, name):
        return self.data.get(name)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("sum(i.n for i in items)", 6),
        ("count(i for i in items if i.n > 1)", 2),
        ("items[-1].n", 3),
        ("items[7].n", None),
        ("missing.name or 'none'", "none"),
        ("missing == missing", False),
        ("one == True", False),
        ("'a' + 'b'", "ab"),
        ("one / 0", None),
        ("one < 'text'", False),
        ("'2025-01-01' < '2025-01-01T00:00:01Z'", True),
        ("max(i.n for i in items)", 3),
        ("max(missing)", None),
        ("distinct(pick(i, 'kind') for i in items)", [{"kind": "a"}, {"kind": "b"}]),
        ("later('2024-01-31', months=one)", "2024-02-29"),
        ("later(today(), years=1)", "2026-04-18"),
        ("percent(one, 3)", 33.33),
        ("percent(one, 0)", 100),
        ("f'{one} of {missing}'", None),
        ("f'{one}!'", "1!"),
        ("count(records('things'))", 0),
        ({"let": {"two": "one + 1"}, "in": "two * 2"}, 4),
        ("[i.n for i in items if i.kind not in ['a']]", [3]),
        ("1 if missing is None else 2", 1),
    ],
)
def test_rules_are_read_a_second_time(rule, value):
    thing = Thing({"one": 1, "items": [{"n": 1, "kind": "a"}, {"n": 2, "kind": "a"}, {"n": 3, "kind": "b"}]})
    assert plain(Reader(Nowhere()).value(rule, thing)) == value


@pytest.mark.parametrize("rule", ["next_number()", "lambda: 1", "unheard(1)"])
def test_what_cannot_be_told_is_not_guessed(rule):
    with pytest.raises(CannotTell):
        Reader(Nowhere()).value(rule, Thing({}))


def test_the_work_is_bounded():
    with pytest.raises(CannotTell, match="too many steps"):
        Reader(Nowhere(), steps=3).value("1 + 1 + 1 + 1", Thing({}))


def test_a_key_leads_nowhere_where_there_is_no_record():
    key = Key("k")
    key.resource = "things"
    assert Reader(Nowhere()).value("thing_id.name", Thing({"thing_id": key})) is None


def test_what_agrees():
    assert agree(1, 1.0)
    assert agree("2025-04-18T12:00:00.000Z", "2025-04-18T12:00:20Z")
    assert not agree("2025-04-18T12:00:00.000Z", "2025-04-18T12:02:00Z")
    assert not agree(1, True)
    assert not agree([1, 2], [2, 1])
    assert agree([1, 2], [2, 1], ordered=False)
    assert not agree({"a": 1}, {})
