"""The mutants: each is one fault that the kit finds, none is left behind, and none can be had in normal use."""

import ast
import json
import re
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner

import forked
import mockserver
from mockserver.conformance.findings import Finding
from mockserver.conformance.loading import load_checks
from mockserver.conformance.wire.traffic import Sent
from mockserver.conformance.wire.transports import in_process
from mockserver.handlers import HANDLERS
from mutants.catalogue import KNOWN_MISSED, all_mutants, find
from mutants.command import SEED, ground, mutants
from mutants.mutant import Area, Mutant
from mutants.planting import Soil, planted
from mutants.publishing import read_caught, write_caught
from mutants.stock import try_stock
from mutants.strength import ENOUGH, SOUND, Row, as_json, totals
from mutants.trial import Catch, in_order, names_a_cause, try_kit

ENGINE = Path(mockserver.__file__).parent
GENERATED = {Area.RULES, Area.QUERIES}
"""What only generated mutants are about: rules and queries are of other resources than the catalogue."""
CAUGHT = read_caught()
NAMES = [one.name for one in all_mutants()]


@pytest.fixture(scope="module")
def given():
    return ground(SEED)


@pytest.fixture(scope="module")
def soil(given):
    return Soil(given[1])


def test_the_catalogue_is_large_and_spread_over_all_areas():
    assert len(NAMES) >= 80
    assert len(set(NAMES)) == len(NAMES)
    assert len({one.wrong for one in all_mutants()}) == len(NAMES)
    for area in set(Area) - GENERATED:
        assert sum(one.area is area for one in all_mutants()) >= 8, area
    assert set(KNOWN_MISSED) <= set(NAMES)
    assert all(len(reason) > 20 for reason in KNOWN_MISSED.values())
    assert len(KNOWN_MISSED) <= len(NAMES) * (1 - ENOUGH)


def test_a_mutant_changes_records_by_their_tenant():
    """What it would change in a collection itself is changed in the beginning of the world, too: for all that come after."""
    sources = Path(__file__).with_name("mutants").glob("*.py")
    assert [one.name for one in sources if re.search(r"\]\.(put|delete)\(", one.read_text())] == []


@pytest.mark.parametrize("name", ["", "Loud", "one", "two_words", "-a-b", "a b-c"])
def test_a_defect_needs_a_name(name):
    with pytest.raises(ValueError, match="is not a name for a mutant"):
        Mutant(name, Area.BATCH, "is wrong", lambda _: None)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in KNOWN_MISSED])
def test_the_suites_catch_it(given, soil, name):
    """The check that caught it the last time comes first, and all others where it no longer does."""
    caught = try_kit(find(name), *given, seed=SEED, fuzzed=False, soil=soil, first=CAUGHT.get(name, ""))
    assert caught, f"no check finds that {find(name).wrong}"
    assert "answered 500" not in caught.sentence


def test_the_certificate_without_its_number_is_another(given):
    assert _certificate(given, find("certificate-without-number")) != _certificate(given, None)


def _certificate(given, mutant):
    target, settings = given
    who = (("Authorization", f"Bearer {target.own.token}"),)
    with planted(mutant, settings) as app:
        send = in_process(app)
        listed = json.loads(send(Sent("GET", f"/certifications/{target.own.tenant}", who)).body)
        path = f"/certifications/{target.own.tenant}/certificate/{listed[0]['id']}"
        return send(Sent("GET", path, who)).body


def test_nothing_is_left_behind(given):
    """Neither in the engine, of which a mock is made afterwards, nor in a mock in which others have grown."""
    before = dict(HANDLERS)
    in_the_engine = ("batch-passes-locks", "search-any-parameter", "expired-token-accepted", "own-id-accepted")
    for name in in_the_engine:
        with planted(find(name), given[1]):
            pass
    soil = Soil(given[1])
    in_one_mock = ("put-merges", "create-answers-201")
    for name in in_one_mock:
        assert try_kit(find(name), *given, seed=SEED, fuzzed=False, soil=soil, first=CAUGHT[name]), name
    assert before == HANDLERS
    what_caught_them = {CAUGHT[name] for name in (*in_the_engine, *in_one_mock)}
    assert try_kit(None, *given, seed=SEED, fuzzed=False, soil=soil, only=what_caught_them) is None


def test_it_is_undone_also_when_the_run_breaks_off(given):
    before = dict(HANDLERS)
    with pytest.raises(KeyboardInterrupt), planted(find("put-merges"), given[1]):
        assert before != HANDLERS
        raise KeyboardInterrupt
    assert before == HANDLERS


def test_the_engine_knows_of_no_mutant():
    for module in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            named += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            assert not any(name.split(".")[0] in ("mutants", "tests") for name in named), module


