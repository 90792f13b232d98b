"""Records as expressions see them: by their fields, each computed when asked for, along foreign keys and indexes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from mockserver.contract import Resource
from mockserver.expressions.compiling import Expression
from mockserver.expressions.context import STEPS, Budget, Context
from mockserver.expressions.operators import Lazy
from mockserver.expressions.standard import as_json
from mockserver.store import AnyOf, Record, Tenant
from mockserver.values.absent import ABSENT, Absent
from mockserver.values.equality import contains

Computed: TypeAlias = Mapping[str, Mapping[str, Expression]]
"""The expression of each computed field, by resource and field."""


class EvaluationContext(Context):
    """A tenant at a moment: what all expressions of one request share.

    Each evaluation has a number of steps of its own, as far as the request's ``budget`` has some left.
    """

    __slots__ = ("_depth", "budget", "computed", "now", "resources", "tenant")

    def __init__(
        self,
        tenant: Tenant,
        now: datetime,
        resources: Mapping[str, Resource],
        computed: Computed,
        budget: Budget | None = None,
    ) -> None:
        super().__init__()
        self.budget = budget or Budget()
        self.tenant = tenant
        self.now = now
        self.resources = resources
        self.computed = computed
        self._depth = 0

    def find(self, referenced: str, key: Any) -> RecordProxy | Absent:
        record = self.tenant[referenced].get(key) if isinstance(key, str) else None
        return ABSENT if record is None else self.proxy(referenced, record)

    def proxy(self, resource: str, record: Record) -> RecordProxy:
        return RecordProxy(self, self.resources[resource], record.id, record)

    def evaluate(self, expression: Expression, this: Any, it: Any = ABSENT) -> Any:
        """What the expression gives; with steps of its own, unless another one needs it. Raises EvaluationLimit."""
        if self._depth:
            return expression.evaluate(self, this, it)
        begin = self.steps = min(STEPS, self.budget.left)
        self._depth = 1
        try:
            return expression.evaluate(self, this, it)
        finally:
            self._depth = 0
            self.budget.left -= begin - self.steps


class RecordProxy:
    """One record: ``data``, with which it is stored (read when first asked for), and what is computed from that."""

    __slots__ = ("_computed", "_data", "_record", "context", "id", "resource")

    def __init__(
        self, context: EvaluationContext, resource: Resource, record_id: str, record: Record | dict[str, Any]
    ) -> None:
        self.context = context
        self.resource = resource
        self.id = record_id
        self._record = record
        self._data: dict[str, Any] | None = record if isinstance(record, dict) else None
        self._computed: dict[str, Any] = {}

    @property
    def data(self) -> dict[str, Any]:
        if self._data is None:
            assert isinstance(self._record, Record)
            self._data = self._record.data()
        return self._data

    def read(self, record: Record) -> dict[str, Any]:
        """What ``record`` holds, not to be changed: read once more only where it is another one by now."""
        return self.data if record is self._record else record.data()

    def get(self, name: str) -> Any:
        """The field's value; worked out once where it is computed."""
        data = self.data
        if name in data:
            return data[name]
        if name in self._computed:
            return self._computed[name]
        expression = self.context.computed.get(self.resource.name, {}).get(name)
        if expression is None:
            return ABSENT
        value = self._computed[name] = as_json(self.context.evaluate(expression, self))
        return value

    def whole(self) -> dict[str, Any]:
        """All fields that have a value, in alphabetical order."""
        return self.only([*self.data, *self.context.computed.get(self.resource.name, ())])

    def only(self, names: Iterable[str]) -> dict[str, Any]:
        """Those of the fields that have a value, in alphabetical order."""
        return {name: value for name in sorted(set(names)) if (value := self.get(name)) is not ABSENT}


class Records(Lazy):
    """The records of a resource, or those whose foreign key ``by`` is ``key``: found by index, read when looked at.

    With ``only``, a field and values, those alone whose field is one of them.
    """

    __slots__ = ("_by", "_context", "_key", "_only", "_resource")

    def __init__(
        self,
        context: EvaluationContext,
        resource: str,
        by: str | None,
        key: Any,
        only: tuple[str, Sequence[Any]] | None = None,
    ) -> None:
        self._context = context
        self._resource = resource
        self._by = by
        self._key = key
        self._only = only

    def where(self, name: str, values: Sequence[Any]) -> Records | None:
        if self._by is not None or self._only or name in self._context.computed.get(self._resource, ()):
            return None
        return Records(self._context, self._resource, None, None, (name, values))

    def __iter__(self) -> Iterator[RecordProxy]:
        found = (self._context.proxy(self._resource, record) for record in self._found())
        return found if self._only is None else self._those(found, *self._only)

    def __len__(self) -> int:
        kept = self._context.tenant[self._resource]
        if self._only is None:
            return len(kept) if self._by is None else sum(1 for _ in self._found())
        name, values = self._only
        different = [value for index, value in enumerate(values) if not contains(values[:index], value)]
        counts = [kept.count(name, value) for value in different]
        known_counts = [count for count in counts if count is not None]
        return sum(known_counts) if len(known_counts) == len(counts) else sum(1 for _ in self)

    def __bool__(self) -> bool:
        return next(iter(self) if self._only else self._found(), None) is not None

    def _found(self) -> Iterator[Record]:
        kept = self._context.tenant[self._resource]
        if self._only is not None:
            return kept.narrowed(AnyOf(*self._only))
        if self._by is None:
            return kept.scan()
        return kept.lookup(self._by, self._key) if isinstance(self._key, str) else iter(())

    def _those(self, found: Iterator[RecordProxy], name: str, values: Sequence[Any]) -> Iterator[RecordProxy]:
        for one in found:
            if contains(values, one.get(name)):
                yield one
            else:
                self._context.spend(1)
