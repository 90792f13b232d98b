"""Which path of the document a request's path is: fixed segments win over parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

_PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass(slots=True)
class _Step:
    """What may follow: segments as they are, segments with parameters in them, any segment; ``end`` if all is read."""

    fixed: dict[str, _Step] = field(default_factory=dict)
    mixed: dict[str, tuple[re.Pattern[str], _Step]] = field(default_factory=dict)
    any: _Step | None = None
    end: tuple[str, str] | None = None

    def add(self, segment: str) -> _Step:
        if _PARAMETER.fullmatch(segment):
            self.any = self.any or _Step()
            return self.any
        if "{" not in segment:
            return self.fixed.setdefault(segment, _Step())
        pieces = _PARAMETER.split(segment)
        pattern = "".join("(.+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
        return self.mixed.setdefault(pattern, (re.compile(pattern, re.DOTALL), _Step()))[1]


class Router:
    """Path templates, each also below every one of ``prefixes``.

    PERF: one dictionary a segment. Werkzeug compiles each rule to code of its own, 0.2 s for 600 of them.
    """

    def __init__(self, templates: Iterable[str], prefixes: Iterable[str] = ("",)) -> None:
        self._root = _Step()
        for prefix in prefixes:
            for template in templates:
                step = self._root
                for segment in (prefix + template).split("/"):
                    step = step.add(segment)
                step.end = step.end or (template, prefix)
                if template == "/" and prefix:  # the root below a prefix is the prefix itself, too
                    bare = self._root
                    for segment in prefix.split("/"):
                        bare = bare.add(segment)
                    bare.end = bare.end or (template, prefix)

    def match(self, path: str, decode: Callable[[str], str] = str) -> tuple[str, dict[str, str]] | None:
        """The template that ``path`` fits, and the values of its parameters; None when it fits none.

        ``decode`` makes a segment plain, for paths that are percent-encoded.
        """
        segments = [decode(segment) for segment in path.split("/")]
        found = next(_walk(self._root, segments, 0), None)
        if found is None:
            return None
        template, prefix = found
        values: dict[str, str] = {}
        if "{" not in template:
            return template, values
        for segment, wanted in zip(segments[prefix.count("/") :], template.split("/"), strict=True):
            values |= _values(segment, wanted)
        return template, values


def answered_methods(verbs: Iterable[str]) -> list[str]:
    """The methods that a path with these verbs answers, sorted: HEAD wherever GET is (RFC 9110 9.3.2)."""
    declared = set(verbs)
    return sorted(declared | {"HEAD"} if "GET" in declared else declared)


def _walk(step: _Step, segments: list[str], at: int) -> Iterator[tuple[str, str]]:
    """Each way to read the segments from ``at`` on, the most fixed first."""
    if at == len(segments):
        if step.end:
            yield step.end
        return
    segment = segments[at]
    if (following := step.fixed.get(segment)) is not None:
        yield from _walk(following, segments, at + 1)
    for pattern, following in step.mixed.values():
        if pattern.fullmatch(segment):
            yield from _walk(following, segments, at + 1)
    if step.any is not None and segment:
        yield from _walk(step.any, segments, at + 1)


def _values(segment: str, wanted: str) -> dict[str, str]:
    """The values of the parameters in one segment of a template."""
    if "{" not in wanted:
        return {}
    if whole := _PARAMETER.fullmatch(wanted):
        return {whole[1]: segment}
    pieces = _PARAMETER.split(wanted)
    pattern = "".join("(.+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
    found = re.fullmatch(pattern, segment, re.DOTALL)
    return dict(zip(pieces[1::2], found.groups(), strict=True)) if found else {}
