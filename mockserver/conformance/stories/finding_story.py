"""Tells the story of a finding: the requests that led to it, with a placeholder for what an earlier reply said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import quote

from mockserver.conformance.created_records import created, made_at, path_value
from mockserver.conformance.findings import Finding
from mockserver.conformance.reporters.report_redaction import Redactor
from mockserver.conformance.reporters.reproduction import TOKENS, basic
from mockserver.conformance.stories.expecting import symptom
from mockserver.conformance.stories.placeholders import LAST_OF_ALL, Placeholders
from mockserver.conformance.stories.recorded_walks import answer_of, gathered
from mockserver.conformance.stories.script_runtime import VOLATILE
from mockserver.conformance.stories.story import Expectation, Story, StoryStep
from mockserver.conformance.stories.trail import LAST, BrokenConstraint, Listing, Trail
from mockserver.conformance.verdict import Cluster
from mockserver.conformance.wire.identity import NOBODYS_CREDENTIAL
from mockserver.conformance.wire.traffic import Exchange
from mockserver.contract import Contract, Kind, Operation
from mockserver.values.absent import ABSENT
from mockserver.values.pointer import pointer_to
from mockserver.values.redaction import EMAIL, HIDDEN

PERSON = "person@example.com"
"""What stands for an e-mail address: a story shows nobody's."""
_NOBODY = re.compile(r"[@.](?:example(?:\.\w+)?|test|invalid)$")
"""Domains that belong to nobody (RFC 2606)."""
UNSENT = frozenset({"host", "user-agent", "accept-encoding", "connection", "content-length"})
AS_THEN = "judged by the replies recorded then: gone means that the replies have changed"
AT_ONCE = "the requests were sent at the same time; sent one after another, they may not show it"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a story needs to know of the run: its contract, where it went, its seed and what must not be shown."""

    contract: Contract
    base_url: str
    seed: int
    redactor: Redactor


def stories_of(cluster: Cluster, run: Circumstances) -> Iterator[Story]:
    """Stories of one cause: of each wording of it that has a trail, the first one's first."""
    trailed = [one for one in cluster.findings if one.trail]
    for finding in trailed or cluster.findings[:1]:
        if story := tell_story(finding, run):
            yield story


def tell_story(finding: Finding, run: Circumstances) -> Story | None:
    """The story of ``finding``; None where no request is known that shows it, or one that is not text."""
    last = finding.exchanges[-1] if finding.exchanges else None
    trail = finding.trail or (Trail(finding.exchanges, last.number) if last else None)
    if trail is None:
        return None
    try:
        return _Teller(finding, trail, run).story()
    except UnicodeDecodeError:
        return None


