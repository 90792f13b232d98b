"""Edited files are served: what clients did stays as far as it fits, and a broken edit changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from flask import Flask

from asgi import Answer, scope_of
from asgi import answer as ask
from mockserver.commands.cli import main
from mockserver.commands.serving import _live_lines
from mockserver.reloading.sources import Sources
from mockserver.reloading.succession import made_anew, take_over
from mockserver.reloading.watching import Edit, EditOutcome, Watcher
from mockserver.settings import Settings, data_folder
from mockserver.spec_builder.publish import write
from mockserver.store import Moved
from mockserver.web.api import Api
from mockserver.web.app import api_of, application, create_app
from mockserver.web.front import Front
from mockserver.web.reloadable_front import ReloadableFront
from mockserver.world import World
from server import serving as served
from test_effects_of_time import OUT, due, made
from test_publish import Parts, parts

__all__ = ["parts"]


class Bench:
    """A watched mock in this process: ``client`` asks whichever application is served."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        world = app.extensions["mockserver"]
        self.watcher = Watcher(world, self._swap, Sources(world.settings))

    def _swap(self, old: World, new: World) -> Any:
        app = application(Api(new))
        misfits = take_over(old, new)
        self.app = app
        return misfits

    @property
    def client(self) -> Any:
        return self.app.test_client()

    def settled(self) -> EditOutcome:
        """What becomes of an edit that was made: the look that sees it, and the one that finds no more."""
        assert self.watcher.step().edit is Edit.UNSETTLED
        return self.watcher.step()


def edit(file: Path, change: Callable[[Any], object]) -> None:
    document = orjson.loads(file.read_bytes())
    change(document)
    file.write_bytes(orjson.dumps(document))


@pytest.fixture
def bench(library) -> Bench:
    return Bench(library())


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return tmp_path / "openapi.json"


def test_untouched_files_are_not_an_edit(bench: Bench, spec: Path) -> None:
    assert bench.watcher.step() == EditOutcome(Edit.NONE)
    spec.write_bytes(spec.read_bytes())
    assert bench.watcher.step().edit is Edit.NONE


def test_an_edited_document_is_served_and_records_clock_and_journal_stay(bench: Bench, spec: Path) -> None:
    made = bench.client.post("/books/t", json={"title": "A"}).json
    bench.client.post("/__mock__/clock/advance", json={"seconds": 60})
    now = bench.client.get("/__mock__/clock").json["now"]

    def rename(document: Any) -> None:
        document["paths"]["/volumes/{tenant}"] = document["paths"].pop("/books/{tenant}")

    edit(spec, rename)
    outcome = bench.settled()
    assert (outcome.edit, outcome.files, outcome.misfits) == (Edit.SERVED, [spec], [])
    assert bench.client.get("/volumes/t").json == [made]
    assert bench.client.get("/books/t").status_code in (403, 404)
    assert bench.client.get("/__mock__/clock").json["now"] == now
    assert bench.client.get("/__mock__/journal?method=POST").json[-1]["path"] == "/books/t"
    second = bench.client.post("/volumes/t", json={"title": "B"}).json
    assert second["id"] != made["id"]


def test_a_record_that_no_longer_fits_is_listed_and_comes_back_when_it_fits_again(bench: Bench, spec: Path) -> None:
    short = bench.client.post("/books/t", json={"title": "A"}).json
    long = bench.client.post("/books/t", json={"title": "A long title"}).json
    before = spec.read_bytes()

    def tighten(document: Any) -> None:
        document["components"]["schemas"]["Book"]["properties"]["title"] = {"type": "string", "minLength": 5}

    edit(spec, tighten)
    misfits = bench.settled().misfits
    assert [(one.tenant, one.resource, one.id) for one in misfits] == [("t", "books", short["id"])]
    assert "/title" in misfits[0].why
    assert bench.client.get("/books/t").json == [long]
    told = bench.client.get("/__mock__/reloads").json
    assert told["watching"]
    assert told["served"] == 1
    assert [one["id"] for one in told["misfits"]] == [short["id"]]
    spec.write_bytes(before)
    assert bench.settled().misfits == []
    assert {one["id"] for one in bench.client.get("/books/t").json} == {short["id"], long["id"]}


def test_who_names_a_record_that_does_not_fit_goes_with_it(bench: Bench, spec: Path) -> None:
    author = bench.client.post("/authors/t", json={"name": "Al"}).json
    book = bench.client.post("/books/t", json={"title": "A", "author_id": author["id"]}).json

    def tighten(document: Any) -> None:
        document["components"]["schemas"]["Author"]["properties"]["name"] = {"type": "string", "minLength": 5}

    edit(spec, tighten)
    assert [one.id for one in bench.settled().misfits] == [author["id"], book["id"]]
    assert bench.client.get("/books/t").json == []


