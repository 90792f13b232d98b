"""A record that gets another key by an update: ``new_name``."""

from __future__ import annotations

from mockserver.handlers.call import Call
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.words import RENAMES
from mockserver.messages import Json
from mockserver.values.name_words import flat


def new_name(call: Call, scope: Scope, sent: Json) -> Json:
    """The key that an update gives the record, in a member of its own: ``new_name``; None where it gives none."""
    model = scope.model
    if model.record is None or len(model.key) != 1 or not isinstance(sent, dict):
        return None
    members = call.tools.maker.shapes.properties(model.record)
    said = (
        one
        for name, one in sent.items()
        if name not in members and (begun := RENAMES.match(name)) and flat(name[begun.end() :]) == flat(model.key[0])
    )
    found = next(said, None)
    return found if isinstance(found, str) and found and call.tools.maker.allows(members[model.key[0]], found) else None
