"""The scenarios that come with mockserver: whatever the seed, every record keeps the contract and makes sense."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tenants
from mockserver.contract.document import Node
from mockserver.expressions import STANDARD, read_rules
from mockserver.handlers.document_templates import DocumentTemplates
from mockserver.runtime.determinism import stamp
from mockserver.seeding import Scenario, read_scenario, scenario_of
from mockserver.seeding.dates import instant
from mockserver.seeding.recipe_scope import FUNCTIONS
from mockserver.settings import Settings, data_folder
from mockserver.store import Store, Tenant
from mockserver.values.absent import ABSENT
from mockserver.world import contract_of

Worlds: TypeAlias = list[dict[str, list[dict[str, Any]]]]

FIXTURES = data_folder("fixtures")
CONTRACT = contract_of(Settings())
NAMES = sorted(file.stem for file in (FIXTURES / "scenarios").glob("*.yaml"))
CERTIFICATIONS = CONTRACT.resources["certifications"]
RULES = read_rules(CONTRACT)
SCALES = {"large": 0.002}
"""What is too large to be made over and over, made smaller."""


def read_afresh(name: str, seed: int | None = None, counts: dict[str, int] | None = None) -> Scenario:
    return read_scenario(name, FIXTURES, CONTRACT, seed=seed, counts=counts, scale=SCALES.get(name, 1))


read = lru_cache(2)(read_afresh)
"""Those read last: a scenario is frozen, and reading the recipes takes longer than most that is asked of them."""


def filled(scenario: Scenario, tenant: str) -> Tenant:
    return tenants.filled(CONTRACT, scenario, tenant)


def certifications(scenario: Scenario, tenant: str) -> list[dict[str, Any]]:
    return [record for name, record in scenario.records(tenant) if name == "certifications"]


def pinned(name: str, tenant: str) -> dict[str, dict[str, Any]]:
    return {record["id"]: record for record in certifications(read(name), tenant)}


def test_there_are_these() -> None:
    assert NAMES == ["default", "edge", "empty", "large"]


@pytest.mark.parametrize("name", NAMES)
def test_each_tells_what_it_is_for(name: str) -> None:
    scenario = read(name)
    assert len(scenario.description) > 20
    assert stamp(scenario.clock) == "2025-04-18T12:00:00.000Z"


@pytest.mark.parametrize("name", NAMES)
@given(
    seed=st.integers(0, 2**31), tenant=st.sampled_from(["acme", "globex", "a tenant that appears later", "ünï/côdé"])
)
@settings(max_examples=6, deadline=None)
def test_any_seed_keeps_the_contract_and_makes_sense(name: str, seed: int, tenant: str) -> None:
    """Each record of each resource, as a client sees it; each reference; each pair of days."""
    scenario = read_afresh(name, seed)
    world = filled(scenario, tenant if name != "edge" else "edge")
    context = RULES.context(world, scenario.clock)
    for resource in CONTRACT.resources.values():
        for record in world[resource.name].scan():
            data = RULES.seen(resource, record, context)
            assert not resource.validator.violations(data, "record"), (name, resource.name, data)
            for reference in resource.references:
                if CONTRACT.resources[reference.resource].module and not len(world[reference.resource]):
                    continue  # a module of which the scenario has nothing is taken on trust
                for pointer, key in reference.found_in(data):
                    assert key in world[reference.resource], (resource.name, record.id, pointer, key)
            if name != "edge":
                assert_order(resource.name, data, stamp(scenario.clock))
                assert resource.name != "certifications" or in_order(data, scenario), data


FOLLOWING = {
    "applications": [("date", "activation_date"), ("review_board_submission_date", "review_board_approval_date")],
    "applicationReferences": [("date", "completion_date")],
    "billingRuns": [("scheduled_preprocessing_date", "preprocessing_date", "run_date"), ("scheduled_preprocessing_date", "scheduled_run_date", "run_date"), ("preprocessing_date", "last_refresh_date")],
    "courseOfferings": [("sell_from", "sell_until"), ("sell_from", "start_date", "end_date")],
    "courseRegistrations": [("date", "course_date"), ("date", "cancellation_date"), ("arrival_date", "departure_date"), ("course_date", "training_provider_billing_date")],
    "credits": [("date", "expiration_date")],
    "examOfferings": [("registration_time", "start_time", "end_time")],
    "examRegistrations": [("exam_date", "training_provider_billing_date")],
}  # fmt: skip
"""Fields of days and moments that follow one another, as far as a record has them."""
PAST = {
    "activities": ["date", "processed_date"],
    "applications": ["date", "activation_date", "last_reminder_date", "review_board_approval_date"],
    "applicationReferences": ["completion_date"],
    "billingRuns": ["run_date", "last_refresh_date"],
    "courseRegistrations": ["date", "cancellation_date", "training_provider_billing_date"],
    "credits": ["date"],
    "examRegistrations": ["cancellation_date", "training_provider_billing_date"],
}
"""Days and moments that have been."""


def assert_order(resource: str, record: dict[str, Any], now: str) -> None:
    told = (resource, record)
    for names in [*FOLLOWING.get(resource, ()), ("sys_created_at", "sys_last_modified_at")]:
        there = [record[name] for name in names if name in record]
        for first, later in pairwise(there):
            length = min(len(first), len(later))
            assert first[:length] <= later[:length], (names, *told)
    for name in [*PAST.get(resource, ()), "sys_last_modified_at"]:
        assert record.get(name, "") <= now, (name, *told)


def test_default_has_every_value_of_every_enum() -> None:
    """Wherever an enum stands, in a record or deep inside one, each of its values is somewhere."""
    document, scenario = CONTRACT.document, read("default")
    wanted: dict[str, set[Any]] = {}
    found: dict[str, set[Any]] = {}
    for resource in CONTRACT.resources.values():
        look(document.node("components", "schemas", resource.schema), wanted)
    for tenant in scenario.tenants:
        for name, record in scenario.records(tenant):
            see(document.node("components", "schemas", CONTRACT.resources[name].schema), record, found)
    missing = {place: values - found.get(place, set()) for place, values in wanted.items()}
    # But for the codes of all countries and currencies, and the formats of queries, of which the world has one.
    assert {place.rpartition("/")[2] for place, values in missing.items() if values} == {
        "country", "currency_code", "output_format",
    }  # fmt: skip
    assert sum(map(len, wanted.values())) > 350


def look(node: Node, wanted: dict[str, set[Any]]) -> None:
    """Gather the values of each enum at ``node`` and below, by its place."""
    node = CONTRACT.document.follow(node)
    if isinstance(node.value, dict) and node.pointer not in wanted:
        wanted[node.pointer] = set(node.value.get("enum", ()))
        for below in (node.child("items"), *(member for _, member in node.child("properties").items())):
            look(below, wanted)


def see(node: Node, value: Any, found: dict[str, set[Any]]) -> None:
    """Gather the plain values in ``value``, by the place of their schema."""
    node = CONTRACT.document.follow(node)
    if isinstance(value, list):
        for one in value:
            see(node.child("items"), one, found)
    elif isinstance(value, dict):
        for name, one in value.items():
            see(node.child("properties", name), one, found)
    else:
        found.setdefault(node.pointer, set()).add(value)


def test_default_has_some_of_every_resource() -> None:
    without = {
        tenant: [name for name, size in filled(read("default"), tenant).sizes().items() if not size]
        for tenant in read("default").tenants
    }
    # Nobody has asked anything in globex or made its settings; in acme somebody has, as in the document's examples.
    assert without == {"acme": [], "globex": ["queries", "queryResults", "settings"]}


def in_order(record: dict[str, Any], scenario: Scenario) -> bool:
    """The dates of one certification follow each other, and say the same as its status."""
    today = f"{scenario.clock:%Y-%m-%d}"
    now, got = stamp(scenario.clock), record.get
    days = {name: value for name, value in record.items() if name.endswith("_date")}
    begin, end = record["certification_date"], record["expiration_date"]
    assert record["term_start_date"] <= begin <= end
    assert all(value <= today for name, value in days.items() if name != "expiration_date")
    assert "renewal_date" not in days or begin < days["renewal_date"] < end
    assert "last_reminder_date" not in days or begin < days["last_reminder_date"] < end
    assert "reinstatement_date" not in days or begin < days["lapse_date"] < days["reinstatement_date"] < end
    assert [notice["date"] for notice in got("notices", [])] == sorted(notice["date"] for notice in got("notices", []))
    assert begin <= record["sys_created_at"] <= record["sys_last_modified_at"] <= now
    assert (record["sys_version"] == 1) == (record["sys_created_at"] == record["sys_last_modified_at"])
    assert isinstance(record["sys_version"], int) and record["sys_version"] >= 1
    match record["status"]:
        case "active":
            assert end > today and "termination_date" not in days
            assert ("lapse_date" in days) == ("reinstatement_date" in days)
        case "inactive":
            assert end < today and end <= days["lapse_date"]
        case "retired":
            assert begin < days["termination_date"] <= end and days["lapse_date"] == days["termination_date"]
        case "suspended":
            assert end > today and record["status_reason_id"]
    return True


@pytest.mark.parametrize("seed", [1, 20250418])
@pytest.mark.parametrize("tenant", ["acme", "globex"])
def test_default_is_a_plausible_customer(tenant: str, seed: int) -> None:
    made = certifications(read("default", seed), tenant)
    assert 45 <= len(made) <= 55
    assert {record["status"] for record in made} == {"active", "inactive", "retired", "suspended"}
    assert Counter(record["status"] for record in made)["active"] > len(made) / 3
    assert 3 <= len({record["program_id"] for record in made}) <= 5
    assert 12 <= len({record["contact_id"] for record in made}) <= 26
    assert 3 <= len({record["organization_id"] for record in made if "organization_id" in record}) <= 10
    numbers = [record["number"] for record in made]
    assert numbers == sorted(numbers) and len(set(numbers)) == len(numbers)
    owned = [record for record in made if record.get("owner_type") == "organization"]
    assert owned and all(record["organization_id"] == record["customer_id"] for record in owned)


def test_what_one_contact_shares() -> None:
    people: dict[str, set[tuple[Any, ...]]] = {}
    for record in certifications(read("default"), "acme"):
        if record["contact_id"].startswith("contact-") and record["contact_id"][-1].isdigit():
            told = tuple(
                record.get(name) for name in ("first_name", "last_name", "email_address", "city", "state", "country")
            )
            people.setdefault(record["contact_id"], set()).add(told)
    assert people and all(len(told) == 1 for told in people.values())
    mails = [next(iter(told))[2] for told in people.values()]
    assert len(set(mails)) == len(mails)


def test_the_records_to_remember() -> None:
    acme, globex = pinned("default", "acme"), pinned("default", "globex")
    ada = acme["cert-ada"]
    assert ada.items() >= {
        "contact_id": "contact-ada", "name": "Ada Lovelace", "email_address": "ada@example.com", "city": "London", "country": "GB",
        "program_id": "prog-pmc", "status": "active", "number": 1001, "owner_type": "contact",
    }.items()  # fmt: skip
    assert "organization_id" not in ada
    assert acme["cert-grace"]["name"] == "Grace Hopper" and acme["cert-grace"]["renewal_date"]
    assert acme["cert-katherine"]["status"] == "inactive" and acme["cert-katherine"]["lapse_date"]
    assert (acme["cert-alan"]["name"], acme["cert-alan"]["status"]) == ("Alan Turing", "retired")
    assert (acme["cert-mary"]["status"], acme["cert-mary"]["status_reason_id"]) == ("suspended", "reason-ethics-review")
    assert acme["cert-harbor"].items() >= {"organization_id": "org-harbor", "name": "Harbor Engineering Group", "owner_type": "organization", "contact_id": "contact-ada"}.items()  # fmt: skip
    assert acme["cert-locked"]["sys_locked"] is True
    assert acme["cert-transferred"]["transferred_from_id"] == "cert-alan"
    assert "cert-globex-1" in globex and "cert-globex-1" not in acme
    assert acme["cert-shared"]["name"] != globex["cert-shared"]["name"]


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_filling_never_matters(name: str) -> None:
    scenario = read(name)
    names, resources = [*scenario.tenants, "later"], [*CONTRACT.resources]

    def world(names: list[str], resources: list[str]) -> dict[str, list[bytes]]:
        """What is there when a tenant, and of it a resource, is first asked for in this order."""
        store = Store(CONTRACT.indexes, scenario.fill_resource, 9, counted=CONTRACT.counted)
        return {
            f"{tenant} {resource}": [record.raw for record in store.tenant(tenant)[resource].scan()]
            for tenant in names
            for resource in resources
        }

    tenants_whole = {name: filled(scenario, name) for name in names}
    whole = {
        f"{name} {resource}": [record.raw for record in tenant[resource].scan()]
        for name, tenant in tenants_whole.items()
        for resource in resources
    }
    assert world(names, resources) == world(names[::-1], resources[::-1]) == whole


def test_more_records_leave_the_first_ones_alone() -> None:
    few, many = (filled(read_afresh("large", counts={"certifications": count}), "acme") for count in (40, 400))
    assert all(many["certifications"].get(record.id) == record for record in few["certifications"].scan())
    assert len(many["certifications"]) == 400


@pytest.mark.parametrize("order", [("default", "large"), ("large", "default")])
def test_worlds_know_nothing_of_each_other(order: tuple[str, ...]) -> None:
    made = {name: list(read_afresh(name).records("acme")) for name in order}
    assert made["default"] == list(read_afresh("default").records("acme"))


def test_empty_is_empty_for_anyone() -> None:
    scenario = read("empty")
    assert scenario.tenants == ()
    assert filled(scenario, "anyone").sizes() == dict.fromkeys(CONTRACT.resources, 0)
    counted = filled(read_afresh("empty", counts={"programGroups": 4, "directories": 2}), "anyone")
    assert (len(counted["programGroups"]), len(counted["directories"])) == (4, 2)


def test_edge_has_what_breaks_software() -> None:
    edge, clock = pinned("edge", "edge"), read("edge").clock
    assert "a|b:c-d_e" in edge
    assert set(edge["edge-minimal"]) == {"contact_id", "id", "name", "number", "program_id", "status"} | {
        "sys_created_at", "sys_created_by_id", "sys_last_modified_at", "sys_last_modified_by_id", "sys_version", "sys_locked",
    }  # fmt: skip
    assert len(edge["edge-long"]["notes"]) == 10_000
    assert instant(edge["edge-expired-yesterday"]["expiration_date"]).date() == (clock - timedelta(days=1)).date()
    assert instant(edge["edge-expires-today"]["expiration_date"]).date() == clock.date()
    assert "<script>" in edge["edge-html"]["name"]
    assert edge["edge-locked"]["sys_locked"] is True
    assert (edge["edge-zero"]["number"], edge["edge-negative"]["number"]) == (0, -1)
    assert {name for value in edge["edge-custom-fields"]["custom_field_values"] for name in value} == {
        "custom_field_id", "string_value", "numeric_value", "boolean_value", "list_value", "table_value", "file_url_value",
    }  # fmt: skip
    assert edge["edge-empty"]["name"] == "" and edge["edge-empty"]["notices"] == []
    assert depth(edge["edge-deep"]["sys_last_security_context"]) == 30
    assert any(ord(letter) > 0xFFFF for letter in edge["edge-emoji"]["name"])


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0) if isinstance(value, dict | list) else 0


@pytest.mark.parametrize("template", ["certificate.html", "notice.html"])
@pytest.mark.parametrize(("scenario", "tenant"), [("default", "acme"), ("edge", "edge")])
def test_templates_take_every_record(scenario: str, tenant: str, template: str) -> None:
    templates = DocumentTemplates(FIXTURES / "templates")
    for record in certifications(read(scenario), tenant):
        values = {"record": record, "now": "2025-04-18T12:00:00.000Z", "notice_id": "notice-renewal"}
        html = templates.render(template, values)
        assert html.startswith("<!DOCTYPE html>") and html.rstrip().endswith("</html>")
        assert "<script" not in html and "<img" not in html and "http" not in html, "nothing runs, nothing is fetched"
        assert str(record["number"]) in html
        assert record["status"] == "active" or record["status"] in html
        assert "None" not in html and "Undefined" not in html


def test_the_certificate_and_the_notice_say_whose_they_are() -> None:
    templates, ada = DocumentTemplates(FIXTURES / "templates"), pinned("default", "acme")["cert-ada"]
    values = {"record": ada, "now": "2025-04-18T12:00:00.000Z", "notice_id": "notice-renewal"}
    certificate = templates.render("certificate.html", values)
    for wanted in (
        "Ada Lovelace, PMC",
        "prog-pmc",
        "1001",
        ada["certification_date"],
        ada["expiration_date"],
        "active",
        "A4 landscape",
    ):
        assert wanted in certificate
    notice = templates.render("notice.html", values)
    for wanted in ("Dear Ada,", "notice-renewal", "1001", ada["expiration_date"]):
        assert wanted in notice


def test_a_world_without_records_imports_no_faker() -> None:
    code = (
        "import sys\n"
        "from mockserver.contract import compile_contract, read_document\n"
        "from mockserver.seeding import read_scenario\n"
        "from mockserver.settings import Settings\n"
        "chosen = Settings()\n"
        "contract = compile_contract(read_document(chosen.spec))\n"
        "list(read_scenario('empty', chosen.fixtures, contract).records('acme'))\n"
        "sys.exit('faker' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)


# Sentences of the story: what no reader of the data should stumble over.


@pytest.fixture(scope="module", params=[("default", None), ("default", 7), ("default", 20250418)], ids=str)
def worlds(request: pytest.FixtureRequest) -> Worlds:
    """The made-up records of each tenant, by resource."""
    scenario, made = read(*request.param), []
    for tenant in (*scenario.tenants, "someone else"):
        made.append(defaultdict(list))
        for item in scenario._items(tenant):
            if item.ordinal:
                made[-1][item.recipe.name].append(item.record())
    return made


def test_an_exam_registration_is_last_changed_when_the_exam_is_marked(worlds: Worlds) -> None:
    for made in worlds:
        for registration in made["examRegistrations"]:
            changed = registration["sys_last_modified_at"]
            assert registration["date"] <= registration["sys_created_at"] <= changed
            if "score" in registration:
                assert changed > registration["exam_date"]


def test_a_pass_letter_follows_an_exam_that_was_passed(worlds: Worlds) -> None:
    for made in worlds:
        passed = {one.get("application_id"): one for one in made["examRegistrations"] if one["status"] == "passed"}
        for application in made["applications"]:
            if letter := application.get("exam_pass_letter_sent_date"):
                assert letter > passed[application["id"]]["exam_date"]


SWITCHES = {
    "activate application": "activate_applications",
    "bill training provider": "bill_training_providers",
    "drop certification": "perform_drops",
    "expire application": "expire_applications",
    "forecast renewal": "forecast_renewals",
    "send application reminder": "send_application_reminders",
    "send renewal reminder": "send_renewal_reminders",
}


def test_a_billing_run_does_what_it_is_set_to_do(worlds: Worlds) -> None:
    for made in worlds:
        runs = {run["id"]: run for run in made["billingRuns"]}
        for action in made["billingRunActions"]:
            run = runs.get(action["billing_run_id"])
            assert run is None or run[SWITCHES[action["type"]]], action


@pytest.fixture(scope="module")
def seen() -> list[Callable[[str], list[dict[str, Any]]]]:
    """For each tenant of a few seeds: the records of a resource as a client sees them."""
    rules = read_rules(CONTRACT)

    def reader(scenario: Scenario, name: str) -> Callable[[str], list[dict[str, Any]]]:
        tenant = filled(scenario, name)
        return lambda resource: tenants.as_shown(rules, tenant, CONTRACT.resources[resource], scenario.clock)

    scenarios = [read("default", seed) for seed in (None, 7)]
    return [reader(one, name) for one in scenarios for name in (*one.tenants, "someone else")]


def test_an_activated_application_lacks_nothing(seen: list[Callable[[str], list[dict[str, Any]]]]) -> None:
    for records in seen:
        activated = [one for one in records("applications") if one["status"] == "activated"]
        assert activated
        assert [one["id"] for one in activated if one["number_of_missing_requirements"]] == []


def test_no_figure_leaps(seen: list[Callable[[str], list[dict[str, Any]]]]) -> None:
    for records in seen[:2] + seen[3:5]:  # the figures of what was before are those of a tenant of this size
        grown = [one.get("value_difference_percentage", 0) for one in records("statistics")]
        assert len(grown) == 7
        assert max(map(abs, grown)) <= 150


def test_an_address_is_one_persons(worlds: Worlds) -> None:
    for made in worlds:
        people: dict[str, set[tuple[str, str]]] = {}
        for name in ("certifications", "applications", "courseRegistrations", "examRegistrations", "profiles"):
            for one in made[name]:
                people.setdefault(one["email_address"], set()).add((one["first_name"], one["last_name"]))
        assert people and all(len(names) == 1 for names in people.values())


def test_the_next_numbers_are_free(worlds: Worlds) -> None:
    for made in worlds:
        taken = {one["number"] for one in made["certifications"]}
        for program in made["programs"]:
            following = program.get("next_certification_number", 0)
            assert not taken & set(range(following, following + 5_000)), program["id"]


# The README says what is so.

README = (FIXTURES / "README.md").read_text()


def write_readme_world(folder: Path, extends: str = "") -> Path:
    for name, text in re.findall(r"```yaml\n# my-world/(\S+)\n(.*?)```", README, flags=re.DOTALL):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(extends + text if name.startswith("busy") else text)
    return folder / "busy-monday.yaml"


def test_the_world_in_the_readme_extends_another(tmp_path: Path) -> None:
    """A recipe of one's own does not break the stock ones that read from it what it has not."""
    scenario = read_scenario(str(write_readme_world(tmp_path, "extends: default\n")), FIXTURES, CONTRACT)
    assert scenario.tenants == ("acme", "globex")
    for tenant in (*scenario.tenants, "someone else"):
        assert len(filled(scenario, tenant)["certifications"]) >= 5
    assert "cert-monday" in filled(scenario, "acme")["certifications"]


