"""Kinds of documents that were met outside of the corpus: what each means is found all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.wire.transports import in_process
from test_any_document import body, client, document, parameter, reply, world_of
from test_document_story import story

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
RULE = {"type": "string", "enum": ["VALIDITY", "COMPATIBILITY", "INTEGRITY", "SIZE"]}


def told(root: dict[str, Any], folder: Path) -> Any:
    """What a client's story comes to."""
    caller = client(root, folder)
    one = story()(world_of(caller).contract, in_process(caller.application), 40)
    one.tell()
    return one


def an_object(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def taking(schema: Any, **media: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema, **media}}}


def records(path: str, record: Any, key: str = "id", schema: Any = None, ending: str = "") -> dict[str, Any]:
    """Paths of a collection whose records can be made, listed, read and deleted."""
    return {
        f"{path}{ending}": {
            "get": {"responses": {"200": reply({"type": "array", "items": record})}},
            "post": {"requestBody": taking(record), "responses": {"201": reply(record)}},
        },
        f"{path}/{{{key}}}{ending}": {
            "parameters": [parameter(key, schema)],
            "get": {"responses": {"200": reply(record)}},
            "delete": {"responses": {"204": {"description": "Gone."}}},
        },
    }


def test_an_example_that_is_the_text_of_its_json_is_read_as_that(tmp_path: Path) -> None:
    untyped = {"properties": {"id": TEXT, "name": TEXT}, "example": '{"id": "5be5", "name": "Gogs"}'}
    named = {"a": {"value": '{"id": "7af2", "name": "Forge"}'}, "b": {"value": "no JSON"}}
    root = document({
        "/secrets": {
            "get": {"responses": {"200": reply({"type": "array", "items": untyped})}},
            "post": {"requestBody": taking(untyped), "responses": {"201": reply(untyped)}},
        },
        "/secrets/{id}": {
            "parameters": [parameter("id")],
            "get": {"responses": {"200": {"description": "One.", **taking(untyped, examples=named)}}},
        },
    })  # fmt: skip
    caller = client(root, tmp_path)
    assert {one["name"] for one in caller.get("/secrets").json} >= {"Forge"}
    assert all(isinstance(one, dict) for one in caller.get("/secrets").json)
    assert told(root, tmp_path).faults == []


def test_a_text_that_looks_like_json_stays_where_a_text_is_meant(tmp_path: Path) -> None:
    root = document({"/a": {"get": {"responses": {"200": {"description": "A.", **taking(TEXT, example='{"a": 1}')}}}}})
    assert client(root, tmp_path).get("/a").json == '{"a": 1}'


def test_pages_in_envelopes_of_their_own_are_records(tmp_path: Path) -> None:
    """``page`` is a word about lists, but alone and below ``/pages`` it is the record."""
    shown = an_object(page=an_object(id={"type": "integer"}, title=TEXT))
    caller = client(document(records("/pages", shown, schema={"type": "integer"})), tmp_path)
    made = caller.post("/pages", json={"page": {"title": "About"}}).json
    assert caller.get(f"/pages/{made['page']['id']}").json == made
    assert made in caller.get("/pages").json
    assert world_of(caller).contract.resources["pages"].model.key == ("id",)


def test_what_has_the_values_of_the_parameter_is_the_key_and_most_are_free(tmp_path: Path) -> None:
    record = an_object(type=RULE, config=TEXT)
    caller = client(document(records("/rules", record, "rule", RULE)), tmp_path)
    assert [one["type"] for one in caller.get("/rules").json] == ["INTEGRITY", "SIZE"]
    assert caller.post("/rules", json={"type": "VALIDITY", "config": "FULL"}).status_code == 201
    assert caller.get("/rules/VALIDITY").json["config"] == "FULL"
    assert caller.get("/rules/COMPATIBILITY").status_code == 404


DECISION = {"type": "object", "required": ["decision"],
            "properties": {"decision": {"type": "string", "enum": ["approve", "reject"]}, "note": {"type": "string"}}}  # fmt: skip


