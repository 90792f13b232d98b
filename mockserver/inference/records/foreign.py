"""Which members of a record name records of other resources: ``customer_id`` the customers' (A11)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mockserver.contract.document import Node
from mockserver.contract.plan import Steps
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.paths import ANY
from mockserver.inference.reading.resource_draft import InferredCollection
from mockserver.inference.records.resources import Resources
from mockserver.inference.vocabulary.words import DOERS, PEOPLE, REFERENCE_ENDINGS
from mockserver.values.name_words import flat, singular, words_of

_PERSONS = DOERS | {
    "owner", "author", "creator", "createdby", "updatedby", "assignee", "reporter", "reviewer", "approver", "manager",
    "supervisor", "requester", "sender", "recipient", "head", "winner", "receiver", "payee", "invitee",
}  # fmt: skip
"""What people are called by what they do, or by what is done to them."""
_ID_OF = re.compile(r"\b(?:IDs?|[Ii]dentifier|UUID|GUID) (?:of|for) (?:the |an? |this |that )?(\w+)(?: (\w+))?")
"""How it says of what."""
_KEY_OF = re.compile(r"\b(\w+) of (?:the |an? |this |that )?(\w+)(?: (\w+))?")
"""The same where a resource's key has a name of its own: ``code of a depot``."""
_ID = re.compile(r"\bIDs?\b|\bid of\b|\bidentifier of\b|\bunique identifier\b")
"""How a description says that a text is a key."""
_KEYED = [[one] for one in REFERENCE_ENDINGS]
_OF_ITS_KIND = ("parent", "replyto", "inreplyto", "predecessor", "supersedes")
"""How a record calls another of its own kind, before ``id``."""


