"""What one request asks of its own reply by ``Prefer`` (RFC 7240): a status, a named example, a delay."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockserver.contract import Document, Operation
from mockserver.errors import Refusal, Violation
from mockserver.messages import Reply
from mockserver.runtime.fault import GATEWAY, LONGEST_DELAY
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant

if TYPE_CHECKING:
    from mockserver.contract.samples.named_examples import NamedExample

PREFERRED = "asked for by Prefer"
"""The reason that the journal tells."""

_PREFERENCE = re.compile(r"""(?:^|[,;\s])(code|example|delay)=(?:"([^"]{0,200})"|([^",;\s]{1,200}))(?=$|[,;\s])""")
_STATUS = re.compile(r"[1-5][0-9]{2}")
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@dataclass(slots=True)
class Preferences:
    """The preferences of one request, each None where it has none that can be read; ``applied`` fills up."""

    code: int | None = None
    example: str | None = None
    delay: float | None = None
    applied: list[str] = field(default_factory=list)

    def late(self) -> float:
        """The seconds by which the reply leaves late; from now on the delay is applied."""
        if self.delay is None:
            return 0.0
        self.applied.append(f"delay={self.delay:g}")
        return self.delay

    def answer(self, operation: Operation, document: Document) -> tuple[Reply, str] | None:
        """The reply that takes the place of the operation's own, with its reason; None: it is carried out as usual.

        Raises Refusal with the status that is preferred where that is not success, or 400 where the operation
        declares neither such a status nor such an example.
        """
        if self.code is not None and not _is_possible(operation, self.code):
            possible = ", ".join(map(str, sorted({*operation.replies, *GATEWAY})))
            raise _refused(
                "The preferred status is not declared.", "code", f"{self.code}, which is not one of {possible}"
            )
        if self.example is not None:
            return self._shown(operation, document)
        if self.code is not None and self.code >= 400:
            self.applied.append(f"code={self.code}")
            raise Refusal(self.code, f"Asked for: {self.code}.", reason=PREFERRED)
        return None

    def _shown(self, operation: Operation, document: Document) -> tuple[Reply, str]:
        from mockserver.contract.samples.named_examples import named_examples  # PERF: few requests ask for one

        known = [one for one in named_examples(document, operation) if self.code in (None, one.status)]
        found = next((one for one in known if one.name == self.example), None)
        if found is None:
            raise _refused("The preferred example is not declared.", "example", _unknown(str(self.example), known))
        self.applied += [*([f"code={self.code}"] if self.code else []), f"example={_quoted(found.name)}"]
        doubt = "" if found.keeps_schema(operation) else "; it is not what the schema of the reply says"
        return found.reply(operation), f"{PREFERRED}{doubt}"


def read_preferences(header: str) -> Preferences:
    """What is understood of a ``Prefer`` header; the first of each name counts, all else is passed over."""
    given: dict[str, str] = {}
    for name, in_quotes, bare in _PREFERENCE.findall(_as_text(header)):
        given.setdefault(name, in_quotes or bare)
    code, delay = given.get("code", ""), given.get("delay", "")
    return Preferences(
        int(code) if _STATUS.fullmatch(code) else None,
        given.get("example"),
        min(float(delay), LONGEST_DELAY) if _SECONDS.fullmatch(delay) else None,
    )


def _as_text(header: str) -> str:
    """Names may be UTF-8, which a server hands on byte by byte."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _is_possible(operation: Operation, status: int) -> bool:
    """Any status of a document that nobody annotated: what it declares is seldom all."""
    return operation.plan is not None or status in operation.replies or status in GATEWAY


def _unknown(name: str, known: list[NamedExample]) -> str:
    names = dict.fromkeys(one.name for one in known)
    return (
        f"{quoted(name)}, {meant(name, names)}"
        if names
        else f"{quoted(name)}, and no reply of the operation has a named example"
    )


def _refused(message: str, word: str, found: str) -> Refusal:
    return Refusal(400, message, violations=[Violation("header", "/Prefer", word, f"asks for {found}")])


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w.~-]+", name, re.ASCII) else f'"{name}"'
