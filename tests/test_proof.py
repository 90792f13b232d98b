"""That nothing unchecked reaches a client: stored bytes are trusted, so every way into the store is shown to check."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checking import prepared
from mockserver.contract import Kind
from mockserver.web.app import create_app

ENGINE = Path(__file__).parent.parent / "mockserver"
WAYS_IN = {
    ("handlers/door.py", "keep_as_read"): "the one door: requests, seeding, control plane and tests all go through it",
    ("store/tenant.py", "put"): "hands on what it is given, for those above",
    ("store/sql/persistent_store.py", "keep_snapshot"): "moves what a tenant holds into a database, as it is there",
    ("store/bulk_loading.py", "finish"): "files what the one door put there, when all of it is there",
    ("store/collection.py", "take"): "takes over what a database keeps: checked when it was put there",
}
"""Every function of the engine that calls ``put`` or ``load`` on a tenant or a collection, and why nothing unchecked passes it."""


def callers() -> set[tuple[str, str]]:
    found = set()
    for module in ENGINE.rglob("*.py"):
        for function in ast.walk(ast.parse(module.read_text())):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if (
                        isinstance(call, ast.Call)
                        and isinstance(call.func, ast.Attribute)
                        and call.func.attr in ("put", "load")
                        and len(call.args) in (3, 4)
                    ):
                        found.add((str(module.relative_to(ENGINE)), function.name))
    return found


def test_the_ways_into_the_store_are_known() -> None:
    assert callers() == set(WAYS_IN)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from(["", "x", "active", "2024-01-01", "a b"])
    | st.just([])
    | st.just({})
)
FIELDS = st.sampled_from(["name", "number", "status", "program_id", "contact_id", "notices", "custom_field_values", "sys_version", "sys_created_at", "id", "city", "owner_type"])  # fmt: skip
BODIES = st.dictionaries(FIELDS, VALUES, max_size=4)
GOOD = {"contact_id": "c", "name": "N", "number": 1, "program_id": "prog-pmc", "status": "active"}


UNASKED = {"getQueryResult", "getStatistic", "getCurrentContact"}
"""What holds records of resources that nobody creates, or of the caller, who is none here: other tests read those."""


@pytest.fixture(scope="module")
def app() -> Any:
    return create_app(auth="off", clock="frozen")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, fields=FIELDS)
def test_whatever_is_written_only_whole_records_come_back(app: Any, body: dict[str, Any], fields: str) -> None:
    client, world = app.test_client(), app.extensions["mockserver"]
    rule = world.contract.resources["certifications"].validator
    sent = {**GOOD, **body}
    patch = [{"op": "add", "path": f"/{name}", "value": value} for name, value in body.items()]
    replies = [
        client.post("/certifications/acme", json=sent),
        client.put("/certifications/acme/cert-grace", json={"id": "cert-grace", **sent}),
        client.patch("/certifications/acme/cert-grace", json=patch),
        client.post("/certifications/acme/sendNotice/notice-renewal/cert-grace"),
        client.get("/certifications/acme/cert-grace"),
        client.post("/certifications/acme/batch", json={"operations": [{"operation": "create", "object": sent}, {"operation": "patch", "id": "cert-grace", "patch_directives": patch}]}),
    ]  # fmt: skip
    assert {reply.status_code for reply in replies} <= {200, 400, 409}
    tenant = world.store.tenant("acme")
    assert all(rule.allows(record.data()) for record in tenant["certifications"].scan())
    for path in ("/certifications/acme", "/certifications/acme/contact/c"):
        page = client.get(path).json
        assert all(rule.allows(item) for item in (page["Items"] if isinstance(page, dict) else page))


def test_trusted_replies_are_what_a_full_check_would_let_pass() -> None:
    """Each reply that is sent unchecked, checked after all: every operation of every resource."""
    kit = prepared().session
    seen: set[str] = set()
    for group in kit.plan.groups.values():
        has_some = {Kind.CREATE, Kind.LIST} & group.operations.keys() and not group.is_single
        record = kit.sample(group)[0] if has_some else {}
        if Kind.QUERY in group.operations:
            record = kit.value(kit.send(kit.usual(group, group.one(Kind.QUERY), {})))
        for operation in group.all():
            if operation.holds_records and (record or group.is_single):
                reply = kit.send(kit.usual(group, operation, record))
                if group.is_single and operation.kind is Kind.CREATE:
                    assert reply.status == 409
                    continue
                if operation.kind is Kind.COMPUTE and reply.status == 404:
                    continue  # the caller is nobody's contact
                rule = operation.replies[200].full
                assert reply.status == 200, (operation.id, reply.body)
                assert rule and not rule.violations(orjson.loads(reply.body), "body"), operation.id
                seen.add(operation.id)
    missing = {one.id for one in kit.plan.operations() if one.holds_records} - seen
    assert missing == {"createSetting", *UNASKED}
    assert len(seen) > 250