def test_what_a_client_deleted_is_back_where_the_new_files_need_it(library, tmp_path: Path) -> None:
    def scenario(*books: str) -> None:
        authors = "      authors: [{id: A, name: Ann}, {id: B, name: Bob}]\n"
        lines = "".join(f"        - {{id: '{name}', title: x, author_id: {name}}}\n" for name in books)
        (tmp_path / "scenarios/own.yaml").write_text(
            SCENARIO.replace("      books:\n", authors + "      books:\n") + lines
        )

    (tmp_path / "scenarios").mkdir()
    scenario("A")
    bench = Bench(library(scenario="own", page_size=10))
    assert bench.client.delete("/authors/t/B").status_code == 200
    scenario("A", "B")
    [misfit] = bench.settled().misfits
    assert (misfit.id, misfit.why) == ("B", "had been deleted; it is back, since books B names it")
    assert {one["id"] for one in bench.client.get("/authors/t").json} == {"A", "B"}


def test_a_broken_edit_leaves_all_as_it_was_and_says_why(bench: Bench, spec: Path) -> None:
    made = bench.client.post("/books/t", json={"title": "A"}).json
    edit(spec, lambda document: document["paths"]["/books/{tenant}"]["get"]["x-mock"].update(kind="lst", resource="x"))
    (spec.parent / "templates/book.html").write_text("{% if %}")
    outcome = bench.settled()
    assert outcome.edit is Edit.REFUSED
    assert any("lst" in one.problem for one in outcome.problems)
    assert bench.client.get("/books/t").json == [made]
    told = bench.client.get("/__mock__/reloads").json
    assert told["refused"] == 1
    assert told["problems"][0]["file"] == str(spec)
    assert "lst" in bench.client.get("/__mock__/").text
    assert bench.watcher.step().edit is Edit.NONE


def test_a_half_written_file_and_one_that_is_gone_for_a_moment_are_waited_for(bench: Bench, spec: Path) -> None:
    whole = spec.read_bytes()
    other = orjson.loads(whole)
    other["info"]["title"] = "Other"
    spec.write_bytes(orjson.dumps(other)[:100])
    assert bench.watcher.step().edit is Edit.UNSETTLED
    spec.unlink()
    assert bench.watcher.step().edit is Edit.UNSETTLED
    beside = spec.with_name(".openapi.json.swp")
    beside.write_bytes(orjson.dumps(other))
    beside.rename(spec)
    assert bench.watcher.step().edit is Edit.UNSETTLED
    assert bench.watcher.step().edit is Edit.SERVED
    assert bench.client.get("/__mock__/health").json["document"]["title"] == "Other"


def test_a_document_that_is_gone_is_a_problem_and_its_return_no_edit(bench: Bench, spec: Path) -> None:
    whole = spec.read_bytes()
    spec.unlink()
    assert bench.settled().problems[0].problem == "no such file"
    spec.write_bytes(whole)
    assert bench.settled().edit is Edit.SERVED


def test_a_broken_template_and_a_broken_fault_profile_are_told_together(bench: Bench, spec: Path) -> None:
    (spec.parent / "faults").mkdir()
    (spec.parent / "faults/own.yaml").write_text("faults: 3")
    (spec.parent / "templates/book.html").write_text("{% if %}")
    files = {Path(one.file).name for one in bench.settled().problems}
    assert files == {"own.yaml", "book.html"}


SCENARIO = "description: x\nclock: 2025-04-18T12:00:00Z\nseed: 1\ntenants:\n  t:\n    pinned:\n      books:\n"


def test_an_edited_scenario_begins_anew_but_for_what_clients_did(library, tmp_path: Path) -> None:
    def scenario(*names: str) -> None:
        lines = "".join(f"        - {{id: '{name[0]}', title: {name}}}\n" for name in names)
        (tmp_path / "scenarios/own.yaml").write_text(SCENARIO + lines)

    (tmp_path / "scenarios").mkdir()
    scenario("Ann", "Bob", "Cid")
    bench = Bench(library(scenario="own", page_size=10))
    assert bench.client.put("/books/t/A", json={"id": "A", "title": "Changed"}).status_code == 200
    assert bench.client.delete("/books/t/B").status_code in (200, 204)
    mine = bench.client.post("/books/t", json={"title": "Mine"}).json
    scenario("Ana", "Bea", "Cleo", "Dora")
    assert bench.settled().edit is Edit.SERVED
    names = {one["id"]: one["title"] for one in bench.client.get("/books/t").json}
    assert names | {mine["id"]: "Mine", "A": "Changed"} == names
    assert "B" not in names
    bench.client.post("/__mock__/reset")
    assert {one["title"] for one in bench.client.get("/books/t").json} >= {"Ana", "Bea"}


