"""Where a store is, as a person writes it: a file for SQLite, or the address of a PostgreSQL database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from mockserver.errors import Problem, SetupError
from mockserver.values.shown import shown


@dataclass(frozen=True, slots=True)
class Location:
    """``shown`` is what may be printed: no password is in it."""

    url: URL
    shown: str

    @property
    def is_shared(self) -> bool:
        """Whether other processes may work on the same tenants."""
        return self.url.get_backend_name() == "postgresql"

    def hides(self, text: str) -> str:
        """``text`` without the password."""
        password = self.url.password
        return text.replace(str(password), "***") if password else text


def read_location(text: str, *, may_be_new: bool = True) -> Location:
    """Raises SetupError when it is neither a file, which is there unless it ``may_be_new``, nor PostgreSQL's."""
    if "://" not in text:
        return _file(Path(text), may_be_new=may_be_new)
    scheme = text.partition("://")[0]
    if scheme == "sqlite":
        return _file(Path(text.partition(":///")[2]), may_be_new=may_be_new)
    if scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise SetupError([Problem("--store", "", f"{shown(scheme, 40)} is not supported", REMEDY)])
    try:
        url = make_url(text).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise SetupError([Problem("--store", "", "the address cannot be read", REMEDY)]) from None
    return Location(url, url.set(drivername="postgresql", query={}).render_as_string(hide_password=True))


REMEDY = "give memory, a file (world.db), or postgresql://user:password@host:port/database"


def _file(path: Path, *, may_be_new: bool) -> Location:
    if not path.name or path.is_dir():
        raise SetupError([Problem("--store", "", f"{shown(str(path), 200)} is not a file", REMEDY)])
    if not path.parent.is_dir():
        raise SetupError([Problem(str(path), "", "its folder does not exist", f"make {path.parent} first")])
    if not may_be_new and not path.is_file():
        raise SetupError([Problem(str(path), "", "no such file", REMEDY)])
    return Location(URL.create("sqlite+pysqlite", database=str(path)), str(path))
