"""Webhooks: what requests change is told, signed, in order or on purpose not; nobody makes the mock a forger."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import orjson
import pytest

from mockserver.runtime.webhook_delivery import send
from mockserver.web.app import create_app
from test_effects_of_time import OUT, due, made

WALL = datetime(2031, 2, 3, tzinfo=UTC)
URL = "http://localhost:1/hooks"


class Receiver:
    """Takes the place of the network: what was sent, and the statuses that are answered."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.world = app.extensions["mockserver"]
        self.world.webhooks.wake = lambda: None  # each delivery is asked for
        self.client = app.test_client()
        self.sent: list[tuple[str, str, Mapping[str, str], Any]] = []
        self.raw: list[bytes] = []
        self.statuses: list[int] = []
        self.is_down = False

    def __call__(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> int:
        if self.is_down:
            raise OSError("did not answer")
        self.raw.append(content)
        self.sent.append((method, url, headers, orjson.loads(content)))
        return self.statuses.pop(0) if self.statuses else 204

    def register(self, **options: Any) -> dict[str, Any]:
        reply = self.client.post("/__mock__/webhooks", json={"url": URL, **options})
        assert reply.status_code == 200, reply.json
        made: dict[str, Any] = reply.json
        return made

    def deliver(self, **options: Any) -> int:
        count: int = self.world.webhooks.deliver(self.world.clock.now(), WALL, self, **options)
        return count

    def advance(self, seconds: float) -> None:
        self.client.post("/__mock__/clock/advance", json={"seconds": seconds})

    @property
    def types(self) -> list[str]:
        return [content["type"] for *_, content in self.sent]

    @property
    def log(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/__mock__/deliveries").json
        return found


@pytest.fixture
def receiver(library) -> Receiver:
    return Receiver(library())


def book(receiver: Receiver, title: str = "A", tenant: str = "t") -> dict[str, Any]:
    made: dict[str, Any] = receiver.client.post(f"/books/{tenant}", json={"title": title}).json
    return made


def test_what_requests_change_becomes_events(receiver: Receiver) -> None:
    receiver.register()
    made = book(receiver)
    receiver.client.put(f"/books/t/{made['id']}", json={"id": made["id"], "title": "B"})
    receiver.client.get(f"/books/t/{made['id']}")
    receiver.client.delete(f"/books/t/{made['id']}")
    receiver.client.post("/books/t", json={})  # refused: nothing happened
    assert receiver.deliver() == 3
    assert receiver.types == ["books.created", "books.changed", "books.deleted"]
    first = receiver.sent[0][3]
    assert first["timestamp"] == "2025-04-18T12:00:00.000Z"
    assert first["data"] == {"tenant": "t", "resource": "books", "id": made["id"], "record": made}
    assert [one["outcome"] for one in receiver.log] == ["delivered"] * 3


def test_only_what_is_wanted_is_told(receiver: Receiver) -> None:
    receiver.register(events=["books.deleted"])
    receiver.register(events=["authors.*"], tenant="u")
    made = book(receiver)
    receiver.client.delete(f"/books/t/{made['id']}")
    for tenant in ("t", "u"):
        receiver.client.post(f"/authors/{tenant}", json={"name": "Al"})
    receiver.deliver()
    assert sorted(receiver.types) == ["authors.created", "books.deleted"]


def test_first_records_have_always_been_there(tmp_path: Path) -> None:
    document = {
        "openapi": "3.0.0", "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {
            "get": {"responses": {"200": {"description": "x", "content": {"application/json": {"schema": {"type": "array", "items": PET}}}}}},
            "post": {
                "requestBody": {"content": {"application/json": {"schema": PET}}},
                "responses": {"201": {"description": "x", "content": {"application/json": {"schema": PET}}}},
            },
        }},
        "webhooks": {"petAdded": {"post": {"requestBody": {"content": {"application/json": {"schema": ADDED}}}}}},
    }  # fmt: skip
    (tmp_path / "pets.json").write_bytes(orjson.dumps(document))
    receiver = Receiver(create_app(spec=tmp_path / "pets.json"))
    receiver.register()
    made = receiver.client.post("/pets", json={"name": "Rex"}).json
    assert receiver.deliver() == 1
    assert receiver.sent[0][3] == {"kind": "added", "pet": made}