def test_what_fell_due_is_not_brought_about_again(library, spec: Path) -> None:
    bench = Bench(library(due(OUT)))
    made(bench.client, "A", "2025-04-20T08:00:00Z")
    bench.client.post("/__mock__/clock/advance", json={"seconds": 3 * 86_400})
    [book] = bench.client.get("/books/t").json
    edit(spec, lambda document: document["info"].update(title="Other"))
    assert bench.settled().edit is Edit.SERVED
    assert bench.client.get("/books/t").json == [book]
    assert [one["record_id"] for one in bench.client.get("/__mock__/due").json["happened"]] == [book["id"]]
    made(bench.client, "B", "2025-04-23T08:00:00Z")
    bench.client.post("/__mock__/clock/advance", json={"seconds": 3 * 86_400})
    assert [one["in_print"] for one in bench.client.get("/books/t").json] == [False, False]


def test_an_edit_that_takes_away_what_others_name_or_all_of_it_is_refused(bench: Bench, spec: Path) -> None:
    before = spec.read_bytes()
    for change, pointer, said in (
        (
            lambda one: one["components"]["schemas"].update(Novel={"$ref": "#/components/schemas/Bok"}),
            "/Novel",
            "nowhere",
        ),
        (lambda one: one.update(paths={}), "/paths", "no paths"),
    ):
        edit(spec, change)
        outcome = bench.settled()
        assert outcome.edit is Edit.REFUSED
        assert any(one.pointer.endswith(pointer) and said in one.problem for one in outcome.problems), outcome.problems
        assert bench.client.get("/books/t").status_code == 200
        spec.write_bytes(before)
        bench.settled()


def test_an_edit_that_leaves_no_operation_of_somebody_elses_document_is_refused(tmp_path: Path) -> None:
    spec = tmp_path / "pets.json"
    pets = {"get": {"responses": {"200": {"description": "x"}}}}
    spec.write_bytes(
        orjson.dumps({"openapi": "3.1.0", "info": {"title": "P", "version": "1"}, "paths": {"/pets": pets}})
    )
    bench = Bench(create_app(spec=spec))
    edit(spec, lambda one: one.update(pathz=one.pop("paths"), components={"schemas": {"Pet": {}}}))
    outcome = bench.settled()
    assert outcome.edit is Edit.REFUSED
    assert "no operation" in outcome.problems[0].problem
    assert bench.client.get("/pets").status_code == 200


def test_snapshots_are_carried_over(bench: Bench, spec: Path) -> None:
    made = bench.client.post("/books/t", json={"title": "A"}).json
    bench.client.put("/__mock__/snapshots/one")
    bench.client.delete(f"/books/t/{made['id']}")
    edit(spec, lambda document: document["info"].update(title="Other"))
    assert bench.settled().edit is Edit.SERVED
    assert bench.client.get("/books/t").json == []
    bench.client.post("/__mock__/snapshots/one/restore")
    assert bench.client.get("/books/t").json == [made]


PETS = """
openapi: 3.0.0
info: {title: Pets, version: '1'}
paths:
  /pets:
    get: {responses: {'200': {description: x, content: {application/json: {schema: {type: array, items: {$ref: 'pet.yaml'}}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: 'pet.yaml'}}}}
      responses: {'201': {description: x, content: {application/json: {schema: {$ref: 'pet.yaml'}}}}}
"""
PET = "type: object\nrequired: [name]\nproperties:\n  id: {type: integer}\n  name: {type: string}\n"


def test_any_document_of_several_files(tmp_path: Path) -> None:
    (tmp_path / "pets.yaml").write_text(PETS)
    (tmp_path / "pet.yaml").write_text(PET)
    bench = Bench(create_app(spec=tmp_path / "pets.yaml"))
    first = bench.client.get("/pets").json
    made = bench.client.post("/pets", json={"name": "Rex"}).json
    (tmp_path / "pet.yaml").write_text(PET + "  tag: {type: string, default: none}\n")
    outcome = bench.settled()
    assert (outcome.edit, outcome.misfits) == (Edit.SERVED, [])
    pets = bench.client.get("/pets").json
    assert made in pets
    assert [one["id"] for one in pets] == [*(one["id"] for one in first), made["id"]]
    (tmp_path / "pet.yaml").write_text(PET.replace("[name]", "[name, tag]") + "  tag: {type: string}\n")
    assert [one.id for one in bench.settled().misfits] == [str(made["id"])]
    assert bench.client.get("/pets").json[0]["tag"]
    (tmp_path / "pet.yaml").write_text("type: [object")
    assert bench.settled().problems
    assert bench.client.get("/pets").json[0]["tag"]


