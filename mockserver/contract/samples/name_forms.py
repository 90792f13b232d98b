"""Names that a parameter may hold, by what a document says of it: ``projects/{project}/topics/{topic}``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.contract.plan import PlannedParameter
from mockserver.contract.samples.record_examples import parameter_examples
from mockserver.contract.schema_shape import Shapes
from mockserver.values.name_words import singular

_HOLE = r"(?:\{[\w.-]+\}|\[[\w.-]+\]|<[\w.-]+>|\*)"
_FORM = re.compile(rf"(?<![\w/:.}}-])[a-z][\w-]*(?:/{_HOLE}(?:/[a-z][\w-]*)?)+", re.IGNORECASE)


def shown_name(shapes: Shapes, taken: PlannedParameter) -> str | None:
    """A name such as the parameter takes: its example, else one of the form that its pattern or description shows."""
    likely = (one for one in parameter_examples(shapes, taken) if isinstance(one, str) and "/" in one)
    pattern = str(shapes.says(taken.schema, "pattern") or "").strip("^$").replace("[^/]+", "*")
    return next(iter((*likely, *_filled(pattern), *_filled(taken.description))), None)


def _filled(text: str) -> Iterator[str]:
    for found in _FORM.finditer(text):
        words = found[0].split("/")
        for at in range(1, len(words), 2):
            words[at] = f"{singular(words[at - 1])}-1"
        yield "/".join(words)
