"""A PostgreSQL server of the tests' own, in a temporary folder, run by a user who may do nothing else."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ports import free_port

MISSING = "needs PostgreSQL: install the distribution's package `postgresql`, or put initdb and pg_ctl on the PATH"
SETTINGS = {
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # what is killed is the process, not the machine
    "max_connections": "1000",
}


def program(name: str) -> str | None:
    """initdb or pg_ctl: from the PATH, or of the newest version that the distribution has installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda one: int(one.parent.parent.name))
    return shutil.which(name) or (str(installed[-1]) if installed else None)


@dataclass
class Postgres:
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://mock@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        self._control("start", "-l", str(self.folder / "log"), "-o", f"-p {self.port}")

    def stop(self, mode: str = "immediate") -> None:
        """``immediate`` is as a crash: nothing is finished, nobody is told."""
        self._control("stop", "-m", mode)

    def _control(self, *arguments: str) -> None:
        _run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "300", *arguments)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server that runs, and is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mockserver-postgres-"))
    if user := _user():
        os.chown(folder, user.pw_uid, user.pw_gid)
    server = Postgres(folder, free_port())
    try:
        _run("initdb", "-D", str(folder / "data"), "-U", "mock", "-A", "trust", "-E", "UTF8", "--no-sync")
        with (folder / "data" / "postgresql.conf").open("a") as config:
            config.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> pwd.struct_passwd | None:
    """Who runs it where that may not be oneself: root may not."""
    return (
        pwd.getpwnam("postgres" if "postgres" in {one.pw_name for one in pwd.getpwall()} else "nobody")
        if os.getuid() == 0
        else None
    )


def _run(name: str, *arguments: str) -> None:
    user = _user()
    found = program(name)
    assert found, MISSING
    subprocess.run(
        [found, *arguments], cwd="/", check=True, timeout=600, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        **({"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}),
    )  # fmt: skip
