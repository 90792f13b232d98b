"""The module of contacts and organisations beside that of certifications: one document, one world, one set of people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jwt
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

import forked
from checking import causes, prepared
from mockserver import create_app
from mockserver.conformance.options import Options
from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.modules import leave_unserved
from mockserver.conformance.wire.transports import in_process
from mockserver.contract import read_document
from mockserver.settings import Settings, stock_spec, stock_specs

BOTH = stock_specs()
"""All documents that come with mockserver, certifications first."""
ROLODEX = stock_spec().parent / "rolodex" / "openapi.json"
MODULES = ["Invoices", "Orders", "Events", "Custom", "Contacts", "Submission"]
"""How the titles of the others begin."""
AUDIENCE = "https://api.rhythmsoftware.com"


@pytest.fixture(scope="module")
def client() -> Any:
    return create_app(scenario="empty", auth="off", clock="frozen").test_client()


@pytest.fixture(scope="module")
def ada(client: Any) -> dict[str, Any]:
    harbor = client.post("/organizations/ada", json={"name": "Harbor Engineering"}).json
    sent = {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "email_address": "Ada@example.com",
        "email_address2": "countess@example.com",
        "organization_id": harbor["id"],
        "work_address": {"city": "London", "country": "GB"},
        "home_address": {"city": "Ockham", "country": "GB"},
        "mobile_phone_number": "+44 7700 900101",
    }
    found: dict[str, Any] = client.post("/contacts/ada", json=sent).json
    return found


def test_both_modules_in_one_document_share_what_they_describe_alike() -> None:
    root = read_document(BOTH).root
    assert [name for named in root["components"].values() for name in named if "rolodex" in name] == []
    assert [error.message for error in OpenAPIV31SpecValidator(root).iter_errors()] == []
    assert root["paths"]["/contacts/{tenantId}"]["servers"][0]["url"] == "https://rolodex.api.rhythmsoftware.com"
    assert "servers" not in root["paths"]["/certifications/{tenantId}"]


def test_the_modules_document_is_whole_by_itself() -> None:
    root = read_document(ROLODEX).root
    assert [error.message for error in OpenAPIV31SpecValidator(root).iter_errors()] == []
    alone = create_app(spec=ROLODEX, auth="off").test_client()
    made = alone.post("/contacts/acme", json={"first_name": "Ada"}).json
    assert alone.get(f"/contacts/acme/{made['id']}").json == made


def test_what_the_server_works_out_of_a_person(ada: dict[str, Any]) -> None:
    assert (ada["name"], ada["full_name"], ada["name_last_first"]) == ("Ada Lovelace", "Ada Lovelace", "Lovelace, Ada")
    assert (ada["organization_name"], ada["number"]) == ("Harbor Engineering", 1)
    assert ada["preferred_address"]["city"] == "London", "the work address comes first where none is preferred"
    assert ada["preferred_phone_number"] == "+44 7700 900101"


def test_the_preferred_address_is_the_one_of_the_preferred_type(client: Any, ada: dict[str, Any]) -> None:
    patch = [{"op": "add", "path": "/preferred_address_type", "value": "home"}]
    assert client.patch(f"/contacts/ada/{ada['id']}", json=patch).json["preferred_address"]["city"] == "Ockham"


@pytest.mark.parametrize("address", ["ada@example.com", "ADA@EXAMPLE.COM", "countess@example.com"])
def test_a_person_is_found_by_any_of_her_addresses(client: Any, ada: dict[str, Any], address: str) -> None:
    assert client.get(f"/contacts/ada/emailAddress/{address}").json["id"] == ada["id"]


def test_an_unknown_address_is_a_404(client: Any) -> None:
    assert client.get("/contacts/ada/emailAddress/nobody@example.com").status_code == 404


def test_search_and_look_up(client: Any, ada: dict[str, Any]) -> None:
    found = client.post("/contacts/ada/search", json={"last_name": "love", "ids": [ada["id"]]}).json["Items"]
    assert [one["id"] for one in found] == [ada["id"]]
    by_organization = client.get(f"/contacts/ada/organization/{ada['organization_id']}").json
    assert by_organization["Count"] == 1


def test_a_name_follows_its_parts_until_somebody_gives_another(client: Any) -> None:
    def changed(**values: str | None) -> dict[str, Any]:
        steps = [
            {"op": "remove", "path": f"/{name}"} if value is None else {"op": "add", "path": f"/{name}", "value": value}
            for name, value in values.items()
        ]
        found: dict[str, Any] = client.patch(path, json=steps).json
        return found

    offices = [client.post("/organizations/follow", json={"name": name}).json["id"] for name in ("Navy", "Army")]
    person = {"first_name": "Grace", "last_name": "Hopper", "organization_id": offices[0]}
    path = f"/contacts/follow/{client.post('/contacts/follow', json=person).json['id']}"
    assert changed(last_name="Murray")["name"] == "Grace Murray"
    moved = changed(organization_id=offices[1])
    assert (moved["organization_name"], moved["name"]) == ("Army", "Grace Murray")
    assert "organization_name" not in changed(organization_id=None)
    assert changed(name="Amazing Grace")["name"] == "Amazing Grace"
    assert changed(first_name="G.")["name"] == "Amazing Grace", "she gave it"
    whole = {"id": path.rpartition("/")[2], "first_name": "Grace", "last_name": "Hopper", "name": "Grace Hopper"}
    assert client.put(path, json=whole).json["name"] == "Grace Hopper"
    left_out = {"id": whole["id"], "first_name": "Grace", "last_name": "Brewster"}
    assert client.put(path, json=left_out).json["name"] == "Grace Brewster"


def test_an_organisation_that_is_renamed_is_renamed_at_its_people(client: Any, ada: dict[str, Any]) -> None:
    address = f"/organizations/ada/{ada['organization_id']}"
    client.patch(address, json=[{"op": "replace", "path": "/name", "value": "Harbor Group"}])
    assert client.get(f"/contacts/ada/{ada['id']}").json["organization_name"] == "Harbor Group"


def test_keys_into_the_other_module_lead_to_its_records(client: Any, ada: dict[str, Any]) -> None:
    program = client.post("/programs/ada", json=_program(client)).json["id"]
    good = {"name": "Ada Lovelace", "status": "active", "program_id": program, "contact_id": ada["id"]}
    made = client.post("/certifications/ada", json=good)
    assert made.status_code == 200, made.text
    depends = client.delete(f"/contacts/ada/{ada['id']}")
    assert (depends.status_code, made.json["id"] in depends.text) == (409, True)


MADE_UP = {
    "contact_id": "nobody", "organization_id": "none", "name": "Nobody", "number": 1, "program_id": "prog-pmc", "status": "active",
}  # fmt: skip


def test_a_key_into_the_other_module_that_leads_nowhere_is_kept_and_told(client: Any) -> None:
    """Modules are hosts of their own: a client of certifications alone knows its contacts from elsewhere."""
    world = create_app(auth="off", clock="frozen").test_client()
    made = world.post("/certifications/acme", json=MADE_UP)
    assert (made.status_code, made.json["contact_id"]) == (200, "nobody")
    told = "certifications/contact_id 'nobody' is not in contacts, certifications/organization_id 'none' is not in organizations"
    assert made.headers["Mock-Unknown"] == told
    path = f"/certifications/acme/{made.json['id']}"
    patched = world.patch(path, json=[{"op": "replace", "path": "/name", "value": "Still Nobody"}])
    assert (patched.status_code, "Mock-Unknown" in patched.headers) == (200, False), "it was told when it was new"
    batch = {"operations": [{"operation": "patch", "id": made.json["id"], "patch_directives": [
        {"op": "replace", "path": "/contact_id", "value": "somebody"}]}]}  # fmt: skip
    assert (
        "'somebody' is not in contacts" in world.post("/certifications/acme/batch", json=batch).headers["Mock-Unknown"]
    )
    assert ["Unknown", told] in next(one for one in world.get("/__mock__/journal").json if one["method"] == "POST")[
        "notes"
    ]
    exported = world.get("/__mock__/tenants/acme/records").json
    assert world.put("/__mock__/tenants/acme/records", json=exported).status_code == 200
    assert world.get(path).json["contact_id"] == "somebody"
    wrong = world.post("/certifications/acme", json={**MADE_UP, "program_id": "none"})
    assert (wrong.status_code, [one["path"] for one in wrong.json["errors"]]) == (409, ["body/program_id"])


def test_where_references_are_strict_it_is_refused_as_within_the_module() -> None:
    strict = create_app(auth="off", clock="frozen", strict_references=True).test_client()
    refused = strict.post("/certifications/acme", json=MADE_UP)
    assert refused.status_code == 409
    assert [(one["path"], one["message"]) for one in refused.json["errors"]] == [
        ("body/contact_id", "names 'nobody', which is not in contacts"),
        ("body/organization_id", "names 'none', which is not in organizations"),
    ]
    known = {**MADE_UP, "contact_id": "contact-ada", "organization_id": "org-harbor"}
    assert strict.post("/certifications/acme", json=known).status_code == 200


def _program(client: Any) -> dict[str, Any]:
    schema = client.get("/openapi.json").json["components"]["schemas"]["ProgramCreate"]
    sample: dict[str, Any] = {"string": "x", "number": 1, "boolean": True, "array": [], "object": {}}
    return {name: sample[schema["properties"][name].get("type", "object")] for name in schema.get("required", ())}


def test_queries_over_the_other_module(client: Any, ada: dict[str, Any]) -> None:
    asked = {"fields": ["id", "name"], "criteria": {"fact": "last_name", "operator": "equal", "value": "Lovelace"}}
    started = client.post("/queries/ada/start/rolodex:contacts", json=asked).json
    assert client.get(started["file_uri"]).json == [{"id": ada["id"], "name": "Ada Lovelace"}]
    assert client.post("/queries/ada/start/certifications:contacts", json=asked).status_code == 404
    assert client.post("/queries/ada/start/rolodex:certifications", json=asked).status_code == 404
    described = client.get("/queries/ada/public/description/rolodex:organizations").json
    assert {"name", "parent_organization_id"} <= {one["name"] for one in described["fields"]}


def test_each_module_below_the_path_of_its_own_vendor_mock(client: Any, ada: dict[str, Any]) -> None:
    prefix = "/_mock/apis/rolodex/rolodex-v1"
    assert client.get(f"{prefix}/contacts/ada/{ada['id']}").status_code == 200
    assert client.get("/_mock/apis/certifications/certifications-v1/programs/ada").status_code == 200


def test_the_person_who_asks() -> None:
    caller = create_app(scenario="empty", auth="decode", clock="frozen").test_client()

    def headers(**more: str) -> dict[str, str]:
        claims = {f"http://rhythmsoftware.com/{name}": text for name, text in {"tenant_id": "acme", **more}.items()}
        token = jwt.encode({"sub": "somebody", "aud": AUDIENCE, "exp": 2**32, **claims}, "x" * 32, algorithm="HS256")
        return {"Authorization": f"Bearer {token}"}

    made = caller.post("/contacts/acme", json={"first_name": "Ada"}, headers=headers()).json
    assert "id" in made, made
    assert caller.get("/contacts/acme/current", headers=headers(contact_id=made["id"])).json == made
    assert caller.get("/contacts/acme/current", headers=headers(contact_id="gone")).status_code == 404
    assert caller.get("/contacts/acme/current", headers=headers()).status_code == 404, (
        "a machine's token names no contact"
    )


def test_the_default_world_is_the_same_with_its_people_in_it() -> None:
    """Whom the records name is there, and what they copied is what is said there."""
    client = create_app(auth="off", clock="frozen").test_client()
    people = {one["id"]: one for one in client.get("/contacts/acme").json}
    held = client.get("/certifications/acme").json
    assert len(held) > 40
    for one in held:
        person = people[one["contact_id"]]
        told = {name: person.get(name) for name in ("first_name", "email_address")}
        if one["owner_type"] == "contact":
            told["city"] = person.get("preferred_address", {}).get("city")
        copied = {name: one[name] for name in told if name in one}
        assert copied == {name: told[name] for name in copied}, one["id"]
    alone = create_app(auth="off", clock="frozen").test_client()
    assert alone.get("/certifications/acme").json == held


def test_an_application_takes_from_the_contact_what_is_said_there_now() -> None:
    client = create_app(auth="off", clock="frozen").test_client()
    patch = [{"op": "replace", "path": "/last_name", "value": "King"}]
    assert client.patch("/contacts/acme/contact-ada", json=patch).status_code == 200
    made = client.post("/applications/acme/generateApplication/process-pmc-new/contact/contact-ada").json["application"]
    assert (made["name"], made["last_name"], made["city"]) == ("Ada King", "King", "London")
    office = client.post("/applications/acme/generateApplication/process-pmc-new/organization/org-harbor").json[
        "application"
    ]
    assert (office["name"], office["contact_id"]) == ("Harbor Engineering Group", "contact-ada")


def test_a_scenario_of_the_document_alone_goes_on_working(tmp_path: Path) -> None:
    scenario = tmp_path / "alone.yaml"
    scenario.write_text("""
