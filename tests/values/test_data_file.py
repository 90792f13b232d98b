"""Files of ours: JSON or YAML, every problem with file, line and pointer."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.errors import SetupError
from mockserver.values.data_file import read_data_file


def test_all_repeated_keys_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "part.yaml"
    file.write_text("a: 1\na: 2\nb: {c: 1, c: 1}\n")
    with pytest.raises(SetupError) as caught:
        read_data_file(file)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{file}:2: /a: the key a is given twice, first on line 1; keep one of them",
        f"{file}:3: /b/c: the key c is given twice, first on line 3; keep one of them",
    ]


def test_the_published_document_reads_the_same_in_both_forms() -> None:
    spec = Path(__file__).parent.parent.parent / "spec"
    assert read_data_file(spec / "openapi.yaml").value == read_data_file(spec / "openapi.json").value


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["part.json", "part.yaml"])
def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path: Path, name: str, encoding: str) -> None:
    file = tmp_path / name
    file.write_text('{"a": "é"}', encoding=encoding)
    assert read_data_file(file).value == {"a": "é"}


def test_a_file_that_is_not_what_its_mark_says_is_told(tmp_path: Path) -> None:
    file = tmp_path / "part.json"
    file.write_bytes(b"\xff\xfe{")
    with pytest.raises(SetupError, match="cannot be read"):
        read_data_file(file)
