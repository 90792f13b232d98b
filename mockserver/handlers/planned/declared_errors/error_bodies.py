"""A refusal as the error body that the document declares: a member by what its name means, an entry a violation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mockserver.contract.document import Node
from mockserver.contract.samples.scalars import Draw
from mockserver.errors import Violation
from mockserver.handlers.planned.declared_errors.error_members import ErrorMember, Telling, dotted
from mockserver.handlers.planned.declared_errors.error_words import LISTS, PLACES, TITLES, texts_among
from mockserver.messages import Json
from mockserver.values.name_words import flat

DEEPEST = 4
_NOWHERE = Violation("", "", "", "")


@dataclass(frozen=True, slots=True)
class ErrorTeller(Telling):
    """Tells one refusal; ``adds``: also by members that may be missing, where what they mean is known."""

    adds: bool = True

    def filled(self, node: Node, value: Json, violation: Violation | None = None, *, left: int = DEEPEST) -> Json:
        """``value`` with what its members mean said of the refusal; of one ``violation`` in an entry of a list."""
        if isinstance(value, list) and (entries := self._entries(node, is_told=False)):
            return entries
        if not isinstance(value, dict) or not left:
            return value
        members = self.maker.shapes.properties(node)
        if not members and not value and violation is None and not self.maker.shapes.shape(node).closed:
            return {"message": self._words(None)}  # it may hold anything
        text = self._text_of(members, value)
        filled_in: dict[str, Json] = {}
        for name in [*value, *(one for one in members if one not in value)]:
            place = members.get(name)
            if name == text:
                filled_in[name] = self._words(violation, is_placed=any(flat(one) in PLACES for one in members))
            elif place is None:
                filled_in[name] = value[name]
            elif name in value or self.adds:
                member = ErrorMember(self, name, place, value, violation)
                if name in self.maker.shapes.shape(node).required or not member.is_idle:
                    filled_in.update((name, one) for one in self._member(member, left))
        if violation is not None or text is not None:
            return self._listed(members, filled_in, is_told=True) if violation is None else filled_in
        return self._told_below(members, self._listed(members, filled_in, is_told=False), left)

    def _words(self, violation: Violation | None, *, is_placed: bool = False) -> str:
        """What a person reads: the reason with its violations, or one, with its place if nothing else tells it."""
        if violation is None:
            return self.refusal.in_words
        if violation is _NOWHERE:
            return self.refusal.message
        return violation.message if is_placed or not violation.path else f"{violation.path}: {violation.message}"

    def _text_of(self, members: Mapping[str, Node], value: Mapping[str, Json]) -> str | None:
        """The member that tells the reason: one that is there before one that might be, and a title after both."""
        free = [one for one in texts_among([*members, *value]) if self._is_free(members.get(one), value.get(one))]
        likely = [one for one in free if one in value and flat(one) not in TITLES]
        return next(iter([*likely, *(free if self.adds else (one for one in free if one in value))]), None)

    def _is_free(self, place: Node | None, given: Json) -> bool:
        """Whether any text may stand there."""
        if place is None:
            return isinstance(given, str)
        has_values = self.maker.shapes.shape(place).words.get("enum")
        return not has_values and self.maker.allows(place, self.refusal.message)

    def _member(self, member: ErrorMember, left: int) -> Iterator[Json]:
        """The value of one member; none where it stays away."""
        is_place = member.word in PLACES and member.violation is not None
        if member.kind not in ("object", "array") or is_place:
            yield from member.said()
        elif member.is_there:
            is_object = isinstance(member.given, dict)
            yield (
                self.filled(member.place, member.given, member.violation, left=left - 1) if is_object else member.given
            )

    def _listed(self, members: Mapping[str, Node], filled_in: dict[str, Json], *, is_told: bool) -> dict[str, Json]:
        """``filled_in`` with the violations in the first member that is made for them."""
        for name, place in members.items():
            if entries := self._entries(place, is_told=is_told):
                return {**filled_in, name: entries}
            if flat(name) in LISTS and (by_name := self._by_name(place)):
                return {**filled_in, name: by_name}
        return filled_in

    def _entries(self, place: Node, *, is_told: bool) -> list[Json]:
        """The entries of a list; none where it does not hold violations, or there is nothing to tell by them.

        A refusal without violations is one entry where no text beside the list can tell it.
        """
        shapes = self.maker.shapes
        items = shapes.items(place) if shapes.type(place) == "array" else None
        if items is None or (is_told and not self.refusal.violations):
            return []
        violations = self.refusal.violations or (_NOWHERE,)
        if shapes.type(items) == "string":
            texts: list[Json] = [self._words(one) for one in violations]
            return texts if all(self.maker.allows(items, one) for one in texts) else []
        members = shapes.properties(items)
        if not texts_among(members):
            return []
        base = self.maker.make(items, Draw.of(self.refusal.status, self.asked.moment).bare)
        made = [self.filled(items, base, one) for one in violations] if isinstance(base, dict) else []
        return made if all(self.maker.allows(items, one) for one in made) else []

    def _by_name(self, place: Node) -> dict[str, Json]:
        """What is wrong with each member, under its name: a text or a list of texts."""
        shape = self.maker.shapes.shape(place)
        if shape.additional is None or shape.properties or not self.refusal.violations:
            return {}
        texts: dict[str, list[Json]] = {}
        for one in self.refusal.violations:
            texts.setdefault(dotted(one) or one.location, []).append(one.message)
        for by_name in (dict(texts), {name: listed[0] for name, listed in texts.items()}):
            if self.maker.allows(place, by_name):
                return by_name
        return {}

    def _told_below(self, members: Mapping[str, Node], filled_in: dict[str, Json], left: int) -> dict[str, Json]:
        """``filled_in``, with an object made that can tell the reason, where nothing tells it yet."""
        if not self.adds or any(isinstance(filled_in.get(name), dict | list) and filled_in[name] for name in members):
            return filled_in
        for name, place in members.items():
            if self.maker.shapes.type(place) == "object" and left > 1:
                made = self.maker.make(place, Draw.of(self.refusal.status, self.asked.moment).bare)
                below = self.filled(place, made, left=left - 1)
                if below != made:
                    return {**filled_in, name: below}
        return filled_in
