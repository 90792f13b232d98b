"""Shelves: what is kept of one tenant, read as far as it changed, and written one version after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, bindparam, delete, func, literal, select, update

from mockserver.store.keeping import FactKind, FactPlace, Overtaken
from mockserver.store.sql.database import Database
from mockserver.store.sql.database_schema import entries, shelves
from mockserver.store.sql.statements import ENTRY, found_newer, moved_on, put_entries

Contents: TypeAlias = Iterable[tuple[FactPlace, bytes | None]]
LIVE = "live"
"""The world that requests are answered from; others are those of snapshots."""
BATCH = 1_000
"""How many entries are written at once."""


class Shelf(NamedTuple):
    """How a tenant is kept: see the table."""

    version: int = 0
    base: int = 0
    filled: bool = False


News: TypeAlias = tuple[Shelf, list[tuple[FactPlace, bytes | None]]]


class NewerThan(NamedTuple):
    """A shelf, and the version since which its news are wanted."""

    shelf: bytes
    since: int


class Shelves:
    """The shelves of one world. What is called with a connection is part of its transaction."""

    def __init__(self, database: Database, world: str = LIVE) -> None:
        self._world = world
        self._put = put_entries(database)
        self._appear = database.insert(shelves).on_conflict_do_nothing(index_elements=["id"])
        columns = (shelves.c.version, shelves.c.base, shelves.c.filled)
        self._find = select(*columns).where(shelves.c.id == bindparam("shelf"))
        self._news = found_newer(bindparam("shelf"), bindparam("since"))
        self._since = select(*ENTRY).where(
            entries.c.shelf == bindparam("shelf"), entries.c.version > bindparam("since")
        )
        self._move_on = moved_on()
        self._database = database

    def news(self, connection: Connection, name: str, since: int) -> News:
        """The shelf of a live tenant, and what stands on it since a version, both at one moment."""
        return news_of_rows(
            connection.execute(self._news, {"shelf": shelf_id(self._world, name), "since": since}).all()
        )

    def asked(self, name: str, since: int) -> NewerThan:
        """What is asked for beside a tenant of another world."""
        return NewerThan(shelf_id(self._world, name), since)

    def hold(self, connection: Connection, name: str, since: int) -> News:
        """As ``news``; nobody else changes the tenant until the transaction ends."""
        found = self._held(connection, name)
        if found is None:
            connection.execute(self._appear, _new(self._world, name))
            found = self._held(connection, name) or Shelf()
        if found.version <= since and found.base <= since:
            return found, []
        since = -1 if found.base > since else since
        rows = connection.execute(self._since, {"shelf": shelf_id(self._world, name), "since": since})
        return found, [entry(row) for row in rows]

    def hold_all(self, connection: Connection) -> dict[str, Shelf]:
        """Every live shelf by its tenant's name; nobody else changes any until the transaction ends."""
        columns = (shelves.c.name, shelves.c.version, shelves.c.base, shelves.c.filled)
        query = select(*columns).where(shelves.c.world == encoded(self._world)).order_by(shelves.c.id).with_for_update()
        return {decoded(name): Shelf(*rest) for name, *rest in connection.execute(query)}

    def write(self, connection: Connection, name: str, version: int, changes: Contents) -> None:
        """Make version ``version`` + 1 of a live shelf. Raises Overtaken when it has another version than that."""
        if version <= 0:
            connection.execute(self._appear, _new(self._world, name))
        moved = connection.execute(self._move_on, {"shelf": shelf_id(self._world, name), "mine": max(version, 0)})
        if moved.rowcount != 1:
            raise Overtaken(name)
        self._database.sign(connection)
        self.insert(connection, shelf_id(self._world, name), max(version, 0) + 1, changes)

    def replace(self, connection: Connection, name: str, contents: Contents | None) -> None:
        """Let a live tenant be what ``contents`` are, or appear anew; the shelf is held."""
        connection.execute(self._appear, _new(self._world, name))
        connection.execute(delete(entries).where(entries.c.shelf == shelf_id(self._world, name)))
        version = self.begin_anew(connection, name, filled=contents is not None)
        self.insert(connection, shelf_id(self._world, name), version, contents or ())

    def begin_anew(self, connection: Connection, name: str, *, filled: bool) -> int:
        """The next version of a live shelf, before which nothing counts."""
        following = shelves.c.version + 1
        anew = update(shelves).where(shelves.c.id == shelf_id(self._world, name))
        connection.execute(anew.values(version=following, base=following, filled=filled))
        version: int = connection.execute(self._find, {"shelf": shelf_id(self._world, name)}).one()[0]
        return version

    def insert(self, connection: Connection, shelf: bytes, version: int, contents: Contents) -> None:
        batch: list[dict[str, object]] = []
        for place, content in contents:
            batch.append(row_of(shelf, place, version, content))
            if len(batch) == BATCH:
                connection.execute(self._put, batch)
                batch = []
        if batch:
            connection.execute(self._put, batch)

    def names(self, connection: Connection, world: str | None = None) -> list[str]:
        """The tenants of this world, or another, sorted."""
        world = self._world if world is None else world
        query = select(shelves.c.name).where(shelves.c.world == encoded(world), shelves.c.filled)
        return sorted(decoded(name) for (name,) in connection.execute(query))

    def copy(self, connection: Connection, name: str, world: str) -> None:
        """Let a live tenant be on a shelf of another world as well; the tenant is held."""
        destination = shelf_id(world, name)
        connection.execute(self._appear, {**_new(world, name), "filled": True})
        self._pour(connection, shelf_id(self._world, name), destination, 0)

    def contents(self, connection: Connection, world: str, name: str) -> Iterator[tuple[FactPlace, bytes | None]]:
        """All that stands on a shelf of another world."""
        rows = connection.execute(self._since, {"shelf": shelf_id(world, name), "since": -1})
        return (entry(row) for row in rows)

    def put(self, connection: Connection, world: str, name: str, contents: Contents) -> None:
        """Let a tenant be on a shelf of another world, which has none of its name."""
        connection.execute(self._appear, {**_new(world, name), "filled": True})
        self.insert(connection, shelf_id(world, name), 0, contents)

    def bring_back(self, connection: Connection, name: str, world: str, *, filled: bool) -> None:
        """Let a live tenant be what another world's is, or where that is not ``filled``, appear anew."""
        connection.execute(self._appear, _new(self._world, name))
        connection.execute(delete(entries).where(entries.c.shelf == shelf_id(self._world, name)))
        version = self.begin_anew(connection, name, filled=filled)
        if filled:
            self._pour(connection, shelf_id(world, name), shelf_id(self._world, name), version)

    def worlds(self, connection: Connection) -> list[str]:
        """Those there are, sorted; with the mark of one that has no tenants."""
        return sorted(decoded(world) for (world,) in connection.execute(select(shelves.c.world).distinct()))

    def mark(self, connection: Connection, world: str) -> None:
        """Let there be a world."""
        connection.execute(self._appear, _new(world, ""))

    def vacuum(self, connection: Connection) -> int:
        """Forget what no longer stands anywhere; how much that was. Who is behind reads the whole anew."""
        connection.execute(update(shelves).values(base=shelves.c.version))
        return connection.execute(delete(entries).where(entries.c.content.is_(None))).rowcount

    def forget(self, connection: Connection, world: str) -> None:
        """Remove all that is kept of a world."""
        of_world = select(shelves.c.id).where(shelves.c.world == encoded(world))
        connection.execute(delete(entries).where(entries.c.shelf.in_(of_world)))
        connection.execute(delete(shelves).where(shelves.c.world == encoded(world)))

    def sizes(self, connection: Connection) -> Iterator[tuple[str, str, int, str, int, int]]:
        """World, tenant, version, and of each kind with a name (of records, the resource) how many and their bytes."""
        query = (
            select(
                shelves.c.world,
                shelves.c.name,
                shelves.c.version,
                entries.c.name,
                func.count(entries.c.content),
                func.coalesce(func.sum(func.length(entries.c.content)), 0),
            )
            .select_from(
                shelves.outerjoin(entries, (entries.c.shelf == shelves.c.id) & (entries.c.kind == FactKind.RECORD))
            )
            .where(shelves.c.filled)
            .group_by(shelves.c.world, shelves.c.name, shelves.c.version, entries.c.name)
        )
        for world, name, version, resource, count, size in connection.execute(query):
            yield decoded(world), decoded(name), version, decoded(resource or b""), count, int(size)

    def _held(self, connection: Connection, name: str) -> Shelf | None:
        row = connection.execute(self._find.with_for_update(), {"shelf": shelf_id(self._world, name)}).one_or_none()
        return Shelf(*row) if row else None

    def _pour(self, connection: Connection, source: bytes, destination: bytes, version: int) -> None:
        kept = (entries.c.kind, entries.c.name, entries.c.key, entries.c.content)
        poured = select(literal(destination), entries.c.place, literal(version), *kept)
        poured = poured.where(entries.c.shelf == source, entries.c.content.is_not(None))
        columns = ["shelf", "place", "version", "kind", "name", "key", "content"]
        connection.execute(entries.insert().from_select(columns, poured))


