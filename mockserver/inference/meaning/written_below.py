"""Records of which there is one that are written below their path alone: ``/me`` by ``PUT /me/profile`` (O9, O11)."""

from __future__ import annotations

import re

from mockserver.inference.meaning.actions import Action, read_action
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.inference.vocabulary.words import CALLERS

WRITES = ("put", "patch", "post", "delete")
_SIGNING_IN = re.compile(r"auth|o?auth2?|log_?-?(in|out)|sign_?-?(in|out|up)|sessions?|tokens?|refresh", re.IGNORECASE)
"""What stands around signing in: whoever does it, the reply is told of that request alone."""


def find_written_below(found: Resources) -> None:
    """Let what GET shows on a fixed path be one record, where a write right below it changes or answers that."""
    below: dict[Key, list[Reading]] = {}
    for (key, method), reading in found.readings.items():
        if method in WRITES and len(key) > 1 and ANY not in (key[-1], key[-2]) and not _SIGNING_IN.fullmatch(key[-1]):
            below.setdefault(key[:-1], []).append(reading)
    for key, writes in below.items():
        shown = found.reading(key, "get")
        if shown is None or shown.record is None or key in found.singles or found.at(key) or _is_caller(found, key):
            continue
        one = single_at(found, shown)
        if not _SIGNING_IN.fullmatch(key[-1]) and any(touches(read_action(found.shapes, each, one)) for each in writes):
            one.why.append("one record that is written below its path (O9)")
            found.singles[key] = one


def single_at(found: Resources, shown: Reading) -> InferredCollection:
    """The one record that GET shows on a path, as a resource of its own and with its schema's name."""
    one = shown.alone()
    assert one.record is not None
    one.schema = found.shapes.name(one.record)
    return one


def touches(action: Action) -> bool:
    """Whether an action changes its record, or shows it."""
    return action.replies == "record" or bool(action.sets or action.takes or action.holder)


def _is_caller(found: Resources, key: Key) -> bool:
    return key[-1].lower() in CALLERS and (*key[:-1], ANY) in found.paths.entries
