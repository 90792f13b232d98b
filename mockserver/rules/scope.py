"""Where an expression of the document is read: what its names may be, and what they lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.contract.problems import Problems
from mockserver.rules.context import Compute
from mockserver.values.absent import ABSENT


@dataclass(frozen=True, slots=True)
class Shape:
    """What an expression looks at: a record (or part of one, below ``names``), or any JSON.

    ``keys`` are names that hold the key of another resource's record, for what is no record.
    """

    resource: Resource | None = None
    names: tuple[str, ...] = ()
    keys: Mapping[str, str] | None = None

    def knows(self, name: str) -> bool:
        """Whether ``name`` can be there. Of what is no record, and of what is inside one, anything can."""
        return self.resource is None or bool(self.names) or name in self.resource.fields

    def target(self, name: str) -> str | None:
        """The resource whose record ``name`` holds the key of, if it is one of the document."""
        if self.resource is None:
            return (self.keys or {}).get(name)
        names = (*self.names, name)
        return next((one.resource for one in self.resource.references if one.names == names), None)

    def below(self, name: str) -> Shape:
        return Shape(self.resource, (*self.names, name)) if self.resource else Shape()


@dataclass(frozen=True, slots=True)
class Scope:
    """One expression while it is read.

    ``shapes`` are what it may look at, the innermost first; ``resources`` all there are; problems go to
    ``problems``; ``expression`` reads an expression inside this one; ``needs`` collects the fields it looks at;
    ``unbounded`` tells that what it collects is not kept, but summed up.
    """

    shapes: tuple[Shape, ...]
    resources: Mapping[str, Resource]
    problems: Problems
    expression: Callable[[Node, Scope], Compute]
    needs: set[tuple[str, str]] | None = None
    unbounded: bool = False

    def need(self, shape: Shape, *names: str) -> None:
        """Keep that the expression looks at fields of a record: at those of these names, or at all."""
        if self.needs is not None and shape.resource is not None and not shape.names:
            self.needs.update((shape.resource.name, name) for name in names or shape.resource.fields)

    def read(self, node: Node) -> Compute:
        return self.expression(node, self)

    def inside(self, shape: Shape) -> Scope:
        return replace(self, shapes=(shape, *self.shapes), unbounded=False)

    def summed(self) -> Scope:
        return replace(self, unbounded=True)

    def resource(self, node: Node) -> Resource | None:
        """The resource that is named at ``node``; a problem when there is none."""
        found = self.resources.get(str(node.value))
        if found is None:
            known = ", ".join(sorted(self.resources)) or "none"
            self.problems.add(node, f"there is no resource {node.value!r}", f"use one of {known}")
        return found

    def wrong(self, node: Node, problem: str, remedy: str) -> Compute:
        """Keep a problem; what cannot be read is absent."""
        self.problems.add(node, problem, remedy)
        return lambda _: ABSENT
