"""Documents whose rules say something else, and what the kit finds in a mock that follows one of them."""

import re

from mockserver.conformance.check_plan import read_plan
from mockserver.conformance.execution import carry_out
from mockserver.conformance.loading import load_checks
from mockserver.conformance.profiles import Limits
from mockserver.conformance.session import Session
from mockserver.conformance.wire.client import TargetClient
from mockserver.conformance.wire.transports import in_process
from mutants.command import ground
from mutants.mutant import Area, Mutant
from mutants.planting import planted


def found(resources, edit, seed=1):
    """The causes that the checks of rules find in a mock that follows a document with the ``edit`` of that name in it.

    To be called by ``forked.result``, as it takes much memory.
    """
    target, settings = ground(1)
    change = globals()[edit]
    mutant = Mutant("rules-other-ones", Area.SHAPE, "is wrong", lambda one: one.document(change))
    with planted(mutant, settings) as app:
        plan = read_plan(target.contract, seed)
        client = TargetClient(target.contract, in_process(app))
        limits = Limits(records=40, threads=4)
        session = Session(plan, client, target.own, target.other, mark=f"rules-{seed}", limits=limits)
        results = [
            carry_out(check, session, plan.groups[name])
            for name in resources
            for check in load_checks()
            if check.suite in ("rules", "effects")
        ]
    return sorted({one.cause for result in results for one in result.findings})


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
        if re.search(r"\borganization_id\b", str(marks["filled"])) or marks["filled"] == "next_number()":
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


ALIKE = {
    "it.number_of_missing_requirements == 0": "it.id",
    "if c.credit_id == id": "if c.credit_id",
    "first(work_address, home_address": "first(home_address, work_address",
    "event_id.end_date": "event_id.start_date",
    "first(exam_id.passing_score, 0)": "first(exam_id.passing_score, 101)",
    "l.type == 'invoice' and l.invoice_id": "l.invoice_id",
    "sum(l.total for l in line_items)": "sum(distinct(l.total for l in line_items))",
    "[c for c in records('contacts', by='organization_id') if c.organization_name != name]": (
        "first([c for c in records('contacts', by='organization_id') if c.organization_name != name])"
    ),
}
"""Parts of rules, and what differs from each of them only for records that have to be made with care."""


def nearly_alike(root):
    def changed(value):
        if isinstance(value, dict):
            return {name: changed(one) for name, one in value.items()}
        if isinstance(value, list):
            return [changed(one) for one in value]
        for part, other in ALIKE.items() if isinstance(value, str) else ():
            value = value.replace(part, other)
        return value

    for schema in root["components"]["schemas"].values():
        schema.update(changed({name: schema[name] for name in ("x-mock", "properties") if name in schema}))
