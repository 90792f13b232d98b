"""A schema of the document as a compiled rule: yes or no in microseconds, every violation when it is no."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import quote

import jsonschema_rs

from mockserver.contract.breach_search import is_deep, leads_back, narrowed, without_parts
from mockserver.contract.document import URI, Document, Node
from mockserver.contract.error_relevance import choice_told, closest
from mockserver.contract.schema_weight import HeavySchemas
from mockserver.errors import MAX_VIOLATIONS, SetupError, Violation, capped
from mockserver.messages import Json
from mockserver.values.pointer import pointer_to, steps_of
from mockserver.values.shown import shown

_LOOSE = (
    "duration", "hostname", "idn-email", "idn-hostname", "iri", "iri-reference", "json-pointer", "regex",
    "relative-json-pointer", "time", "uri", "uri-reference", "uri-template",
)  # fmt: skip
"""Formats that documents use in a sense of their own: ``uri`` for a path, ``time`` without a zone."""

_MASK = "\x00"


class Schemas:
    """Compiles schemas by their place in the document; their ``$ref`` resolve within it."""

    def __init__(self, document: Document, *, loose: bool = False) -> None:
        """``loose``: only dates, addresses and UUIDs are judged of all formats; the others have too many senses."""
        self.document = document
        self._formats = dict.fromkeys(_LOOSE, _anything) if loose else None
        self._known: dict[str, SchemaValidator] = {}
        self.heavy = HeavySchemas(document)

    def validator(self, node: Node) -> SchemaValidator:
        """The rule of the schema at ``node``; compiled when first asked."""
        return SchemaValidator(self, node)

    def known(self, node: Node) -> SchemaValidator:
        """The one rule of the schema at ``node`` for those who ask again and again."""
        return self._known.setdefault(node.pointer, SchemaValidator(self, node))

    def allows(self, node: Node, value: Json) -> bool:
        """Whether ``value`` keeps the schema at ``node``; one that cannot be compiled forbids nothing."""
        try:
            return self.known(node).allows(value)
        except SetupError:
            return True

    def projection(self, node: Node, record: Node, key: str) -> SchemaValidator:
        """The rule of the reply at ``node`` when some fields were asked for: of a ``record`` its ``key`` is needed."""
        place = self.document.follow(record).pointer
        return SchemaValidator(self, node, lambda: _absolute(self._requiring(node, place, [key] if key else [])))

    def _requiring(self, node: Node, record: str, keys: list[str]) -> Json:
        """The schema at ``node``, spelt out as far as records stand in it: itself, the items of a list, its members."""
        place = self.document.follow(node)
        if not isinstance(place.value, dict) or place.pointer == record:
            return {**place.value, "required": keys} if place.pointer == record else place.value
        made = dict(place.value)
        if "items" in made:
            made["items"] = self._requiring(place.child("items"), record, keys)
        if "properties" in made:
            members = place.child("properties").items()
            made["properties"] = {name: self._requiring(below, record, keys) for name, below in members}
        return made

    def compile(self, node: Node, schema: Json = None) -> jsonschema_rs.Draft202012Validator:
        """The validator of ``schema``, if given, or of what is at ``node``. Raises SetupError if it is not one.

        PERF: one that stands by itself, as most parameters' do, needs no copy of the whole document, which takes 20 MB.
        """
        alone = None if schema else self._apart(node)
        try:
            return jsonschema_rs.Draft202012Validator(
                (schema or {"$ref": f"{URI}#{_fragment(node.pointer)}"}) if alone is None else alone,
                registry=self.document.registry if alone is None else None,
                validate_formats=True,
                formats=self._formats,
                mask=_MASK,
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise self.document.error(node, f"not a usable JSON Schema: {reason}", "correct the schema") from None

    def _apart(self, node: Node) -> Json:
        """The schema at ``node``, or that which it refers to, where it stands by itself; else None."""
        value = node.value
        if isinstance(value, dict) and value.keys() == {"$ref"}:
            try:
                value = self.document.follow(node).value
            except SetupError:
                return None
        return value if _stands_alone(value) else None


class SchemaValidator:
    """One schema, compiled on first use.

    PERF: ``is_valid`` answers in well under a microsecond where collecting errors takes 26, so errors
    are collected only after a no. Compiling lazily keeps start-up flat for large documents.
    """

    def __init__(self, schemas: Schemas, node: Node, spelt_out: Callable[[], Json] = lambda: None) -> None:
        """``spelt_out`` gives the schema where it is another than the one at ``node``."""
        self._schemas = schemas
        self._spelt_out = spelt_out
        self.node = node

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        made = self._schemas.compile(self.node, self._spelt_out())
        self._schemas.heavy.keep(self)
        return made

    def forget(self) -> None:
        """Let go of what was compiled, until it is asked for again."""
        self.__dict__.pop("_validator", None)

    @cached_property
    def _is_endless_choice(self) -> bool:
        return self._spelt_out() is None and leads_back(self._schemas.document, self.node)

    def compile(self) -> None:
        """Compile now; raises SetupError when the schema is not a usable one."""
        assert self._validator is not None

    def allows(self, value: Json) -> bool:
        return self._validator.is_valid(value)

    def violations(self, value: Json, location: str, pointer: str = "") -> tuple[Violation, ...]:
        """Every way in which ``value`` breaks the rule, in the order of the value; none when it keeps it."""
        if self._validator.is_valid(value):
            return ()
        if is_deep(value) and self._is_endless_choice:
            return self._narrowed(value, location, pointer)
        return self._listed(value, location, pointer)

    def broken(self, value: Json) -> Iterator[tuple[str, str, Any]]:
        """Pointer, keyword and its limit of what ``value`` breaks; what must be there is at its own pointer."""
        for top in self._validator.iter_errors(value):
            for error in closest(top, self._schemas.document):
                yield self._violation(error, "", "").pointer, error.kind.name, _limit(error.kind)

    def _narrowed(self, value: Json, location: str, pointer: str) -> tuple[Violation, ...]:
        """The violations of the part of a deep value that is at fault. PERF: to list those of the whole may double
        the work for each level.
        """
        node, part, steps = narrowed(self._schemas.document, self._schemas.allows, self.node, value)
        validator, place = self._schemas.known(node), pointer + pointer_to(*steps)
        if not is_deep(part):
            return validator._listed(part, location, place)  # noqa: SLF001 -- another of its kind
        if not self._schemas.allows(node, bare := without_parts(part)):
            listed = validator._listed(bare, location, place)  # noqa: SLF001 -- another of its kind
            found = [one for one in listed if one.keyword != "required" or _lacks(part, one)]
            if found:
                return tuple(found)
        return (Violation(location, place, "schema", "matches none of its alternative schemas"),)

    def _listed(self, value: Json, location: str, pointer: str) -> tuple[Violation, ...]:
        found: dict[Violation, None] = {}
        more = 0
        for top in self._validator.iter_errors(value):
            if len(found) >= MAX_VIOLATIONS:
                more += 1
            else:
                found |= {
                    self._violation(error, location, pointer): None for error in closest(top, self._schemas.document)
                }
        return capped(_without_echoes(found), more)

    def _violation(self, error: jsonschema_rs.ValidationError, location: str, pointer: str) -> Violation:
        value: Any = error.instance
        steps = [str(step) for step in error.instance_path]
        kind: Any = error.kind  # its members differ by kind
        keyword = kind.name
        if keyword == "required":
            steps.append(kind.property)
            message = "is required and missing"
        elif keyword == "enum":
            message = f"{shown(value)} is not one of {', '.join(map(shown, kind.options))}"
        elif keyword == "not" and (unwanted := _unwanted(error)):
            steps.append(unwanted)
            message = f"must not be given, found {shown(value[unwanted])}"
        elif choice := choice_told(error, self._schemas.document):
            steps += filter(None, choice[:1])
            message = choice[1]
        else:
            message = error.message.replace(_MASK, shown(value))
        return Violation(location, pointer + pointer_to(*steps), keyword, message)


def _stands_alone(schema: Json) -> bool:
    """Whether a schema is read without what else is in its document: no word in it refers to anything."""
    if isinstance(schema, list):
        return all(map(_stands_alone, schema))
    if not isinstance(schema, dict):
        return True
    return not any(name.startswith("$") for name in schema) and all(map(_stands_alone, schema.values()))


def _lacks(value: Json, violation: Violation) -> bool:
    """Whether a member that is told as missing is missing in ``value`` itself, too."""
    steps = steps_of(violation.pointer)
    return isinstance(value, dict) and bool(steps) and steps[-1] not in value


def _without_echoes(found: Iterable[Violation]) -> list[Violation]:
    """The violations without those of ``not`` where the type is wrong already: of a list none says what it holds."""
    violations = list(found)
    mistyped = {one.pointer for one in violations if one.keyword == "type"}
    return [one for one in violations if one.keyword != "not" or one.pointer not in mistyped]


def _limit(kind: Any) -> Any:
    """What a keyword allows, where it is one value or a list of them; its members differ by kind."""
    names = ("limit", "options", "pattern", "types")
    found = next((getattr(kind, name) for name in names if hasattr(kind, name)), None)
    return found if isinstance(found, int | float | str | list | None) else list(map(str, found))


def _unwanted(error: jsonschema_rs.ValidationError) -> str | None:
    """The member that ``not: {required: […]}`` forbids and the value has; None for any other ``not``."""
    kind: Any = error.kind
    value = error.instance
    if not (isinstance(kind.schema, dict) and list(kind.schema) == ["required"] and isinstance(value, dict)):
        return None
    return next((name for name in kind.schema["required"] if name in value), None)


def _anything(_: str) -> bool:
    return True


def _absolute(schema: Json) -> Json:
    """``schema`` with its references into the document, from wherever it is compiled."""
    if isinstance(schema, list):
        return [_absolute(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _absolute(value) for name, value in schema.items()}
    if isinstance(reference := schema.get("$ref"), str):
        made["$ref"] = f"{URI}{reference}" if reference.startswith("#") else reference
    return made


def _fragment(pointer: str) -> str:
    """A pointer as a URI fragment: what a URI reserves is percent-encoded."""
    return quote(pointer, safe="/~!$&'()*+,;=:@-._")
