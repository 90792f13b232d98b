"""Which path of the document a request's path is: fixed segments win over parameters, one segment over several."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_NAME = re.compile(r"[+*]{0,2}([^:=*+?]+)")
"""What of a parameter's spelling is its name: ``{path:path}``, ``{+name}``, ``{name=projects/*}``, ``{path*}``."""


@dataclass(frozen=True, slots=True)
class _End:
    """A template, and of its parameters the place in the path, the name if they are all of a segment, the segment.

    Places are counted from the path's end where they are negative. ``span`` are the first segment that one parameter
    takes of several and the one behind its last, counted from the end (0: none is behind it), name and segment.
    """

    template: str
    parameters: tuple[tuple[int, str, str], ...]
    span: tuple[int, int, str, str] | None = None

    @classmethod
    def of(cls, template: str, prefix: str, spanning: str = "") -> _End:
        before, segments = prefix.count("/"), template.split("/")
        wanted = [(at, _whole(one), one) for at, one in enumerate(segments) if "{" in one]
        at = _spanned(segments, spanning)
        if at is None:
            return cls(template, tuple((before + place, name, one) for place, name, one in wanted))
        behind = len(segments)
        places = tuple(
            (before + place if place < at else place - behind, name, one) for place, name, one in wanted if place != at
        )
        return cls(template, places, (before + at, behind - at - 1, _whole(segments[at]), segments[at]))

    def values(self, segments: list[str]) -> dict[str, str]:
        """The values of the parameters in the path that was found to end here."""
        found: dict[str, str] = {}
        parts = [(segments[place], name, wanted) for place, name, wanted in self.parameters]
        if self.span is not None:
            first, behind, name, wanted = self.span
            parts.append(("/".join(segments[first : len(segments) - behind]), name, wanted))
        for text, name, wanted in parts:
            if name:
                found[name] = text
            else:
                found |= _values(text, wanted)
        return found


@dataclass(slots=True)
class _Step:
    """What may follow: segments as they are, segments with parameters in them, any segment; ``end`` if all is read.

    ``span`` is where a parameter takes several segments: what follows these, read from the path's end.
    """

    fixed: dict[str, _Step] = field(default_factory=dict)
    mixed: dict[str, tuple[re.Pattern[str], _Step]] = field(default_factory=dict)
    any: _Step | None = None
    end: _End | None = None
    span: _Step | None = None

    def add(self, segment: str) -> _Step:
        if _PARAMETER.fullmatch(segment):
            self.any = self.any or _Step()
            return self.any
        if "{" not in segment:
            return self.fixed.setdefault(segment, _Step())
        pattern, _ = _pattern(segment)
        return self.mixed.setdefault(pattern, (re.compile(pattern, re.DOTALL), _Step()))[1]


class Router:
    """Path templates, each also below every one of ``prefixes``.

    ``spanning`` names of some templates the parameter that may hold slashes: it takes several segments of a path that
    no template fits segment by segment.

    PERF: one dictionary a segment. Werkzeug compiles each rule to code of its own, 0.2 s for 600 of them.
    """

    def __init__(
        self, templates: Iterable[str], prefixes: Iterable[str] = ("",), spanning: Mapping[str, str] | None = None
    ) -> None:
        self._root = _Step()
        self._spans = bool(spanning)
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
                if spanning and template in spanning:
                    self._add_span(template, prefix, spanning[template])

    def _add_span(self, template: str, prefix: str, spanning: str) -> None:
        segments = template.split("/")
        at = _spanned(segments, spanning)
        assert at is not None
        step = self._root
        for segment in [*(prefix.split("/") if prefix else ()), *segments[1 if prefix else 0 : at]]:
            step = step.add(segment)
        step.span = step.span or _Step()
        step = step.span
        for segment in reversed(segments[at + 1 if _whole(segments[at]) else at :]):
            step = step.add(segment)
        step.end = step.end or _End.of(template, prefix, spanning)

    def match(self, path: str, decode: Callable[[str], str] | None = None) -> tuple[str, dict[str, str]] | None:
        """The template that ``path`` fits, and the values of its parameters; None when it fits none.

        ``decode`` makes a segment plain, for paths that are percent-encoded.
        """
        segments = path.split("/")
        if decode is not None:
            segments = [decode(segment) for segment in segments]
        found = _straight(self._root, segments) or _walk(self._root, segments, 0)
        if found is None and self._spans:
            found = _walk_spans(self._root, segments, 0)
        return None if found is None else (found.template, found.values(segments))


def parameter_name(written: str) -> str:
    """The name of a parameter as a template writes it between braces, without what says how much it takes."""
    found = _NAME.match(written)
    return found[1].strip() if found else written


def answered_methods(verbs: Iterable[str]) -> list[str]:
    """The methods that a path with these verbs answers, sorted: HEAD wherever GET is (RFC 9110 9.3.2)."""
    declared = set(verbs)
    return sorted(declared | {"HEAD"} if "GET" in declared else declared)


def _straight(step: _Step, segments: list[str]) -> _End | None:
    """What is found without turning back, which is what ``_walk`` finds first. PERF: most paths are."""
    for segment in segments:
        following = step.fixed.get(segment)
        if following is None:
            following = step.any
            if following is None or step.mixed or not segment:
                return None
        step = following
    return step.end


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


def _walk_spans(step: _Step, segments: list[str], at: int) -> _End | None:
    """The same where one parameter takes several segments, those after the most fixed ones."""
    if at == len(segments):
        return None
    segment = segments[at]
    ways = [step.fixed.get(segment), *(way for pattern, way in step.mixed.values() if pattern.fullmatch(segment))]
    for following in (*ways, step.any if segment else None):
        if following is not None and (found := _walk_spans(following, segments, at + 1)):
            return found
    return _walk_back(step.span, segments, at, len(segments)) if step.span is not None else None


def _walk_back(step: _Step, segments: list[str], first: int, stop: int) -> _End | None:
    """What the segments before ``stop`` lead to, read backwards, where some from ``first`` on are left for the span."""
    if stop - first > 1:
        segment = segments[stop - 1]
        ways = [step.fixed.get(segment), *(way for pattern, way in step.mixed.values() if pattern.fullmatch(segment))]
        for following in (*ways, step.any if segment else None):
            if following is not None and (found := _walk_back(following, segments, first, stop - 1)):
                return found
    return step.end if any(segments[first:stop]) else None


def _spanned(segments: list[str], spanning: str) -> int | None:
    """Which segment has the parameter of that name."""
    named = (at for at, one in enumerate(segments) if spanning in map(parameter_name, _PARAMETER.findall(one)))
    return next(named, None) if spanning else None


def _whole(segment: str) -> str:
    """The name of the parameter that is all of a segment; empty where none is."""
    found = _PARAMETER.fullmatch(segment)
    return parameter_name(found[1]) if found else ""


def _pattern(segment: str) -> tuple[str, list[str]]:
    """What a segment with parameters in it has to look like, and the names of these."""
    pieces = _PARAMETER.split(segment)
    pattern = "".join("(.+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
    return pattern, [*map(parameter_name, pieces[1::2])]


def _values(text: str, wanted: str) -> dict[str, str]:
    """The values of the parameters in one segment of a template that is more than a parameter."""
    pattern, names = _pattern(wanted)
    found = re.fullmatch(pattern, text, re.DOTALL)
    return dict(zip(names, found.groups(), strict=True)) if found else {}
