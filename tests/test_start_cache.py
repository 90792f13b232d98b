"""What a start leaves makes the next one quick, and is the same world; what is stale or broken is not looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver import start_cache
from mockserver.contract import Outline
from mockserver.settings import Settings, data_folder
from mockserver.web.api import Api
from mockserver.web.app import application
from mockserver.world import World

SOME = """
description: Some.
seed: 1
clock: 2025-04-18T12:00:00Z
tenants: {shelf: {counts: {books: 3}}}
template: {counts: {books: 2}}
"""


@pytest.fixture
def start(library: Callable[..., Any], tmp_path: Path) -> Callable[..., World]:
    """Starts of the tiny library API, one after the other, that leave what the next one needs."""
    found: Settings = library().extensions["mockserver"].settings
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "books.yaml").write_text("fields:\n  title: fake.city()\n")
    (tmp_path / "scenarios" / "some.yaml").write_text(SOME)

    def start(**changes: Any) -> World:
        kept = {"spec": found.spec, "fixtures": found.fixtures, "scenario": "some", "cache": tmp_path / "cache"}
        world = World(Settings(**{**kept, **changes}))
        world.cache_start()
        return world

    return start


def left(tmp_path: Path) -> list[Path]:
    return [*(tmp_path / "cache").iterdir()]


def plain(value: object) -> str:
    """All that it holds, without where in memory that is."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def whole(world: World) -> dict[str, Any]:
    """All that a world is made of, without what tells one process from another."""
    contract, rules = world.contract, world.rules
    return {
        "records": {name: [*world.store.tenant(name).everything()] for name in world.store.names()},
        "elsewhere": [*world.store.tenant("elsewhere").everything()],
        "outline": Outline.of(contract),
        "operations": {name: plain(one) for name, one in world.operations.items()},
        "resources": plain(contract.resources),
        "rest": (contract.counted, contract.security, contract.tenant, contract.prefixes, contract.unknown_path),
        "bodies": {key: plain(one) for key, one in contract.bodies.items()},
        "fields": [
            {name: {field: rule.text for field, rule in fields.items()} for name, fields in one.items()}
            for one in (rules.computed, rules.filled, rules.answers)
        ],
        "effects": {name: len(one) for name, one in rules.effects.items()},
        "scenario": [getattr(world.scenario, name) for name in ("name", "description", "seed", "clock", "tenants")],
    }


def test_what_is_made_and_what_was_left_are_the_same_world(start: Callable[..., World]) -> None:
    made, again = start(), start()
    assert (made.is_from_cache, again.is_from_cache) == (False, True)
    assert whole(made) == whole(again)


@pytest.mark.parametrize("names", [["openapi.json"], ["openapi.json", "rolodex/openapi.json"]], ids=len)
def test_the_stock_world_too(tmp_path: Path, names: list[str]) -> None:
    spec = tuple(data_folder("spec") / name for name in names)
    made = World(Settings(cache=tmp_path, spec=spec))
    made.cache_start()
    again = World(Settings(cache=tmp_path, spec=spec))
    assert again.is_from_cache
    assert whole(made) == whole(again)


def test_a_reset_leads_back_to_what_was_left(start: Callable[..., World]) -> None:
    start()
    again = start()
    name = again.store.names()[0]
    before = [*again.store.tenant(name).everything()]
    with again.store.work(name) as tenant:
        tenant.delete("books", next(tenant["books"].scan()).id)
    assert [*again.store.tenant(name).everything()] != before
    again.reset()
    assert [*again.store.tenant(name).everything()] == before


@pytest.mark.parametrize("change", [{"seed": 7}, {"counts": {"books": 1}}, {"scale": 2}, {"scenario": "empty"}])
def test_another_world_is_made_anew(start: Callable[..., World], change: dict[str, Any]) -> None:
    start()
    assert not start(**change).is_from_cache


def test_another_document_recipe_or_package_makes_it_stale(
    start: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = start().settings
    for file in (Path(str(settings.spec)), next(settings.fixtures.rglob("scenarios/*.yaml"))):
        assert start().is_from_cache
        file.write_bytes(file.read_bytes() + b"\n")
        assert not start().is_from_cache
    monkeypatch.setattr(start_cache, "_installed", lambda: iter(["other-1.0.dist-info"]))
    assert not start().is_from_cache


@pytest.mark.parametrize("content", [b"", b"broken", b"\n{}\n", None], ids=repr)
def test_what_is_broken_is_made_anew(start: Callable[..., World], tmp_path: Path, content: bytes | None) -> None:
    start()
    file, *_ = left(tmp_path)
    file.write_bytes(file.read_bytes()[:-3] if content is None else content)
    assert not start().is_from_cache
    assert start().is_from_cache


def test_what_others_may_have_written_is_not_looked_at(start: Callable[..., World], tmp_path: Path) -> None:
    start()
    file, *_ = left(tmp_path)
    file.chmod(0o666)
    assert not start().is_from_cache


def test_what_depends_on_more_than_these_files_is_not_left(start: Callable[..., World], tmp_path: Path) -> None:
    for change in ({"clock": "now"}, {"strict_references": True}, {"groups": ("books",)}, {"cache": None}):
        start(**change)
    assert not (tmp_path / "cache").exists()


def test_a_folder_that_cannot_be_written_is_not_a_problem(start: Callable[..., World], tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file")
    assert not start().is_from_cache


def test_only_so_many_are_kept(start: Callable[..., World], tmp_path: Path) -> None:
    for seed in range(start_cache.KEPT + 2):
        start(seed=seed)
    assert len(left(tmp_path)) == start_cache.KEPT


def test_a_scenario_that_was_broken_since_the_start_is_told_until_it_is_mended(start: Callable[..., World]) -> None:
    start(auth="off")
    world = start(auth="off")
    assert world.is_from_cache
    client = application(Api(world)).test_client()
    file = next(world.settings.fixtures.rglob("scenarios/some.yaml"))
    good = file.read_text()
    file.write_text("{broken: [")
    answer = client.get("/books/fresh")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "1"), answer.text
    assert "some.yaml:2" in answer.json["message"]
    assert client.put("/__mock__/tenants/fresh/records/books/9", json={"title": "A"}).status_code == 503
    assert client.get("/books/shelf").status_code == 200
    file.write_text(good)
    assert client.get("/books/fresh").json != []