def test_parts_of_a_document_are_built_when_they_are_edited(parts: Parts) -> None:
    assert (data_folder("spec") / "resources/fees.yaml") in Sources(Settings()).look()
    folder = parts()
    write(folder)
    bench = Bench(create_app(spec=folder / "openapi.json"))
    part = folder / "api.yaml"
    text = part.read_text()
    part.write_text(text.replace("title: Library", "title: Edited"))
    assert bench.settled().edit is Edit.SERVED
    assert bench.client.get("/__mock__/health").json["document"]["title"] == "Edited"
    assert bench.watcher.step().edit is Edit.NONE
    part.write_text(text.replace("title: Library", "title: [Library"))
    assert [one.file for one in bench.settled().problems] == [str(part)]
    assert bench.client.get("/__mock__/health").json["document"]["title"] == "Edited"


def test_a_store_that_was_handed_over_is_told_apart_and_can_be_taken_back(library) -> None:
    app = library()
    world = app.extensions["mockserver"]
    client = app.test_client()
    client.post("/books/t", json={"title": "A"})
    world.store.hand_over()
    with pytest.raises(Moved):
        world.store.tenant("new")
    with pytest.raises(Moved), world.store.work("t"):
        pass
    world.store.take_back()
    assert len(client.get("/books/t").json) == 1


def serving(app: Flask) -> tuple[ReloadableFront, Watcher]:
    front = ReloadableFront(Front(api_of(app), application))
    return front, Watcher(front.world, front.swap, Sources(front.world.settings))


def test_requests_that_meet_the_swap_are_asked_again_of_the_new_mock(library, spec: Path) -> None:
    """Each of them waits for the new front while the old store is empty already, and none is lost or done twice."""
    app = library()
    old, front = app.extensions["mockserver"], Front(api_of(app), application)
    standing = ReloadableFront(front)
    edit(spec, lambda document: document["info"].update(title="Other"))
    new = made_anew(old)

    async def play() -> list[Answer]:
        body = (b'{"title":"A"}',)
        json = ((b"content-type", b"application/json"), (b"content-length", b"13"))
        old.store.hand_over()
        waiting = [
            asyncio.ensure_future(ask(standing, scope_of("POST", b"/books/t", headers=json), *body)),
            asyncio.ensure_future(ask(standing, scope_of("POST", b"/__mock__/tenants/t/reset"))),
        ]
        await asyncio.sleep(0)
        await asyncio.to_thread(standing.swap, old, new)
        return [*await asyncio.gather(*waiting), await ask(standing, scope_of("GET", b"/books/t"))]

    created, reset, listed = asyncio.run(play())
    assert (created.status, reset.status) == (200, 200)
    assert new.contract.document.root["info"]["title"] == "Other"
    assert listed.status == 200


def test_a_swap_that_fails_leaves_the_old_mock_answering(library, spec: Path, monkeypatch) -> None:
    front, watcher = serving(library())
    edit(spec, lambda document: document["info"].update(title="Other"))
    monkeypatch.setattr("mockserver.reloading.succession._snapshots", lambda *_: 1 / 0)
    watcher.step()
    outcome = watcher.step()
    assert "ZeroDivisionError" in outcome.problems[0].problem
    answered = asyncio.run(ask(front, scope_of("GET", b"/books/t")))
    assert (answered.status, answered.content) == (200, b"[]")


def test_serve_watch_tells_of_edits_in_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "pets.yaml").write_text(PETS)
    (tmp_path / "pet.yaml").write_text(PET)
    with served(str(tmp_path / "pets.yaml"), "--watch", "--quiet") as running:
        assert running.process.stderr is not None
        made = running.send("POST", "/pets", {"name": "Rex"}).json
        (tmp_path / "pet.yaml").write_text("type: [object")
        said = iter(running.process.stderr.readline, "")
        assert "pet.yaml" in next(said)
        assert next(line for line in said if "not reloaded" in line)
        (tmp_path / "pet.yaml").write_text(PET + "  tag: {type: string}\n")
        assert next(line for line in said if line.startswith("reloaded: "))
        assert made in running.send("GET", "/pets").json


def test_watching_does_not_go_with_a_store(tmp_path: Path) -> None:
    found = CliRunner().invoke(main, ["serve", "--watch", "--store", str(tmp_path / "world.db")])
    assert found.exit_code == 2
    assert "settings: /store: --watch carries records over to the edited document, but" in found.output


def test_a_document_at_an_address_is_not_watched_and_that_is_told() -> None:
    settings = Settings(spec=("https://example.com/openapi.yaml=/a", "https://example.com/other.yaml=/b"))
    lines = [*_live_lines(settings, Sources(replace(settings, fixtures=Path("nowhere"))), None)]
    assert [line.split()[:2] for line in lines] == [
        ["watching", "0"], ["unwatched", "https://example.com/openapi.yaml:"], ["unwatched", "https://example.com/other.yaml:"],
    ]  # fmt: skip
