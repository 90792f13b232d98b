"""Which parameter of a path may hold slashes: ``/files/{path}``, ``/v1/{name}`` of ``projects/p/jobs/j``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from mockserver.contract.plan import PlannedParameter
from mockserver.contract.samples.declared_values import said_examples
from mockserver.contract.samples.record_examples import parameter_examples
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.paths import ANY
from mockserver.inference.reading.resource_draft import Reading
from mockserver.values.name_words import KNOWN, words_of

_PLACES = frozenset(
    {"path", "paths", "filepath", "filename", "file", "dir", "directory", "folder", "url", "uri", "ref"}
)
"""What a name ends in whose values hold slashes in most APIs."""
_FORM = re.compile(
    r"(?<![\w/:.}-])[a-z][\w-]*/(?:\{[\w.-]+\}|\[[\w.-]+\]|<[\w.-]+>|\*)"  # projects/{project_id}
    r"|(?<![\w/:.-])[\w-]+(?:/[\w.-]+){3}"  # projects/p/topics/t
    r"|\bresource name\b|\bname of the .{0,30}resource\b(?! group)"
    r"|\b(?:full|relative|file) path\b|\bpath (?:to|of|within|inside)\b|\bslashes\b",
    re.IGNORECASE,
)
"""How a description says so, by the form of the values or in words."""
_EXCLUDED = re.compile(r"\[\^[^\]]*\]")
"""What of a pattern says which characters there are not."""


class _Sure(IntEnum):
    """How sure it is that a parameter holds slashes; what is TOLD of one counts for others at the same place."""

    NO = 0
    LIKELY = 1
    TOLD = 2


def spanning(shapes: Shapes, readings: Iterable[Reading]) -> dict[str, str]:
    """For each template that has such a parameter its name: of several the last."""
    judged: dict[tuple[str, str], _Sure] = {}
    texts: dict[tuple[str, str], bool] = {}
    for reading in readings:
        entry, taken = reading.entry, {one.name: one for one in reading.parameters if one.location == "path"}
        for name in _places(entry.path.template):
            mark, one = (entry.path.template, name), taken.get(name)
            is_last = entry.path.template.rstrip("/").endswith(f"/{{{name}}}")
            sure = _Sure.TOLD if name in entry.path.open else _judged(shapes, one, is_last=is_last)
            judged[mark] = max(sure, judged.get(mark, _Sure.NO))
            texts[mark] = one is None or _is_text(shapes, one)
    open_places = {_before(template, name) for (template, name), sure in judged.items() if sure is _Sure.TOLD}
    return {
        template: name
        for (template, name), sure in judged.items()
        if sure or (texts[template, name] and _before(template, name) in open_places)
    }


def _places(template: str) -> list[str]:
    """The parameters that a segment begins with, in their order."""
    return re.findall(r"/\{([^{}]+)\}", template)


def _before(template: str, name: str) -> str:
    """What stands before the parameter, the same for each spelling of the parameters there."""
    return re.sub(r"\{[^{}]+\}", ANY, template.partition(f"{{{name}}}")[0])


def _is_text(shapes: Shapes, taken: PlannedParameter) -> bool:
    """Whether a value may be any text, as far as a schema can say."""
    words = ("enum", "format", "pattern")
    return shapes.type(taken.schema) in ("string", None) and all(
        shapes.says(taken.schema, one) is None for one in words
    )


def _judged(shapes: Shapes, taken: PlannedParameter | None, *, is_last: bool) -> _Sure:
    """By the words of OpenAPI and of others, its pattern, its examples, its description; at the end by its name."""
    if taken is None or shapes.type(taken.schema) not in ("string", None):
        return _Sure.NO
    if taken.is_open:
        return _Sure.TOLD
    pattern = shapes.says(taken.schema, "pattern")
    if isinstance(pattern, str):
        return _Sure.TOLD if "/" in _EXCLUDED.sub("", pattern) else _Sure.NO
    if shapes.says(taken.schema, "enum") or shapes.says(taken.schema, "format"):
        return _Sure.NO
    shown = [*said_examples(shapes.follow(taken.schema).value), *parameter_examples(shapes, taken)]
    if any(isinstance(one, str) and "/" in one.strip("/") for one in shown) or _tells_of_slashes(taken.description):
        return _Sure.TOLD
    return _Sure.LIKELY if is_last and words_of(taken.name)[-1:] and words_of(taken.name)[-1] in _PLACES else _Sure.NO


@lru_cache(KNOWN)
def _tells_of_slashes(description: str) -> bool:
    return _FORM.search(description) is not None