@pytest.mark.parametrize(("verb", "states", "before", "after"), [
    ("unpublish", ["draft", "published", "archived"], "published", "draft"),
    ("unfreeze", ["active", "frozen", "closed"], "frozen", "active"),
    ("publish", ["draft", "active", "paused"], "draft", "active"),
    ("reject", ["pending", "accepted", "declined"], "pending", "declined"),
    ("submit", ["draft", "in_review", "published"], "draft", "in_review"),
    ("approval", ["PENDING", "APPROVED", "REJECTED"], "PENDING", "REJECTED"),
])  # fmt: skip
def test_an_action_leads_to_the_state_that_is_meant(
    tmp_path: Path, verb: str, states: list[str], before: str, after: str
) -> None:
    """By what the verb takes back, by another word for it, or by the decision that the body tells, once."""
    post = {"type": "object", "properties": {"id": {"type": "integer"}, "status": {"type": "string", "enum": states}}}
    paths = records("/posts", post, schema={"type": "integer"})
    told = {"200": reply(post), "409": {"description": "Already decided"}}
    paths[f"/posts/{{id}}/{verb}"] = {
        "parameters": [parameter("id", {"type": "integer"})],
        "post": {"responses": told} if verb != "approval" else {"requestBody": body(DECISION), "responses": told},
    }
    caller = client(document(paths), tmp_path)
    key = caller.post("/posts", json={"status": before}).json["id"]
    sent = {"json": {"decision": "reject", "note": "too late"}} if verb == "approval" else {}
    assert caller.post(f"/posts/{key}/{verb}", **sent).json == {"id": key, "status": after}
    assert caller.get(f"/posts/{key}").json["status"] == after
    assert caller.post(f"/posts/{key}/{verb}", **sent).status_code == 409


@pytest.mark.parametrize(("verb", "members", "before", "after"), [
    ("unbookmark", {"bookmarked": FLAG}, True, False),
    ("bookmark", {"bookmarked": FLAG}, False, True),
    ("disable", {"disabled": FLAG}, False, True),
    ("disable", {"enabled": FLAG}, True, False),
    ("enable", {"disabled": FLAG}, True, False),
    ("read", {"unread": FLAG}, True, False),
    ("deactivate", {"state": {"type": "string", "enum": ["active", "inactive"]}}, "active", "inactive"),
    ("activate", {"state": {"type": "string", "enum": ["inactive", "active"]}}, "inactive", "active"),
])  # fmt: skip
def test_a_verb_does_or_takes_back_what_a_member_is_called(
    tmp_path: Path, verb: str, members: dict[str, Any], before: Any, after: Any
) -> None:
    record = an_object(id={"type": "integer"}, **members)
    paths = records("/posts", record, schema={"type": "integer"})
    paths[f"/posts/{{id}}/{verb}"] = {"parameters": [parameter("id", {"type": "integer"})],
                                      "post": {"responses": {"200": reply(record)}}}  # fmt: skip
    caller, name = client(document(paths), tmp_path), next(iter(members))
    key = caller.post("/posts", json={name: before}).json["id"]
    assert caller.post(f"/posts/{key}/{verb}").json[name] == after
    assert caller.get(f"/posts/{key}").json[name] == after


def test_a_parameter_that_only_begins_like_a_member_does_not_find_by_it(tmp_path: Path) -> None:
    record = an_object(id=TEXT, account_number={"type": "string", "example": "987654321"})
    caller = client(document(records("/numbers", record, "account_number_id")), tmp_path)
    caller.post("/numbers", json={"account_number": "987654321"})
    assert caller.get("/numbers/987654321").status_code == 404


def test_the_key_is_read_from_an_address_that_ends_in_more_than_the_key(tmp_path: Path) -> None:
    one = told(document(records("/apps", an_object(url=TEXT), "code", ending=".json")), tmp_path)
    assert one.faults == []
    assert one.counts["read back"] == one.counts["gone"] == 1


def test_what_only_another_protocol_can_answer_is_not_a_fault_of_a_reply(tmp_path: Path) -> None:
    root = document({"/session": {"post": {"responses": {"101": {"description": "Upgraded."}, "400": reply()}}}})
    assert told(root, tmp_path).faults == []


def test_a_key_that_is_a_number_in_another_reply_has_digits_only(tmp_path: Path) -> None:
    paths = records("/projects", an_object(id=TEXT, name=TEXT), "projectIdOrKey")
    paths["/projects"]["post"]["responses"]["201"] = reply(an_object(id={"type": "integer"}, self=TEXT))
    caller = client(document(paths), tmp_path)
    made = [caller.post("/projects", json={"name": name}).json["id"] for name in "ab"]
    assert [caller.get(f"/projects/{key}").json["name"] for key in made] == ["a", "b"]


def test_a_key_that_is_a_number_in_the_path_has_digits_only(tmp_path: Path) -> None:
    paths = records("/tasks", an_object(id=TEXT, name=TEXT), schema={"type": "integer", "minimum": 1})
    caller = client(document(paths), tmp_path)
    key = caller.post("/tasks", json={"name": "a"}).json["id"]
    assert caller.get(f"/tasks/{key}").json == {"id": key, "name": "a"}


