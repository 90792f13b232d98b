"""The plugin as its users meet it: small test files run by pytest, alone and by several workers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from conftest import EMPTY
from mockserver.pytest_plugin import MARK
from mockserver.testing import Mock, Stage, read_options
from tiny import document

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "pytest-plugin.md"
PLUGIN = ("-p", "mockserver.pytest_plugin")
"""Loaded by name, and no other: installed or not, and whatever else is."""
CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def mockserver_defaults():
    return {{"spec": {folder!r} + "/openapi.json", "fixtures": {folder!r}, "scenario": "empty"}}
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Import all that a mock imports: pytester forgets what its runs import, and compiled modules load but once."""
    stage = Stage()
    options = read_options({}, ROOT)
    mock = Mock(stage, stage.lend(options), options)
    assert mock.client.get("/certifications/acme").ok
    assert mock.url
    stage.close()


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a test file with the plugin; as a user's run does, in a folder of its own."""
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\naddopts = --strict-markers -p no:cacheprovider\nfilterwarnings = error")

    def run(code: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(test_user=code)
        return pytester.runpytest_inprocess(*PLUGIN, *arguments)

    return run


@pytest.fixture
def library_run(run: Run, pytester: pytest.Pytester, tmp_path: Path) -> Run:
    """The same, with the tiny library API as every test's world."""
    folder = tmp_path / "library"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "templates").mkdir()
    (folder / "openapi.json").write_bytes(orjson.dumps(document()))
    (folder / "templates" / "book.html").write_text("<h1>{{ record.title }}</h1>")
    (folder / "scenarios" / "empty.yaml").write_text(EMPTY)
    pytester.makeconftest(CONFTEST.format(folder=str(folder)))
    return run


def passed(result: pytest.RunResult, count: int) -> None:
    result.assert_outcomes(passed=count)


def told(result: pytest.RunResult) -> str:
    return "\n".join(result.outlines)


# Loading.


def test_an_installation_brings_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"mockserver": "mockserver.pytest_plugin"}


def test_a_run_that_wants_no_mock_imports_nothing_of_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        """
        import sys

        def test_imports():
            ours = {name for name in sys.modules if name.partition(".")[0] == "mockserver"}
            assert ours == {"mockserver", "mockserver.pytest_plugin"}
            assert not {"flask", "werkzeug", "httptools", "faker", "orjson", "jsonschema_rs"} & set(sys.modules)
        """
    )
    passed(pytester.runpytest_subprocess(*PLUGIN), 1)


# Worlds.


def test_each_test_has_a_world_of_its_own(library_run: Run) -> None:
    passed(
        library_run(
            """
            import pytest

            made = []

            @pytest.mark.parametrize("number", range(3))
            def test_fresh(mock, number):
                assert mock.client.get("/books/acme").json() == []
                made.append(mock.client.post("/books/acme", json={"title": "A"}).json())
                assert made[0] == made[-1]
                mock.clock.advance(hours=number)
                mock.fail("listBooks", status=429, times=None)
                mock.client.post("/books/acme/preview", json={"to": "a@b"})
                assert len(mock.journal) == 3
                assert len(mock.outbox) == 1
            """
        ),
        3,
    )


def test_the_marker_chooses_the_world_and_the_nearest_wins(library_run: Run) -> None:
    passed(
        library_run(
            """
            import pytest

            pytestmark = pytest.mark.mockserver(auth="off", page_size=1)

            def shown(mock):
                for _ in range(3):
                    mock.client.post("/books/acme", json={"title": "A"})
                return len(mock.client.get("/books/acme", headers={"Authorization": None}).json())

            def test_module(mock):
                assert shown(mock) == 1

            @pytest.mark.mockserver(page_size=2, clock="2025-06-01T00:00:00Z")
            class TestClass:
                def test_class(self, mock):
                    assert shown(mock) == 2
                    assert mock.tenant == "acme"

                @pytest.mark.mockserver(page_size=3, tenant="globex")
                def test_own(self, mock):
                    assert shown(mock) == 3
                    assert mock.tenant == "globex"
                    assert mock.clock.now.isoformat() == "2025-06-01T00:00:00+00:00"

            @pytest.mark.mockserver(auth="verify")
            def test_auth(mock):
                assert mock.client.get("/books/acme", headers={"Authorization": None}).status_code == 401
            """
        ),
        4,
    )


