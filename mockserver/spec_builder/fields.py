"""The fields of one group: from a line each to the record's schema, to those derived from it, and to samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from mockserver.contract.document import Document, Node
from mockserver.contract.problems import Problems
from mockserver.spec_builder.lines import DROPPED, Tree, complete, schemas
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import quoted

MEMBERS = ("record", "writable", "replaceable", "search")
TOLD_AT_THE_RECORD = ("readOnly", "x-mock", "x-provenance", "x-conditional")


class FieldLines:
    """The lines of ``part`` and of the blocks it includes; ``key`` identifies a record, unless the group is single."""

    def __init__(self, part: Document, blocks: Document, shapes: Tree, key: str, problems: Problems) -> None:
        self._part = part
        self._blocks = blocks
        self._shapes = shapes
        self._problems = problems
        self.key = None if part.node("single").value else key

    @cached_property
    def lines(self) -> dict[str, Tree]:
        """In alphabetical order, as the vendor lists them; shapes spelt out."""
        own = {name: complete(node, self._shapes, self._problems) for name, node in self._part.node("fields").items()}
        return dict(sorted({**self._included(), **own}.items()))

    @cached_property
    def required(self) -> list[str]:
        return [name for name, line in self.lines.items() if line.get("required")]

    @cached_property
    def writable(self) -> list[str]:
        """What a client may set on a new record: the key only where clients choose it."""
        return [name for name, line in self.lines.items() if not line.get("readOnly") and "computed" not in line]

    @cached_property
    def sent(self) -> list[str]:
        """What a client must set: the server fills in the rest, and a key that is not given."""
        absent = {name for name, line in self.lines.items() if "filled" in line} | {self.key}
        return [name for name in self.required if name in self.writable and name not in absent]

    @property
    def is_chosen(self) -> bool:
        """Whether clients may choose the key of a new record."""
        return bool(self.key and self.lines.get(self.key, {}).get("chosen"))

    @property
    def way(self) -> str:
        """How a new record comes by its key: ``made``, ``chosen``, or ``single`` where it has none."""
        return "single" if self.key is None else "chosen" if self.is_chosen else "made"

    def members(self, word: str) -> Tree:
        """``properties`` and ``required`` of a schema that says ``members: word``."""
        if word == "record":
            return {"required": self.required, "properties": schemas(self._part, "fields", self.lines, self._problems)}
        if word == "search":
            return {"properties": self._searched()}
        keys = [self.key] if self.key else []
        taken = {*self.writable, *keys} if word == "replaceable" else {*self.writable}
        needed = [*self.sent, *keys] if word == "replaceable" else self.sent
        return {
            "required": sorted(needed),
            "properties": {name: schema for name, schema in self._sent.items() if name in taken},
        }

    # Samples.

    def sample(self, record: Tree) -> Tree:
        """The sample record with what the server would have stamped on it."""
        return dict(sorted({**self._stamps(0), **record}.items()))

    def changed(self, record: Tree, change: Tree) -> Tree:
        """The sample record after ``change``."""
        return dict(sorted({**record, **self._stamps(-1), **change}.items()))

    def samples(self, record: Tree) -> dict[str, Tree]:
        """What follows from a sample record: what creates one like it, without its key, and what replaces it."""
        created = {name: value for name, value in record.items() if name in self.writable and name != self.key}
        key = {name: value for name, value in record.items() if name == self.key}
        return {"create": created, "replace": {**key, **created}}

    def _stamps(self, which: int) -> Tree:
        """The first or the last example of each field that the server stamps."""
        stamped = {name: line for name, line in self.lines.items() if "stamp" in (line.get("x-mock") or {})}
        return {name: line["examples"][which] for name, line in stamped.items() if line.get("examples")}

    # Where lines come from.

    def _included(self) -> Tree:
        """The lines of the blocks that the part names."""
        said = self._part.node("include")
        names = said.value if isinstance(said.value, list) else [said.value] if said.value is not None else []
        found: Tree = {}
        for name in names:
            block = self._blocks.root.get(name) if isinstance(name, str) else None
            if block is None:
                known = ", ".join(self._blocks.root)
                self._problems.add(said, f"unknown block {quoted(name)}", f"use one of {known}")
                continue
            found |= self._spelt_out(str(name)) if isinstance(block, Mapping) else self._picked(said, str(name), block)
        return found

    def _spelt_out(self, block: str) -> Tree:
        return {name: complete(node, self._shapes, self._problems) for name, node in self._blocks.node(block).items()}

    def _picked(self, said: Node, block: str, names: list[str]) -> Tree:
        """The lines of those ``names`` in the other blocks."""
        whole: Tree = {}
        for other, lines in self._blocks.root.items():
            whole |= self._spelt_out(other) if isinstance(lines, Mapping) else {}
        for name in names:
            if name not in whole:
                problem = f"{quoted(block)} in {self._blocks.source} picks {quoted(name)}, which no block describes"
                self._problems.add(said, problem, "pick another field, or describe it")
        return {name: whole[name] for name in names if name in whole}

    def _searched(self) -> Tree:
        lines = {name: complete(node, self._shapes, self._problems) for name, node in self._part.node("search").items()}
        return schemas(self._part, "search", lines, self._problems)

    @cached_property
    def _sent(self) -> Tree:
        """Each field's schema where a client sends it, written out: a reference into another schema's properties is
        more than most generators follow. What the server makes of it is told at the record."""
        whole = schemas(self._part, "fields", self.lines, self._problems)
        return {
            name: {word: value for word, value in made.items() if word not in TOLD_AT_THE_RECORD}
            for name, made in whole.items()
        }


def patch_of(change: Tree) -> list[Tree]:
    """The JSON Patch that makes ``change``. ``add`` sets a field whether it is there or not, so it always applies."""
    return [{"op": "add", "path": pointer_to(name), "value": value} for name, value in change.items()]


def no_key(fields: FieldLines) -> Any:
    """What a create's body must not hold: the key, unless clients choose it or there is none."""
    return DROPPED if fields.key is None or fields.is_chosen else {"required": [fields.key]}


def objects(part: Document, shapes: Tree, problems: Problems) -> Iterator[tuple[str, Tree]]:
    """The schemas of the nested objects that a part describes, a line a member."""
    for name, said in part.node("objects").items():
        lines = {one: complete(node, shapes, problems) for one, node in said.child("fields").items()}
        required = [one for one, line in lines.items() if line.get("required")]
        rest = {word: value for word, value in said.value.items() if word not in ("about", "fields", "from")}
        made = {
            "type": "object",
            **({"required": required} if required else {}),
            "properties": schemas(part, f"objects/{name}/fields", lines, problems),
            **rest,
            "description": said.child("about").value,
        }
        yield name, made
