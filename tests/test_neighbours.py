"""What certifications name of other modules is there: fields with their labels, forms, orders that can be made and paid, events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from mockserver import create_app
from mockserver.contract import read_document
from mockserver.settings import stock_spec, stock_specs
from over import over

TENANTS = ("acme", "globex", "association.example.org")
MODULES = {path.parent.name: path for path in stock_specs()[1:]}


@pytest.fixture(scope="module")
def client() -> Any:
    return create_app(auth="off", clock="frozen", page_size=1_000).test_client()


@over(MODULES.items())
def test_the_modules_document_is_whole_by_itself(_: str, path: Any) -> None:
    root = read_document(path).root
    assert [error.message for error in OpenAPIV31SpecValidator(root).iter_errors()] == []
    create_app(spec=path, scenario="empty", auth="off")


def test_there_are_six() -> None:
    assert set(MODULES) == {"collect", "commerce", "events", "platform", "rolodex", "submissions"}


def named(document: Any, schema: Any, value: Any) -> Iterator[tuple[str, str]]:
    """Each key into another module that stands somewhere in a record, and the module's resource."""
    schema = document.follow(schema)
    for part in schema.child("allOf").value or []:
        yield from named(document, document.node(*part["$ref"].split("/")[1:]), value)
    reference = schema.child("x-mock", "references").value
    if isinstance(value, str) and reference and ":" in reference:
        yield reference, value
    elif isinstance(value, list):
        for one in value:
            yield from named(document, schema.child("items"), one)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from named(document, schema.child("properties", name), one)


def test_what_records_name_is_there(client: Any) -> None:
    """Every key into a module that is served leads to a record, in every tenant; custom fields as well."""
    contract = client.application.extensions["mockserver"].contract
    known = {one.whole_name: name for name, one in contract.resources.items() if one.module}
    lists = [one for one in contract.operations() if one.kind == "list"]
    checked = set()
    for tenant in TENANTS:
        records = {one.resource.name: client.get(one.path.replace("{tenantId}", tenant)).json for one in lists}
        keys = {name: {record["id"] for record in found} for name, found in records.items()}
        keys |= {"registrations": keys["registrations"]}
        for name, found in records.items():
            schema = contract.document.node("components", "schemas", contract.resources[name].schema)
            for record in found:
                for reference, key in named(contract.document, schema, record):
                    if reference in known and known[reference] in keys:
                        checked.add(reference)
                        assert key in keys[known[reference]], f"{tenant}: {name} {record['id']} names {reference} {key}"
                fields = {one["custom_field_id"] for one in record.get("custom_field_values", [])}
                assert fields <= keys["customFields"], f"{tenant}: {name} {record['id']}"
    assert {
        "rolodex:contacts", "platform:webForms", "platform:screens", "commerce:orders", "collect:invoices", "events:registrations",
    } <= checked  # fmt: skip


def test_a_screen_can_label_the_fields_of_a_record(client: Any) -> None:
    held = client.get("/certifications/acme/cert-ada").json["custom_field_values"]
    labels = {one["id"]: one for one in client.get("/customFields/acme").json}
    assert [(labels[one["custom_field_id"]]["name"], one["string_value"]) for one in held] == [("Chapter", "London")]


def test_orders_agree_with_what_they_were_for(client: Any) -> None:
    """Who pays, what it costs, and what is due: in the order, its invoice, and the registration that copies it."""
    orders = {one["id"]: one for one in client.get("/orders/acme").json}
    invoices = {one["order_id"]: one for one in client.get("/invoices/acme").json if "order_id" in one}
    seen = 0
    for taken in client.get("/courseRegistrations/acme").json:
        if "order_id" in taken:
            order = orders[taken["order_id"]]
            told = (order["bill_to_contact_id"], order["total"], order["balance_due"])
            assert told == (taken["student_id"], taken["order_total"], taken["order_balance_due"]), taken["id"]
            seen += 1
    for applied in client.get("/applications/acme").json:
        if "order_id" in applied:
            payer = orders[applied["order_id"]]
            owner = "organization_id" if applied["owner_type"] == "organization" else "contact_id"
            assert payer[f"bill_to_{owner}"] == applied[owner], applied["id"]
            seen += 1
    for order in orders.values():
        if "invoice_id" in order:
            assert invoices[order["id"]]["balance_due"] == order["balance_due"], order["id"]
    assert seen > 80