def test_the_world_is_made_around_todays_clock() -> None:
    settings = Settings(clock="now")
    scenario = scenario_of(settings, CONTRACT)
    assert abs(scenario.clock - datetime.now(UTC)) < timedelta(minutes=5)
    today = scenario.clock.date().isoformat()
    made = [item.record() for item in scenario._items("acme") if item.ordinal and item.recipe.name == "certifications"]
    active = [record for record in made if record["status"] == "active"]
    assert active and all(record["expiration_date"] >= today for record in active)
    assert all(record["sys_last_modified_at"] <= stamp(scenario.clock) for record in made)


def test_the_world_in_the_readme_works(tmp_path: Path) -> None:
    write_readme_world(tmp_path)
    scenario = read_scenario(str(tmp_path / "busy-monday.yaml"), FIXTURES, CONTRACT)
    assert len(filled(scenario, "acme")["certifications"]) == 41
    assert len(filled(scenario, "someone else")["certifications"]) == 5
    made = {record["id"]: record for record in certifications(scenario, "acme")}
    assert made["cert-monday"]["expiration_date"] == "2025-06-30"
    assert all("2025-06-30" <= record["expiration_date"] <= "2025-07-07" for record in made.values())


def examples() -> dict[str, str]:
    return dict(re.findall(r"^\| `(\w+)` \| `(\w+\(.*?\))` \|", README, flags=re.MULTILINE))


