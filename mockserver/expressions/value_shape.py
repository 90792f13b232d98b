"""Shapes: what a value looks like, as far as that is known before anything is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Shape:
    """Any JSON: whatever is asked of it may be there.

    Subclass it for what is known. A list has the shape of its items, and says ``is_list``.
    """

    is_list = False

    def member(self, name: str) -> Shape | None:  # noqa: ARG002
        """The shape of what it holds under ``name``; None where there can be no such member."""
        return ANY

    def names(self) -> Iterable[str]:
        """The members it may have, to tell which one was meant."""
        return ()

    def about(self) -> str:
        """What messages call it, such as ``applications``."""
        return "it"

    def leads_to(self) -> tuple[str, Shape] | None:
        """For a foreign key: the name of the target, and the shape of the record there."""
        return None

    def item(self) -> Shape:
        """The shape of one item."""
        return self

    def whole(self) -> None:
        """All of it is looked at, not just one member."""


ANY = Shape()
NOWHERE = Shape()
"""Of the records of a module that is not served: there are none, whatever is asked."""


class Struct(Shape):
    """An object with just these members."""

    def __init__(self, members: Mapping[str, Shape], about: str = "the object") -> None:
        self._members = members
        self._about = about

    def member(self, name: str) -> Shape | None:
        return self._members.get(name)

    def names(self) -> Iterable[str]:
        return self._members

    def about(self) -> str:
        return self._about


class ListOf(Shape):
    """A list whose items have a known shape."""

    is_list = True

    def __init__(self, item: Shape) -> None:
        self._item = item

    def member(self, name: str) -> Shape | None:  # noqa: ARG002  # a list has none
        return None

    def about(self) -> str:
        return self._item.about()

    def item(self) -> Shape:
        return self._item

    def whole(self) -> None:
        self._item.whole()
