"""What a check compares with what it wanted: counted as judgements, and made findings where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from mockserver.conformance.bodies.normal_forms import is_filled_in, is_normal_form
from mockserver.conformance.check_plan import Group
from mockserver.conformance.evidence import Evidence
from mockserver.conformance.findings import Broken, Finding
from mockserver.conformance.provenance import Provenance, of_operation
from mockserver.conformance.registry import Check
from mockserver.conformance.stories.trail import Expected, Listing, Trails
from mockserver.conformance.value_differences import in_words, listed, names, shortened, unlike_but
from mockserver.conformance.wire.recorder import trimmed
from mockserver.conformance.wire.traffic import Exchange, NotJson, Received
from mockserver.contract import Operation
from mockserver.values.absent import ABSENT
from mockserver.values.equality import Unlike
from mockserver.values.pointer import pointer_to

EVIDENCE = 8
"""How many exchanges a finding shows, the last ones before it."""


class Assertions:
    """Sees the exchanges of one check after the other. ``judged`` counts what the present one has compared."""

    def __init__(self, is_safe: Callable[[Exchange], bool]) -> None:
        self.evidence = Evidence()
        self.findings: list[Finding] = []
        self.judged = 0
        self.trails = Trails(is_safe)
        self._window: list[Exchange] = []
        self._check: Check | None = None
        self._group: Group | None = None

    def begin(self, check: Check, group: Group) -> None:
        self._check, self._group, self._window, self.judged = check, group, [], 0
        self.trails.begin()

    def observe(self, exchange: Exchange, operation: Operation | None) -> None:
        """Keep the exchange among the last ones, which a finding shows."""
        self._window.append(trimmed(exchange))
        del self._window[: -4 * EVIDENCE]
        self.trails.observe(self._window[-1], operation)

    @property
    def window(self) -> tuple[Exchange, ...]:
        """The last exchanges of the check that is carried out."""
        return tuple(self._window)

    @property
    def _last(self) -> str | None:
        """The operation that was asked last."""
        return self._window[-1].sent.operation if self._window else None

    def _judge(self, operation: Operation | None = None) -> None:
        self.judged += 1
        self.evidence.judge(operation.id if operation else self._last or "")

    def value(self, reply: Received) -> Any:
        """The reply's JSON. Raises Broken where it is not JSON."""
        try:
            return reply.json()
        except NotJson as wrong:
            raise Broken("a reply is not JSON", str(wrong)) from None

    def status(self, reply: Received, wanted: int, what: str, operation: Operation | None = None) -> None:
        self._judge(operation)
        expect_status(reply, wanted, what, operation)

    def expect(self, condition: bool, cause: str, detail: str = "", expected: Expected | None = None) -> None:
        """``expected`` says the same as ``condition``, in words that a story can be judged by."""
        self._judge()
        if not condition:
            raise Broken(cause, detail, expected=expected)

    def expect_listing(
        self,
        operation: Operation,
        ids: Iterable[str],
        cause: str,
        detail: str = "",
        *,
        holds: Iterable[str] = (),
        lacks: Iterable[str] = (),
        once: bool = False,
        walks: int = 1,
    ) -> None:
        """Expect of the ``ids`` that the last ``walks`` through a list gave: these, none of those, none twice."""
        found, listing = list(ids), Listing(operation.id, tuple(holds), tuple(lacks), once, walks=walks)
        missing, unwanted = set(listing.holds) - set(found), set(listing.lacks) & set(found)
        self._judge()
        if missing or unwanted or (once and len(set(found)) != len(found)):
            detail = detail or f"{len(missing)} of {len(listing.holds)} missing, {len(unwanted)} too many"
            raise Broken(cause, detail, operation.id, Expected(listing=listing))

    def expect_alike(
        self, operation: Operation, ids: Iterable[str], again: Iterable[str], cause: str, *, whole: bool = False
    ) -> None:
        """Expect the last two walks through a list to have given the same ids in the same order.

        ``whole``: the records that others made are to be there in a story, too.
        """
        self._judge()
        if list(ids) != list(again):
            listing = Listing(operation.id, is_alike=True, walks=2, is_whole=whole)
            raise Broken(cause, "", operation.id, Expected(listing=listing))

    def expect_other(self, found: Mapping[str, Any], name: str, unwanted: Any, cause: str) -> None:
        """Expect the member ``name`` of a reply to be anything but ``unwanted``."""
        self._judge()
        if found[name] == unwanted:
            raise Broken(cause, expected=Expected(found=found, unlike=((pointer_to(name), unwanted),)))

    def expect_one_of(self, reply: Received, statuses: Iterable[int], cause: str, detail: str = "") -> None:
        """Expect the reply to have one of the ``statuses``."""
        wanted = tuple(statuses)
        self.expect(reply.status in wanted, cause, detail, Expected(reply, wanted))

    def prefer(self, condition: bool, cause: str, detail: str = "", expected: Expected | None = None) -> None:
        """Expect what no document promises: it counts against a mock of our own only (``Provenance.EXPECTED``)."""
        self._judge()
        if not condition:
            raise Broken(cause, detail, provenance=Provenance.EXPECTED, expected=expected)

    def prefer_one_of(self, reply: Received, statuses: Iterable[int], cause: str) -> None:
        """Expect the reply to have one of the ``statuses``, though no document promises it."""
        wanted = tuple(statuses)
        self.prefer(reply.status in wanted, cause, expected=Expected(reply, wanted))

    def expect_replaced(self, sent: Mapping[str, Any], found: Mapping[str, Any], record: str = "") -> None:
        """Expect a record to hold nothing but what PUT ``sent`` and the server manages; ``record`` says of what."""
        of_it = f" of {record}" if record else ""
        own = self._group.resource.managed | self._group.filled if self._group else frozenset[str]()
        left = set(found) - set(sent) - own
        more = self.undeclared(left)
        filled_in = {name for name in left - more if is_filled_in(ABSENT, found[name])}
        kept = listed(left - more - filled_in)
        self.expect(not left - more - filled_in, f"PUT keeps fields{of_it} that were not sent ({kept})")
        self.prefer(not filled_in, f"PUT fills in fields{of_it} that were not sent ({listed(filled_in)})")
        self.prefer(
            not more, f"{record or 'a record'} that was replaced has fields that are not declared ({listed(more)})"
        )

    def same(self, wanted: Any, found: Any, cause: str, *, without: frozenset[str] = frozenset()) -> None:
        """Expect ``found`` to be ``wanted``; the cause names the members that are not.

        More members than the document declares, defaults that are filled in and other forms of a value (trimmed,
        rounded) are a server's own business: only a mock of our own is held to have none.
        """
        self._judge()
        if places := tuple(unlike_but(wanted, found, without)):
            firm = tuple(one for one in places if not self._is_own_business(found, one))
            lines = in_words(firm or places)
            expected = Expected(found=found, places=firm) if firm else None
            provenance = None if firm else Provenance.EXPECTED
            raise Broken(f"{cause} ({names(lines)})", shortened(lines), expected=expected, provenance=provenance)

    def _is_own_business(self, found: Any, place: Unlike) -> bool:
        _, wanted, value = place
        return is_filled_in(wanted, value) or is_normal_form(wanted, value) or self._is_more(found, place)

    def _is_more(self, found: Any, place: Unlike) -> bool:
        """Whether ``place`` is a member of a record that the document does not declare and nobody asked for."""
        steps, wanted, _ = place
        is_record = self._group is not None and isinstance(found, Mapping) and self._group.key in found
        return is_record and len(steps) == 1 and wanted is ABSENT and bool(self.undeclared(map(str, steps)))

    def undeclared(self, members: Iterable[str]) -> set[str]:
        """Those of ``members`` that the document does not declare of the records of the check's resource."""
        return set(members) - self._group.resource.fields if self._group else set()

    @contextmanager
    def each(self, operation: Operation | None = None) -> Iterator[None]:
        """Turn what breaks inside into a finding and go on."""
        try:
            yield
        except Broken as broken:
            self.note(broken, operation)

    def _provenance(self, name: str) -> Provenance:
        """Where the clause comes from: the check says it, or the operation that broke it."""
        assert self._check
        if self._check.provenance is not None:
            return self._check.provenance
        operations = self._group.all() if self._group else ()
        found = next((one for one in operations if one.id == name), operations[0] if operations else None)
        return of_operation(found)

    def note(self, broken: Broken, operation: Operation | None = None) -> None:
        assert self._check
        last = self._last
        name = broken.operation or (operation.id if operation else last or "")
        found = Finding(
            check=self._check.name,
            title=self._check.title,
            code=self._check.code,
            resource=self._group.name if self._group else "",
            operation=name,
            cause=broken.cause,
            detail=broken.detail,
            exchanges=tuple(self._window[-EVIDENCE:]),
            provenance=broken.provenance or self._provenance(name),
        )
        self.findings.append(replace(found, trail=self.trails.trail(found.key, broken.expected)))


def expect_status(reply: Received, wanted: int, what: str, operation: Operation | None) -> None:
    """Raises Broken when the reply has another status; not counted as a judgement."""
    if reply.status != wanted:
        cause = f"{what}: answered {reply.status}, wanted {wanted}"
        detail, expected = reply.body[:300].decode(errors="replace"), Expected(reply=reply, statuses=(wanted,))
        raise Broken(cause, detail, operation.id if operation else None, expected)