def test_a_seed_makes_a_world_and_the_same_seed_the_same(library_run: Run) -> None:
    passed(
        library_run(
            """
            import pytest

            made = []

            @pytest.mark.parametrize("turn", [
                pytest.param(0, marks=pytest.mark.mockserver(seed=1)),
                pytest.param(1, marks=pytest.mark.mockserver(seed=2)),
                pytest.param(2, marks=pytest.mark.mockserver(seed=1)),
            ])
            def test_seed(mock, turn):
                made.append(mock.client.post("/books/acme", json={"title": "A"}).json()["id"])

            def test_made():
                assert made[0] == made[2] != made[1]
            """
        ),
        4,
    )


def test_without_a_word_it_is_the_certifications_api(run: Run) -> None:
    passed(
        run(
            """
            import pytest

            def test_default(mock):
                found = mock.client.get(f"/certifications/{mock.tenant}").json()
                assert found == mock.records("certifications") != []
                mock.assert_called("listCertifications", times=1)

            @pytest.mark.mockserver(scenario="empty")
            def test_empty(mock):
                assert mock.client.get("/certifications/acme").json() == []

            @pytest.mark.mockserver(counts={"certifications": 3}, seed=7)
            def test_counts(mock):
                assert len(mock.records("certifications", tenant="initech")) == 3
            """
        ),
        3,
    )


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        ("senario='edge'", "mark mockserver: /senario: is unknown; did you mean 'scenario'?"),
        (
            "page_size='ten'",
            'mark mockserver: /page_size: is "ten" (string), wanted integer; give how many records a page holds',
        ),
        ("scenario='nowhere'", "unknown scenario 'nowhere'"),
        ("auth='maybe'", "settings: /auth: 'maybe' is unknown; use verify, decode, off"),
        ("'edge'", "@pytest.mark.mockserver takes keywords, found 'edge'"),
    ],
)
def test_a_world_that_cannot_be_made_says_why(library_run: Run, mark: str, problem: str) -> None:
    result = library_run(
        f"""
        import pytest

        @pytest.mark.mockserver({mark})
        def test_any(mock):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    assert problem in told(result)
    assert "Traceback" not in told(result)


def test_two_hundred_tests_each_have_a_fresh_world(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.mark.parametrize("number", range(200))
        def test_fresh(mock, number):
            before = mock.records("certifications")
            record = mock.client.get("/certifications/acme/cert-ada").json()
            assert record["city"] == "London"
            patch = [{"op": "replace", "path": "/city", "value": "Paris"}]
            assert mock.client.patch("/certifications/acme/cert-ada", json=patch).ok
            assert mock.client.delete("/certifications/acme/cert-grace").ok
            assert len(mock.records("certifications")) == len(before) - 1
        """,
        "-q",
    )
    passed(result, 200)


# The socket.


