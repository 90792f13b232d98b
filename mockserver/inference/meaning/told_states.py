"""What the words of an action say becomes of a record, whatever its path is called: a state, or a copy (O11)."""

from __future__ import annotations

import re
from itertools import product

from mockserver.contract.samples.described_values import listed_values
from mockserver.contract.samples.states import is_state
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.vocabulary.attributes import members_holder
from mockserver.values.verb_stems import stem_of

CONFLICT = "409"
_BECOMES = re.compile(
    r"\b(?:becomes|become|can (?:only )?be|(?:is|gets|be) (?:set|changed|moved|marked) (?:to|as))\s+[\"'`*]*([\w-]+)",
    re.IGNORECASE,
)
"""How a summary or a refusal says it: ``The state becomes sent``, ``Only drafts can be sent``."""
_COPIES = re.compile(r"(?:copy|clone|duplicate|fork|replicate)(?![a-z])", re.IGNORECASE)
_ANOTHER = re.compile(
    r"\b(?:creates?|makes?|starts?) (?:an?|another) (?:new|copy|identical|duplicate)\b", re.IGNORECASE
)
"""How a verb begins, or a summary tells, that makes another record like the one that it is done to."""


def tells_of_copy(reading: Reading, verb: str) -> bool:
    """Whether a POST makes another record like the one in its path."""
    node = reading.entry.node
    prose = " ".join(str(node.child(word).value or "") for word in ("summary", "description"))
    return reading.entry.method == "post" and bool(_COPIES.match(verb) or _ANOTHER.search(prose))


def told_state(shapes: Shapes, reading: Reading, above: InferredCollection) -> tuple[str, str] | None:
    """The member that tells the record's state and the value that it comes to; None where no words say one."""
    record, node = members_holder(shapes, above.record), reading.entry.node
    if record is None:
        return None
    texts = [str(node.child(word).value or "") for word in ("summary", "description")]
    texts += [reading.replies[CONFLICT].description] if CONFLICT in reading.replies else []
    said = {stem_of(one) for text in texts for one in _BECOMES.findall(text)}
    begins = {stem_of(one[0]) for text in texts[:2] if (one := text.split(maxsplit=1))}  # ``Open a draft for bidding``
    members = {name: node for name, node in shapes.properties(record).items() if is_state(name)}
    for words, (name, member) in product((said, begins), members.items()):
        found = [one for one in listed_values(shapes, name, member) if stem_of(one) in words]
        if len(found) == 1:
            return name, found[0]
    return None