class _Teller:
    def __init__(self, finding: Finding, trail: Trail, run: Circumstances) -> None:
        self._finding, self._trail, self._run = finding, trail, run
        self._operations = {one.id: one for methods in run.contract.paths.values() for one in methods.values()}
        self._placeholders = Placeholders()
        self._gaps: list[str] = [AT_ONCE] if finding.check.startswith("concurrency.") else []

    def story(self) -> Story:
        finding, exchanges = self._finding, self._trail.exchanges
        steps = [self._step(number, one) for number, one in enumerate(exchanges)]
        cleaning = [step for one in reversed(exchanges) for step in self._cleaning(one)]
        decisive = next(at for at, one in enumerate(exchanges) if one.number == self._trail.decisive)
        places = self._places(decisive)
        operation = self._operations.get(finding.operation)
        expected = self._trail.expected
        story = Story(
            finding.check,
            finding.title,
            finding.resource,
            finding.operation,
            self._run.redactor.text(finding.cause),
            self._run.base_url,
            self._run.seed,
            self._with_captures(steps),
            Expectation(decisive),
            tuple(cleaning),
            operation.resource.key if operation else "id",
            tuple(dict.fromkeys(self._gaps)),
        )
        if expected and (expected.statuses or expected.headers):
            expectation = Expectation(decisive, expected.statuses, (), expected.headers)
        elif expected and expected.listing:
            expectation = Expectation(decisive, listing=self._listing(expected.listing))
            story = replace(story, steps=self._with_captures(steps))
        elif expected and expected.constraint:
            expectation = Expectation(decisive, constraint=self._constraint(expected.constraint))
            story = replace(story, steps=self._with_captures(steps))
        elif places:
            expectation = Expectation(decisive, (), places)
        else:
            expectation = self._symptom(story, decisive)
            self._gaps.append(AS_THEN)
        return replace(story, expectation=expectation, gaps=tuple(dict.fromkeys(self._gaps)))

    def _with_captures(self, steps: list[StoryStep]) -> tuple[StoryStep, ...]:
        return tuple(
            replace(one, captures=tuple(self._placeholders.captures.get(at, ()))) for at, one in enumerate(steps)
        )

    def _listing(self, listing: Listing) -> dict[str, Any]:
        """What lists are held to, each id as a placeholder where a step of the story is the first to say it."""
        exchanges, walks = self._trail.exchanges, self._trail.walks
        steps = [at for at, one in enumerate(exchanges) if one.sent.operation == listing.operation]
        walked = [at for at in steps if exchanges[at].number in walks]
        pages = next((walks[exchanges[at].number].pages for at in walked), None)
        return {
            "steps": (walked or steps)[-listing.walks :],
            "items": pages.items if pages else self._key_of(listing.operation)[0],
            "holds": [self._placeholders.of(one) for one in sorted(listing.holds)],
            "lacks": [self._placeholders.of(one) for one in sorted(listing.lacks)],
            "id": pointer_to(pages.id) if pages else self._key_of(listing.operation)[1],
            "once": listing.is_once,
            "alike": listing.is_alike,
            "whole": listing.is_whole,
            "marked": listing.marked and dict(zip(("member", "text"), listing.marked, strict=True)),
        }

    def _key_of(self, name: str) -> tuple[str, str]:
        """Pointers to the records of a list, and to what identifies one."""
        operation = self._operations[name]
        if operation.plan is None or operation.resource.model is None:
            items = operation.page.items if operation.page else None
            return pointer_to(items) if items else "", pointer_to(operation.resource.key)
        return pointer_to(*(operation.plan.items or ())), pointer_to(*operation.resource.model.key)

    def _constraint(self, constraint: BrokenConstraint) -> dict[str, Any]:
        """The constraint at its place; in a list that is read page by page at the same place of each record."""
        decisive = next(one for one in self._trail.exchanges if one.number == self._trail.decisive)
        walk, pointer = self._trail.walks.get(decisive.number), constraint.pointer
        if walk and (pointer + "/").startswith(walk.pages.items + "/*/"):
            pointer = "/items" + pointer.removeprefix(walk.pages.items)
        limit = self._placeholders.of(constraint.limit) if constraint.keyword == "ending" else constraint.limit
        return {"pointer": pointer, "keyword": constraint.keyword, "limit": limit}

    def _step(self, number: int, exchange: Exchange) -> StoryStep:
        sent, operation = exchange.sent, self._operations.get(exchange.sent.operation or "")
        body = sent.body.decode() if sent.body is not None else None
        target = self._target(sent.target, number)
        text = self._placeholders.in_body(self._shown(body, number), number) if body is not None else None
        self._placeholders.sent += f"\n{sent.target} {body or ''}"
        safe = sent.method in ("GET", "HEAD", "OPTIONS") or bool(operation and operation.facts.is_safe)
        status = exchange.reply.status if exchange.reply else 0
        name = sent.operation or f"{sent.method} {sent.path}"
        walk = self._trail.walks.get(exchange.number)
        if walk:
            self._placeholders.turn(number, walk)
        else:
            self._placeholders.read(number, exchange, operation)
        pages = {**asdict(walk.pages), "whole": walk.is_whole} if walk else None
        return StoryStep(name, sent.method, target, self._headers(exchange), text, status, (), not safe, pages)

    def _target(self, target: str, number: int) -> str:
        """Path and query with ids from earlier replies, and the run's tokens by name."""
        target = self._placeholders.in_target(target, number)
        for token, placeholder in zip(self._run.redactor.tokens, TOKENS, strict=False):
            target = target.replace(quote(token, safe=""), "{{" + placeholder + "}}")
        return target

    def _headers(self, exchange: Exchange) -> tuple[tuple[str, str], ...]:
        shown = [(name, text) for name, text in exchange.sent.headers if name.lower() not in UNSENT]
        return tuple((name, self._credentials(name, text)) for name, text in shown)

    def _credentials(self, name: str, text: str) -> str:
        """The header with the run's tokens by name; another token, bad on purpose, is for whoever replays to give."""
        for token, placeholder in zip(self._run.redactor.tokens, TOKENS, strict=False):
            text = text.replace(basic(token), "{{BASIC_" + placeholder + "}}").replace(token, "{{" + placeholder + "}}")
        if "{{" in text or any(one in text for one in (NOBODYS_CREDENTIAL, basic(NOBODYS_CREDENTIAL))):
            return text
        shown = self._run.redactor.headers([(name, text)])[0][1]
        if name.lower() == "authorization" and (HIDDEN in shown or re.search(r"[\w-]{12,}\.[\w-]{12,}", text)):
            self._gaps.append("it needs a token that must be refused, in BAD_TOKEN")
            return "Basic {{BASIC_BAD_TOKEN}}" if text.lower().startswith("basic ") else "Bearer {{BAD_TOKEN}}"
        if HIDDEN not in shown:
            return shown
        self._gaps.append("it needs a token that must be refused, in BAD_TOKEN")
        return re.sub(r"=[^;]*", "={{BAD_TOKEN}}", text) if name.lower() == "cookie" else "{{BAD_TOKEN}}"

    def _shown(self, body: str, number: int) -> str:
        body = EMAIL.sub(lambda found: found[0] if _NOBODY.search(found[0]) else PERSON, body)
        shown = self._run.redactor.body(EMAIL.sub("", body).encode())
        if HIDDEN not in shown:
            return body
        self._gaps.append(f"parts of what step {number + 1} sent are masked")
        return shown

    def _cleaning(self, exchange: Exchange) -> Iterator[StoryStep]:
        """The deletes of what ``exchange`` made, by whoever made it."""
        operation = self._operations.get(exchange.sent.operation or "")
        if operation is None or exchange.reply is None or exchange.reply.status >= 300:
            return
        if place := made_at(operation, exchange):
            yield from self._removing(exchange, operation, place[0])
            return
        deletes = (one for one in self._operations.values() if one.kind is Kind.DELETE)
        delete = next((one for one in deletes if one.resource.name == operation.resource.name), None)
        for made in created(operation, exchange) if delete else ():
            assert delete
            tenant = self._run.contract.tenant
            known = path_value(operation, exchange.sent.path, tenant) or ""
            path = delete.path.replace(f"{{{tenant}}}", quote(known, safe=""))
            path = re.sub(r"(?<!\{)\{\w+\}$", self._placeholders.of(made), path)
            headers = tuple(one for one in self._headers(exchange) if one[0].lower() == "authorization")
            yield StoryStep(delete.id, delete.method, path, headers, None, 200, (), changes=True)

    def _removing(self, exchange: Exchange, operation: Operation, path: str) -> Iterator[StoryStep]:
        """The delete of what was made at ``path``, where the document has one that needs no body."""
        whole, query = f"{operation.path.rstrip('/')}/", exchange.sent.target.partition("?")[1:]
        for delete in self._operations.values():
            is_below = delete.path.startswith(whole) and "/" not in delete.path.removeprefix(whole)
            if is_below and delete.kind is Kind.DELETE and delete.plan and not delete.plan.body_required:
                apart = ("content-type", "accept")
                headers = tuple(one for one in self._headers(exchange) if one[0].lower() not in apart)
                target = self._target(path + "".join(query), LAST_OF_ALL)
                yield StoryStep(delete.id, delete.method, target, headers, None, 204, (), changes=True)

    def _places(self, decisive: int) -> tuple[Mapping[str, Any], ...]:
        """What is to be at which places of the decisive reply; nothing where it cannot be told in a file."""
        expected, base = self._trail.expected, self._trail.base
        if expected is None or base is None:
            return ()
        walk = self._trail.walks.get(self._trail.exchanges[decisive].number)
        of: dict[str, Any] = {}
        if walk:
            if not isinstance(expected.found, Mapping) or walk.pages.id not in expected.found:
                return ()
            record_id = self._placeholders.of(expected.found[walk.pages.id])
            of, base = {"record": {"key": walk.pages.id, "id": record_id}}, ""
        found: list[Mapping[str, Any]] = [
            {"pointer": base + pointer, "other": self._wanted(value, decisive)} for pointer, value in expected.unlike
        ]
        for steps, wanted, _ in expected.places:
            pointer = base + pointer_to(*steps)
            if wanted is ABSENT:
                found.append({"pointer": pointer, "absent": True, **of})
                continue
            value = self._wanted(wanted, decisive)
            shown = json.dumps(value)
            loose = [one for one in VOLATILE.findall(shown) if one not in self._placeholders.sent]
            if loose or HIDDEN in self._run.redactor.body(shown.encode()):
                return ()
            found.append({"pointer": pointer, "wanted": value, **of})
        return tuple(found)

    def _wanted(self, value: Any, decisive: int) -> Any:
        if isinstance(value, Mapping):
            return {name: self._wanted(one, decisive) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._wanted(one, decisive) for one in value]
        return (
            self._placeholders.of(value, decisive)
            if isinstance(value, str) and self._placeholders.says(value, decisive)
            else value
        )

    def _symptom(self, story: Story, decisive: int) -> Expectation:
        """The replies from the last change on, as they were."""
        last = max((at for at, one in enumerate(story.steps[: decisive + 1]) if one.changes), default=0)
        steps = tuple(range(last, decisive + 1))[-LAST:]
        so_far = replace(story, expectation=Expectation(decisive, symptom_steps=steps))
        replies = [
            gathered(self._trail.walks[one.number])[0] if one.number in self._trail.walks else answer_of(one)
            for one in self._trail.exchanges
        ]
        digest = symptom(asdict(so_far), replies, {name: value for value, name in self._placeholders.values().items()})
        return Expectation(decisive, symptom=digest, symptom_steps=steps)
