"""The functions that reach other records, for expressions about the records of a document."""

from __future__ import annotations

from typing import Any

from mockserver.contract.resource import local_name
from mockserver.expressions.functions import Function, Functions, Site
from mockserver.expressions.record_proxy import EvaluationContext, RecordProxy, Records
from mockserver.expressions.record_shapes import RecordShape
from mockserver.expressions.standard import STANDARD
from mockserver.expressions.value_shape import ANY, NOWHERE, ListOf, Shape
from mockserver.values.absent import ABSENT
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant


def record_functions(shape: RecordShape, field: str | None = None, known: Functions = STANDARD) -> Functions:
    """The ``known`` functions, and ``records``, ``find`` and ``next_number`` for the records of ``shape``.

    ``field`` is the one that the expression is about, if any.
    """

    def all_of(site: Site) -> Shape:
        found = _resource(site, shape)
        by = site.keyword("by")
        if found is NOWHERE:
            return NOWHERE
        if not isinstance(found, RecordShape):
            return ANY
        if by is not None and by not in (known := [one.path for one in found.resource.references]):
            site.complain(f"{quoted(by)} is not a foreign key of {found.resource.name}", meant(by, known))
        return ListOf(found)

    def one_of(site: Site) -> Shape:
        return _resource(site, shape) or ANY

    def countable(site: Site) -> Shape:
        if field is None:
            site.complain("next_number() has no field to count", "write it where a field is filled")
        return ANY

    return known.also(
        Function("records", _records, context=True, this=True, check=all_of),
        Function("find", _find, context=True, check=one_of),
        Function("next_number", _numbers(shape.resource.name, field), context=True, check=countable),
    )


def documented() -> list[Function]:
    """All functions that rules can call, by name, for documentation."""
    more = (
        Function("records", _records, context=True, this=True),
        Function("find", _find, context=True),
        Function("next_number", _numbers("", None), context=True),
    )
    return sorted(STANDARD.also(*more).by_name.values(), key=lambda one: one.name)


def _resource(site: Site, shape: RecordShape) -> Shape | None:
    """The resource that a call names first; NOWHERE where its module is not served."""
    name = site.text(0) if site.node.args else None
    if name is None:
        return None
    name = local_name(shape.resources, name)
    if name is None:
        return NOWHERE
    if name not in shape.resources:
        site.complain(f"unknown resource {quoted(name)}", meant(name, shape.resources))
        return None
    return RecordShape(shape.resources[name], shape.resources, shape.document, shape.needs)


def _records(
    context: EvaluationContext, this: Any, resource: str, /, *, by: str | None = None, of: Any = None
) -> Records | tuple[()]:
    """The records of a resource; ``by`` a foreign key, those in which it names this record (or the record ``of``)."""
    named = this if of is None else of
    local = local_name(context.resources, resource)
    if local is None:
        return ()
    return Records(context, local, by, named.id if isinstance(named, RecordProxy) else named)


def _find(context: EvaluationContext, resource: str, key: Any, /) -> Any:
    """The record of a resource that has the key."""
    local = local_name(context.resources, resource)
    return ABSENT if local is None else context.find(local, key)


def _numbers(resource: str, field: str | None) -> Any:
    def next_number(context: EvaluationContext, /) -> int:
        """One more than the highest number this field has ever had in any record."""
        return context.tenant[resource].highest(field or "") + 1

    return next_number
