"""The second opinion: planted differences get the right verdict and a short story, sound servers agree."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import forked
from checking import THOROUGH
from mockserver.commands.check import check
from mockserver.conformance.inferred.inferred_violations import LENIENT
from mockserver.conformance.options import Options
from mockserver.conformance.runner import Run
from mockserver.conformance.second_opinion.comparison import Comparison
from mockserver.conformance.second_opinion.comparison_run import compare
from mockserver.conformance.second_opinion.fidelity_report import clear, lines, write
from mockserver.conformance.second_opinion.opinion import Ruling
from mockserver.conformance.second_opinion.sides import Side
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.traffic import json_or_none
from mockserver.conformance.wire.transports import in_process
from mockserver.contract import Kind
from mockserver.errors import SetupError
from mockserver.settings import Settings, stock_spec
from mockserver.web.app import create_app
from mutants.mutant import Area, Mutant
from mutants.planting import planted
from mutants.wire import put_body, read_body
from unannotated_documents import PETS

TARGET, OTHER, SILENT = Ruling
DOCUMENTS = Path(__file__).parents[1] / "data" / "documents"
STEPS = 5


@pytest.fixture(scope="module")
def base():
    """What both servers are known by; only the transports differ."""
    return find_target(Options(spec=stock_spec()), app=lambda *_: [])


def another_world():
    """A mock whose world is another one than the target's."""
    return create_app(spec=stock_spec(), seed=11, page_size=5)


@pytest.fixture(scope="module")
def sound():
    return another_world()


def asked(base, app):
    return replace(base, transport=in_process(app))


def mock_with(plant, settings):
    return planted(Mutant("planted-difference", Area.SHAPE, "is other", plant) if plant else None, settings)


def compared(base, sound, plant=None, *, on=0, groups=("certifications",), seed=1):
    """The opinions on two mocks, one of which (0: the target, 1: the other) answers as ``plant`` has it."""
    with mock_with(plant, Settings(spec=stock_spec(), seed=seed, page_size=5)) as app:
        apps = [app, sound] if on == 0 else [sound, app]
        runs = [Run(Options(groups=groups, seed=seed), asked(base, one)) for one in apps]
        for run in runs:
            run.greet()
        sides = [Side(called, run) for called, run in zip(("the target", "the mock"), runs, strict=True)]
        comparison = Comparison(*sides, list(runs[0].groups.values()))
        comparison.run()
        for run in runs:
            run.clean_up()
    return comparison


def loses_a_patched_field(plant):
    def change(wire):
        value = wire.value
        if isinstance(value, dict) and "name" in value:
            wire.say({**value, "name": "lost"})

    plant.replies(change, Kind.PATCH)


def keeps_what_was_deleted(plant):
    plant.replies(lambda wire: wire.say({"certification_id": "x"}, 200), Kind.READ, status=404)


def takes_what_is_invalid(plant):
    plant.replies(lambda wire: wire.say({}, 200), Kind.CREATE, status=400)


def answers_another_status(plant):
    plant.replies(lambda wire: wire.say(wire.value, 201), Kind.CREATE)


def finds_nothing(plant):
    def change(wire):
        wire.say({**wire.value, "Items": [], "Count": 0} if "Items" in wire.value else wire.value)

    plant.replies(change, Kind.SEARCH)


def sums_one_too_high(plant):
    def change(record):
        if isinstance(record.get("number_of_missing_requirements"), int):
            record["number_of_missing_requirements"] += 1

    plant.records(change, Kind.CREATE, Kind.READ, Kind.PATCH, Kind.REPLACE, Kind.LIST, Kind.SEARCH, Kind.LOOKUP)


def raises_the_version_of_an_empty_patch(plant):
    def change(wire):
        if wire.environ["planted.body"] == b"[]":
            wire.say({**wire.value, "sys_version": wire.value["sys_version"] + 1})

    plant.replies(change, Kind.PATCH)
    plant.requests(lambda environ: environ.update({"planted.body": read_body(environ)}))


def adds_a_field(plant):
    def change(environ):
        body = json_or_none(read_body(environ)) if environ["REQUEST_METHOD"] == "POST" else None
        if isinstance(body, dict) and not environ["PATH_INFO"].endswith(("/search", "/batch")):
            put_body(environ, json.dumps({"sys_external_id": "added by the server", **body}).encode())

    plant.requests(change)