def test_a_list_of_references_names_records_whose_key_stands_beside_them(tmp_path: Path) -> None:
    paths = records("/switches", an_object(ip=TEXT))
    item = an_object(entity_id=TEXT, entity_type=TEXT)
    paths["/switches"]["get"]["responses"]["200"] = reply({"type": "array", "items": item})
    caller = client(document(paths), tmp_path)
    key = caller.post("/switches", json={"ip": "10.0.0.1"}).headers["Location"].rpartition("/")[2]
    assert [one["entity_id"] for one in caller.get("/switches").json].count(key) == 1
    assert told(document(paths), tmp_path).faults == []


def test_two_records_that_no_request_names_may_be_called_the_same(tmp_path: Path) -> None:
    paths = records("/labels", an_object(name=TEXT))
    caller = client(document({"/labels": paths["/labels"]}), tmp_path, seed_records=0)
    assert [caller.post("/labels", json={"name": "a"}).status_code for _ in "ab"] == [201, 201]
    assert caller.get("/labels").json == [{"name": "a"}, {"name": "a"}]


def test_a_body_that_calls_a_record_otherwise_leaves_it_where_its_path_says(tmp_path: Path) -> None:
    """A client that sends some name with an update finds the record again: nobody said that this renames it."""
    paths = records("/labels", an_object(name=TEXT, color=TEXT), "label")
    paths["/labels/{label}"]["put"] = {"requestBody": taking(an_object(name=TEXT, color=TEXT)),
                                       "responses": {"200": reply(an_object(name=TEXT, color=TEXT))}}  # fmt: skip
    caller = client(document(paths), tmp_path)
    caller.post("/labels", json={"name": "a"})
    changed = caller.put("/labels/a", json={"name": "b", "color": "red"})
    assert (changed.json, changed.headers["Mock-Ignored"]) == ({"name": "a", "color": "red"}, "body/name")
    assert caller.get("/labels/a").json["color"] == "red"


def test_a_key_beside_the_one_that_a_record_has_may_be_changed(tmp_path: Path) -> None:
    record = an_object(id=TEXT, key=TEXT)
    paths = records("/projects", record, "projectIdOrKey")
    paths["/projects/{projectIdOrKey}"]["put"] = {"requestBody": taking(record), "responses": {"200": reply(record)}}
    caller = client(document(paths), tmp_path)
    key = caller.post("/projects", json={"key": "OLD"}).json["id"]
    assert caller.put("/projects/OLD", json={"key": "NEW"}).json == {"id": key, "key": "NEW"}
    assert [caller.get(f"/projects/{name}").status_code for name in ("NEW", key, "OLD")] == [200, 200, 404]


def odata(record: Any) -> dict[str, Any]:
    """A collection as OData's tools describe it."""
    listed = an_object(**{"@odata.count": {"type": "integer"}, "value": {"type": "array", "items": record}})
    return {
        "/People": {
            "get": {"parameters": [parameter("$count", {"type": "boolean"}, "query")], "responses": {"200": reply(listed)}},
            "post": {"requestBody": taking(record), "responses": {"201": reply(record)}},
        },
        "/People('{UserName}')": {
            "parameters": [parameter("UserName")], "get": {"responses": {"200": reply(record)}},
            "delete": {"responses": {"204": {"description": "Gone."}}},
        },
        "/People('{UserName}')/Trips": {
            "parameters": [parameter("UserName")],
            "get": {"responses": {"200": reply(listed)}},
        },
    }  # fmt: skip


def test_a_key_in_brackets_is_a_record_of_what_stands_before_them(tmp_path: Path) -> None:
    caller = client(document(odata(an_object(UserName=TEXT, FirstName=TEXT))), tmp_path)
    made = caller.post("/People", json={"UserName": "ada", "FirstName": "Ada"})
    assert made.headers["Location"] == "/People('ada')".replace("'", "'")
    assert caller.get("/People('ada')").json == made.json
    assert caller.get("/People?$count=true").json["@odata.count"] == 4
    assert caller.get("/People('zoe')/Trips").status_code == 404
    caller.delete("/People('ada')")
    assert caller.get("/People('ada')").status_code == 404


def test_a_function_with_arguments_is_not_a_key(tmp_path: Path) -> None:
    near = {"/Near(lat={lat},lon={lon})": {"parameters": [parameter("lat"), parameter("lon")],
                                           "get": {"responses": {"200": reply(an_object(name=TEXT))}}}}  # fmt: skip
    caller = client(document({**odata(an_object(UserName=TEXT)), **near}), tmp_path)
    assert caller.get("/Near(lat=1,lon=2)").status_code == 200


