"""A user's story over a real socket: from a token to a certification that is gone everywhere, unseen by others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server import Running, command, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


def token(tenant: str, *options: str) -> str:
    return command("token", "--tenant", tenant, *options).stdout.strip()


def test_the_life_of_a_certification(server: Running) -> None:
    mine, theirs = token("acme", "--subject", "auth0|registrar"), token("globex")
    base = "/certifications/acme"

    def send(method: str, path: str, body: object = None) -> object:
        answer = server.send(method, base + path, body, mine)
        assert answer.status == 200, (method, path, answer.status, answer.body)
        return answer.json if answer.body else None

    told = {
        "contact_id": "contact-story", "organization_id": "org-story", "name": "Rosalind Franklin", "number": 5150,
        "program_id": "prog-pmc", "status": "active", "city": "Notting Hill", "email_address": "rosalind@example.com",
        "certification_date": "2025-01-15", "expiration_date": "2028-01-14",
    }  # fmt: skip
    created = send("POST", "", told)
    assert created["sys_version"] == 1 and created["sys_created_by_id"] == "auth0|registrar"
    path = f"/{created['id']}"

    def everywhere() -> list[bool]:
        listed, key = [], ""
        while page := send("GET", f"?exclusiveStartKey={key}" if key else ""):
            listed += page
            key = page[-1]["id"]
        found = [
            listed,
            *(
                send("GET", f"/{by}/{value}")["Items"]
                for by, value in (("contact", "contact-story"), ("organization", "org-story"))
            ),
        ]
        ranges = {
            "expiration_date": ["2028-01-01T00:00:00Z", "2028-02-01T00:00:00Z"],
            "number": [5150, 5150],
            "name": "FRANKLIN",
        }
        found.append(send("POST", "/search", ranges)["Items"])
        return [created["id"] in [one["id"] for one in page] for page in found]

    assert send("GET", path) == created
    assert everywhere() == [True] * 4

    patched = send(
        "PATCH",
        path,
        [
            {"op": "test", "path": "/city", "value": "Notting Hill"},
            {"op": "replace", "path": "/status", "value": "suspended"},
        ],
    )
    assert (patched["status"], patched["sys_version"]) == ("suspended", 2)
    replaced = send("PUT", path, {**patched, "status": "active", "notes": "reinstated"})
    assert (replaced["notes"], replaced["sys_version"]) == ("reinstated", 3)
    batch = send(
        "POST",
        "/batch",
        {
            "operations": [
                {
                    "operation": "patch",
                    "id": created["id"],
                    "patch_directives": {"0": {"op": "add", "path": "/state", "value": "LND"}},
                },
                {"operation": "read", "id": "nowhere"},
            ]
        },
    )
    assert (batch["success_count"], batch["error_count"]) == (1, 1)
    assert "Rosalind Franklin" in send("GET", f"/certificate{path}")
    assert send("POST", f"/sendNotice/notice-renewal{path}?new_status_reason_id=reason-renewal-due") == {}
    noticed = send("GET", path)
    assert [entry["notice_id"] for entry in noticed["notices"]] == ["notice-renewal"]
    assert (noticed["status_reason_id"], noticed["state"], noticed["sys_version"]) == ("reason-renewal-due", "LND", 5)
    [mail] = [
        mail for mail in server.send("GET", "/__mock__/outbox?tenant=acme").json if mail["about"] == created["id"]
    ]
    assert mail["to"] == "rosalind@example.com"

    other = "/certifications/globex"
    assert server.send("GET", base + path, token=theirs).status == 403
    assert server.send("GET", other + path, token=theirs).status == 404
    assert server.send("GET", f"{other}/contact/contact-story", token=theirs).json == {"Count": 0, "Items": []}
    assert server.send("GET", "/__mock__/outbox?tenant=globex").json == []

    assert send("DELETE", path) == created["id"]
    assert server.send("DELETE", base + path, token=mine).status == 404
    assert server.send("GET", base + path, token=mine).status == 404
    assert everywhere() == [False] * 4


def test_the_same_behind_the_path_of_the_vendors_mock(server: Running) -> None:
    prefix = "/_mock/apis/certifications/certifications-v1"
    mine = token("acme")
    assert (
        server.send("GET", f"{prefix}/certifications/acme/cert-ada", token=mine).json
        == server.send("GET", "/certifications/acme/cert-ada", token=mine).json
    )


def test_a_tenant_that_no_scenario_lists_appears_filled(server: Running) -> None:
    assert len(server.send("GET", "/certifications/newcomer", token=token("newcomer")).json) > 0
