"""What needs no socket: the client of the fixture beside Flask's, a tenant nobody writes to, making many records.

    python benchmarks/in_process.py --write

``--write`` puts the table into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from compare import HERE, machine, put_between
from flask.testing import FlaskClient

from mockserver import create_app
from mockserver.auth.authenticator import mint
from mockserver.testing.in_process import Client
from mockserver.testing.lease import Lease
from mockserver.testing.watch import Watch

BEGIN, END = "<!-- in process -->", "<!-- /in process -->"
COLLECTION = "/certifications/acme"
RECORD = {
    "contact_id": "contact-ada",
    "name": "Ada Lovelace",
    "number": 4711,
    "program_id": "prog-pmc",
    "status": "active",
}


class Figures(NamedTuple):
    """µs of a create and a read by the fixture's client and by Flask's; of a tenant µs and bytes; seconds of making."""

    ours: float
    flask: float
    tenant: float
    tenant_bytes: float
    seeding: float


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--records", type=int, default=100_000, help="that are made")
    told.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    args = told.parse_args()
    text = table(measured(args.records), args.records)
    print(text)
    if args.write:
        put_between(HERE / "README.md", BEGIN, END, text)


def measured(records: int) -> Figures:
    return Figures(*clients(), *tenants(), seeded(records))


def clients(rounds: int = 7, count: int = 100) -> tuple[float, float]:
    """A create and a read of what was made, each with a token: the same world by both clients, in turns."""
    app = create_app(auth="verify")
    world = app.extensions["mockserver"]
    token = mint(world.keys, world.contract.security, tenant="acme", now=datetime.now(UTC))
    headers = {"Authorization": f"Bearer {token}"}
    ours, flask = Client(Lease(app, world, Watch(strict=False)), lambda: headers), app.test_client()
    costs: dict[str, list[float]] = {"ours": [], "flask": []}
    for _ in range(rounds):
        costs["ours"].append(_timed(lambda: _by_ours(ours), count))
        costs["flask"].append(_timed(lambda: _by_flask(flask, headers), count))
    return statistics.median(costs["ours"]), statistics.median(costs["flask"])


def _by_ours(client: Client) -> None:
    made = client.post(COLLECTION, json=RECORD)
    assert client.get(f"{COLLECTION}/{made.json()['id']}").status_code == 200


def _by_flask(client: FlaskClient, headers: dict[str, str]) -> None:
    made: Any = client.post(COLLECTION, json=RECORD, headers=headers)
    assert client.get(f"{COLLECTION}/{made.json['id']}", headers=headers).status_code == 200


def _timed(work: Callable[[], None], count: int) -> float:
    began = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - began) / count * 1_000_000


def tenants(count: int = 200) -> tuple[float, float]:
    """Tenants that appear and that nobody writes to: the time of a processor, and the memory that they hold."""
    store = create_app(auth="off", max_tenants=2 * count + 10).extensions["mockserver"].store
    store.tenant("first")
    began = time.process_time()
    for number in range(count):
        store.tenant(f"timed{number}")
    spent = (time.process_time() - began) / count * 1_000_000
    tracemalloc.start()
    for number in range(count):
        store.tenant(f"weighed{number}")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return spent, held / count


def seeded(records: int) -> float:
    """Seconds of a processor for as many certifications, each held to the document and stored, beyond a start's."""
    spent = []
    for count in (1, records // 2):  # in each of two tenants
        began = time.process_time()
        store = (
            create_app(auth="off", counts={"certifications": count}, max_records=2 * records)
            .extensions["mockserver"]
            .store
        )
        assert all(len(store.tenant(name)["certifications"]) >= count for name in ("acme", "globex"))
        spent.append(time.process_time() - began)
    return spent[1] - spent[0]


def table(found: Figures, records: int) -> str:
    times, each = found.flask / found.ours, found.seeding / records * 1e6
    lines = ["| | | |", "| --- | --- | --- |"]
    clients = f"{found.ours:,.0f} µs | by Flask's {found.flask:,.0f} µs, {times:.1f} x"
    lines.append(f"| create a record and read it, by the fixture's client | {clients} |")
    held = f"{found.tenant / 1000:.3f} ms | {found.tenant_bytes / 1000:.1f} kB"
    lines.append(f"| a new tenant that nobody writes to | {held} |")
    lines.append(f"| making {records:,} certifications | {found.seeding:.1f} s | {each:.0f} µs each |")
    return "\n".join([*lines, "", machine(), ""])


if __name__ == "__main__":
    main()
