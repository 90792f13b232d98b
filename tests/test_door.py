"""One way into and out of the store: who may put and delete, and that tests plant and look as clients do."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from click import BadParameter

from mockserver.commands.page_size import page_size
from mockserver.settings import ALL

ENGINE = Path(__file__).parent.parent / "mockserver"
DOOR = ENGINE / "handlers" / "door.py"


def calls_of_the_store(module: Path) -> list[str]:
    """Where a module changes a tenant's records itself: put with resource, id, data and JSON, or delete with two."""
    found = []
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            wide = {"put": 4, "delete": 2}.get(node.func.attr)
            if wide is not None and len(node.args) == wide:
                found.append(f"{module.relative_to(ENGINE)}:{node.lineno}")
    return found


def test_only_the_door_puts_into_a_tenant_and_deletes_from_it() -> None:
    modules = [module for module in ENGINE.rglob("*.py") if ENGINE / "store" not in module.parents]
    assert [place for module in modules if module != DOOR for place in calls_of_the_store(module)] == []
    assert len(calls_of_the_store(DOOR)) == 2


def test_a_test_plants_what_a_client_posts_and_sees_what_a_client_sees(mock) -> None:
    posted = {
        name: value
        for name, value in mock.client.get(f"/certifications/{mock.tenant}/cert-ada").json().items()
        if not name.startswith("sys_") and name not in ("id", "number")
    }
    planted = mock.put("certifications", posted)
    assert planted["number"]
    read = mock.client.get(f"/certifications/{mock.tenant}/{planted['id']}").json()
    assert read == planted
    assert read in mock.records("certifications")


@pytest.mark.parametrize("said", ["0", "-1", "x", "", "1e3", "9" * 40])
def test_a_page_size_is_a_number_or_all(said: str) -> None:
    with pytest.raises(BadParameter):
        page_size(None, None, said)
    assert page_size(None, None, "all") == ALL
    assert page_size(None, None, "20") == 20


def test_a_list_that_was_cut_tells_the_next_key_in_a_header(library) -> None:
    client = library(page_size=2).test_client()
    for title in ("A", "B", "C"):
        client.post("/books/acme", json={"title": title})
    first = client.get("/books/acme")
    assert first.headers["Mock-Next"] == first.json[-1]["id"]
    rest = client.get("/books/acme", query_string={"after": first.headers["Mock-Next"]})
    assert "Mock-Next" not in rest.headers
    assert len(first.json) + len(rest.json) == 3
    whole = library(page_size=ALL).test_client()
    for title in ("A", "B", "C"):
        whole.post("/books/acme", json={"title": title})
    assert len(whole.get("/books/acme").json) == 3
