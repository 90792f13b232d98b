"""The first records of any document, with the eyes of whoever builds a page on them: whole, believable, related."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from test_any_document import NAMED, client, collection

TEXT = {"type": "string"}


def first(folder: Path, properties: dict[str, Any], path: str = "/things", **more: Any) -> list[dict[str, Any]]:
    """The first records of a collection whose records have these members, none of which they must have."""
    record = {"type": "object", "required": ["id"], "properties": {"id": TEXT, **properties}, **more}
    found: list[dict[str, Any]] = client(collection(record, NAMED, path=path), folder).get(path).json
    return found


def test_a_record_of_which_one_member_cannot_be_has_all_others(tmp_path: Path) -> None:
    impossible = {"allOf": [{"enum": ["a"]}, {"enum": ["b"]}]}
    for one in first(tmp_path, {"title": TEXT, "grade": impossible, "note": TEXT}):
        assert one.keys() == {"id", "title", "note"}


def test_words_are_searched_in_texts_but_not_in_addresses(tmp_path: Path) -> None:
    record = {"type": "object", "properties": {"id": TEXT, "name": TEXT, "url": TEXT}}
    told = collection(record, record)
    told["paths"]["/things"]["get"]["parameters"] = [{"name": "q", "in": "query", "schema": TEXT}]
    caller = client(told, tmp_path, seed_records=0)
    for name, url in (("Example", "https://here.org/a"), ("Other", "https://example.com/b")):
        caller.post("/things", json={"name": name, "url": url})
    assert [one["name"] for one in caller.get("/things?q=exam").json] == ["Example"]
