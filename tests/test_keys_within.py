"""Records whose key stands in an object of its own, as clusters keep theirs: selectors, versions, parts, patches."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from typing import Any

import pytest

from asgi import answer, front_of, scope_of
from mockserver.store.watches import MOST, RecordWatch
from test_any_document import body, client, document, parameter, reply, world_of

TEXT, NUMBER, TIME = {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "date-time"}
LABELS = {"type": "object", "additionalProperties": TEXT}
MERGED = "x-list-patch-merge-key"


def an(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


SCHEMAS = {
    "Meta": an(name=TEXT, generateName=TEXT, uid=TEXT, resourceVersion=TEXT, creationTimestamp=TIME, labels=LABELS),
    "Job": an(metadata={"$ref": "#/components/schemas/Meta"}, status=an(phase=TEXT), spec=an(
        replicas=NUMBER, image=TEXT, steps={"type": "array", MERGED: "name", "items": an(name=TEXT, image=TEXT)})),
    "Scale": an(metadata={"$ref": "#/components/schemas/Meta"}, spec=an(replicas=NUMBER), status=an(replicas=NUMBER)),
}  # fmt: skip
JOB, SCALE = ({"$ref": f"#/components/schemas/{name}"} for name in ("Job", "Scale"))
STRATEGIC, MERGE = "application/strategic-merge-patch+json", "application/merge-patch+json"


def shown(schema: Any, *sent: str) -> dict[str, Any]:
    content = {one: {"schema": schema if one == "application/json" else {"type": "object"}} for one in sent}
    return {"responses": {"200": reply(schema)}, **({"requestBody": {"content": content}} if sent else {})}


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A client of a cluster that begins with nothing."""
    asked = [parameter(name, TEXT, "query") for name in ("labelSelector", "fieldSelector", "resourceVersion")]
    timed = [parameter("watch", {"type": "boolean"}, "query"), parameter("timeoutSeconds", NUMBER, "query")]
    named = {"parameters": [parameter("name", TEXT)]}
    of_list = an(resourceVersion=TEXT, **{"continue": TEXT})
    listed = reply(an(metadata=of_list, items={"type": "array", "items": JOB}))
    streamed = {**listed, "content": {**listed["content"], "application/json;stream=watch": {}}}
    paths = {
        "/jobs": {"get": {"parameters": [*asked, *timed], "responses": {"200": streamed}},
                  "post": {"requestBody": body(JOB), "responses": {"201": reply(JOB)}},
                  "delete": {"parameters": asked, "responses": {"200": reply(an(status=TEXT))}}},
        "/jobs/{name}": {**named, "get": shown(JOB), "put": shown(JOB, "application/json"),
                         "patch": shown(JOB, MERGE, STRATEGIC)},
        "/jobs/{name}/scale": {**named, "get": shown(SCALE), "put": shown(SCALE, "application/json"),
                               "patch": shown(SCALE, MERGE)},
    }  # fmt: skip
    made = document(paths, components={"schemas": SCHEMAS})
    return client(made, tmp_path_factory.mktemp("cluster"), scenario="empty")


@pytest.fixture(autouse=True)
def _anew(caller: Any) -> None:
    caller.post("/__mock__/reset")


def job(caller: Any, name: str, spec: Any = None, **labels: str) -> Any:
    return caller.post("/jobs", json={"metadata": {"name": name, "labels": labels}, "spec": spec or {}}).json


@pytest.mark.parametrize(
    ("selector", "names"),
    [("app=web", "a"), ("app==web", "a"), ("app!=web", "bc"), ("app in (web, db),tier", "a"), ("tier", "a"),
     ("!tier", "bc"), ("tier notin (x)", "bc"), ("app in (web,db)", "ab"), ("", "abc"), ("app=", "")],
)  # fmt: skip
def test_a_label_selector_selects(caller: Any, selector: str, names: str) -> None:
    job(caller, "a", app="web", tier="x")
    job(caller, "b", app="db")
    job(caller, "c")
    found = caller.get("/jobs", query_string={"labelSelector": selector}).json["items"]
    assert "".join(one["metadata"]["name"] for one in found) == names


def test_a_field_selector_selects_and_a_malformed_one_is_refused(caller: Any) -> None:
    job(caller, "a", {"image": "x"})
    job(caller, "b", {"image": "y"})
    for selector, name in (("metadata.name=a", "a"), ("metadata.name!=a,spec.image=y", "b")):
        found = caller.get("/jobs", query_string={"fieldSelector": selector}).json["items"]
        assert [one["metadata"]["name"] for one in found] == [name]
    refused = caller.get("/jobs?labelSelector=app%3D%3D%3D")
    assert (refused.status_code, "key=value" in refused.text) == (400, True)
    caller.delete("/jobs?fieldSelector=spec.image%3Dx")
    assert [one["metadata"]["name"] for one in caller.get("/jobs").json["items"]] == ["b"]


