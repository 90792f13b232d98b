"""What a user says of a document in ``x-mock`` goes before every guess, and is told where it is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mockserver.commands.cli import main
from mockserver.errors import SetupError
from test_any_document import DOCUMENTS, body, client, document, parameter, reply, world_of

ORDER = {"type": "object", "required": ["id", "status"], "properties": {
    "id": {"type": "string"}, "status": {"type": "string", "enum": ["open", "shipped", "canceled"]},
    "canceled_at": {"type": "string", "format": "date-time"}, "day": {"type": "string", "format": "date"},
    "second": {"type": "integer"}, "written": {"type": "string"}, "customerRef": {"type": "string"}}}  # fmt: skip
TRANSFER = {"type": "object", "required": ["transfer", "request_id"], "properties": {
    "request_id": {"type": "string"},
    "transfer": {"type": "object", "properties": {"transfer_id": {"type": "string"}, "amount": {"type": "string"}}}}}  # fmt: skip
NAMED = {"type": "object", "required": ["transfer_id"], "properties": {"transfer_id": {"type": "string"}}}


def orders() -> dict[str, Any]:
    order = {"$ref": "#/components/schemas/Order"}
    one = [parameter("customer"), parameter("orderId")]
    told = document({
        "/customers/{customer}/orders": {"parameters": one[:1], "get": {"responses": {"200": reply({"type": "array", "items": order})}}, "post": {"requestBody": body({"type": "object"}), "responses": {"201": reply(order)}}},
        "/customers/{customer}/orders/{orderId}": {"parameters": one, "get": {"responses": {"200": reply(order)}}},
        "/customers/{customer}/orders/{orderId}/stop": {"parameters": one, "post": {"responses": {"200": reply(order), "409": reply()}}},
        "/transfer/create": {"post": {"requestBody": body({"type": "object", "properties": {"amount": {"type": "string"}}}), "responses": {"200": reply(TRANSFER)}}},
        "/transfer/get": {"post": {"requestBody": body(NAMED), "responses": {"200": reply(TRANSFER), "404": reply()}}},
        "/transfer/drop": {"delete": {"parameters": [parameter("which", location="query")], "responses": {"204": reply()}}},
    })  # fmt: skip
    return {**told, "components": {"schemas": {"Order": ORDER}}}


def overlaid(folder: Path, *actions: tuple[str, Any], **settings: Any) -> Any:
    """A client of the orders with these words at these places."""
    overlay = folder / "overlay.yaml"
    told = [{"target": target, "update": {"x-mock": words}} for target, words in actions]
    overlay.write_text(yaml.safe_dump({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": told}))
    return client(orders(), folder, overlays=(overlay,), **settings)


STOP = "$.paths['/customers/{customer}/orders/{orderId}/stop'].post"


def test_an_action_sets_what_it_is_told_unless_the_record_forbids_it(tmp_path: Path) -> None:
    words = {"kind": "action", "set": {"status": "canceled", "canceled_at": {"now": True}}, "unless": {"status": "shipped"}, "refuse": 409}  # fmt: skip
    caller = overlaid(tmp_path, (STOP, words))
    made = [caller.post("/customers/7/orders", json={"status": one}).json["id"] for one in ("open", "shipped")]
    stopped = caller.post(f"/customers/7/orders/{made[0]}/stop")
    assert (stopped.json["status"], stopped.json["canceled_at"][:4]) == ("canceled", "2025")
    assert caller.get(f"/customers/7/orders/{made[0]}").json == stopped.json
    assert caller.post(f"/customers/7/orders/{made[1]}/stop").status_code == 409
    assert caller.get(f"/customers/7/orders/{made[1]}").json["status"] == "shipped"


def test_the_moment_of_an_action_has_the_form_of_its_member(tmp_path: Path) -> None:
    now = {"now": True}
    words = {"kind": "action", "set": {"canceled_at": now, "day": now, "second": now, "written": now}}
    caller = overlaid(tmp_path, (STOP, words), clock="frozen")
    made = caller.post("/customers/7/orders", json={}).json["id"]
    stopped = caller.post(f"/customers/7/orders/{made}/stop").json
    assert stopped["canceled_at"] == stopped["written"] == "2025-04-18T12:00:00Z"
    assert (stopped["day"], stopped["second"]) == ("2025-04-18", 1_744_977_600)


def test_a_record_says_its_prefix_its_seeds_and_what_repeats_its_parent(tmp_path: Path) -> None:
    words = {"ids": {"prefix": "ord_"}, "seed": 5, "parent": {"customerRef": "customer"}}
    caller = overlaid(tmp_path, ("$.components.schemas.Order", words))
    listed = caller.get("/customers/7/orders").json
    assert [one["customerRef"] for one in listed] == ["7"] * 5
    made = caller.post("/customers/7/orders", json={}).json
    assert made["id"].startswith("ord_")
    assert made["customerRef"] == "7"


def test_remote_procedures_become_a_resource_by_three_words(tmp_path: Path) -> None:
    caller = overlaid(
        tmp_path,
        ("$.paths['/transfer/create'].post", {"kind": "create", "resource": "transfers", "from": "body", "key": "transfer_id"}),
        ("$.paths['/transfer/get'].post", {"kind": "read", "resource": "transfers", "key": {"body": "transfer_id"}}),
        ("$.paths['/transfer/drop'].delete", {"kind": "delete", "resource": "transfers", "key": {"query": "which"}}),
    )  # fmt: skip
    made = caller.post("/transfer/create", json={"amount": "12.50"}).json["transfer"]
    assert made["amount"] == "12.50"
    asked = {"transfer_id": made["transfer_id"]}
    assert caller.post("/transfer/get", json=asked).json["transfer"] == made
    assert caller.delete("/transfer/drop").status_code == 400
    assert caller.delete("/transfer/drop", query_string={"which": made["transfer_id"]}).status_code == 204
    assert caller.post("/transfer/get", json=asked).status_code == 404


def test_the_root_says_the_tenant_the_seeds_and_the_status_of_unknown_paths(tmp_path: Path) -> None:
    words = {"tenant": "customer", "unknown-path": 410, "auth": "off", "seed": 1}
    caller = overlaid(tmp_path, ("$", words))
    assert world_of(caller).contract.tenant == "customer"
    assert len(caller.get("/customers/7/orders").json) == 1
    assert caller.get("/nothing").status_code == 410


@pytest.mark.parametrize(
    ("target", "words", "place", "said"),
    [
        (STOP, {"kind": "acton"}, "stop/post/x-mock/kind", "did you mean 'action'"),
        (STOP, {"kind": "action", "sett": {}}, "x-mock/sett", "did you mean 'set'"),
        (STOP, {"kind": "action", "set": {"statsu": "open"}}, "x-mock/set/statsu", "did you mean 'status'"),
        (STOP, {"kind": "action", "set": {"status": "lost"}}, "x-mock/set/status", "not a value of 'status'"),
        (STOP, {"kind": "action", "refuse": 200}, "x-mock/refuse", "from 400 to 499"),
        (STOP, {"kind": "action", "resource": "order"}, "x-mock", "did you mean 'orders'"),
        (STOP, {"kind": "read", "key": {"head": "x"}}, "x-mock/key/head", "is unknown"),
        (STOP, ["action"], "x-mock", "wanted object"),
        ("$.paths['/transfer/drop'].delete", {"kind": "delete"}, "drop/delete/x-mock", "delete of no resource"),
        ("$.components.schemas.Order", {"kee": "id"}, "Order/x-mock/kee", "did you mean 'key'"),
        ("$.components.schemas.Order", {"key": "idd"}, "Order/x-mock/key", "did you mean 'id'"),
        ("$.components.schemas.Order", {"parent": {"customerRef": "costumer"}}, "parent/customerRef", "did you mean 'customer'"),
        ("$", {"tenant": "custommer"}, "/x-mock/tenant", "did you mean 'customer'"),
        ("$", {"auth": "verify"}, "/x-mock/auth", "use one of any, off"),
        ("$", {"unknown-path": 200}, "/x-mock/unknown-path", "400 to 499"),
        ("$", {"seed": -1}, "/x-mock/seed", "0 to 10000"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_told_with_its_place(tmp_path: Path, target: str, words: Any, place: str, said: str) -> None:
    with pytest.raises(SetupError) as caught:
        overlaid(tmp_path, (target, words))
    [problem] = caught.value.problems
    assert problem.pointer.replace("~1", "/").endswith(place)
    assert said in str(problem)


@pytest.mark.parametrize("name", sorted(file.name for file in DOCUMENTS.glob("*.*") if file.suffix != ".md"))
def test_the_guesses_as_an_overlay_give_the_same_table(name: str, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(CliRunner().invoke(main, ["infer", str(DOCUMENTS / name)]).stdout)
    plain, told = (world_of(client(name, **more)).operations for more in ({}, {"overlays": (overlay,)}))
    assert {one.provenance for one in told.values()} == {"declared"}
    for operation, one in plain.items():
        same = told[operation]
        assert (same.kind, same.resource.name, same.plan.words) == (one.kind, one.resource.name, one.plan.words)
        assert (same.plan.key, same.plan.scope, same.plan.record, same.plan.items) == (
            one.plan.key, one.plan.scope, one.plan.record, one.plan.items)  # fmt: skip


def test_a_document_of_its_own_may_ask_for_inference(tmp_path: Path) -> None:
    told = {**orders(), "x-mock": {"infer": True, "seed": 2}}
    assert len(client(json.loads(json.dumps(told)), tmp_path).get("/customers/7/orders").json) == 2
