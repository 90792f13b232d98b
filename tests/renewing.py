"""The tests of a worker run in a copy of it, which makes way for a new one when it has grown.

What tests leave in memory is not all given back when they are over: what compiled validators and records took lies
scattered over pages that hold something else as well. A process that ends gives back everything. The worker imports
and collects once; each copy begins with that.
"""

from __future__ import annotations

import os
import resource
import signal
import traceback
import warnings
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

import forked

GROWN = 40
"""By how many megabytes a copy may have grown at the end of a test file before the next file gets a new one. PERF: to
renew it after each file takes no more of a processor than never to."""
OVER = "over"


class Renewing:
    """In a worker: has each test run by the copy there is, and tells the run what the copy tells."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._places: dict[pytest.Item, int] = {}
        self._pid = 0
        self._channel: Connection | None = None
        self.memory = 0
        """Megabytes of the largest copy so far, with what the worker held beside it and shared no longer."""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._places = {item: place for place, item in enumerate(session.items)}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        signal.setitimer(signal.ITIMER_REAL, 0)  # pytest-timeout's: the copy has one too, and says where it stood
        channel = self._channel or self._begin(item.session)
        try:
            channel.send((self._places[item], None if nextitem is None else self._places[nextitem]))
            while (told := channel.recv())[0] != OVER:
                self._tell(*told)
        except (EOFError, ConnectionError):
            self._lost(item)
            return True
        _, memory, is_file_over, is_last = told
        if is_file_over:  # the system counts pages for a millisecond or two
            self.memory = max(self.memory, memory + unshared())
        if is_last:
            self._end()
        return True

    def pytest_sessionfinish(self) -> None:
        if self._channel:
            self._end()

    def _begin(self, session: pytest.Session) -> Connection:
        forked.prepare()  # all copies ask the same process for commands, one after another
        self._channel, there = Pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the other thread waits for the run to send tests
            self._pid = os.fork()
        if not self._pid:
            self._channel.close()
            self._config.pluginmanager.unregister(self)
            _be_the_copy(self._config, session, there)
        there.close()
        return self._channel

    def _tell(self, what: str, told: dict[str, Any]) -> None:
        hook = self._config.hook
        if what == "report":
            report = hook.pytest_report_from_serializable(config=self._config, data=told)
            hook.pytest_runtest_logreport(report=report)
        else:
            getattr(hook, what)(**told)

    def _end(self) -> int:
        """What the copy ended with."""
        assert self._channel
        self._channel.close()
        self._channel = None
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _lost(self, item: pytest.Item) -> None:
        said = f"the process that ran this test ended in the middle of it, with {self._end()}"
        call = pytest.CallInfo.from_call(lambda: pytest.fail(said, pytrace=False), "call")
        hook = self._config.hook
        hook.pytest_runtest_logreport(report=hook.pytest_runtest_makereport(item=item, call=call))


class Telling:
    """In a copy: sends the worker what happens."""

    def __init__(self, config: pytest.Config, channel: Connection) -> None:
        self._config = config
        self._channel = channel

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._channel.send(("pytest_runtest_logstart", {"nodeid": nodeid, "location": location}))

    def pytest_runtest_logfinish(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._channel.send(("pytest_runtest_logfinish", {"nodeid": nodeid, "location": location}))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._channel.send(("report", data))


def _be_the_copy(config: pytest.Config, session: pytest.Session, channel: Connection) -> None:
    """Runs the tests that the worker names, until there is no worker or this process has grown."""
    code = 1
    try:
        forked.inherit()
        [worker] = [one for one in config.pluginmanager.get_plugins() if type(one).__name__ == "WorkerInteractor"]
        config.pluginmanager.unregister(worker)
        config.pluginmanager.register(Telling(config, channel))
        _run(session, channel)
        code = 0
    except BaseException:  # noqa: BLE001 -- nothing of the worker's own code is to run here afterwards
        traceback.print_exc()
    finally:
        os._exit(code)


def _run(session: pytest.Session, channel: Connection) -> None:
    at_first, is_last = resident(), False
    while not is_last:
        try:
            place, following = channel.recv()
        except EOFError:
            break
        item, nextitem = session.items[place], None if following is None else session.items[following]
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)
        is_file_over = nextitem is None or nextitem.path != item.path
        is_last = is_file_over and resident() > at_first + GROWN
        channel.send((OVER, peak(), is_file_over, is_last))
    session._setupstate.teardown_exact(None)


def resident() -> int:
    """How many megabytes of this process are in memory; where the system does not say, how many there were at most."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return peak()
    return pages * resource.getpagesize() // 2**20


def peak() -> int:
    """How many megabytes of this process were in memory at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def unshared() -> int:
    """How many megabytes this process holds for itself alone; where the system does not say, all of them."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    except OSError:
        return resident()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) // 1024