description: Written before there were contacts.
clock: 2025-04-18T12:00:00Z
tenants:
  acme:
    counts: {certifications: 5, programs: 6, programGroups: 4, statusReasons: 9, notices: 4, trainingProviders: 3}
    pinned:
      certifications: [{id: cert-own, number: 1, name: Own, status: active, contact_id: contact-own, program_id: prog-pmc}]
""")
    client = create_app(auth="off", scenario=str(scenario)).test_client()
    people = {one["id"] for one in client.get("/contacts/acme").json}
    named = {one["contact_id"] for one in client.get("/certifications/acme").json}
    assert named - people == {"contact-own"}, "what is written out is taken on trust, whom recipes name is there"


def found() -> list[list[str]]:
    """What the kit finds in contacts: to be called by ``forked.result``, as it takes much memory."""
    return sorted(
        map(list, causes(prepared(spec=BOTH, groups=("contacts",)), "answering", "batching", "searching", "versions"))
    )


def test_the_kit_finds_nothing_in_a_record_of_which_nothing_is_required() -> None:
    assert forked.result(found) == []


@pytest.mark.parametrize(("served", "left_out"), [(BOTH[:1], MODULES), (BOTH, [])])
def test_the_kit_leaves_out_a_module_of_which_the_target_knows_no_path(served: Any, left_out: list[str]) -> None:
    transport = in_process(create_app(spec=served, auth="off", clock="frozen", scenario="empty"))
    settings, titles = leave_unserved(Settings(), transport, Requester("acme", None))
    assert [title.split()[0] for title in titles] == left_out
    assert settings.spec == (BOTH if served == BOTH else BOTH[0])
    named = Settings(spec=(BOTH[0], str(ROLODEX)))
    assert leave_unserved(named, transport, Requester("acme", None)) == (named, ()), (
        "who names it says that it is there"
    )


def test_the_kit_asks_servers_elsewhere_for_the_first_module_alone() -> None:
    of_mock, near, far = Options(), Options(profile="http"), Options(profile="staging-read")
    assert (of_mock.spec, near.spec, far.spec) == (BOTH, BOTH, BOTH[0])
