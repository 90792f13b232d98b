"""Journal and outbox count every byte they hold, and a refusal tells a bounded number of violations of bounded length."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mockserver.errors import LONGEST, MAX_VIOLATIONS, Refusal, Violation
from mockserver.runtime import journal, outbox
from mockserver.runtime.journal import Entry, Journal
from mockserver.runtime.outbox import Mail, Outbox
from mockserver.values.json_text import BadJson, _without_repeats

ENTRY = Entry(
    datetime(2025, 1, 1, tzinfo=UTC), "GET", "/", (), {}, b"", None, None, None, 400, b"", (), "", (), False, 1.0
)
LONG = "x" * 1_000_000


@pytest.mark.parametrize(
    "grown",
    [
        {"headers": {"x": LONG}},
        {"query": (("x", LONG),)},
        {"path": LONG},
        {"reason": LONG},
        {"notes": (("Ignored", LONG),)},
        {"violations": (Violation("body", LONG, "x", "x"),)},
        {"violations": (Violation("body", "", "x", LONG),)},
    ],
    ids=lambda grown: next(iter(grown)),
)
def test_the_journal_counts_every_text(grown) -> None:
    kept = Journal(1_000)
    for _ in range(50):
        kept.record(ENTRY._replace(**grown))
    assert len(kept.entries()) * 1_000_000 <= journal.MAX_BYTES


@pytest.mark.parametrize(
    "grown",
    [{"details": {"cc": LONG}}, {"body": LONG}, {"subject": LONG}, {"to": LONG}],
    ids=lambda grown: next(iter(grown)),
)
def test_the_outbox_counts_every_text(grown) -> None:
    kept = Outbox(1_000)
    mail = Mail("2025", "acme", "send", "preview", None, "", "", None, {})
    for _ in range(50):
        kept.put(replace(mail, **grown))
    assert len(kept.mails()) * 1_000_000 <= outbox.MAX_BYTES


def test_a_refusal_tells_the_first_violations_cut_and_how_many_more_there_are() -> None:
    refusal = Refusal(400, "x", violations=[Violation("body", "/" + LONG, "x", LONG)] * 1_000)
    assert len(refusal.violations) == MAX_VIOLATIONS + 1
    assert refusal.violations[-1].message == f"and {1_000 - MAX_VIOLATIONS} more violations"
    assert max(len(one.pointer) + len(one.message) for one in refusal.violations) <= 2 * LONGEST


def test_a_member_given_twice_among_many_is_found_in_one_pass() -> None:
    class Counted(str):
        """A name that counts how often it is compared."""

        __slots__ = ()
        compared = 0
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            Counted.compared += 1
            return str.__eq__(self, other)

    names = [Counted(f"n{index}") for index in range(2_000)]
    with pytest.raises(BadJson, match="has the key 'n1999' twice"):
        _without_repeats([(name, 1) for name in [*names, Counted("n1999")]])
    assert Counted.compared < 20 * len(names)