def test_the_url_serves_any_client_and_stays_the_same(library_run: Run) -> None:
    passed(
        library_run(
            """
            import http.client
            import threading
            from urllib.parse import urlsplit

            import httpx
            import pytest
            import requests

            urls = []

            def test_requests(mock, mockserver_url):
                urls.append(mock.url)
                made = requests.post(f"{mock.url}/books/acme", json={"title": "A"}, headers=mock.headers(), timeout=60)
                assert made.status_code == 200
                [call] = mock.assert_called("createBook", body={"title": "A"}, headers={"User-Agent": requests.utils.default_user_agent()})
                assert call.reply == made.json()
                assert mockserver_url == mock.url

            @pytest.mark.mockserver(page_size=10)
            def test_httpx(mock):
                urls.append(mock.url)
                with httpx.Client(base_url=mock.url, headers=mock.headers(), trust_env=False) as client:
                    assert client.get("/books/acme").json() == []
                with httpx.Client(transport=httpx.WSGITransport(app=mock.app), base_url="http://mock", headers=mock.headers()) as client:
                    assert client.post("/books/acme", json={"title": "A"}).status_code == 200
                assert len(mock.records("books")) == 1

            def test_browser(mock):
                urls.append(mock.url)
                connection = http.client.HTTPConnection(urlsplit(mock.url).netloc, timeout=60)
                asked = {"Origin": "http://app.test", "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
                connection.request("OPTIONS", "/books/acme/1", headers=asked)
                with connection.getresponse() as answer:
                    assert answer.status == 204
                    assert answer.headers["Access-Control-Allow-Origin"] == asked["Origin"]
                    assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()
                connection.close()

            def test_many_at_once(mock):
                def send():
                    for _ in range(5):
                        requests.post(f"{mock.url}/books/acme", json={"title": "A"}, headers=mock.headers(), timeout=60)

                threads = [threading.Thread(target=send) for _ in range(6)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                mock.assert_called("createBook", times=30, status=200)
                assert len(mock.records("books")) == 30

            def test_same():
                assert len(urls) == 3
                assert len(set(urls)) == 1
            """
        ),
        5,
    )


def test_between_tests_nobody_answers(library_run: Run) -> None:
    passed(
        library_run(
            """
            import urllib.error
            import urllib.request

            import pytest

            def status(url):
                try:
                    with urllib.request.urlopen(url) as answer:
                        return answer.status
                except urllib.error.HTTPError as error:
                    with error:
                        return error.code

            @pytest.mark.mockserver(auth="off")
            def test_with(mock, mockserver_url):
                assert status(mockserver_url + "/books/acme") == 200

            def test_without(mockserver_url):
                assert status(mockserver_url + "/books/acme") == 503
            """
        ),
        2,
    )


# Workers.


def test_workers_share_nothing(library_run: Run) -> None:
    result = library_run(
        """
        import os
        import urllib.request

        import pytest

        @pytest.mark.parametrize("number", range(40))
        def test_fresh(mock, number, tmp_path_factory):
            for title in "ABC":
                mock.client.post("/books/acme", json={"title": f"{title}{number}"})
            request = urllib.request.Request(mock.url + "/books/acme", headers=mock.headers())
            with urllib.request.urlopen(request) as answer:
                assert answer.status == 200
            assert sorted(book["title"] for book in mock.records("books")) == [f"{title}{number}" for title in "ABC"]
            mock.assert_called("createBook", times=3)
            seen = tmp_path_factory.getbasetemp().parent / f"{os.environ['PYTEST_XDIST_WORKER']}.url"
            assert not seen.exists() or seen.read_text() == mock.url
            seen.write_text(mock.url)

        def test_failing(mock):
            mock.client.get("/books/acme")
            mock.assert_called("createBook")
        """,
        *("-p", "xdist.plugin", "-n", "4"),
        "--basetemp=workers",
    )
    result.assert_outcomes(passed=40, failed=1)
    assert "Not called: createBook" in told(result)
    assert "#1 GET /books/acme -> 200 listBooks" in told(result)
    urls = [file.read_text() for file in Path("workers").glob("*.url")]
    assert len(urls) == len(set(urls)) >= 2


# Verdicts.