def answers_an_error_with_more(plant):
    plant.replies(lambda wire: wire.say({**wire.value, "request_id": "r-1"}), Kind.READ, status=404)


def cuts_batches_short(plant):
    def change(wire):
        value = wire.value
        wire.say({**value, "results": value["results"][:2], "error_count": 1})

    plant.replies(change, Kind.BATCH)


def does_not_count_a_put(plant):
    def change(wire):
        wire.say({**wire.value, "sys_version": wire.value["sys_version"] - 1})

    plant.replies(change, Kind.REPLACE)


def names_what_is_not_there(plant):
    def change(wire):
        if "no-such-record" in wire.environ["planted.body"].decode() and wire.environ["REQUEST_METHOD"] == "POST":
            wire.say({}, 200)

    plant.replies(change, Kind.CREATE, status=409)
    plant.requests(lambda environ: environ.update({"planted.body": read_body(environ)}))


def has_no_effects(plant):
    def edit(root):
        root["components"]["schemas"]["Activity"]["x-mock"].pop("effects")

    plant.document(edit)


def patches_nothing(plant):
    """What is patched is answered as it was before, and so it is read."""
    first = {}

    def keep(wire):
        first.setdefault(wire.value.get("activity_id") or wire.value["id"], wire.value)

    def forget(wire):
        if wire.value["id"] in first:
            wire.say(first[wire.value["id"]])

    plant.replies(keep, Kind.CREATE)
    plant.replies(forget, Kind.PATCH, Kind.READ)


def lets_anybody_read(plant):
    plant.replies(lambda wire: wire.say({}, 200), Kind.READ, status=401)


PLANTED = [
    (cuts_batches_short, 0, TARGET, "/error_count"),
    (does_not_count_a_put, 1, OTHER, "/sys_version"),
    (names_what_is_not_there, 1, OTHER, "status"),
    (has_no_effects, 0, TARGET, "what follows"),
    (patches_nothing, 0, TARGET, "the change"),
    (lets_anybody_read, 0, TARGET, "status"),
    (loses_a_patched_field, 0, TARGET, "/name"),
    (keeps_what_was_deleted, 0, TARGET, "status"),
    (takes_what_is_invalid, 0, TARGET, "status"),
    (finds_nothing, 0, TARGET, "records found"),
    (answers_another_status, 1, OTHER, "status"),
    (loses_a_patched_field, 1, OTHER, "/name"),
    (finds_nothing, 1, OTHER, "records found"),
    (raises_the_version_of_an_empty_patch, 0, SILENT, "/sys_version"),
    (adds_a_field, 0, SILENT, "/sys_external_id"),
    (answers_an_error_with_more, 0, SILENT, "body"),
]


ON = {has_no_effects: ("activities",), patches_nothing: ("statusReasons",)}
"""The resources on which a difference shows, where it does not on certifications."""


@pytest.mark.parametrize(("plant", "on", "verdict", "place"), PLANTED, ids=lambda one: getattr(one, "__name__", None))
def test_a_planted_difference_gets_its_verdict_and_a_short_story(base, sound, plant, on, verdict, place):
    comparison = compared(base, sound, plant, on=on, groups=ON.get(plant, ("certifications",)))
    found = [one for one in comparison.opinions if one.difference.place == place]
    assert found, list(comparison.opinions)
    assert {one.verdict for one in comparison.opinions} == {verdict}
    for one in found:
        assert not one.is_flaky, one
        assert len(one.story) <= STEPS, [taken.step.what for taken in one.story]


SOUND = () if THOROUGH else ("activities", "applications", "billingRuns", "certifications", "queries", "settings")
"""Resources with operations of every kind; `make thorough` compares all."""


def whole():
    """How two sound mocks compare: to be called by ``forked.result``, as it takes much memory."""
    comparison = compared(
        find_target(Options(spec=stock_spec()), app=lambda *_: []), another_world(), groups=SOUND, seed=2
    )
    judged = sum(one.judged for one in comparison.scores.values())
    return {"opinions": list(map(repr, comparison.opinions)), "judged": judged}


def test_two_sound_servers_with_worlds_of_their_own_agree():
    comparison = forked.result(whole)
    assert comparison["opinions"] == []
    assert comparison["judged"] > (2_500 if THOROUGH else 300)