def test_a_verb_behind_a_colon_is_done_to_the_record_before_it(tmp_path: Path) -> None:
    record = an_object(id=TEXT, state={"type": "string", "enum": ["RUNNING", "CANCELLED"]})
    paths = records("/v1/jobs", record)
    paths["/v1/jobs/{id}:cancel"] = {"parameters": [parameter("id")], "post": {"responses": {"200": reply(record)}}}
    paths["/v1/jobs/{id}/restart"] = {"parameters": [parameter("id")], "post": {"responses": {"200": reply(record)}}}
    paths["/v1/jobs/{id}:restart"] = paths["/v1/jobs/{id}/restart"]
    paths["/v1/urn:this"] = {"get": {"responses": {"200": reply(an_object(name=TEXT))}}}
    caller = client(document(paths), tmp_path)
    key = caller.post("/v1/jobs", json={}).json["id"]
    assert caller.post(f"/v1/jobs/{key}:cancel").json == {"id": key, "state": "CANCELLED"}
    assert caller.get(f"/v1/jobs/{key}").json["state"] == "CANCELLED"
    assert caller.post("/v1/jobs/none:cancel").status_code == 404
    assert [caller.post(f"/v1/jobs/{key}{way}restart").status_code for way in "/:"] == [200, 200]
    assert caller.get("/v1/urn:this").status_code == 200


def test_the_members_of_a_vocabulary_mean_what_they_do_without_it(tmp_path: Path) -> None:
    """``hydra:member`` beside ``hydra:totalItems``, ``hydra:view`` and ``hydra:search``, as API Platform describes it."""
    record = an_object(**{"@id": TEXT, "@type": TEXT, "id": {"type": "integer"}, "title": TEXT})
    view = an_object(**{"@id": TEXT, "hydra:next": TEXT, "hydra:previous": TEXT})
    listed = an_object(**{"hydra:member": {"type": "array", "items": record}, "hydra:totalItems": {"type": "integer"},
                          "hydra:view": view, "hydra:search": an_object(**{"hydra:template": TEXT})})  # fmt: skip
    paths = records("/books", record)
    paths["/books"]["get"] = {"parameters": [parameter("itemsPerPage", {"type": "integer"}, "query"),
                                             parameter("page", {"type": "integer"}, "query")],
                              "responses": {"200": reply(listed)}}  # fmt: skip
    caller = client(document(paths), tmp_path)
    made = caller.post("/books", json={"title": "A"}).json
    first = caller.get("/books?itemsPerPage=3").json
    assert (len(first["hydra:member"]), first["hydra:totalItems"]) == (3, 4)
    second = caller.get(first["hydra:view"]["hydra:next"]).json
    assert made in [*first["hydra:member"], *second["hydra:member"]]
    assert "page=1" in second["hydra:view"]["hydra:previous"]


def judged(root: dict[str, Any], folder: Path) -> list[str]:
    """What the kit finds of the mock of that document, and why it could not judge what it could not."""
    client(root, folder)
    verdict, _ = run(Options(spec=folder / "openapi.json", strictness=Provenance.EXPECTED))
    hindered = [reason for reason in verdict.uncovered() if "for which no body can be made" in reason]
    return [*(one.first.cause for one in verdict.clusters()), *hindered]


@pytest.mark.parametrize("media_type", ["multipart/form-data", "application/octet-stream", "image/png"])
def test_the_kit_sends_files(tmp_path: Path, media_type: str) -> None:
    record = an_object(id=TEXT, name=TEXT)
    file = {"type": "string", "format": "binary"}
    sent = {**an_object(file=file, name=TEXT), "required": ["file"]} if "form" in media_type else file
    paths = records("/files", record)
    paths["/files"]["post"]["requestBody"] = {"required": True, "content": {media_type: {"schema": sent}}}
    assert judged(document(paths), tmp_path) == []


def test_a_credential_that_is_a_parameter_too_is_shown_once_and_left_out_whole(tmp_path: Path) -> None:
    paths = records("/boards", an_object(id=TEXT, name=TEXT))
    for operation in (paths["/boards"]["get"], paths["/boards"]["post"], paths["/boards/{id}"]["get"]):
        operation["parameters"] = [{**parameter(name, TEXT, "query"), "required": True} for name in ("key", "token")]
    schemes = {name: {"type": "apiKey", "in": "query", "name": name} for name in ("key", "token")}
    root = document(paths, components={"securitySchemes": schemes}, security=[{"key": []}, {"token": []}])
    assert judged(root, tmp_path) == []


def test_a_post_makes_what_a_client_names_and_nothing_else_makes(tmp_path: Path) -> None:
    """As stores of secrets and of policies have it."""
    item = {"parameters": [parameter("name")], "get": {"responses": {"200": reply(an_object(name=TEXT, policy=TEXT))}},
            "post": {"requestBody": taking(an_object(policy=TEXT)), "responses": {"204": {"description": "Kept."}}},
            "delete": {"responses": {"204": {"description": "Gone."}}}}  # fmt: skip
    builds = {**item, "parameters": [parameter("buildId")]}
    caller = client(document({"/policies/{name}": item, "/builds/{buildId}": builds}), tmp_path)
    for policy in ("read", "write"):
        assert caller.post("/policies/mine", json={"policy": policy}).status_code == 204
        assert caller.get("/policies/mine").json == {"name": "mine", "policy": policy}
    caller.delete("/policies/mine")
    assert caller.get("/policies/mine").status_code == 404
    assert caller.post("/builds/987", json={"policy": "read"}).status_code == 404