def test_the_readme_has_every_function() -> None:
    assert set(examples()) == FUNCTIONS.by_name.keys() - STANDARD.by_name.keys() | {"ref", "has"}


def test_the_examples_in_the_readme_work(tmp_path: Path) -> None:
    (tmp_path / "recipes").mkdir()
    recipe = (FIXTURES / "recipes" / "certifications.yaml").read_text()
    lets = "".join(f"  example_{function}: {example}\n" for function, example in examples().items())
    told = recipe.replace("let:\n", f"let:\n{lets}")
    (tmp_path / "recipes" / "certifications.yaml").write_text(told)
    body = "clock: 2025-04-18T12:00:00Z\ntenants: {acme: {counts: {certifications: 20}}}\n"
    (tmp_path / "told.yaml").write_text(body)
    scenario = read_scenario(str(tmp_path / "told.yaml"), FIXTURES, CONTRACT)
    made = [item for item in scenario._items("acme") if item.recipe.name == "certifications"]
    assert len(made) == 20
    idle = [one for one in examples() if all(item.get(f"example_{one}") is ABSENT for item in made)]
    assert idle == []


def test_the_readme_names_what_exists() -> None:
    assert set(NAMES) <= set(re.findall(r"^\| `(\w+)` \|", README, flags=re.MULTILINE))
    told = set(re.findall(r"`(cert-\w+(?:-\d)?)`", README))
    assert told == {
        record_id
        for tenant in ("acme", "globex")
        for record_id in pinned("default", tenant)
        if record_id.startswith("cert-")
    }
