"""Which path of the document a request's path is: fixed segments win over parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

_PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class _End:
    """A template, and of its parameters the place in the path, the name if they are all of a segment, the segment."""

    template: str
    parameters: tuple[tuple[int, str, str], ...]

    @classmethod
    def of(cls, template: str, prefix: str) -> _End:
        before = prefix.count("/")
        wanted = [(before + at, one) for at, one in enumerate(template.split("/")) if "{" in one]
        wholes = [(at, _PARAMETER.fullmatch(one), one) for at, one in wanted]
        return cls(template, tuple((at, whole[1] if whole else "", one) for at, whole, one in wholes))


@dataclass(slots=True)
class _Step:
    """What may follow: segments as they are, segments with parameters in them, any segment; ``end`` if all is read."""

    fixed: dict[str, _Step] = field(default_factory=dict)
    mixed: dict[str, tuple[re.Pattern[str], _Step]] = field(default_factory=dict)
    any: _Step | None = None
    end: _End | None = None

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
                step.end = step.end or _End.of(template, prefix)
                if template == "/" and prefix:  # the root below a prefix is the prefix itself, too
                    bare = self._root
                    for segment in prefix.split("/"):
                        bare = bare.add(segment)
                    bare.end = bare.end or _End.of(template, prefix)

    def match(self, path: str, decode: Callable[[str], str] | None = None) -> tuple[str, dict[str, str]] | None:
        """The template that ``path`` fits, and the values of its parameters; None when it fits none.

        ``decode`` makes a segment plain, for paths that are percent-encoded.
        """
        segments = path.split("/")
        if decode is not None:
            segments = [decode(segment) for segment in segments]
        found = _walk(self._root, segments, 0)
        if found is None:
            return None
        values: dict[str, str] = {}
        for place, name, wanted in found.parameters:
            if name:
                values[name] = segments[place]
            else:
                values |= _values(segments[place], wanted)
        return found.template, values


def answered_methods(verbs: Iterable[str]) -> list[str]:
    """The methods that a path with these verbs answers, sorted: HEAD wherever GET is (RFC 9110 9.3.2)."""
    declared = set(verbs)
    return sorted(declared | {"HEAD"} if "GET" in declared else declared)


def _walk(step: _Step, segments: list[str], at: int) -> _End | None:
    """What the segments from ``at`` on lead to, the most fixed first."""
    if at == len(segments):
        return step.end
    segment = segments[at]
    if (following := step.fixed.get(segment)) is not None and (found := _walk(following, segments, at + 1)):
        return found
    for pattern, following in step.mixed.values():
        if pattern.fullmatch(segment) and (found := _walk(following, segments, at + 1)):
            return found
    return _walk(step.any, segments, at + 1) if step.any is not None and segment else None


def _values(segment: str, wanted: str) -> dict[str, str]:
    """The values of the parameters in one segment of a template that is more than a parameter."""
    pieces = _PARAMETER.split(wanted)
    pattern = "".join("(.+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
    found = re.fullmatch(pattern, segment, re.DOTALL)
    return dict(zip(pieces[1::2], found.groups(), strict=True)) if found else {}