def test_pages_are_asked_for_in_brackets(tmp_path: Path) -> None:
    paths = records("/articles", an_object(id={"type": "integer"}), schema={"type": "integer"})
    paths["/articles"]["get"]["parameters"] = [
        parameter(f"pagination[{one}]", {"type": "integer"}, "query") for one in ("page", "pageSize")
    ]
    caller = client(document(paths), tmp_path)
    pages = [caller.get(f"/articles?pagination[pageSize]=2&pagination[page]={page}").json for page in (1, 2)]
    assert [[one["id"] for one in page] for page in pages] == [[1, 2], [3]]


def test_a_record_that_is_a_string_is_not_a_key(tmp_path: Path) -> None:
    paths = records("/settings", TEXT, "key")
    paths["/settings"]["post"] = {
        "requestBody": taking(an_object(a=TEXT)),
        "responses": {"204": {"description": "Kept."}},
    }
    one = told(document(paths), tmp_path)
    assert one.faults == []
    assert one.counts["read back"] == 1


def test_a_form_cannot_say_an_empty_list_but_by_leaving_it_out(tmp_path: Path) -> None:
    listed = {**an_object(events={"type": "array", "items": TEXT}, url=TEXT), "required": ["events", "url"]}
    paths = records("/hooks", an_object(id=TEXT, url=TEXT))
    paths["/hooks"]["post"]["requestBody"] = {
        "required": True, "content": {"application/x-www-form-urlencoded": {"schema": listed}},
    }  # fmt: skip
    assert judged(document(paths), tmp_path) == []


PAGEABLE = an_object(
    page={"type": "integer", "minimum": 0},
    size={"type": "integer", "minimum": 1},
    sort={"type": "array", "items": TEXT},
)


@pytest.mark.parametrize(("style", "written"), [("form", "{}"), ("deepObject", "pageable[{}]")])
def test_an_object_in_the_query_is_its_members(tmp_path: Path, style: str, written: str) -> None:
    """As documents have it that were generated from a class of what may be asked for."""
    paths = records("/articles", an_object(id={"type": "integer"}), schema={"type": "integer"})
    asked = {**parameter("pageable", {**PAGEABLE, "required": ["size"]}, "query"), "style": style, "required": True}
    paths["/articles"]["get"]["parameters"] = [asked]
    caller = client(document(paths), tmp_path)
    size, page = written.format("size"), written.format("page")
    pages = [caller.get(f"/articles?{size}=2&{page}={number}") for number in (0, 1)]
    assert [[one["id"] for one in page.json] for page in pages] == [[1, 2], [3]]
    assert not any("Mock-Ignored" in one.headers for one in pages)
    assert caller.get(f"/articles?{page}=0").status_code == 400
    assert caller.get(f"/articles?{size}=0").status_code == 400
    deep = caller.get("/articles?pageable[size]=2")  # as many mean it that do not say so
    assert len(deep.json) == 2
    assert "Mock-Ignored" not in deep.headers
    assert judged(document(paths), tmp_path) == []


def test_two_objects_in_the_query_may_have_members_of_one_name(tmp_path: Path) -> None:
    paths = records("/tracks", an_object(id={"type": "integer"}))
    span = an_object(**{"from": {"type": "integer"}, "to": {"type": "integer"}})
    paths["/tracks"]["get"]["parameters"] = [parameter(name, span, "query") for name in ("bpm", "duration")]
    caller = client(document(paths), tmp_path)
    for name in ("bpm[from]", "duration[to]"):
        assert caller.get(f"/tracks?{name}=7").status_code == 200
        assert caller.get(f"/tracks?{name}=x").status_code == 400


def test_a_map_in_the_query_may_have_no_members(tmp_path: Path) -> None:
    paths = records("/articles", an_object(id={"type": "integer"}))
    paths["/articles"]["get"]["parameters"] = [{**parameter("params", {"type": "object"}, "query"), "required": True}]
    assert client(document(paths), tmp_path).get("/articles").status_code == 200


