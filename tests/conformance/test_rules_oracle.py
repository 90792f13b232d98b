"""The rules as an oracle: an engine that works something out wrongly is found, and the rule is named.

That a sound mock gets no finding, of any resource, is told by the whole run of ``test_check_suites.py``.
"""

import ast
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

import forked
from mockserver.conformance import tree_of
from mockserver.conformance.rules.naive import Key, Reader
from mockserver.conformance.rules.naive_values import CannotTell, agree, as_json
from mockserver.conformance.rules.situations import Day, situations
from rule_edits import filled_otherwise, found, nearly_alike, off, one_more, one_value_less, whatever


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (off, {
            "activities": "a different number of credits from what follows (An activity that is processed brings",
            "billingRuns": "billingRunActions.status is not what follows (A run that is completed",
            "certifications": "programs.next_certification_number is not what follows",
            "organizations": "contacts.organization_name is not what follows",
        }),
        (one_more, {
            "credits": "quantity_used is not what its rule gives: sum(u.quantity for u in usages)",
            "applications": "number_of_missing_requirements is not what its rule gives: count(",
        }),
        (filled_otherwise, {
            "certifications": "customer_id is not filled in by its rule: contact_id if owner_type",
            "courseRegistrations": "number is not filled in by its rule: next_number()",
        }),
        (one_value_less, {"activities": "credits.activity_id is not what follows"}),
        (nearly_alike, {
            "applicationReferences": "applications.status changes although the effect's condition is not met",
            "credits": "quantity_used is not what its rule gives: sum(u.quantity for u in usages)",
            "contacts": "preferred_address is not what its rule gives: work_address if",
            "organizations": "contacts.organization_name is not what follows",
            "registrations": "event_end_date is not filled in by its rule: event_id.end_date",
            "examRegistrations": "applications.status is not what follows",
            "payments": "invoices.amount_paid changes although the effect's condition is not met",
            "orders": "subtotal is not what its rule gives: sum(l.total for l in line_items)",
        }),
        (whatever, {"billingRunActions": "changes although the effect's condition is not met"}),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)  # fmt: skip
def test_the_rule_that_is_not_kept_is_named(edit, told):
    causes = forked.result(found, resources=list(told), edit=edit.__name__)
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
    assert as_json(Reader(Nowhere()).value(rule, thing)) == value


@pytest.mark.parametrize("rule", ["next_number()", "lambda: 1", "unheard(1)"])
def test_what_cannot_be_told_is_not_guessed(rule):
    with pytest.raises(CannotTell):
        Reader(Nowhere()).value(rule, Thing({}))


def test_the_work_is_bounded():
    with pytest.raises(CannotTell, match="too many steps"):
        Reader(Nowhere(), steps=3).value("1 + 1 + 1 + 1", Thing({}))


def test_records_to_be_changed_are_in_each_state_that_a_condition_tells_apart():
    known = {"status": {"enum": ["draft", "approved", "rejected"]}, "day": {}, "is_kept": {}, "total": {}}
    group = SimpleNamespace(writable=known.keys() - {"total"}, field=lambda name: SimpleNamespace(value=known[name]))
    where = "it.day < today() and it.status not in ['approved', 'rejected'] and not it.is_kept and it.total == 0"
    met = {"day": Day(-1), "status": "draft", "is_kept": False}
    others = [{"day": Day(0)}, {"day": Day(1)}, {"status": "approved"}, {"status": "rejected"}, {"is_kept": True}]
    assert situations({"where": where}, group) == [met, *({**met, **one} for one in others)]
    assert situations({}, group) == [{}]
    assert situations({"where": "it.status == 'draft'"}, group) == [{"status": "draft"}, {"status": "approved"}]
    set_to = {"values": {"status": "'draft'", "total": "1"}}
    assert situations(set_to, group) == [{}, {"status": "approved"}, {"status": "rejected"}]


def test_a_key_leads_nowhere_where_there_is_no_record():
    key = Key("k")
    key.resource = "things"
    assert Reader(Nowhere()).value("thing_id.name", Thing({"thing_id": key})) is None


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ("round(half, places=2)", [1894.74, 1894.75], [1894.73, 1894.76]),
        ("round(half + 1, places=0)", [1896], [1895, 1897]),
        ("percent(half, 200000)", [0.95], [0.94, 0.96]),
    ],
)
def test_what_is_half_between_two_numbers_may_be_rounded_either_way(rule, right, wrong):
    wanted = as_json(Reader(Nowhere()).value(rule, Thing({"half": 1894.745})))
    assert [agree(wanted, one) for one in (*right, *wrong)] == [*([True] * len(right)), *([False] * len(wrong))]


def test_what_agrees():
    assert agree(1, 1.0)
    assert agree("2025-04-18T12:00:00.000Z", "2025-04-18T12:00:20Z")
    assert not agree("2025-04-18T12:00:00.000Z", "2025-04-18T12:02:00Z")
    assert not agree(1, True)
    assert not agree([1, 2], [2, 1])
    assert agree([1, 2], [2, 1], ordered=False)
    assert not agree({"a": 1}, {})


def test_a_condition_of_a_rule_may_leave_out_its_else_for_the_kit_too() -> None:
    assert ast.unparse(tree_of("'few' if [x for x in log if x]\n")) == "'few' if [x for x in log if x] else None"
    with pytest.raises(SyntaxError):
        tree_of("1 +")
