"""What a package of a user's own may bring: the guide's examples, installed and used; and what is told of broken ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.conformance.loading import load_checks
from mockserver.conformance.reporters.report_redaction import Redactor
from mockserver.conformance.reporters.reporting import BUILT_IN, Report, all_reporters
from mockserver.errors import SetupError
from mockserver.expressions.functions import installed_functions

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "extending.md").read_text()
Install = Callable[..., None]
Library = Callable[..., Any]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a package with these files and entry points, for one test."""

    def installed(points: str, **files: str) -> None:
        package = tmp_path / "site" / "acme_mock"
        package.mkdir(parents=True)
        for name, text in files.items():
            (package / f"{name}.py").write_text(text)
        about = tmp_path / "site" / "acme_mock-1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme_mock\nVersion: 1\n")
        (about / "entry_points.txt").write_text(points)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))

    return installed


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in [one for one in sys.modules if one.partition(".")[0] == "acme_mock"]:
        monkeypatch.delitem(sys.modules, name)


def tallied(document: dict[str, Any], **words: Any) -> None:
    """Count the books at a path of their own, and show their initials."""
    errors = document["paths"]["/books/{tenant}"]["get"]["responses"]
    refusals = {status: errors[status] for status in ("400", "403", "405", "500", "401") if status in errors}
    schema = {"type": "object", "required": ["total"], "properties": {"total": {"type": "integer"}}}
    document["paths"]["/tally/{tenant}"] = {
        "parameters": document["paths"]["/books/{tenant}"]["parameters"],
        "get": {
            "operationId": "tallyBooks",
            "x-mock": {"kind": "tally", "resource": "books", "member": "total", **words},
            "responses": {"200": {"description": "How many.", "content": {"application/json": {"schema": schema}}}}
            | refusals,
        },
    }


def from_the_guide() -> tuple[str, dict[str, str]]:
    [toml] = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    points = re.sub(r'\[project\.entry-points\."(.*?)"\]', r"[\1]", toml).replace('"', "")
    files = dict(re.findall(r"```python\n# acme_mock/(\w+)\.py\n(.*?)```", GUIDE, re.DOTALL))
    return points, files


def test_what_the_guide_brings_works(library: Library, install: Install) -> None:
    points, files = from_the_guide()
    install(points, **files)
    client = library(tallied).test_client()
    client.post("/books/t", json={"title": "A Room of One's Own"})
    reply = client.get("/tally/t")
    assert (reply.status_code, reply.json) == (200, {"total": 1})
    assert reply.headers["Mock-Operation"] == "tallyBooks"
    assert [one.name for one in installed_functions()] == ["initials"]
    assert "checks.titles_are_kept" in {one.name for one in load_checks()}
    [brought] = set(all_reporters()) - set(BUILT_IN)
    found = {"verdict": "findings", "findings": [{"cause": "a record loses its mark", "operation": "getBook"}]}
    text = brought.write(Report(None, found, Redactor()))  # type: ignore[arg-type]
    assert (brought.file, text) == ("summary.md", "# findings\n\n- a record loses its mark (getBook)\n")


def test_a_reply_of_a_kind_of_ones_own_is_held_to_the_document(library: Library, install: Install) -> None:
    points, files = from_the_guide()
    install(points, **{**files, "tally": files["tally"].replace("len(tenant[call.operation.resource.name])", "'many'")})
    assert library(tallied).test_client().get("/tally/t").status_code == 500


def test_words_of_a_kind_of_ones_own_are_checked(library: Library, install: Install) -> None:
    points, files = from_the_guide()
    install(points, **files)
    with pytest.raises(SetupError, match="x-mock/wat: is unknown; use one of kind, member, resource"):
        library(lambda document: tallied(document, wat=1))
    with pytest.raises(SetupError, match=r"x-mock/kind: is .talley., .*did you mean 'tally'"):
        library(lambda document: tallied(document, kind="talley"))


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (
            "[mockserver.kinds]\nx = acme_mock.odd:thing",
            r"mockserver\.kinds: x: acme_mock\.odd:thing is not a CustomKind; ",
        ),
        ("[mockserver.kinds]\nx = acme_mock.odd:gone", r"x: acme_mock\.odd:gone cannot be loaded: AttributeError"),
        (
            "[mockserver.kinds]\nx = acme_mock.gone:thing",
            r"x: acme_mock\.gone:thing cannot be loaded: ModuleNotFound",
        ),
        ("[mockserver.kinds]\nx = acme_mock.odd:taken", r"x: the kind 'list' exists already; choose another name"),
        ("[mockserver.kinds]\nx = acme_mock.odd:odd\ny = acme_mock.odd:odd", "y: the kind 'odd' exists already"),
    ],
)
def test_a_broken_package_stops_the_start_with_its_name(
    library: Library, install: Install, points: str, told: str
) -> None:
    odd = "from mockserver.contract import Facts, kind\nthing = 1\n"
    odd += "taken = kind('list', Facts('x.'))(print)\nodd = kind('odd', Facts('x.'))(print)\n"
    install(points, odd=odd)
    with pytest.raises(SetupError, match=told):
        library()


def test_only_one_module_reads_entry_points() -> None:
    readers = [one.name for one in (ROOT / "mockserver").rglob("*.py") if "entry_points(" in one.read_text()]
    assert readers == ["extensions.py"]
