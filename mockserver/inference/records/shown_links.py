"""Links of records as a document's examples show them: ``comments_url`` is the record's address and ``/comments``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from mockserver.contract.plan import RecordLink
from mockserver.contract.samples.declared_values import said_examples
from mockserver.contract.samples.own_addresses import OwnAddresses
from mockserver.contract.samples.record_examples import record_examples
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.resource_draft import InferredCollection
from mockserver.inference.records.resources import Resources
from mockserver.messages import Json
from mockserver.values.members import value_at


class ShownLinks:
    """Tells which members of a resource's records lead to the record, to what is below it or to what it is below."""

    def __init__(self, found: Resources, own: OwnAddresses) -> None:
        self._found = found
        self._own = own
        self._known: dict[str, Mapping[str, RecordLink]] = {}

    def of(self, one: InferredCollection) -> Mapping[str, RecordLink]:
        """Each such member with where it leads, from the record's own path on. PERF: worked out when first asked."""
        if one.name not in self._known:
            self._known[one.name] = dict(self._links(one)) if one.item and one.record is not None else {}
        return self._known[one.name]

    def _links(self, one: InferredCollection) -> Iterator[tuple[str, RecordLink]]:
        found: set[str] = set()
        for example in self._examples(one):
            key = value_at(example, one.identity) if one.identity else None
            for name, value in example.items() if isinstance(example, dict) else ():
                path = self._own.path_of(value) if isinstance(value, str) and name not in found else None
                if path is not None and (link := self._link(one.item or (), *path, key)) is not None:
                    found.add(name)
                    yield name, link

    def _examples(self, one: InferredCollection) -> Iterator[Json]:
        """The records that the document shows, then one of the examples of the members."""
        yield from record_examples(self._found.shapes.document, one.sources)
        members = self._found.shapes.properties(one.record) if one.record is not None else {}
        said = ((name, said_examples(self._found.shapes.follow(node).value)) for name, node in members.items())
        yield {name: example for name, examples in said for example in [*examples][:1]}

    def _link(self, item: Key, path: str, rest: str, key: Json) -> RecordLink | None:
        """Where ``path`` leads: to the record of that ``key`` or on from it, else to the nearest parent or what it has.

        None where it leads elsewhere: a path of the record's own kind with another key is of another record.
        """
        steps = path.strip("/").split("/")
        for length in range(len(item), 0, -1):
            fits = all(one in (ANY, step) for one, step in zip(item[:length], steps, strict=False))
            if item[length - 1] != ANY or length > len(steps) or not fits:
                continue
            onward = steps[length:]
            is_own = length == len(item)
            if is_own and not onward and unquote(steps[-1]) != str(key):
                return None
            if is_own or not onward or (*item[:length], *onward) in self._found.paths.entries:
                return RecordLink(len(item) - length, "".join(f"/{step}" for step in onward) + rest)
        return None
