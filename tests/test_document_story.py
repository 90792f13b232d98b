"""The story that benchmarks/documents.py tells to this mock and to others, told to this mock alone."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from mockserver import create_app
from mockserver.conformance.wire.transports import in_process
from mockserver.contract import read_document
from mockserver.inference import infer_contract

DOCUMENTS = Path(__file__).parent / "data" / "documents"
STORY = Path(__file__).parent.parent / "benchmarks" / "crud_story.py"


def story() -> Any:
    spec = importlib.util.spec_from_file_location("crud_story", STORY)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Story


@pytest.mark.parametrize(
    ("name", "resources"),
    [
        ("fastapi-template-3.1.json", 2),
        ("museum-3.1.yaml", 1),
        ("petstore-2.0.json", 3),
        ("petstore-3.0.yaml", 3),
        ("spring-petclinic-3.0.yml", 5),
    ],
)
def test_what_is_created_is_found_again_listed_changed_and_gone(name: str, resources: int) -> None:
    file = DOCUMENTS / name
    told = story()(infer_contract(read_document(file)), in_process(create_app(spec=file)), 40)
    counts = told.tell()
    assert told.faults == []
    assert counts["resources"] == counts["created"] == counts["read back"] == resources
    assert counts["judged"] == counts["valid"]
    for what in ("listed", "changed", "gone", "unknown 404"):
        assert counts[what] == counts[f"{what} of"]