class ForeignKeys:
    """Tells which members of a record name records of a top-level resource of the document.

    Where several documents were joined, a guess keeps to that of the collection: what leads out of it has to be said.
    """

    def __init__(self, shapes: Shapes, found: Resources) -> None:
        """PERF: what the resources are called is asked of each once, not once for every other."""
        self._shapes = shapes
        self._found = found
        self._known: dict[int, dict[str, str]] = {}
        self._keys: dict[str, str] = {}
        self._below: dict[int, dict[str, str]] = {}
        wholes: dict[int, dict[str, str]] = {}
        for other in found.collections.values():
            if (other.item or other.identity) and not other.parents and other.key and "{}" not in other.key:
                named = self._known.setdefault(id(found.part(other)), {})
                named[flat(singular(other.key[-1]))] = other.name
                whole = wholes.setdefault(id(found.part(other)), {})
                whole[flat("".join(map(singular, other.key[-2:])))] = other.name  # communications/types
                self._keys[other.name] = flat(other.identity[-1]) if other.identity else ""
        self._known = {part: {**wholes[part], **named} for part, named in self._known.items()}
        for other in found.collections.values():
            fixed = [step for step in other.key if step != ANY]
            if fixed and other.identity and other.parents and all(one.resource for one in other.parents):
                self._below.setdefault(id(found.part(other)), {}).setdefault(flat(singular(fixed[-1])), other.name)

    def of(self, one: InferredCollection) -> dict[str, str]:
        """For each such member of the records of ``one`` the resource that it names."""
        if one.record is None:
            return {}
        known = self._known.get(id(self._found.part(one)), {})
        creating = self._found.creating(one)
        sent = self._shapes.properties(creating.body) if creating and creating.body is not None else {}
        keys = {
            name: about
            for name, node in self._shapes.properties(one.record).items()
            if (name,) != one.identity
            and self._is_key(node)
            and not self._is_address(node)
            and (about := self._about(name, [node, *([sent[name]] if name in sent else [])], known))
            and (about != one.name or words_of(name)[-1:] in _KEYED)  # "unique identifier of the image" is its own name
        }
        own = {} if one.parents else self._of_its_kind(one)
        return {**own, **keys, **one.references}

    def likely(self, one: InferredCollection) -> dict[str, str]:
        """Further ones, by less: keys of records below others (``columnId``, where boards have columns), names that
        end in what a resource is called (``awayTeamId``), and texts in place of which a record may be shown whole.
        """  # fmt: skip
        if one.record is None:
            return {}
        part, above = id(self._found.part(one)), {parent.field for parent in one.parents}
        known = {**self._below.get(part, {}), **self._known.get(part, {})}
        already, found = self.of(one), self._of_its_kind(one) if one.parents else {}
        for name, node in self._shapes.properties(one.record).items():
            words = words_of(name)
            if name in already or (name,) in (one.identity, *above) or words[-1:] not in _KEYED:
                continue
            ends = ("".join(words[start:]) for start in range(len(words) - 1))
            if self._is_key(node) and (about := next(filter(None, (_named(end, known) for end in ends)), None)):
                found.setdefault(name, about)
        shown = {} if one.parents else self._shown(one.record)
        return {**{name: about for name, about in shown.items() if name not in already}, **found}

    def _shown(self, record: Node) -> dict[str, str]:
        """The members that are a text or a whole record, as one asks for it, by the schema of that."""
        shapes = self._shapes
        known = {
            other.schema: other.name for other in self._found.collections.values() if other.schema and not other.parents
        }
        texts = {name: node for name, node in shapes.properties(record).items() if self._is_key(node)}
        wholes = (
            (name, known.get(shapes.name(one) or ""))
            for name, node in texts.items()
            for one in shapes.alternatives(node)
        )
        return {name: about for name, about in wholes if about}

    def _of_its_kind(self, one: InferredCollection) -> dict[str, str]:
        """The members that name another record of the same resource: ``parentId``, ``reply_to_id``."""
        members = self._shapes.properties(one.record) if one.record is not None and len(one.identity) == 1 else {}
        kind = self._shapes.type(members[one.identity[0]]) if one.identity[:1] and one.identity[0] in members else None
        thing = flat(singular(one.key[-1])) if one.key else ""
        words = {f"{word}{of}{ending}" for word in _OF_ITS_KIND for of in ("", thing) for ending in REFERENCE_ENDINGS}
        return {
            name: one.name for name, node in members.items() if flat(name) in words and self._shapes.type(node) == kind
        }

    def _about(self, name: str, nodes: Sequence[Node], known: Mapping[str, str]) -> str | None:
        """Where it says so by its name alone, it is a number, a UUID or told to be an ID: else it may be a name.

        ``nodes``: the member as it is shown, and as it is sent.
        """
        is_like_a_key = self._shapes.type(nodes[0]) == "integer" or self._shapes.says(nodes[0], "format") == "uuid"
        said = " ".join(str(self._shapes.says(node, "description") or "") for node in nodes)
        is_like_a_key = is_like_a_key or _ID.search(said) is not None
        named = _named(name, known) or (known.get(flat(name)) if is_like_a_key else None)
        return named or _described(said, known, self._keys)

    def addresses(self, one: InferredCollection) -> dict[str, str]:
        """For each member that holds an address and is called like a resource, or ``…_url``, the resource."""
        if one.record is None:
            return {}
        known = self._known.get(id(self._found.part(one)), {})
        called = {
            name: _called(flat(name).removesuffix("url").removesuffix("uri"), known)
            for name, node in self._shapes.properties(one.record).items()
            if self._is_key(node) and self._is_address(node)
        }
        return {name: about for name, about in called.items() if about and about != one.name}

    def _is_address(self, node: Node) -> bool:
        return str(self._shapes.says(node, "format")) in ("uri", "url", "uri-reference", "iri", "iri-reference")

    def within(self, one: InferredCollection) -> dict[Steps, str]:
        """The same for lists of keys (``project_ids``, numbers called ``projects``) and for keys in objects.

        A number in an object may be a count, unless it is told to be an ID.
        """
        if one.record is None:
            return {}
        known = self._known.get(id(self._found.part(one)), {})
        found = dict[Steps, str]()
        for steps, node in self._members(one.record):
            items = self._shapes.items(node) if self._is_list(node) else None
            word = steps[-1] if items is None else singular(steps[-1])
            is_told = items is not None or _ID.search(str(self._shapes.says(node, "description") or "")) is not None
            nodes = [items or node, node]
            if about := self._about(word, nodes, known) if is_told else _named(word, known):
                found[steps] = about
        return found

    def listed(self, one: InferredCollection) -> dict[tuple[str, str], str]:
        """The same for keys in the objects of a list: ``lines`` and their ``productId``."""
        known = self._known.get(id(self._found.part(one)), {})
        return {
            (name, member): about
            for name, node in (self._shapes.properties(one.record).items() if one.record is not None else ())
            if self._shapes.type(node) == "array" and (items := self._shapes.items(node)) is not None
            for member, place in self._shapes.properties(items).items()
            if self._is_key(place) and not self._is_address(place) and (about := self._about(member, [place], known))
        }

    def _members(self, record: Node) -> Iterator[tuple[Steps, Node]]:
        """Lists of what may be keys, and in objects what may be keys."""
        for name, node in self._shapes.properties(record).items():
            if self._is_list(node):
                yield (name,), node
            elif self._shapes.type(node) == "object":
                inner = self._shapes.properties(node).items()
                yield from (((name, one), below) for one, below in inner if self._is_key(below) or self._is_list(below))

    def _is_key(self, node: Node) -> bool:
        return self._shapes.type(node) in ("string", "integer")

    def _is_list(self, node: Node) -> bool:
        items = self._shapes.items(node) if self._shapes.type(node) == "array" else None
        return items is not None and self._is_key(items)


def _described(said: str, known: Mapping[str, str], keys: Mapping[str, str]) -> str | None:
    """The resource of whose records a member has the key: ``ID of the balance transaction``, ``code of a depot``.

    ``keys``: what the key of each resource is called.
    """
    found = _ID_OF.search(said)
    if found is not None and (about := _thing(found[1], found[2], known)):
        return about
    keyed = ((one[1], _thing(one[2], one[3], known)) for one in _KEY_OF.finditer(said))
    return next((about for word, about in keyed if about and keys.get(about) == flat(word)), None)


def _thing(word: str, more: str | None, known: Mapping[str, str]) -> str | None:
    """The resource that is called by those two words, or by the first."""
    return known.get(flat(singular(f"{word}{more or ''}"))) or known.get(flat(singular(word)))


def _named(name: str, known: Mapping[str, str]) -> str | None:
    """The resource that a member of that name holds a key of."""
    low = flat(name)
    thing = next(
        (low.removesuffix(ending) for ending in REFERENCE_ENDINGS if low.endswith(ending) and low != ending), ""
    )
    return _called(thing, known)


def _called(thing: str, known: Mapping[str, str]) -> str | None:
    """The resource that is called so, or that of people where somebody is called so by what they do."""
    is_person = thing in _PERSONS or thing in ("user", "person", "member")
    person = next((word for word in PEOPLE if is_person and word in known), thing)
    return known.get(thing if thing in known else person)