def test_a_failing_test_shows_its_journal(library_run: Run) -> None:
    result = library_run(
        """
        def test_passing(mock):
            mock.client.get("/books/quiet")

        def test_failing(mock):
            token = mock.token()
            for number in range(12):
                mock.client.get(f"/books/acme/{number}", headers={"Cookie": "hush", "Authorization": f"Bearer {token}"})
            mock.client.post("/books/acme", json={"title": "", "password": "hush"})
            assert mock.client.get("/books/acme").json(), "no books"
        """
    )
    result.assert_outcomes(passed=1, failed=1)
    text = told(result)
    section = text[text.index("- mock journal -") : text.index("short test summary")]
    assert [int(number) for number in re.findall(r"^#(\d+) ", section, re.MULTILINE)] == list(range(5, 15))
    assert "(4 earlier exchanges are not shown)" in section
    assert "#12 GET /books/acme/11 -> 404 readBook\n    reply: " in section
    assert '#13 POST /books/acme -> 400 createBook\n    sent:  {"title": "", "password": "(kept secret)"}' in section
    assert "    body/title: " in section
    assert "hush" not in section
    assert "eyJ" not in section
    assert "quiet" not in text


def test_a_test_without_requests_has_no_journal(library_run: Run) -> None:
    result = library_run("def test_failing(mock):\n    assert mock.journal")
    result.assert_outcomes(failed=1)
    assert "mock journal" not in told(result)


BROKEN = """
import pytest

@pytest.fixture
def broken(mock, monkeypatch):
    book = mock.client.post("/books/acme", json={"title": "A"}).json()["id"]
    monkeypatch.setattr("mockserver.handlers.storing.stamp", lambda _: "half past noon")
    return lambda: mock.client.patch(f"/books/acme/{book}", json=[{"op": "replace", "path": "/title", "value": "B"}])
"""


def test_a_breach_fails_the_test_that_caused_it(library_run: Run) -> None:
    result = library_run(
        BROKEN + "def test_breach(broken):\n    broken()\n\ndef test_next(mock):\n    assert not mock.journal"
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "The mock broke its own contract: a fault of the mock or of its document, whatever the test expected.",
            "#2 PATCH /books/acme/* -> 500 patchBook BREACH",
            "    reason: contract breach",
            "    body/changed_at: *half past noon* (format)",
        ]
    )


def test_a_breach_in_a_teardown_is_told_there(library_run: Run) -> None:
    code = """
@pytest.fixture
def late(broken):
    yield
    broken()

def test_breach(late):
    pass
"""
    result = library_run(BROKEN + code)
    result.assert_outcomes(passed=1, errors=1)
    assert "The mock broke its own contract" in told(result)


@pytest.mark.parametrize("end", ["pytest.skip('later')", "pytest.xfail('known')"])
def test_a_breach_is_told_however_the_test_ends(library_run: Run, end: str) -> None:
    result = library_run(BROKEN + f"def test_breach(broken):\n    broken()\n    {end}")
    assert result.parseoutcomes()["errors"] == 1
    assert "The mock broke its own contract" in told(result)


def test_a_breach_in_a_failing_test_is_told_beside_the_failure(library_run: Run) -> None:
    result = library_run(BROKEN + "def test_breach(broken):\n    assert broken().status_code == 200")
    result.assert_outcomes(failed=1)
    assert "assert 500 == 200" in told(result)
    assert told(result).count("The mock broke its own contract") == 1
    assert "- mock verdict -" in told(result)


def test_an_unforeseen_failure_is_a_breach(library_run: Run) -> None:
    result = library_run(
        """
        def test_breach(mock, monkeypatch):
            monkeypatch.setattr("mockserver.store.Collection.scan", lambda *_: 1 / 0)
            assert mock.client.get("/books/acme").status_code == 500
        """
    )
    result.assert_outcomes(failed=1)
    assert "    reason: internal error: ZeroDivisionError" in told(result)
    assert "Captured log call" in told(result)


