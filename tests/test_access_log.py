"""The log of requests: it tells what it can and never holds up a request."""

from __future__ import annotations

from threading import Event

from mockserver.web.access_log import Line, Writer


def line(number: int) -> Line:
    return Line("GET", f"/{number}", 200, 1.0, [], b"")


def test_a_log_that_nobody_reads_holds_up_no_request() -> None:
    read, began, ended = Event(), Event(), Event()
    written: list[str] = []

    def write(one: Line) -> None:
        began.set()
        assert read.wait(60)
        written.append(one.target)
        if one.target == "/3":
            ended.set()

    log = Writer(write, room=3)
    log(line(0))
    assert began.wait(60)  # the first is being written; nothing takes the others away
    for number in range(1, 9):
        log(line(number))  # comes back, though only three of them fit
    read.set()
    assert ended.wait(60)
    assert written == ["/0", "(5 lines are missing here: the log was not read)", "/1", "/2", "/3"]