def test_a_record_beside_words_about_it_may_show_less_than_the_list_does(tmp_path: Path) -> None:
    """Its key stands in the envelope as well, as a text where the record has a number."""
    listed = an_object(id={"type": "integer"}, name=TEXT, note=TEXT, changed_by=TEXT, changed_on=TEXT, created_by=TEXT)
    read = an_object(
        id=TEXT, title=TEXT, columns=an_object(name=TEXT), result=an_object(id={"type": "integer"}, name=TEXT)
    )
    made = an_object(id={"type": "number"}, result=an_object(name=TEXT))
    paths = records("/layers", listed, "pk")
    paths["/layers"]["get"]["responses"]["200"] = reply(
        an_object(count={"type": "number"}, result={"type": "array", "items": listed})
    )
    paths["/layers"]["post"]["responses"]["201"] = reply(made)
    paths["/layers/{pk}"]["get"]["responses"]["200"] = reply(read)
    caller = client(document(paths), tmp_path)
    assert caller.post("/layers", json={"name": "Roads"}).json["id"] == 4
    assert caller.get("/layers/4").json == {"id": "4", "result": {"id": 4, "name": "Roads"}}
    assert caller.get("/layers").json["result"][3]["name"] == "Roads"


def test_a_list_of_objects_in_the_query_is_not_judged(tmp_path: Path) -> None:
    paths = records("/doctors", an_object(id={"type": "integer"}))
    clinic = an_object(name=TEXT, addresses={"type": "array", "items": an_object(street=TEXT)})
    paths["/doctors"]["get"]["parameters"] = [parameter("clinic", clinic, "query")]
    caller = client(document(paths), tmp_path)
    assert caller.get("/doctors?name=Main&addresses=street&addresses=High St").status_code == 200


def test_a_number_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    paths = records("/articles", an_object(id={"type": "integer"}))
    paths["/articles"]["get"]["parameters"] = [parameter("page", {"type": "integer"}, "query")]
    refused = client(document(paths), tmp_path).get("/articles?page=1&page=2")
    assert refused.status_code == 400
    assert "more than once" in refused.text


def test_alternatives_that_an_optional_member_tells_apart_are_told_apart(tmp_path: Path) -> None:
    kinds = [
        an_object(type={"type": "string", "enum": ["any"]}),
        an_object(type={"type": "string", "enum": ["range"]}, end={"type": "integer"}),
    ]
    record = {"allOf": [an_object(id=TEXT, name=TEXT), {"oneOf": kinds}]}
    paths = records("/sets", record)
    paths["/sets"]["post"]["requestBody"] = taking(an_object(name=TEXT, rule={"oneOf": kinds}))
    caller = client(document(paths), tmp_path)
    made = caller.post("/sets", json={"name": "All"}).json
    assert made == {"id": made["id"], "name": "All", "type": "any"}
    assert judged(document(paths), tmp_path) == []


def test_of_two_records_of_one_name_the_name_finds_the_newest(tmp_path: Path) -> None:
    paths = records("/channels", an_object(uri=TEXT, name=TEXT, text=TEXT), "channel_id")
    caller = client(document(paths), tmp_path, seed_records=0)
    for text in ("Old.", "New."):
        assert caller.post("/channels", json={"name": "Staff picks", "text": text}).status_code == 201
    assert caller.get("/channels/Staff picks").json["text"] == "New."


def test_several_bodies_of_2_0_are_the_members_of_one(tmp_path: Path) -> None:
    """As documents have them that were made from comments above the code."""
    sent = [{"name": name, "in": "body", "required": name == "title", "schema": TEXT} for name in ("title", "author")]
    one = {"schema": an_object(id={"type": "integer"}, title=TEXT, author=TEXT), "description": "One."}
    root = {
        "swagger": "2.0", "info": {"title": "Articles", "version": "1"},
        "paths": {
            "/articles": {"post": {"parameters": sent, "responses": {"200": one}}},
            "/articles/{id}": {"get": {"parameters": [{"name": "id", "in": "path", "required": True, "type": "integer"}], "responses": {"200": one}}},
            "/state": {"get": {"responses": {"200": {"description": "So.", "examples": {"application/json": {"is": "well"}}}}}},
        },
    }  # fmt: skip
    caller = client(root, tmp_path)
    made = caller.post("/articles", json={"title": "One", "author": "Ada"}).json
    assert caller.get(f"/articles/{made['id']}").json == {"id": made["id"], "title": "One", "author": "Ada"}
    assert caller.post("/articles", json={"author": "Ada"}).status_code == 400
    assert caller.get("/state").json == {"is": "well"}