STRICT = """
import pytest

def create(mock, **book):
    return mock.client.post("/books/acme", json=book).status_code

def test_overlooked(mock):
    assert create(mock, title=5) == 400

@pytest.mark.mockserver(strict=False)
def test_lenient(mock):
    assert create(mock, title=5) == 400

def test_allowed(mock):
    mock.allow(400, 404)
    assert create(mock, title=5) == 400

def test_allowed_another(mock):
    mock.allow(404)
    assert create(mock, title=5) == 400

def test_expected(mock):
    with mock.expect_refusals() as refused:
        assert create(mock, title=5) == 400
    assert [call.status for call in refused] == [400]
    assert create(mock, title="A") == 200

def test_expected_elsewhere(mock):
    with mock.expect_refusals(400):
        assert create(mock, title=5) == 400
    assert create(mock, title=6) == 400

def test_asked_for(mock):
    mock.fail("createBook", status=429)
    assert create(mock, title="A") == 429
"""


@pytest.mark.parametrize("how", ["ini", "mark"])
def test_a_strict_test_may_overlook_no_refusal(library_run: Run, pytester: pytest.Pytester, how: str) -> None:
    if how == "ini":
        pytester.makeini("[pytest]\nmockserver_strict = true\naddopts = -p no:cacheprovider")
        result = library_run(STRICT)
    else:
        result = library_run(STRICT + "\npytestmark = pytest.mark.mockserver(strict=True)")
    result.assert_outcomes(passed=4, failed=3)
    failed = re.findall(r"^FAILED \S+::(\w+)", told(result), re.MULTILINE)
    assert failed == ["test_overlooked", "test_allowed_another", "test_expected_elsewhere"]
    result.stdout.fnmatch_lines(
        [
            "The mock refused what this test did not say it expects (see mock.allow and mock.expect_refusals).",
            "#1 POST /books/acme -> 400 createBook",
            '    sent:  {"title": 5}',
            "    body/title: *",
        ]
    )
    assert "#2 POST /books/acme -> 400 createBook" in told(result)


def test_what_is_expected_must_come(library_run: Run) -> None:
    result = library_run(
        """
        def test_none(mock):
            with mock.expect_refusals(404, 409):
                mock.client.post("/books/acme", json={"title": 5})

        def test_own_failure(mock):
            with mock.expect_refusals():
                raise KeyError("mine")
        """
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["*Expected a 404 or 409 here, there was none.", "*#1 POST /books/acme -> 400 createBook", "*KeyError: 'mine'"]
    )


# The documentation.

BLOCK = re.compile(r"^```(python|python fails|text|ini)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    """The code blocks of the guide that are of one kind."""
    return [text for found, text in BLOCK.findall(DOCS.read_text()) if found == kind]


def test_the_guide_has_examples_of_each_kind() -> None:
    assert len(blocks("python")) >= 7
    assert len(blocks("python fails")) == len(blocks("text")) == 3


@pytest.mark.parametrize("example", blocks("python"), ids=lambda text: text.strip().splitlines()[0])
def test_the_examples_of_the_guide_pass(run: Run, pytester: pytest.Pytester, example: str) -> None:
    conftest, _, code = example.rpartition("# test_app.py\n")
    if conftest:
        pytester.makeconftest(conftest)
    result = run(code)
    assert result.ret == 0, told(result)
    assert result.parseoutcomes().keys() == {"passed"}


@pytest.mark.parametrize(("example", "shown"), [*zip(blocks("python fails"), blocks("text"), strict=True)])
def test_the_failures_of_the_guide_are_as_shown(run: Run, example: str, shown: str) -> None:
    result = run(example)
    result.assert_outcomes(failed=1)
    assert shown in told(result)


def test_the_guide_knows_the_marker_and_the_ini(run: Run, pytester: pytest.Pytester) -> None:
    [ini] = blocks("ini")
    pytester.makeini(ini)
    result = run("def test_overlooked(mock):\n    mock.client.get('/certifications/acme/nobody')")
    result.assert_outcomes(failed=1)
    rows = re.findall(r"^\| (`.*?) \|", DOCS.read_text(), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {*re.findall(r"\w+", MARK.partition("(")[2].partition(")")[0])}