PET = {"type": "object", "required": ["name"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
ADDED = {"type": "object", "required": ["kind", "pet"], "properties": {"kind": {"enum": ["added"]}, "pet": PET}}


def test_what_a_date_brings_about_is_told_too(library) -> None:
    receiver = Receiver(library(due(OUT)))
    made(receiver.client, "A", "2025-04-20T08:00:00Z")
    receiver.register()
    receiver.advance(3 * 86_400)
    receiver.deliver()
    assert receiver.types == ["books.changed"]
    assert receiver.sent[0][3]["data"]["record"]["in_print"] is False


def test_an_annotated_document_says_what_its_webhooks_hold(library) -> None:
    shown = {"type": "object", "required": ["isbn", "title"], "additionalProperties": False,
             "properties": {"isbn": {"type": "string", "pattern": "^[0-9]{4}$"}, "title": {"type": "string"}}}  # fmt: skip
    content = {"content": {"application/json": {"schema": shown}}}

    def change(document: dict[str, Any]) -> None:
        document["webhooks"] = {"books.created": {"put": {"requestBody": content, "responses": {}}}}

    receiver = Receiver(library(change))
    receiver.register()
    book(receiver, "Kept")
    receiver.deliver()
    method, _, _, content_sent = receiver.sent[0]
    assert method == "PUT"
    assert content_sent.keys() == {"isbn", "title"}
    assert content_sent["title"] == "Kept"


def test_what_is_sent_is_signed_as_standard_webhooks_has_it(receiver: Receiver) -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 24).decode()
    assert receiver.register(secret=secret)["secret"] == secret
    assert "secret" not in receiver.client.get("/__mock__/webhooks").json["webhooks"][0]
    book(receiver)
    receiver.deliver()
    seen = receiver.sent[0][2]
    text = f"{seen['webhook-id']}.{seen['webhook-timestamp']}.".encode() + receiver.raw[0]
    digest = base64.b64encode(hmac.new(b"k" * 24, text, hashlib.sha256).digest()).decode()
    assert seen["webhook-signature"] == f"v1,{digest}"
    assert int(seen["webhook-timestamp"]) == WALL.timestamp()  # receivers live by the machine's time


def test_a_failed_delivery_is_tried_again_by_the_mocks_clock_and_later_ones_wait(receiver: Receiver) -> None:
    receiver.register(retries=2)
    book(receiver)
    book(receiver)
    receiver.statuses = [500, 302]
    assert receiver.deliver() == 1
    assert receiver.deliver() == 0
    receiver.advance(5)
    assert receiver.deliver() == 1
    receiver.advance(299)
    assert receiver.deliver() == 0
    receiver.advance(1)
    assert receiver.deliver() == 2
    ids = [headers["webhook-id"] for _, _, headers, _ in receiver.sent]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert [(one["attempt"], one["outcome"], one["status"]) for one in receiver.log] == [
        (1, "retried", 500), (2, "retried", 302), (3, "delivered", 204), (1, "delivered", 204),
    ]  # fmt: skip


def test_the_console_shows_where_events_go_and_what_became_of_them(receiver: Receiver) -> None:
    page = receiver.client.get("/__mock__/console/outbox").text
    assert "None registered" in page
    receiver.register(delay=0, duplicate=True)
    book(receiver, "<b>bold</b>")
    receiver.statuses = [500]
    receiver.deliver()
    page = receiver.client.get("/__mock__/console/outbox").text
    assert URL in page
    assert "1 waiting" in page or "2 waiting" in page
    assert "retried" in page
    assert "<b>bold" not in page


def test_who_never_answers_is_given_up(receiver: Receiver) -> None:
    receiver.register(retries=1)
    book(receiver)
    receiver.is_down = True
    receiver.deliver()
    receiver.deliver(at_once=True)
    assert [one["outcome"] for one in receiver.log] == ["retried", "failed"]
    assert receiver.log[-1]["detail"] == "did not answer"
    assert receiver.world.webhooks.waiting() == 0


def test_a_receiver_that_is_gone_is_asked_no_more(receiver: Receiver) -> None:
    made = receiver.register()
    book(receiver)
    book(receiver)
    receiver.statuses = [410]
    assert receiver.deliver() == 1
    hooks = receiver.client.get("/__mock__/webhooks").json
    assert (hooks["webhooks"][0]["enabled"], hooks["waiting"]) == (False, 0)
    assert receiver.client.delete(f"/__mock__/webhooks/{made['id']}").json["webhooks"] == []
    assert receiver.client.delete(f"/__mock__/webhooks/{made['id']}").status_code == 404


def test_late_twice_and_shuffled_on_purpose(receiver: Receiver) -> None:
    receiver.register(delay=60, events=["books.created"])
    receiver.register(duplicate=True, events=["authors.created"])
    book(receiver)
    receiver.client.post("/authors/t", json={"name": "Al"})
    assert receiver.deliver() == 2
    assert receiver.types == ["authors.created"] * 2
    assert receiver.sent[0][2]["webhook-id"] == receiver.sent[1][2]["webhook-id"]
    receiver.advance(60)
    assert receiver.deliver() == 1


def test_shuffled_in_the_same_order_each_time(library) -> None:
    orders = []
    for _ in range(2):
        receiver = Receiver(library())
        receiver.register(shuffle=8)
        for number in range(7):
            book(receiver, f"{number}")
        assert receiver.deliver() == 0
        book(receiver, "7")
        assert receiver.deliver() == 8
        book(receiver, "8")
        assert receiver.deliver() == 0, "the next are gathered anew"
        receiver.advance(10)
        assert receiver.deliver() == 1
        orders.append([content["data"]["record"]["title"] for *_, content in receiver.sent])
    assert orders[0] == orders[1]
    assert orders[0] != sorted(orders[0])
    assert sorted(orders[0]) == [*"012345678"]
    assert orders[0][-1] == "8"


def test_one_that_failed_holds_up_the_others_of_its_shuffle(receiver: Receiver) -> None:
    receiver.register(shuffle=3)
    for number in range(3):
        book(receiver, f"{number}")
    receiver.statuses = [200, 500]
    receiver.deliver()
    receiver.advance(5)
    receiver.deliver()
    first, second, again, last = (content["data"]["record"]["title"] for *_, content in receiver.sent)
    assert second == again
    assert {first, second, last} == {*"012"}


def test_webhooks_and_what_became_of_deliveries_are_kept_in_a_file(library, tmp_path: Path) -> None:
    at = {"store": str(tmp_path / "world.db")}
    receiver = Receiver(library(**at))
    receiver.register()
    book(receiver)
    receiver.deliver()
    receiver.world.close()
    again = Receiver(library(**at))
    assert [(one["number"], one["outcome"]) for one in again.log] == [(1, "delivered")]
    book(again, "B")
    assert again.deliver() == 1
    assert again.sent[0][2]["webhook-id"] != receiver.sent[0][2]["webhook-id"], "another event is another message"
    assert "webhook-signature" in again.sent[0][2]
    again.client.post("/__mock__/reset")
    assert (again.client.get("/__mock__/webhooks").json["webhooks"], again.log) == ([], [])
    again.world.close()


def test_what_waits_has_a_bound(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.runtime.webhooks.WAITING", 2)
    receiver.register()
    for _ in range(3):
        book(receiver)
    hooks = receiver.client.get("/__mock__/webhooks").json
    assert (hooks["waiting"], hooks["lost"]) == (2, 1)


def test_a_reset_forgets_webhooks_and_that_of_a_tenant_what_waits_of_it(receiver: Receiver) -> None:
    receiver.register()
    book(receiver)
    book(receiver, tenant="u")
    receiver.client.post("/__mock__/tenants/t/reset")
    assert receiver.client.get("/__mock__/webhooks").json["waiting"] == 1
    receiver.client.post("/__mock__/reset")
    assert receiver.client.get("/__mock__/webhooks").json == {"webhooks": [], "waiting": 0, "lost": 0}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"url": "http://api.example.com/x"}, "/url"),
        ({"url": "http://127.0.0.1.example.com/x"}, "/url"),
        ({"url": "http://169.254.169.254/latest"}, "/url"),
        ({"url": "http://0.0.0.0/"}, "/url"),
        ({"url": "file:///etc/passwd"}, "/url"),
        ({"url": "http://me:pw@localhost/x"}, "/url"),
        ({"url": "http://localhost:99999/x"}, "/url"),
        ({"url": "http://localhost/\r\nX: y"}, "/url"),
        ({"url": "http://localhost@example.com/"}, "/url"),
        ({"url": URL, "events": ["book.created"]}, "/events/0"),
        ({"url": URL, "events": ["books.read"]}, "/events/0"),
        ({"url": URL, "secret": "short"}, "/secret"),
        ({"url": URL, "retries": 11}, "/retries"),
        ({}, "/url"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(receiver: Receiver, body: dict[str, Any], path: str) -> None:
    reply = receiver.client.post("/__mock__/webhooks", json=body)
    assert reply.status_code in (400, 409)
    assert [one["path"] for one in reply.json["errors"]] == [path] or body == {}


def test_a_host_is_allowed_by_name(library) -> None:
    receiver = Receiver(library(webhook_hosts=("hooks.example.com",)))
    receiver.register(url="https://hooks.example.com/x")


def test_a_webhook_never_steers_a_mock(receiver: Receiver) -> None:
    reply = receiver.client.post("/__mock__/reset", headers={"Webhook-Id": "msg_1"})
    assert reply.status_code == 403


CALLBACK = {
    "done": {
        "{$request.body#/callback}": {"post": {"requestBody": {"content": {"application/json": {"schema": ADDED}}}}}
    }
}


@pytest.fixture
def orders(tmp_path: Path) -> Any:
    def make(**settings: Any) -> Receiver:
        order = {
            "type": "object",
            "required": ["name"],
            "properties": {**PET["properties"], "callback": {"type": "string"}},
        }  # type: ignore[dict-item]
        content = {"content": {"application/json": {"schema": order}}}
        post = {"requestBody": content, "responses": {"201": {"description": "x", **content}}, "callbacks": CALLBACK}
        document = {
            "openapi": "3.1.0",
            "info": {"title": "Orders", "version": "1"},
            "paths": {"/orders": {"post": post}},
        }
        (tmp_path / "orders.json").write_bytes(orjson.dumps(document))
        return Receiver(create_app(spec=tmp_path / "orders.json", **settings))

    return make


def test_a_document_calls_back(orders: Any) -> None:
    receiver = orders()
    made = receiver.client.post("/orders", json={"name": "Rex", "callback": "http://localhost:1/back"}).json
    receiver.client.post("/orders", json={"name": "Rex"})
    assert receiver.deliver() == 1
    method, url, headers, content = receiver.sent[0]
    assert (method, url, content["kind"], content["pet"]) == ("POST", "http://localhost:1/back", "added", made)
    assert "webhook-id" in headers


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("http://internal.example.com/", {}),
        ("http://127.0.0.1/", {"control_token": "0123456789abcdef"}),
        ("nothing", {}),
    ],
)
def test_clients_do_not_make_the_mock_a_forger(orders: Any, url: str, settings: dict[str, Any]) -> None:
    receiver = orders(**settings)
    receiver.client.post("/orders", json={"name": "Rex", "callback": url})
    receiver.deliver()
    assert receiver.sent == []
    [attempt] = receiver.world.webhooks.attempts()
    assert attempt["outcome"] == "refused"


class Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.put((self.headers["webhook-signature"], body))  # type: ignore[attr-defined]
        self.send_response(302)
        self.send_header("Location", "http://localhost:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def network() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.came = Queue()  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_it_goes_over_the_wire_by_itself(library, network: Any) -> None:
    client = library().test_client()
    client.post("/__mock__/webhooks", json={"url": f"http://127.0.0.1:{network.server_port}/", "retries": 0})
    client.post("/books/t", json={"title": "A"})
    signature, body = network.came.get(timeout=60)
    assert signature.startswith("v1,")
    assert orjson.loads(body)["type"] == "books.created"


def test_a_redirect_is_not_followed_and_a_refused_connection_is_told(network: Any) -> None:
    assert send("POST", f"http://127.0.0.1:{network.server_port}/", {}, b"{}") == 302
    network.shutdown()
    network.server_close()
    with pytest.raises(OSError, match="refuses the connection"):
        send("POST", f"http://127.0.0.1:{network.server_port}/", {}, b"{}")