def opinion_on(base, other, plant, tmp_path, *, profile="http", groups=("certifications",), **more):
    """The summary of a comparison with a mock that answers as ``plant`` has it."""
    told = {"state": tmp_path, "token": base.own.token, "tenant": "acme", "groups": groups, **more}
    options = Options(target="http://127.0.0.1:9", profile=profile, against="mock", **told)
    with mock_with(plant, Settings(spec=stock_spec(), page_size=5)) as app:
        return compare(options, targets=(asked(base, app), asked(base, other)))


def test_what_was_learned_teaches_the_mock(tmp_path, base, sound):
    def both(plant):
        adds_a_field(plant)
        raises_the_version_of_an_empty_patch(plant)

    summary = opinion_on(base, sound, both, tmp_path, groups=("statusReasons",))
    assert {one["verdict"] for one in summary["differences"]} == {SILENT.value}
    assert summary["exit_code"] == 0
    file = tmp_path / "learned.overlay.yaml"
    assert file in write(tmp_path, summary)
    taught = create_app(overlays=(file,), page_size=5)
    again = opinion_on(base, taught, both, tmp_path, groups=("statusReasons",))
    left = {(one["what"], one["place"]) for one in again["differences"]}
    assert not [what for what, place in left if what.startswith("create ") and place == "/sys_external_id"]
    assert ("patch without operations", "/sys_version") not in left


def test_a_breach_of_the_target_is_exit_1_and_its_reports_hold_no_secret(tmp_path, base, sound):
    summary = opinion_on(base, sound, loses_a_patched_field, tmp_path, redact=("name",))
    assert summary["exit_code"] == 1
    assert summary["fidelity"] < 1
    write(tmp_path, summary)
    for name in ("fidelity.json", "fidelity.html", "badge.json"):
        text = (tmp_path / name).read_text()
        assert base.own.token not in text
    assert json.loads((tmp_path / "badge.json").read_text())["schemaVersion"] == 1
    assert any("the target breaks the contract" in line for line in lines(summary))
    clear(tmp_path)
    assert not list(tmp_path.glob("fidelity.*"))


def test_falling_short_of_what_is_required_is_exit_1(tmp_path, base, sound):
    assert opinion_on(base, sound, answers_an_error_with_more, tmp_path)["exit_code"] == 0
    assert opinion_on(base, sound, answers_an_error_with_more, tmp_path, require=1.0)["exit_code"] == 1


def test_reading_alone_compares_copies_of_what_the_target_has(tmp_path, base, sound):
    sent = []

    def watched(plant):
        plant.requests(lambda environ: sent.append((environ["REQUEST_METHOD"], environ["PATH_INFO"])))
        sums_one_too_high(plant)

    summary = opinion_on(
        base, sound, watched, tmp_path, profile="staging-read", groups=("applications", "programs"), rate=10_000
    )
    assert summary["operations"]["getApplication"]["judged"] > 5
    assert [one["verdict"] for one in summary["differences"]] in ([], [SILENT.value])
    assert {method for method, _ in sent} <= {"GET", "POST"}
    assert not [path for method, path in sent if method == "POST" and not path.endswith("/search")]
    assert "updateProgram" in summary["never_compared"]


def test_nothing_is_compared_with_itself():
    for options in (
        Options(against="mock"),
        Options(target="http://127.0.0.1:9", profile="http", against="http://127.0.0.1:9"),
        Options(target="http://127.0.0.1:9", profile="http", against="somewhere"),
    ):
        with pytest.raises(SetupError, match="--against"):
            compare(options)


def test_the_command_says_what_it_cannot_compare():
    result = CliRunner().invoke(check, ["--against", "mock"])
    assert result.exit_code == 2
    assert "would be compared with itself" in result.output


def test_steps_name_what_the_run_found_on_the_target_for_references_into_other_modules(base, sound):
    run = Run(Options(), asked(base, sound))
    run.greet()
    comparison = Comparison(Side("the target", run), Side("the mock", run), list(run.groups.values()))
    found = {"certifications": {"contact_id": "somebody-of-theirs"}}
    run.session.limits = replace(run.session.limits, foreign=found)  # as preparing the target does, after greeting it
    assert comparison.author.foreign(run.groups["certifications"]) == found["certifications"]


def lacks_a_name(sent, reply):
    value = json_or_none(reply.body)
    is_pet = sent.method == "GET" and isinstance(value, dict) and "name" in value
    lacking = {name: one for name, one in value.items() if name != "name"} if is_pet else None
    return replace(reply, body=json.dumps(lacking).encode()) if is_pet else reply