def test_the_server_says_what_stands_beside_the_key(caller: Any) -> None:
    made = caller.post("/jobs", json={"metadata": {"generateName": "batch-"}, "spec": {"replicas": 1}}).json
    own = made["metadata"]
    assert own["name"].startswith("batch-")
    assert len(own["name"]) == len("batch-") + 5
    assert (own["resourceVersion"], own["creationTimestamp"][:4], len(own["uid"])) == ("1", "2025", 36)
    later = caller.put(f"/jobs/{own['name']}", json={"metadata": {"name": own["name"]}, "spec": {"replicas": 2}}).json
    assert {"generateName": "batch-", **later["metadata"]} == {**own, "resourceVersion": "2"}
    stale = caller.put(f"/jobs/{own['name']}", json=made)
    assert (stale.status_code, "'1'" in stale.text) == (409, True)
    assert caller.put(f"/jobs/{own['name']}", json=later).json["metadata"]["resourceVersion"] == "3"


def test_a_list_says_from_which_version_on_it_is_watched(caller: Any) -> None:
    assert caller.get("/jobs").json == {"metadata": {"resourceVersion": "1"}, "items": []}
    own = job(caller, "a")
    job(caller, "b")
    caller.patch("/jobs/a", json={"spec": {"image": "x"}}, content_type=MERGE)
    assert caller.get("/jobs").json["metadata"] == {"resourceVersion": "2"}
    assert own["metadata"]["resourceVersion"] == "1"


def test_a_part_that_shows_less_of_the_record_is_the_record(caller: Any) -> None:
    job(caller, "a", {"replicas": 1, "image": "x"})
    assert caller.get("/jobs/a/scale").json["spec"] == {"replicas": 1}
    changed = caller.patch("/jobs/a/scale", json={"spec": {"replicas": 3}}, content_type=MERGE).json
    assert (changed["metadata"]["name"], changed["spec"]) == ("a", {"replicas": 3})
    assert caller.get("/jobs/a").json["spec"] == {"replicas": 3, "image": "x"}
    assert caller.put("/jobs/a/scale", json={**changed, "spec": {"replicas": 5}}).json["spec"] == {"replicas": 5}
    assert caller.get("/jobs/a").json["spec"] == {"replicas": 5, "image": "x"}
    assert caller.get("/jobs/b/scale").status_code == 404


def test_a_strategic_merge_patch_merges_lists_by_their_key(caller: Any) -> None:
    first, second = {"name": "build", "image": "x"}, {"name": "test", "image": "y"}
    job(caller, "a", {"steps": [first, second]})
    sent = [{"name": "test", "image": "z"}, {"name": "push"}, {"name": "build", "$patch": "delete"}]
    patched = caller.patch("/jobs/a", json={"spec": {"steps": sent}}, content_type=STRATEGIC).json
    assert patched["spec"]["steps"] == [{"name": "test", "image": "z"}, {"name": "push"}]
    merge = {"spec": {"steps": [first]}}
    whole = caller.patch("/jobs/a", json=merge, content_type=MERGE).json
    assert whole["spec"]["steps"] == [first]


def watching(caller: Any, query: str = "") -> Iterator[tuple[str, str]]:
    """What happens to the jobs from now on, and to which."""
    reply = caller.get(f"/jobs?watch=true{query}", buffered=False)
    assert (reply.status_code, reply.content_type, reply.content_length) == (200, "application/json", None)
    events = (json.loads(line) for piece in reply.response for line in piece.splitlines())
    return ((one["type"], one["object"]["metadata"]["name"]) for one in events)


def test_a_list_that_is_watched_tells_what_happens_to_its_records(caller: Any) -> None:
    job(caller, "a", app="web")
    events = watching(caller)
    job(caller, "b")
    caller.patch("/jobs/b", json={"spec": {"image": "x"}}, content_type=MERGE)
    caller.delete("/jobs?fieldSelector=spec.image%3Dx")
    assert [next(events) for _ in range(4)] == [("ADDED", "a"), ("ADDED", "b"), ("MODIFIED", "b"), ("DELETED", "b")]
    planted = "/__mock__/tenants/default/records/jobs/c"
    assert caller.put(planted, json={"metadata": {"name": "c"}}).status_code == 200
    assert caller.delete(planted).status_code == 200
    assert [next(events) for _ in range(2)] == [("ADDED", "c"), ("DELETED", "c")]
    caller.post("/__mock__/reset")  # other records from now on: whoever watches lists them anew
    assert [*events] == []


def test_who_watches_some_records_from_a_version_on_sees_others_come_and_go(caller: Any) -> None:
    job(caller, "a", app="web")
    job(caller, "b")
    events = watching(caller, "&labelSelector=app%3Dweb&resourceVersion=7")
    for name, app in (("b", "web"), ("a", "db")):
        caller.patch(f"/jobs/{name}", json={"metadata": {"labels": {"app": app}}}, content_type=MERGE)
    job(caller, "c")
    assert [next(events) for _ in range(2)] == [("ADDED", "b"), ("DELETED", "a")]


def test_a_watch_ends_when_its_time_is_up_and_not_more_watch_than_may(caller: Any) -> None:
    job(caller, "a")
    world = world_of(caller)
    asked = scope_of("GET", b"/jobs", b"watch=true&timeoutSeconds=0")
    sent = asyncio.run(answer(front_of(caller.application), asked, b""))
    assert sent.content.count(b"\n") == 1
    assert "content-length" not in dict(sent.headers)
    kept = [RecordWatch("default", "jobs", lambda *_: (), math.inf) for _ in range(MOST)]
    for one in kept:
        world.store.watches.begin(one)
    refused = caller.get("/jobs?watch=true")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    job(caller, "b")
    assert len(caller.get("/jobs").json["items"]) == 2
