"""What records look like to expressions: their fields as the document's schemas declare them, and where keys lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from mockserver.contract import Document, Resource
from mockserver.contract.document import Node
from mockserver.expressions.value_shape import ANY, Shape

Field = tuple[str, str]
"""A resource's name and that of one of its fields."""


@dataclass(frozen=True, slots=True)
class RecordShape(Shape):
    """A record, or what it holds at ``names``.

    ``needs`` collects the fields that are looked at, for whoever looks for circles.
    """

    resource: Resource
    resources: Mapping[str, Resource] = field(compare=False)
    document: Document = field(compare=False)
    needs: set[Field] | None = field(default=None, compare=False)
    names_to: tuple[str, ...] = ()
    node: Node = field(default=Node("", None), compare=False)
    is_list: bool = False

    def member(self, name: str) -> Shape | None:
        known = self._properties()
        if not self.names_to:
            if name not in self.resource.fields:
                return None
            if self.needs is not None:
                self.needs.add((self.resource.name, name))
        elif known.value is None:
            return ANY
        elif name not in known.value:
            return None
        node = self.document.follow(known.child(name))
        is_list = node.child("items").value is not None
        node = self.document.follow(node.child("items")) if is_list else node
        return replace(self, names_to=(*self.names_to, name), node=node, is_list=is_list)

    def names(self) -> Iterable[str]:
        return self._properties().value or () if self.names_to else self.resource.fields

    def about(self) -> str:
        return ".".join((self.resource.name, *self.names_to))

    def leads_to(self) -> tuple[str, Shape] | None:
        referenced = next((one.resource for one in self.resource.references if one.names == self.names_to), None)
        if referenced is None or referenced not in self.resources:
            return None
        found = replace(self, resource=self.resources[referenced], names_to=(), node=Node("", None), is_list=False)
        return referenced, found

    def item(self) -> Shape:
        return replace(self, is_list=False) if self.is_list else self

    def whole(self) -> None:
        if not self.names_to and self.needs is not None:
            self.needs.update((self.resource.name, name) for name in self.resource.fields)

    def _properties(self) -> Node:
        if self.names_to:
            return self.node.child("properties")
        return self.document.node("components", "schemas", self.resource.schema, "properties")


@dataclass(frozen=True, slots=True)
class AskedShape(Shape):
    """What an operation is asked with: its parameters, the members of its body, and who asks."""

    operation: str
    members: Mapping[str, Shape]
    is_open: bool

    def member(self, name: str) -> Shape | None:
        return self.members.get(name, ANY if self.is_open else None)

    def names(self) -> Iterable[str]:
        return self.members

    def about(self) -> str:
        return self.operation


@dataclass(frozen=True, slots=True)
class KeyShape(Shape):
    """The key of a record of ``referenced``, which is not a field of a record itself."""

    referenced: RecordShape

    def leads_to(self) -> tuple[str, Shape] | None:
        return self.referenced.resource.name, self.referenced