def accepts(sent, reply):
    return replace(reply, status=202) if sent.method == "POST" and reply.status == 201 else reply


def takes_all(sent, reply):
    made = {"id": 77, "name": "anything"}
    is_refused = sent.method == "POST" and reply.status in (400, 422)
    return replace(reply, status=201, body=json.dumps(made).encode()) if is_refused else reply


def forgets(sent, reply):
    is_read = sent.method == "GET" and reply.status == 200 and json_or_none(reply.body) != []
    return replace(reply, status=404, body=b"{}") if is_read else reply


def tells_more(sent, reply):
    value = json_or_none(reply.body)
    return (
        replace(reply, body=json.dumps({**value, "links": {"self": sent.path}}).encode())
        if "id" in (value or ())
        else reply
    )


def remembers_the_deleted(sent, reply):
    return replace(reply, status=410, body=b"") if sent.method == "GET" and reply.status == 404 else reply


def lists_the_newest_first(sent, reply):
    value = json_or_none(reply.body)
    is_list = sent.method == "GET" and isinstance(value, list)
    return replace(reply, body=json.dumps(value[::-1]).encode()) if is_list else reply


def lists_all_at_once(sent, reply):
    value = json_or_none(reply.body)
    is_short = isinstance(value, list) and "limit=1" in sent.target
    return replace(reply, body=json.dumps([*value, *value]).encode()) if is_short else reply


def spells_otherwise(sent, reply):
    value = json_or_none(reply.body)
    is_pet = isinstance(value, dict) and "age" in value
    return replace(reply, body=json.dumps({**value, "name": value["name"].lower()}).encode()) if is_pet else reply


def lets_anybody_in(sent, reply):
    is_refused = reply.status == 401
    return replace(reply, status=200, body=b"[]") if is_refused and sent.path.endswith("/pets") else reply


@pytest.mark.parametrize(
    ("change", "on", "verdict", "place"),
    [
        (lacks_a_name, 0, TARGET, "/name"),
        (lacks_a_name, 1, OTHER, "/name"),
        (accepts, 0, TARGET, "status"),
        (accepts, 1, OTHER, "status"),
        (takes_all, 0, TARGET, "status"),
        (forgets, 0, TARGET, "status"),
        (tells_more, 0, SILENT, "/links"),
        (remembers_the_deleted, 0, SILENT, "status"),
        (lists_the_newest_first, 0, SILENT, "order of the list"),
        (lists_all_at_once, 0, SILENT, "records on the page"),
        (spells_otherwise, 0, SILENT, "/name"),
        (lets_anybody_in, 0, SILENT, "status"),
    ],
)
def test_a_difference_gets_its_verdict_where_nobody_annotated_the_document(tmp_path, change, on, verdict, place):
    file = tmp_path / "pets.yaml"
    file.write_text(PETS)
    servers = [in_process(create_app(spec=file, seed=seed)) for seed in (1, 11)]
    sound = servers[on]
    servers[on] = lambda sent: change(sent, sound(sent))
    found = list(plainly_compared(file, servers).opinions)
    assert (verdict, place) in {(one.verdict, one.difference.place) for one in found}
    lenient = [one for one in found if one.what.endswith(LENIENT)]
    assert {one.verdict for one in found if one not in lenient} == {verdict}
    assert {one.verdict for one in lenient} <= {SILENT}
    assert not [one for one in found if one.is_flaky or len(one.story) > STEPS]


@pytest.mark.parametrize(
    "name", ["petstore-3.0.yaml", "museum-3.1.yaml", "jsonapi-articles-3.1.yaml", "train-trips-3.1.yaml"]
)
def test_two_sound_servers_of_any_document_agree(name):
    """Keys are numbers, or stand in envelopes and in links."""
    file = DOCUMENTS / name
    comparison = plainly_compared(file, [in_process(create_app(spec=file, seed=seed)) for seed in (1, 11)])
    assert not list(comparison.opinions)
    assert sum(one.judged for one in comparison.scores.values()) > 5


def plainly_compared(file, servers):
    options = Options(spec=file)
    known = find_target(options, app=lambda *_: [])
    runs = [Run(options, replace(known, transport=one)) for one in servers]
    for run in runs:
        run.greet()
    sides = [Side(called, run) for called, run in zip(("the target", "the mock"), runs, strict=True)]
    comparison = Comparison(*sides, list(runs[0].groups.values()))
    comparison.run()
    return comparison