def test_a_crash_names_no_cause():
    def finding(check, cause):
        return Finding(check, "", None, "", "", cause, "")

    assert not names_a_cause(finding("watch.no_server_error", "answered 500"))
    assert not names_a_cause(finding("round_trip.created_is_read", "getThing of a record: answered 500, wanted 200"))
    assert not names_a_cause(finding("searching.together", "a reply could not be understood"))
    assert names_a_cause(finding("deleting.second_delete", "a second DELETE: answered 200, wanted 404"))


def test_likely_suites_come_first_and_none_is_left_out():
    for area in Area:
        assert sorted(one.name for one in in_order(area, "paging.counts")) == sorted(one.name for one in in_order(None))
    assert in_order(Area.BATCH)[0].suite == "batching"
    assert [one.suite for one in in_order(Area.BATCH, "paging.counts")][:2] == ["paging", "batching"]


def test_what_caught_each_the_last_time_is_kept(tmp_path):
    catch = Catch(("watch.status",), "it is wrong", "paging.counts")
    rows = [Row(SOUND, None), Row("put-merges", catch), Row("batch-order-wrong", None)]
    write_caught(rows, tmp_path / "caught.json")
    assert read_caught(tmp_path / "caught.json") == {"put-merges": "paging.counts"}
    assert set(CAUGHT) <= set(NAMES)
    assert set(CAUGHT.values()) <= {one.name for one in load_checks()}


def heard(name, known=()):
    """The first that Schemathesis on its own says; it leaves much memory behind, so not in this process."""
    said = try_stock(find(name), *ground(SEED), seed=SEED, known=frozenset(known))
    return [(one.checks, one.sentence) for one in islice(said, 1)]


def test_schemathesis_alone_is_heard_too():
    [[checks, _]] = forked.result(heard, name="create-answers-201")
    assert checks == ["status_code_conformance"]


def test_what_is_said_of_a_sound_mock_does_not_count():
    everywhere = "not-found-as-plain-text"  # so that there is more to be said after the first
    [[_, first]] = forked.result(heard, name=everywhere)
    [[_, later]] = forked.result(heard, name=everywhere, known=[first])
    assert later != first


def test_totals_by_area_and_of_all():
    catch = Catch(("one.check",), "it is wrong")
    rows = [
        Row(SOUND, None),
        Row("batch-counts-wrong", catch, (catch,)),
        Row("batch-order-wrong", None),
        Row("put-merges", catch),
    ]
    found = [(one.area, one.mutants, one.kit, one.stock, one.is_enough) for one in totals(rows)]
    assert found == [(Area.CHANGES, 1, 1, 0, True), (Area.BATCH, 2, 1, 1, False), (None, 3, 2, 1, False)]
    told = as_json(rows, seed=1, stock=True)
    assert told["totals"][-1] == {"area": None, "mutants": 3, "kit": 2, "stock": 1}
    assert [one["name"] for one in told["mutants"]] == [row.name for row in rows[1:]]


# The command


def test_the_command_tries_what_it_is_told(tmp_path):
    """Those too that are known to be missed: they still are. A sound mock comes first, and gets no finding."""
    report = tmp_path / "mutants.json"
    chosen = [word for name in ("put-merges", *KNOWN_MISSED) for word in ("--only", name)]
    done = CliRunner().invoke(mutants, [*chosen, "-v", "--no-fuzz", "--jobs", "1", "--report", str(report)])
    assert done.exit_code == 1, done.output
    assert "missed" in done.output
    assert "replacing.replaces_fully" in done.output
    assert "PUT keeps fields that were not sent" in " ".join(done.output.split())
    assert "1/2 50.0 %" in done.output
    told = json.loads(report.read_text())
    assert told["sound_mock"] == []
    caught = {one["name"]: bool(one["kit"]) for one in told["mutants"]}
    assert caught == {"put-merges": True, **dict.fromkeys(KNOWN_MISSED, False)}


def test_the_command_lists_the_defects_of_an_area():
    done = CliRunner().invoke(mutants, ["--list", "--area", "batch"])
    assert done.exit_code == 0
    assert done.output.count("\n") == sum(one.area is Area.BATCH for one in all_mutants())
    assert "batch-counts-wrong\tbatch\ta batch's error_count is always 0" in done.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--only", "no-such-mutant"], "there is no such mutant"),
        (["--area", "weather"], "there is no such area, use one of: response shape;"),
        (["--only", "put-merges", "--area", "batch"], "no mutant is both"),
    ],
)
def test_the_command_refuses_what_does_not_exist(arguments, told):
    done = CliRunner().invoke(mutants, [*arguments])
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())