def test_what_generate_order_answers_is_made_fetched_and_paid() -> None:
    client: Any = create_app(auth="off", clock="frozen").test_client()
    asked = {"process_id": "process-pmc-new", "owner_type": "contact", "contact_id": "contact-grace"}
    worked_out = client.post("/applications/acme/generateOrder", json=asked).json
    order = client.post("/orders/acme", json=worked_out).json
    assert client.get(f"/orders/acme/{order['id']}").json == order
    assert (order["total"], order["balance_due"], order["status"], order["date"]) == (240, 240, "open", "2025-04-18")
    [invoice] = client.get(f"/invoices/acme/order/{order['id']}").json["Items"]
    assert (invoice["id"], invoice["balance_due"], invoice["date_due"]) == (order["invoice_id"], 240, "2025-05-18")
    payer = {"owner_type": "contact", "contact_id": "contact-grace", "type": "check", "cash_account_type": "bank"}
    for paid, status, left in ((100, "open", 140), (140, "paid", 0)):
        line = {"type": "invoice", "invoice_id": invoice["id"], "total_in_base_currency": paid}
        received = client.post("/payments/acme", json={**payer, "line_items": [line]})
        assert (received.json["status"], received.headers["Mock-Effects"]) == (
            "complete",
            f"changed invoices/{invoice['id']}",
        )
        settled = client.get(f"/invoices/acme/{invoice['id']}").json
        assert (settled["status"], settled["balance_due"]) == (status, left)
        assert client.get(f"/orders/acme/{order['id']}").json["balance_due"] == left


def test_an_organisation_pays_for_its_own_application(client: Any) -> None:
    asked = {"process_id": "process-sse-new", "owner_type": "organization", "contact_id": "contact-ada", "organization_id": "org-harbor"}  # fmt: skip
    order = client.post("/applications/acme/generateOrder", json=asked).json
    assert (order["bill_to_type"], order["bill_to_organization_id"], order.get("bill_to_contact_id")) == (
        "organization", "org-harbor", None,
    )  # fmt: skip


def test_orders_are_made_without_invoices_where_these_are_not_served() -> None:
    client: Any = create_app(spec=(stock_spec(), MODULES["commerce"]), scenario="empty", auth="off").test_client()
    sent = {"bill_to_type": "contact", "line_items": [{"product_id": "x", "total": 5}]}
    made = client.post("/orders/acme", json=sent)
    assert (made.status_code, made.json["total"], "invoice_id" in made.json) == (200, 5, False)


def test_a_set_up_record_may_come_with_its_id() -> None:
    client: Any = create_app(scenario="empty", auth="off").test_client()
    sent = {"id": "weekly-renewals", "name": "Weekly renewals"}
    assert client.post("/billingTemplates/acme", json=sent).json["id"] == "weekly-renewals"
    assert client.post("/billingTemplates/acme", json=sent).status_code == 409
    assert client.post("/billingTemplates/acme", json={"name": "Other"}).json["id"]
    assert client.post("/programGroups/acme", json={"id": "mine", "name": "Mine"}).status_code == 400


def test_a_query_goes_over_each_module(client: Any) -> None:
    for kind in ("platform:customFields", "commerce:orders", "collect:invoices", "events:events"):
        asked = {"fields": ["id"], "limit": 1}
        started = client.post(f"/queries/acme/start/{kind}", json=asked)
        assert started.json["rows"] == 1, kind
