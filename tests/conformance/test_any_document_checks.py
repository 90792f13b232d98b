"""Documents without annotations: their mocks pass, a mock that forgets or lies is found, and guesses are no findings."""

from dataclasses import replace
from pathlib import Path

import pytest

from checked_documents import Checked
from checking import THOROUGH
from mockserver import create_app
from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.wire.allow_list import Routes
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.transports import in_process
from mockserver.contract import Kind
from mockserver.errors import SetupError
from mutants.wire import Wire, ask
from unannotated_documents import PETS

DOCUMENTS = Path(__file__).parent.parent / "data" / "documents"
NAMES = sorted(one.name for one in DOCUMENTS.iterdir() if one.suffix in (".yaml", ".json"))
PARTS = {"stripe-3.0.json": ("customers", "tax_ids", "products")}
"""PERF: its payment intents alone take 11 s; `make thorough` has them, too."""


@pytest.mark.parametrize("name", NAMES)
def test_the_mock_of_a_document_passes_its_own_check(name):
    groups = () if THOROUGH else PARTS.get(name, ())
    verdict, _ = run(Options(spec=DOCUMENTS / name, strictness=Provenance.EXPECTED, groups=groups))
    assert not [(one.first.check, one.first.operation, one.first.cause) for one in verdict.clusters()]
    assert not verdict.errors()


LATE = "the run's time was up before its end"


@pytest.mark.parametrize(("status", "verdict", "is_good"), [
    (0, "clean: a mock in this process", True),
    (1, "1 finding: a mock in this process", False),
    (1, "incomplete, 3 of 9 planned checks judged nothing: a mock in this process", False),
    (1, f"incomplete, 3 of 9 planned checks judged nothing (partial: {LATE}): a mock in this process", True),
    (2, "the checks themselves failed", False),
])  # fmt: skip
def test_a_document_is_good_where_only_its_time_was_too_short(status, verdict, is_good):
    assert Checked(status, f"pets: 4 passed\n{verdict}\n").is_good is is_good


@pytest.fixture(scope="module")
def pets(tmp_path_factory):
    file = tmp_path_factory.mktemp("pets") / "pets.yaml"
    file.write_text(PETS)
    return file


def checked(file, change=None, *kinds, **more):
    """The verdict on a mock whose replies to operations of ``kinds`` go through ``change``."""
    options = Options(spec=file, **more)
    app = create_app(spec=file)
    routes = Routes(app.extensions["mockserver"].contract)

    def altered(environ, start_response):
        operation = routes.operation(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        wire = Wire(environ, operation, *ask(app.wsgi_app, environ))
        if change and operation and operation.kind in kinds:
            change(wire)
        start_response(f"{wire.status} ", list(wire.headers))
        return [wire.body]

    return run(options, target=replace(find_target(options, app), transport=in_process(altered)))[0]


def unfound(causes, findings):
    """Of ``causes`` those that no finding tells, each beside all that there are."""
    told = sorted({one.cause for one in findings})
    return [(cause, told) for cause in causes if not any(cause in one for one in told)]


def test_the_sound_one_is_clean_with_nothing_noted(pets):
    verdict = checked(pets)
    assert verdict.exit_code == 0
    assert not verdict.noted
    assert verdict.counted_checks()[0] > 12


def answers_another_type(wire):
    wire.headers["Content-Type"] = "text/plain"


def answers_a_name_that_is_a_number(wire):
    if isinstance(wire.value, dict) and wire.status == 200:
        wire.say({**wire.value, "name": 7})


def answers_an_undeclared_success(wire):
    if wire.status == 201:
        wire.say(wire.value, 202)


def takes_anything(wire):
    if wire.status == 422:
        wire.say({"id": 1, "name": "made up"}, 201)


def asks_for_nothing(wire):
    if wire.status == 401:
        wire.say([], 200)


def is_open_to_writers(wire):
    if wire.status == 401:
        wire.say({"id": 1, "name": "made up"}, 201)


DOCUMENTED = [
    (answers_another_type, Kind.READ, ["content type"]),
    (answers_a_name_that_is_a_number, Kind.READ, ["breaks its schema at /name"]),
    (answers_an_undeclared_success, Kind.CREATE, ["answered 202, which is not declared"]),
    (
        takes_anything,
        Kind.CREATE,
        ["without a required member is answered 201", "a body whose age is past its minimum is answered 201"],
    ),
    (asks_for_nothing, Kind.LIST, ["without credentials the request is answered 200"]),
    (is_open_to_writers, Kind.CREATE, ["without credentials the request is answered 201"]),
]


@pytest.mark.parametrize(("change", "kind", "causes"), DOCUMENTED, ids=lambda one: getattr(one, "__name__", None))
def test_what_breaks_the_document_is_a_finding(pets, change, kind, causes):
    verdict = checked(pets, change, kind)
    assert verdict.exit_code == 1
    assert unfound(causes, verdict.findings) == []
    assert {one.provenance for one in verdict.findings} == {Provenance.DOCUMENTED}


def still_answers(wire):
    if wire.status == 404:
        wire.say({"id": 1, "name": "still here"}, 200)


def lists_nothing(wire):
    wire.say([])


def forgets_changes(wire):
    if wire.status == 200:
        wire.say({**wire.value, "name": "as it was"})


def lists_everything(wire):
    wire.say([{"id": number, "name": "everybody's"} for number in range(1, 3_000)])


def lists_other_names(wire):
    if isinstance(wire.value, list):
        wire.say([{**one, "name": "somebody"} for one in wire.value])


def lists_copies(wire):
    """As a list is where each create stores two records."""
    if isinstance(wire.value, list):
        wire.say([one | {"id": one["id"] + more} for more in (0, 10_000) for one in wire.value])


INFERRED = [
    (lists_copies, Kind.LIST, ["a create makes more than one record"]),
    (lists_other_names, Kind.LIST, ["a list shows a record differently from a read (name)"]),
    (forgets_changes, Kind.REPLACE, ["a change's reply does not show what was sent (name)"]),
    (still_answers, Kind.READ, ["a deleted record is answered 200", "a record that does not exist is answered 200"]),
    (lists_nothing, Kind.LIST, ["the list lacks a record that was created"]),
    (
        forgets_changes,
        Kind.READ,
        [
            "what was created reads differently from what was sent (name)",
            "a change is not seen by the next read (name)",
        ],
    ),
    (
        lists_everything,
        Kind.LIST,
        ["a record below one parent is listed below another", "records are listed where limit is 1"],
    ),
]


@pytest.mark.parametrize(("change", "kind", "causes"), INFERRED, ids=lambda one: getattr(one, "__name__", None))
def test_what_breaks_a_guess_is_told_and_counts_where_asked_for(pets, change, kind, causes):
    verdict = checked(pets, change, kind)
    assert verdict.exit_code == 0, {one.cause for one in verdict.findings}
    assert unfound(causes, verdict.noted) == []
    strict = checked(pets, change, kind, strictness=Provenance.INFERRED)
    assert strict.exit_code == 1
    assert unfound(causes, strict.findings) == []


def test_a_profile_that_has_to_know_its_records_refuses(pets):
    options = Options(spec=pets, target="http://127.0.0.1:9", profile="staging-write", tenant="t", token="t",
                      allow_hosts=("127.0.0.1",))  # fmt: skip
    with pytest.raises(SetupError, match="needs a document that says what its operations mean"):
        run(options)