@pytest.mark.parametrize(
    "beside", [("code", "msg"), ("errcode", "errmsg", "requestId"), ("isSuccess", "statusCode", "timestamp")]
)
def test_words_about_the_reply_make_no_record(tmp_path: Path, beside: tuple[str, ...]) -> None:
    record = an_object(id={"type": "integer"}, name=TEXT)
    words = dict.fromkeys(beside, TEXT)
    paths = records("/users", record)
    paths["/users"].pop("get")  # whose items would tell it too
    for operation in (paths["/users"]["post"], paths["/users/{id}"]["get"]):
        operation["responses"] = {"200": reply(an_object(**words, data=record))}
    caller = client(document(paths), tmp_path)
    made = caller.post("/users", json={"name": "Ada"}).json["data"]
    assert caller.get(f"/users/{made['id']}").json["data"] == {"id": made["id"], "name": "Ada"}


def test_a_parameter_may_stand_behind_a_colon(tmp_path: Path) -> None:
    """As routers write it, and those who copy from them."""
    record = an_object(id={"type": "integer"}, name=TEXT)
    paths = records("/users", record)
    item = paths.pop("/users/{id}")
    caller = client(document({**paths, "/users/:id": {"get": item["get"], "delete": item["delete"]}}), tmp_path)
    made = caller.post("/users", json={"name": "Ada"}).json
    assert caller.get(f"/users/{made['id']}").json == made
    assert caller.delete(f"/users/{made['id']}").status_code == 204
    assert caller.get(f"/users/{made['id']}").status_code == 404


def test_a_description_that_is_not_a_string_stops_nothing(tmp_path: Path) -> None:
    paths = records("/blogs", an_object(id={"type": "integer"}, title=TEXT))
    said = {"statusText": "OK", "items": [{"title": "One"}]}
    paths["/blogs"]["get"]["description"] = paths["/blogs"]["get"]["summary"] = said
    paths["/blogs"]["get"]["responses"]["404"] = {"description": said}
    root = document(paths)
    assert client(root, tmp_path).get("/blogs").status_code == 200
    assert client(root, tmp_path).get("/__mock__/api/docs/").status_code == 200
    assert judged(root, tmp_path) == []


def test_of_what_is_read_only_a_free_text_is_kept(tmp_path: Path) -> None:
    """Documents that share a schema between requests and replies mark more than what their servers work out."""
    own = {"engine": TEXT, "size": {"type": "integer"}, "url": {**TEXT, "format": "uri"}, "state": RULE}
    record = an_object(id={"type": "integer"}, **{name: {**one, "readOnly": True} for name, one in own.items()})
    sent = {"engine": "mysql/8", "size": 4_711, "url": "https://example.com/mine", "state": "SIZE"}
    caller = client(document(records("/databases", record)), tmp_path)
    made = caller.post("/databases", json=sent).json
    assert {name for name in sent if made.get(name) == sent[name]} == {"engine"}


def test_a_whole_number_is_an_integer_however_it_was_written(tmp_path: Path) -> None:
    """Documents before 3.1 know none with a fraction."""
    record = an_object(
        id={"type": "integer"}, count={"type": "integer"}, sizes={"type": "array", "items": {"type": "number"}}
    )
    caller = client(document(records("/things", record)), tmp_path)
    made = caller.post("/things", data='{"count": 7.0, "sizes": [2.0, 0.5]}', content_type="application/json")
    assert '"count":7' in made.text
    assert "7.0" not in made.text
    assert made.json["sizes"] == [2, 0.5]


@pytest.mark.parametrize("by", ["records", "keys"])
def test_a_list_below_one_of_several_parents_shows_those_that_name_it(tmp_path: Path, by: str) -> None:
    """``/tags/{id}/posts``, in short, of ``/posts`` that say of which tags they are."""
    tag = an_object(id=TEXT, name=TEXT)
    named = (
        {"tags": {"type": "array", "items": tag}} if by == "records" else {"tag_ids": {"type": "array", "items": TEXT}}
    )
    post, short = an_object(id=TEXT, title=TEXT, state=TEXT, **named), an_object(id=TEXT, title=TEXT, state=TEXT)
    below = {
        "parameters": [parameter("tag_id")],
        "get": {"responses": {"200": reply({"type": "array", "items": short})}},
    }
    paths = {**records("/tags", tag), **records("/posts", post), "/tags/{tag_id}/posts": below}
    caller = client(document(paths), tmp_path)
    ada, bob = (caller.post("/tags", json={"name": name}).json["id"] for name in ("ada", "bob"))
    member = next(iter(named))
    for title, tags in (("one", [ada]), ("both", [ada, bob])):
        sent = [{"id": one} for one in tags] if by == "records" else tags
        caller.post("/posts", json={"title": title, member: sent})
    assert {one["title"] for one in caller.get(f"/tags/{ada}/posts").json} == {"one", "both"}
    [both] = caller.get(f"/tags/{bob}/posts").json
    assert (both["title"], member in both) == ("both", False)
    assert caller.get("/tags/none/posts").status_code == 404


