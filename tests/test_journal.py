"""The journal: without secrets where it is written, asked by what a person knows, bounded by every byte."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import orjson
import pytest

from mockserver.runtime.journal import MAX_BYTES, SHOWN_BODY
from mockserver.runtime.outbox import Mail, Outbox
from mockserver.runtime.ring_buffer import Ring
from mockserver.values.redaction import HIDDEN

MAIL = Mail("", "t", "x", "preview", None, "", "", None, {})


def world_of(app: Any) -> Any:
    return app.extensions["mockserver"]


def test_secrets_are_not_even_kept(library) -> None:
    app = library()
    app.test_client().post(
        "/books/t?access_token=hush-1&api_key=hush-2",
        json={"title": "A", "shelf": {"password": "hush-3", "x": [{"refreshToken": "hush-4"}]}},
        headers={
            "X-Auth-Token": "hush-5",
            "Cookie": "a=hush-6",
            "Authorization": "Bearer hush-7",
            "X-Api-Key": "hush-8",
        },
    )
    app.test_client().post("/books/t", data=b'{"password": "hush-9', content_type="application/json")
    app.test_client().post("/books/t", data=b'{"password": "hush-10", "x": "' + b"x" * 20_000 + b'"}')
    for _, entry in world_of(app).journal.entries():
        assert "hush" not in str(entry)
    (first, *_, last) = app.test_client().get("/__mock__/journal").json
    assert first["query"] == [["access_token", HIDDEN], ["api_key", HIDDEN]]
    assert orjson.loads(first["body"])["shelf"] == {"password": HIDDEN, "x": [{"refreshToken": HIDDEN}]}
    assert len(last["body"]) == SHOWN_BODY


def test_a_hint_is_kept(library) -> None:
    app = library(auth="verify")
    reply = app.test_client().get("/books/t", headers={"Authorization": "Token x"})
    assert reply.status_code == 401
    (entry,) = app.test_client().get("/__mock__/journal").json
    assert entry["reason"] == reply.headers["Mock-Reason"]
    assert "<token>" in entry["reason"]


def test_the_journal_is_asked_by_status_operation_tenant_and_method(library) -> None:
    client = library().test_client()
    client.post("/books/t", json={"title": "A"})
    client.post("/books/u", json={"title": 1})
    client.get("/books/t")
    client.get("/nowhere")

    def numbers(query: str) -> list[int]:
        return [entry["number"] for entry in client.get(f"/__mock__/journal?{query}").json]

    assert numbers("status=400") == [2]
    assert numbers("operation=createBook") == [1, 2]
    assert numbers("operation=createBook&tenant=t") == [1]
    assert numbers("method=get") == [3, 4]
    assert numbers("method=GET&status=200") == [3]
    assert numbers("method=POST&limit=1") == [2]
    assert numbers("status=500") == []


@pytest.mark.parametrize(
    ("query", "path", "told"),
    [
        ("limt=1", "/limt", "did you mean 'limit'?"),
        ("a~/b=1", "/a~0~1b", "is unknown"),
        ("status=4xx", "/status", "give a whole number, 0 or more"),
        ("limit=-1", "/limit", "give a whole number, 0 or more"),
        ("limit=" + "9" * 5000, "/limit", "give a whole number, 0 or more"),
        ("limit=1&limit=2", "/limit", "more than once"),
    ],
)
def test_a_question_that_is_not_understood_is_refused(library, query: str, path: str, told: str) -> None:
    reply = library().test_client().get(f"/__mock__/journal?{query}")
    assert reply.status_code == 400
    (error,) = reply.json["errors"]
    assert error["path"] == path
    assert told in error["message"]


def test_every_byte_of_an_entry_counts(library) -> None:
    app = library()
    client = app.test_client()
    client.get("/books/t?" + "&".join(f"a{number}=1" for number in range(500)))
    client.get("/books/t", headers={"X-Long": "x" * 20_000})
    many, long = (entry for _, entry in world_of(app).journal.entries())
    assert many.size() > sum(sys.getsizeof(text) for pair in many.query for text in pair)
    assert long.size() > 20_000
    assert MAX_BYTES >= 2**20


def test_every_byte_of_a_mail_counts() -> None:
    outbox = Outbox(1_000)
    for _ in range(40):
        outbox.put(replace(MAIL, details={"cc": "x" * 1_000_000}))
    assert len(outbox.mails()) <= 16


def test_the_newest_stays_however_large_it_is() -> None:
    small, large = (replace(MAIL, body="x" * size) for size in (10, 10_000))
    ring: Ring[Mail] = Ring(10, 5_000)
    ring.add(small)
    ring.add(large)
    assert ring.all() == [(2, large)]