ORDERS = """
openapi: 3.1.0
info: {title: Orders, version: '1'}
paths:
  /buyers:
    post: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Buyer'}}}},
           responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Buyer'}}}}}}
  /buyers/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Buyer'}}}}}}
  /orders:
    get: {responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}}}}}
    post: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewOrder'}}}},
           responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}},
                       '422': {description: invalid}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}}
    put: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewOrder'}}}},
          responses: {'200': {description: changed, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}},
                      '422': {description: invalid}}}
    delete: {responses: {'200': {description: gone, content: {application/json: {schema: {type: object}}}}}}
components:
  schemas:
    Buyer: {type: object, required: [name], properties: {id: {type: integer, readOnly: true}, name: {type: string}}}
    NewOrder: {type: object, required: [code, buyer_id], properties: &fields {
      code: {type: string}, buyer_id: {type: integer}, note: {type: [string, 'null']}, lines: {type: array, items: {type: string}}}}
    Order: {type: object, required: [id, code], properties: {id: {type: integer}, state: {type: string}, <<: *fields}}
"""


class OrdersOfTheirOwn:
    """A right server of ``ORDERS`` that has ways of its own, before a mock that keeps its records.

    What is not set is null, lists are empty, orders begin as "new", a code is taken once, buyers have to be there.
    """

    def __init__(self, mock):
        self._mock, self._codes = mock, {}

    def __call__(self, sent):
        body = json_or_none(sent.body or b"")
        if sent.method in ("POST", "PUT") and isinstance(body, dict):
            if sent.method == "POST" and body.get("code") in self._codes.values():
                return self._refusal(sent)
            buyer = replace(sent, method="GET", target=f"/buyers/{body.get('buyer_id')}", body=None)
            if isinstance(body.get("buyer_id"), int) and self._mock(buyer).status == 404:
                return self._refusal(sent)
        reply = self._mock(sent)
        if not sent.path.startswith("/orders") or reply.status >= 300:
            return reply
        value = json_or_none(reply.body)
        if sent.method == "DELETE":
            self._codes.pop(sent.path, None)
            return replace(reply, body=b'{"result": "removed"}')
        if sent.method == "POST":
            self._codes[f"/orders/{value['id']}"] = value["code"]
        shown = [self._shown(one) for one in value] if isinstance(value, list) else self._shown(value)
        return replace(reply, body=json.dumps(shown).encode())

    def _refusal(self, sent):
        return replace(self._mock(replace(sent, method="POST", target="/orders", body=b"{}")), status=422)

    @staticmethod
    def _shown(order):
        usual = {"note": None, "lines": [], "state": "new"}
        return {**usual, **order, "state": "new"}


@pytest.fixture(scope="module")
def orders(tmp_path_factory):
    file = tmp_path_factory.mktemp("orders") / "orders.yaml"
    file.write_text(ORDERS)
    return file


def opinion_on_orders(file, folder, *overlays, profile="http"):
    """The summary of a comparison of ``OrdersOfTheirOwn`` with a mock that has these overlays."""
    target = OrdersOfTheirOwn(in_process(create_app(spec=file, seed=3)))
    options = Options(
        spec=file, target="http://127.0.0.1:9", profile=profile, against="mock", state=folder, rate=10_000
    )
    known = find_target(Options(spec=file), app=lambda *_: [])
    mock = replace(known, transport=in_process(create_app(spec=file, overlays=overlays, seed=11)))
    return compare(options, targets=(replace(known, transport=target), mock))


def test_what_was_learned_of_a_server_of_any_document_teaches_its_mock(tmp_path, orders):
    summary = opinion_on_orders(orders, tmp_path)
    assert not [one for one in summary["differences"] if one["flaky"] or len(one["story"]) > STEPS]
    assert {one["verdict"] for one in summary["differences"]} == {SILENT.value}
    write(tmp_path, summary)
    again = opinion_on_orders(orders, tmp_path, tmp_path / "learned.overlay.yaml")
    assert again["differences"] == []
    assert summary["fidelity"] < again["fidelity"] == 1


def test_reading_alone_compares_copies_where_nobody_annotated_the_document(tmp_path, orders):
    summary = opinion_on_orders(orders, tmp_path, profile="staging-read")
    assert summary["fidelity"] == 1, summary["differences"]
    assert summary["operations"]["get /orders/{id}"]["judged"] > 2
    assert summary["never_compared"]["post /orders"] == "this profile does not allow it"