@pytest.mark.parametrize("streams", [True, False])
def test_what_may_be_streamed_is_worked_out(tmp_path: Path, streams: bool) -> None:
    """A model's answer is there at once, where lists of what a client makes begin empty."""
    choice = {**an_object(text=TEXT), "required": ["text"]}
    answer = an_object(
        id=TEXT, model=TEXT, choices={"type": "array", "items": choice}, stops={"type": "array", "items": TEXT}
    )
    paths = records("/answers", {**answer, "required": ["id", "choices", "stops"]})
    made = paths["/answers"]["post"]
    made["requestBody"] = taking(an_object(model=TEXT, stops={"type": "array", "items": TEXT}))
    [success] = (one for status, one in made["responses"].items() if status[0] == "2")
    success["content"] |= {"text/event-stream": {"schema": TEXT}} if streams else {}
    told = client(document(paths), tmp_path).post("/answers", json={"model": "m"}).json
    assert (len(told["choices"]), told["stops"], told["model"]) == (int(streams), [], "m")


def test_an_action_sets_the_truth_the_time_and_the_state_that_it_means(
    tmp_path: Path,
) -> None:
    own = {"id": {"type": "integer"}, "merged_at": {**TEXT, "format": "date-time"}, "merged": {"type": "boolean"},
           "state": {**TEXT, "enum": ["open", "closed"]}}  # fmt: skip
    pull = {"type": "object", "properties": own}
    outcome = {"type": "object", "required": ["merged"], "properties": {"merged": {"type": "boolean"}}}
    paths = records("/pulls", pull, schema={"type": "integer"})
    merge = {"put": {"responses": {"200": reply(outcome)}}, "parameters": [parameter("id", {"type": "integer"})]}
    caller = client(document({**paths, "/pulls/{id}/merge": merge}), tmp_path)
    made = caller.post("/pulls", json={}).json
    assert caller.put(f"/pulls/{made['id']}/merge").json == {"merged": True}
    after = caller.get(f"/pulls/{made['id']}").json
    assert (after["merged"], after["state"], after["merged_at"][:4]) == (True, "closed", "2025")


def test_a_put_that_requires_less_than_a_create_changes_a_part_where_it_leaves_that_out(tmp_path: Path) -> None:
    own = {"id": {"type": "integer"}, "type": TEXT, "title": TEXT, "note": TEXT, "state": TEXT}
    case = {"type": "object", "required": ["id", "title"], "properties": own}
    paths = records("/cases", case, schema={"type": "integer"})

    def needing(*names: str) -> dict[str, Any]:
        return taking({"type": "object", "required": [*names], "properties": own})

    paths["/cases"]["post"]["requestBody"] = needing("type", "title")
    paths["/cases/{id}"]["put"] = {"requestBody": needing("type"), "responses": {"200": reply(case)}}
    caller = client(document(paths), tmp_path)
    made = caller.post("/cases", json={"type": "case", "title": "a", "note": "b"}).json
    changed = caller.put(f"/cases/{made['id']}", json={"type": "case", "state": "held"}).json
    assert changed == {**made, "state": "held"}
    whole = caller.put(f"/cases/{made['id']}", json={"type": "case", "title": "c"}).json
    assert (whole["title"], whole.get("note")) == ("c", None)


def test_records_made_on_another_path_are_not_one_because_nothing_names_them(tmp_path: Path) -> None:
    number = {"type": "integer"}
    meeting = an_object(id=number, uuid=TEXT, topic=TEXT, host_id=TEXT)
    user = parameter("userId")
    root = document({
        "/users": {"get": {"responses": {"200": reply({"type": "array", "items": an_object(id=TEXT)})}}},
        "/users/{userId}": {"parameters": [user], "get": {"responses": {"200": reply(an_object(id=TEXT))}}},
        "/users/{userId}/meetings": {
            "parameters": [user],
            "get": {"responses": {"200": reply(an_object(meetings={"type": "array", "items": meeting}))}},
            "post": {"requestBody": taking(an_object(topic=TEXT)), "responses": {"201": reply(meeting)}},
        },
        "/meetings/{meetingId}": {"parameters": [parameter("meetingId", number)], "get": {"responses": {"200": reply({**meeting, "properties": {**meeting["properties"], "agenda": TEXT}})}}},
    })  # fmt: skip
    caller = client(root, tmp_path)
    host = caller.get("/users").json[0]["id"]
    made = [caller.post(f"/users/{host}/meetings", json={"topic": one}).json for one in "abc"]
    listed = caller.get(f"/users/{host}/meetings").json["meetings"]
    assert len({one["id"] for one in listed}) == len(listed)
    for one in made:
        assert [each["topic"] for each in listed if each["id"] == one["id"]] == [one["topic"]]
        assert caller.get(f"/meetings/{one['id']}").json["topic"] == one["topic"]
