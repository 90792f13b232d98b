"""Journal and outbox count every byte they hold, and a refusal tells a bounded number of violations of bounded length."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mockserver.errors import LONGEST, MAX_VIOLATIONS, Refusal, Violation
from mockserver.runtime import journal, outbox
from mockserver.runtime.journal import Entry, Journal
from mockserver.runtime.outbox import Mail, Outbox

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
        {"body": LONG.encode()},
        {"reply": LONG.encode()},
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