def news_of_rows(rows: Sequence[Any]) -> News:
    if not rows:
        return Shelf(), []
    return Shelf(*rows[0][1:4]), [entry(row[4:]) for row in rows if row[4] is not None]


def shelf_id(world: str, name: str) -> bytes:
    return _digest(world, name)


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def decoded(raw: bytes) -> str:
    return bytes(raw).decode("utf-8", "surrogatepass")


def entry(row: Iterable[Any]) -> tuple[FactPlace, bytes | None]:
    kind, name, key, content = row
    return FactPlace(FactKind(kind), decoded(name), decoded(key)), None if content is None else bytes(content)


def _new(world: str, name: str) -> Mapping[str, object]:
    identity = {"id": shelf_id(world, name), "world": encoded(world), "name": encoded(name)}
    return {**identity, "version": 0, "base": 0, "filled": False}


def row_of(shelf: bytes, place: FactPlace, version: int, content: bytes | None) -> dict[str, object]:
    kind, name, key = place
    return {
        "shelf": shelf,
        "place": _digest(*place),
        "version": version,
        "kind": str(kind),
        "name": encoded(name),
        "key": encoded(key),
        "content": content,
    }


def _digest(*texts: str) -> bytes:
    digest = blake2b(digest_size=16)
    for text in texts:  # each behind its length, so that no two rows of texts are one
        raw = encoded(text)
        digest.update(b"%d " % len(raw) + raw)
    return digest.digest()
