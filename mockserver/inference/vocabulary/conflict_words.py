"""What a declared refusal says in words: which member has to be unique, in which states an action is not possible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from mockserver.contract.plan import Model, OperationPlan
from mockserver.values.name_words import flat, singular, words_of
from mockserver.values.verb_stems import stem_of

_LEADS = r"(?:same|duplicated?|unique|identical)"
_TAKEN = r"(?:already|exists?|taken|in use|(?:being|been) used|must be unique|not unique|duplicated?|conflict)"
_EMAILS, _ADDRESS = frozenset({"email", "email address"}), "(?:e mail|email|this|that|the|your) address|e mail"
_FULL = re.compile(
    r"\b(?:full|fully booked|sold out|at capacity"
    r"|no (?:more |free |available )?(?:seats|spots|places|space|room|capacity))\b"
)
_ONLY = re.compile(r"\b(?:only|must be|has to be|unless|not in)\b")
_NOT = re.compile(r"\b(?:already|cannot|can t|can not|could not|no longer|not possible|not allowed|must not|may not)\b")
_IS_NOT = re.compile(r"\b(?:is|are|was|were|has) not (?:yet |been )*(\w+)")
"""How a refusal says what a record would have to be: ``The order is not paid``."""
_FORBIDS = re.compile(
    r"\b(?:cannot|can t|can not|could not|no longer|not possible|not allowed|must not|may not|not be)\b"
)
_DONE = re.compile(r"\b(?:can|cannot|can t|can not|may|could not|no longer|not) (?:\w+ )?be \w+")
"""What is refused, as it is said: ``can no longer be changed``."""
_MISSED = ("422", "400", "404", "409")
_MISSING = re.compile(r"\b(?:do not|does not|don t|doesn t) exist|\bno such\b|\bnot found\b|\bunknown\b|\bis missing\b")
_REFERRED = re.compile(r"\brefer(?:s|red|ences?|enced)?\b")
"""By which status and in what words a refusal says that what a client names is not there."""
_OTHERS = re.compile(r"\b(?:exists?|same|another|duplicated?|taken|unique|used?)\b")
"""What tells that a refusal is about other records than the one that is changed."""
_NEEDED = re.compile(
    r"\b(?:in use|used (?:by|in)|referenced|refers? to|depends?|dependents?|dependants?|not empty|linked)\b"
)
_BEFORE = frozenset(
    {"has", "have", "had", "having", "still", "any", "other", "some", "more", "existing", "dependent", "associated",
     "linked", "related", "attached", "the", "its", "to", "by", "in", "of", "with", "from", "contains", "are", "or"}
)  # fmt: skip
"""What stands before the name of records that need another, whichever they are."""
_UNIQUE = re.compile(
    r"\bunique\b(?! (?:id|identifier|key|reference|identification|number|code|string|value|name)\b)", re.IGNORECASE
)
"""How a description says that no two records share a value; ``Unique identifier of …`` does not."""
_SAID_UNIQUE = re.compile(
    r"^\s*unique\b(?! id)|\b(?:is|are|be) unique\b|\bunique (?:within|across|among|per|for each|in)\b", re.IGNORECASE
)
_CONDITION = re.compile(r"\b(?:when|if|where|unless|in case)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.;])\s+|\n\s*\n")
"""How a description says that of all records, what makes it true of some only, and where a sentence ends."""


def is_said_unique(description: str) -> bool:
    """Whether a description says without a condition that no two records have one value of a member.

    ``The name must be unique``, not ``When there is a template, it must be unique`` or ``Unique identifier of it``.
    """
    return any(
        _SAID_UNIQUE.search(sentence) and not _CONDITION.search(sentence) for sentence in _SENTENCE.split(description)
    )


def unique_members(refusal: str, members: Mapping[str, str], parent: str = "") -> Iterator[str]:
    """Those of ``members``, each with its own description, that no two records may share.

    Their own description says so, or ``refusal``, that of the declared conflict, names them: ``Email is taken``.
    ``parent`` is what the records stand below, each of which has its own: ``already in the envelope``.
    """
    text = _spaced(refusal)
    for name, description in members.items():
        called = " ".join(words_of(name))
        called = f"(?:{called}|{_ADDRESS})" if called in _EMAILS else called
        further = r"(?:or|and) (?:\w+ |(?:the|an?) \w+ (?:\w+ )?)"
        beside = rf"(?:address )?(?:{further}|for \w+ \w+ |{called} )?(?:is |has |was |are )?"
        done = rf"{called} (?:is|are|has|have|was) (?:\w+ ){{1,4}}already"  # ``has booked it already``
        found = re.search(rf"\b{_LEADS} {called}\b|\b{called} {beside}{_TAKEN}\b|\b{done}\b", text) if called else None
        if _UNIQUE.search(description) or (found and not _is_elsewhere(text[found.end() :], parent)):
            yield name


def _is_elsewhere(rest: str, parent: str = "") -> bool:
    """Whether a member is said to be unique within some other thing only: ``the same name in the target folder``."""
    found = re.match(
        r" (?:\w+ )?(?:in|within|under) (?:the |this |that |a |an |its |same |target )+(?!system)(\w*)", rest
    )
    return found is not None and (not parent or flat(singular(found[1])) != flat(singular(parent)))


def refused_states(texts: Iterable[str], states: Iterable[str], becomes: str) -> list[str]:
    """The states in which an action that makes a record ``becomes`` is refused: in that one, and as ``texts`` say.

    ``Only booked appointments can be cancelled`` allows one; ``already paid or void`` refuses two.
    """
    text, known = " ".join(map(_spaced, texts)), [*states]
    stems = {stem_of(word) for word in text.split()}
    named = [one for one in known if one != becomes and (stem_of(one) in stems or f" {_spaced(one).strip()} " in text)]
    if only := [one for one in named if stem_of(one) in {stem_of(word) for word in _IS_NOT.findall(text)}]:
        return [one for one in known if one not in only]
    if named and _NOT.search(text):
        return [becomes, *named]
    if named and _ONLY.search(text):
        return [one for one in known if one not in named]
    return [becomes]


def forbidden_states(refusal: str, states: Mapping[str, list[str]]) -> tuple[str, list[str]]:
    """The member of a record, of those with ``states``, and its values with which ``refusal`` forbids a change.

    ``A closed ticket cannot be edited`` names one; ``Only drafts can be deleted`` all others. An empty name where no
    member, or more than one, is named, or where it is about other records: ``the same name``.
    """
    text = _spaced(refusal)
    stems = {stem_of(word) for word in _DONE.sub(" ", text).split()}
    named = {name: [one for one in own if stem_of(one) in stems] for name, own in states.items()}
    named = {name: own for name, own in named.items() if own}
    if len(named) != 1 or _OTHERS.search(text):
        return "", []
    name, own = next(iter(named.items()))
    if _FORBIDS.search(text):
        return name, own
    return (name, [one for one in states[name] if one not in own]) if " only " in text else ("", [])


def states_needed(refusal: str, resource: str, states: Mapping[str, list[str]]) -> tuple[str, list[str]]:
    """The member of a record of ``resource``, and its values with which ``refusal`` says that nothing is added to it.

    ``The survey is not live`` refuses all others; ``The event is cancelled`` that one. An empty name where it does not
    name the resource, names no state or those of several members, or is about other records: ``already exists``.
    """
    text = _spaced(refusal)
    if not _calls(refusal, resource) or _OTHERS.search(text):
        return "", []
    stems = {stem_of(word) for word in text.split()}
    named = {name: [one for one in own if stem_of(one) in stems] for name, own in states.items()}
    named = {name: own for name, own in named.items() if own}
    if len(named) != 1:
        return "", []
    name, own = next(iter(named.items()))
    is_not = {stem_of(word) for word in _IS_NOT.findall(text)}
    if [one for one in own if stem_of(one) in is_not] or (_ONLY.search(text) and not _FORBIDS.search(text)):
        return name, [one for one in states[name] if one not in own]
    return name, own


def tells_of_full(refusal: str, resource: str) -> bool:
    """Whether a refusal is about a record of ``resource`` that can hold no more: ``Class is full``."""
    return bool(_calls(refusal, resource)) and _FULL.search(_spaced(refusal)) is not None


def tells_of_state(refusal: str, states: Iterable[str]) -> bool:
    """Whether a refusal is about what the record is already: it names one of ``states``, in any form of the word."""
    text = _spaced(refusal)
    stems = {stem_of(word) for word in text.split()}
    return any(stem_of(one) in stems or _spaced(one) in text for one in states)


def are_taken_together(refusal: str, members: Iterable[str]) -> bool:
    """Whether a refusal tells of several members at once: ``the same name and city``, not ``the name or the city``."""
    text = _spaced(refusal)
    return len([*members]) > 1 and " and " in text and " or " not in text


def tells_of_use(refusal: str, resource: str) -> bool:
    """Whether the refusal of a delete is about records of ``resource`` that need the record: ``still has orders``."""
    return bool(_calls(refusal, resource)) or _NEEDED.search(_spaced(refusal)) is not None


def told_missing(plan: OperationPlan, model: Model, resource: str) -> dict[str, tuple[str, int]]:
    """The members of ``resource`` that name records which have to be there, as the words of a refusal say: the resource
    that each names, and the status.

    Where the path names a record, the words are of that one, or of those above it: ``404: User not found``.
    """
    said = {status: one.description for status, one in plan.replies.items()}
    above = {parent.field for parent in model.parents}
    in_path = {parent.resource for parent in model.parents} | ({resource} if plan.names_record else set())
    return {
        name: (other, int(status)) for name, other in model.foreign.items()
        if (name,) != model.key and (name,) not in above and other not in in_path
        and (status := refusal_of_missing(said, other))
    }  # fmt: skip


def refusal_of_missing(said: Mapping[str, str], resource: str) -> str:
    """The status whose words say that records of ``resource`` that a client names are not there; empty where none does.

    ``said``: the words of each refusal. ``The room does not exist``; ``Something that it refers to is unknown``.
    """
    missing = (one for one in said.items() if one[0] in _MISSED and _MISSING.search(_spaced(one[1])))
    return next((name for name, one in missing if _REFERRED.search(_spaced(one)) or _calls(one, resource)), "")


def tells_of_any(refusal: str, resource: str) -> bool:
    """Whether the refusal of a delete is about all records of ``resource``: ``has orders``, not ``unpaid orders``."""
    words = words_of(refusal)
    return any(place == 0 or words[place - 1] in _BEFORE for place in _calls(refusal, resource))


def _calls(refusal: str, resource: str) -> list[int]:
    """Where among its words a refusal names records of ``resource``."""
    thing = flat(singular(resource.rpartition(".")[2]))
    return [place for place, word in enumerate(words_of(refusal)) if flat(singular(word)) == thing]


def _spaced(text: str) -> str:
    return f" {' '.join(words_of(text))} "
