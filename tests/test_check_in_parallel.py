"""A run on two processors: what the copy of the process finds is the run's, and a copy that is lost is told.

Whenever a signal comes, it ends in good order, and without a traceback.
"""

import os
import pickle
import signal
from collections import Counter
from types import SimpleNamespace

import pytest

from mockserver.conformance import parallel_run
from mockserver.conformance.findings import Broken
from mockserver.conformance.options import Options
from mockserver.conformance.parallel_run import CUT_OFF, can_be_shared, check_in_child, split_in_two
from mockserver.conformance.registry import Check, Registry
from mockserver.conformance.runner import Run
from mockserver.conformance.wire.targets import find_target
from mockserver.contract import Kind
from mockserver.values.absent import ABSENT

CHOSEN = ("coupons", "credits", "exams", "fees")


def finds_fault(session, group):
    session.at(group, Kind.READ, "none")
    session.expect(group.name != "fees", "fees are wrong")


def never_ends(session, group):
    if group.name == "fees":
        os._exit(3)


@pytest.fixture
def run(request):
    options = Options(groups=CHOSEN, fuzzed=False)
    one = Run(options, find_target(options))
    one.checks = Registry((Check("own.check", "Nothing is wrong", request.param),))
    return one


@pytest.mark.parametrize("run", [finds_fault], indirect=True)
def test_what_the_copy_finds_is_the_runs(run):
    with check_in_child(run, {name: run.plan.groups[name] for name in CHOSEN[2:]}):
        first = {name: run.plan.groups[name] for name in CHOSEN[:2]}
        run.attempt(lambda: run.check_groups(first))
    assert [(one.resource, one.outcome.value) for one in run.results] == [
        ("coupons", "passed"),
        ("credits", "passed"),
        ("exams", "passed"),
        ("fees", "failed"),
    ]
    assert run.results[-1].findings[0].cause == "fees are wrong"
    assert run.results[-1].check is run.checks.checks[0]
    assert run.client.recorder.total == sum(one.asked for one in run.results) == 4
    assert sum(run.client.recorder.statuses.values()) == 4
    assert sum(run.session.evidence.judged.values()) == 4
    assert not run.partial


@pytest.mark.parametrize("run", [never_ends], indirect=True)
def test_a_copy_that_is_lost_ends_the_run_early(run):
    with check_in_child(run, {"fees": run.plan.groups["fees"]}):
        pass
    assert run.partial == CUT_OFF


@pytest.mark.parametrize("run", [finds_fault], indirect=True)
def test_an_end_before_its_time_ends_the_copy_too(run):
    with pytest.raises(Broken), check_in_child(run, {"fees": run.plan.groups["fees"]}):
        raise Broken("ended")


@pytest.mark.parametrize("run", [finds_fault], indirect=True)
def test_the_halves_are_all_there_is_and_both_have_something(run, monkeypatch):
    first, second = split_in_two(run)
    assert {*first, *second} == set(CHOSEN)
    assert first
    assert second
    assert not can_be_shared(run.groups)
    monkeypatch.setattr(parallel_run, "FEWEST", 2)
    assert can_be_shared(run.groups) == (len(os.sched_getaffinity(0)) > 1)


def test_what_is_absent_stays_so_on_its_way():
    assert pickle.loads(pickle.dumps(ABSENT)) is ABSENT


PLACES = ("mute", "check_groups", "clean_up")


class Interrupted:
    """What a copy needs of a run; at each of ``places`` it is sent what a terminal and its parent send."""

    def __init__(self, *places):
        self.places, self.here = places, os.getpid()
        self.session = SimpleNamespace(evidence=SimpleNamespace(judged=Counter(), exercised={}))
        self.oracle = SimpleNamespace(seen=Counter(), findings={})
        recorder = SimpleNamespace(statuses=Counter(), purposes=Counter(), total=0, exchanges=[])
        self.client = SimpleNamespace(recorder=recorder, patience=SimpleNamespace(troubles={}))
        self.checks, self.results, self.left_by_child = (), [], ()
        self.partial = self.stopped = ""

    def at(self, place):
        if place in self.places and os.getpid() != self.here:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)

    def mute(self):
        self.at("mute")

    def check_groups(self, _):
        self.at("check_groups")

    def clean_up(self):
        self.at("clean_up")
        return ()

    def attempt(self, work):
        try:
            work()
        except KeyboardInterrupt:
            self.stopped = self.partial = "interrupted"


@pytest.mark.parametrize("place", PLACES)
def test_a_copy_that_is_interrupted_tells_what_it_found_and_shows_no_traceback(place, capfd):
    run = Interrupted(place)
    with check_in_child(run, {}):
        pass
    assert run.stopped == ("" if place == "clean_up" else "interrupted")
    assert "Traceback" not in capfd.readouterr().err


@pytest.fixture
def ctrl_c():
    """Ctrl-C is heard as Python hears it by itself, whatever another test of this process has left."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_this_process_hears_signals_again_when_the_copy_was_made():
    run = Interrupted()
    with pytest.raises(KeyboardInterrupt), check_in_child(run, {}):
        os.kill(os.getpid(), signal.SIGINT)
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())
