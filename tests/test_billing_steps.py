"""What each action of a billing run does, as the vendor's support articles tell it, once it is completed."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver import create_app


@pytest.fixture(scope="module")
def app() -> Any:
    return create_app(auth="off", clock="frozen")


@pytest.fixture
def client(app: Any) -> Any:
    app.extensions["mockserver"].reset()
    return app.test_client()


def completed(client: Any, kind: str, **more: Any) -> dict[str, Any]:
    """An action of that kind, made and completed."""
    sent = {
        "name": "Grace Hopper", "billing_run_id": "run-2025-05", "date": "2025-05-01T06:00:00.000Z", "status": "pending", "type": kind,
        "program_id": "prog-pmc", "candidate_id": "x", "candidate_service": "certifications", **more,
    }  # fmt: skip
    made = client.post("/billingRunActions/acme", json=sent)
    assert made.status_code == 200, made.text
    patch = [{"op": "replace", "path": "/status", "value": "completed"}]
    done = client.patch(f"/billingRunActions/acme/{made.json['id']}", json=patch)
    assert done.status_code == 200, done.text
    found: dict[str, Any] = done.json
    return found


def mails(client: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/__mock__/outbox").json
    return found


def test_a_forecast_is_a_pro_forma_order_of_the_renewals_fee(client: Any) -> None:
    action = completed(client, "forecast renewal", certification_id="cert-ada")
    [order] = [one for one in client.get("/orders/acme").json if one.get("billing_run_action_id") == action["id"]]
    assert (order["type"], order["total"], order["bill_to_contact_id"]) == ("pro forma", 240, "contact-ada")
    assert "invoice_id" not in order, "nobody owes a forecast"
    assert client.get("/certifications/acme/cert-ada").json["forecasted_renewal_amount"] == 240


def test_a_program_without_a_renewal_is_not_forecast(client: Any) -> None:
    before = client.get("/certifications/acme/cert-grace").json
    orders = len(client.get("/orders/acme").json)
    completed(client, "forecast renewal", certification_id="cert-grace", program_id="prog-qal")
    assert client.get("/certifications/acme/cert-grace").json == before
    assert len(client.get("/orders/acme").json) == orders


def test_a_drop_ends_the_certification_and_tells_its_holder(client: Any) -> None:
    completed(client, "drop certification", certification_id="cert-grace", certification_notice_id="notice-renewal")
    dropped = client.get("/certifications/acme/cert-grace").json
    assert (dropped["status"], dropped["termination_date"]) == ("inactive", "2025-04-18")
    assert [mail["to"] for mail in mails(client)] == ["grace@example.com"]


@pytest.mark.parametrize(("expires", "status"), [("2025-04-01", "rejected"), ("2025-06-01", "draft")])
def test_an_application_is_closed_once_its_day_has_passed(client: Any, expires: str, status: str) -> None:
    patch = [{"op": "add", "path": "/expiration_date", "value": expires}]
    client.patch("/applications/acme/application-unsent", json=patch)
    completed(client, "expire application", application_id="application-unsent")
    assert client.get("/applications/acme/application-unsent").json["status"] == status


def test_an_activation_makes_the_certification_and_tells_the_applicant(client: Any) -> None:
    completed(
        client, "activate application", application_id="application-unsent", application_notice_id="appnotice-received"
    )
    applied = client.get("/applications/acme/application-unsent").json
    assert applied["status"] == "activated"
    assert client.get(f"/certifications/acme/{applied['certification_id']}").json["status"] == "active"


def test_a_training_provider_gets_an_invoice_with_a_line_for_each_record(client: Any) -> None:
    billed = [
        {"candidate_id": f"registration-{turn}", "candidate_service": "course-registrations", "name": f"Place {turn}", "amount": 40.5}
        for turn in (1, 2)
    ]  # fmt: skip
    action = completed(
        client,
        "bill training provider",
        training_provider_id="org-northfield",
        training_provider_billing_records=billed,
    )
    invoice = client.get(f"/invoices/acme/{action['invoice_id']}").json
    assert (invoice["bill_to_organization_id"], invoice["balance_due"], invoice["status"]) == (
        "org-northfield",
        81,
        "open",
    )
    assert [line["description"] for line in invoice["line_items"]] == ["Place 1", "Place 2"]


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("send renewal reminder", {"certification_id": "cert-grace", "certification_notice_id": "notice-renewal"}),
        (
            "send application reminder",
            {"application_id": "application-ada", "application_notice_id": "appnotice-received"},
        ),
    ],
)
def test_reminders_go_out_as_mails(client: Any, kind: str, about: dict[str, str]) -> None:
    completed(client, kind, **about)
    [mail] = mails(client)
    assert mail["subject"]
    assert mail["body"]
