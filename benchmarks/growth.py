"""What each operation costs as a collection grows: processor time in process, by the number of certifications.

    python benchmarks/growth.py [--sizes 1000,10000,100000] [--json FILE] [--write]

``--write`` puts the table into benchmarks/README.md, beside the figures of ``growth-before.json``: those before there
were indexes. No socket and no token: ``answer()`` alone, the median of a few calls. The first call after a reset is
measured by itself, since it pays for what the later ones find ready; a PATCH that is the first since a reset is made
fifty times, each after a reset, and not after a collection of garbage, which no server has before each request.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from time import process_time
from typing import Any, TypeAlias

import orjson
from compare import machine, put_between

from mockserver import create_app
from mockserver.exchange import answer
from mockserver.handlers.door import keep
from mockserver.messages import Reply, Request
from mockserver.world import World

HERE = Path(__file__).parent
BEGIN, END = "<!-- growth -->", "<!-- /growth -->"
Figures: TypeAlias = dict[str, dict[str, float]]
GOALS = (
    "GET one",
    "page of 25 near the end",
    "look-up by contact",
    "statistic over all",
    "query, sorted, 25 rows",
    "PATCH",
)
GOALS += ("create", "delete that dependants forbid", "reset, first PATCH")
"""What is not to grow."""
HELD = 20
"""How many certifications each contact has: a look-up finds as many among a thousand as among a million."""
FIRSTS = 50
"""How many first changes after a reset are measured."""
TENANT = "acme"
BASE = "/certifications/{tenantId}"
NAMES = ("Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Alan", "Radia")
CITIES = ("London", "Paris", "Oslo", "Graz", "Turin", "Cork", "Gent", "Bern")
SEARCH = {
    "name": "ada lovelace 77",
    "status": ["active"],
    "expiration_date": ["2026-01-01T00:00:00Z", "2027-12-31T00:00:00Z"],
}
EQUAL = {
    "all": [
        {"fact": "city", "operator": "equal", "value": "Cork"},
        {"fact": "number", "operator": "lessThan", "value": 900},
    ]
}


def world_of(size: int) -> World:
    """A world with ``size`` certifications more than the default scenario has, all unlike each other."""
    world: World = create_app(auth="off", page_size=25, max_records=size + 1_000).extensions["mockserver"]
    tenant = world.store.tenant(TENANT)
    model = tenant["certifications"].get("cert-ada")
    assert model
    holders = max(size // HELD, 1)
    for number in range(size):
        data = record(model.data(), number, holders)
        keep(tenant, world.contract.resources["certifications"], data["id"], data)
    return world


def record(model: dict[str, Any], number: int, holders: int) -> dict[str, Any]:
    spread = number * 7_919 % 1_000_003
    return {
        **model,
        "id": f"cert-{spread:07}",
        "number": number + 100,
        "name": f"{NAMES[spread % 8]} Lovelace {spread}",
        "contact_id": f"contact-{number % holders}",
        "city": CITIES[spread % 7],
        "status": ("active", "suspended", "expired")[spread % 3],
        "expiration_date": f"20{20 + spread % 12}-{1 + spread % 12:02}-{1 + spread % 28:02}",
    }


def request(
    method: str, template: str, body: Any = None, query: tuple[tuple[str, str], ...] = (), **values: str
) -> Request:
    values = {"tenantId": TENANT, **values}
    headers = {} if body is None else {"content-type": "application/json"}
    raw = b"" if body is None else orjson.dumps(body)
    return Request(method, template.format(**values), template, values, query, headers, raw)


class Bench:
    def __init__(self, size: int) -> None:
        self.size = size
        self.world = world_of(size)
        self.begin = self.world.snapshot()
        self.made = 0

    def say(self, sent: Request, *statuses: int) -> Reply:
        reply = answer(self.world, sent)
        assert reply.status in (statuses or (200, 201)), (sent, reply)
        return reply

    def get(self) -> None:
        self.say(request("GET", BASE + "/{id}", id="cert-ada"))

    def last_page(self) -> None:
        self.say(request("GET", BASE, query=(("exclusiveStartKey", "cert-05"),)))

    def look_up(self) -> None:
        self.say(request("GET", BASE + "/contact/{contact_id}", contact_id="contact-7"))

    def patch(self) -> None:
        self.made += 1
        steps = [{"op": "add", "path": "/notes", "value": f"note {self.made}"}]
        self.say(request("PATCH", BASE + "/{id}", steps, id="cert-ada"))

    def create(self) -> None:
        sent = {
            "contact_id": "contact-ada",
            "name": "Ada Lovelace",
            "number": 4711,
            "program_id": "prog-pmc",
            "status": "active",
        }
        self.say(request("POST", BASE, sent))

    def search(self) -> None:
        self.say(request("POST", BASE + "/search", SEARCH))

    def search_deep(self) -> None:
        self.say(request("POST", BASE + "/search", {**SEARCH, "name": "lovelace", "exclusiveStartKey": "cert-05"}))

    def search_none(self) -> None:
        self.say(request("POST", BASE + "/search", {**SEARCH, "name": "nobody at all"}))

    def search_equal(self) -> None:
        self.say(request("POST", BASE + "/search", {"number": [700, 720], "status": ["active", "expired"]}))

    def search_after_write(self) -> None:
        self.patch()
        self.search()

    def query(self) -> None:
        self._query({"criteria": EQUAL})

    def query_sorted(self) -> None:
        self._query({"sort": [{"field": "expiration_date", "direction": "desc"}], "limit": 25})

    def statistic(self) -> None:
        self.say(request("GET", "/statistics/{tenantId}/{id}", id="stat-active-certifications"))

    def _query(self, body: dict[str, Any]) -> None:
        asked = {"fields": ["id", "name"], **body}
        self.say(
            request("POST", "/queries/{tenantId}/start/{queryType}", asked, queryType="certifications:certifications")
        )

    def refused_delete(self) -> None:
        self.say(request("DELETE", "/programs/{tenantId}/{id}", id="prog-pmc"), 409)

    def first_patch(self) -> float:
        self.world.restore(self.begin)
        return _once(self.patch)

    def after_reset(self, work: Callable[[], None]) -> float:
        self.world.restore(self.begin)
        return timed(work)


def timed(work: Callable[[], None]) -> float:
    gc.collect()
    began = process_time()
    work()
    return (process_time() - began) * 1e6


def median(work: Callable[[], None]) -> float:
    """Microseconds; as many calls as a second takes, three at least."""
    first = timed(work)
    calls = max(3, min(300, int(3e5 / max(first, 1))))
    gc.collect()
    return statistics.median([_once(work) for _ in range(calls)])


def _once(work: Callable[[], None]) -> float:
    began = process_time()
    work()
    return (process_time() - began) * 1e6


def rows(bench: Bench) -> dict[str, float]:
    found = {
        "GET one": median(bench.get),
        "page of 25 near the end": median(bench.last_page),
        "look-up by contact": median(bench.look_up),
        "first search after a start": timed(bench.search),
        "search, 3 parameters, few hits": median(bench.search),
        "search, 3 parameters, many hits, deep in": median(bench.search_deep),
        "search, 3 parameters, no hit": median(bench.search_none),
        "search, range and any-of": median(bench.search_equal),
        "PATCH, then search": median(bench.search_after_write),
        "query, two conditions": median(bench.query),
        "query, sorted, 25 rows": median(bench.query_sorted),
        "statistic over all": median(bench.statistic),
        "PATCH": median(bench.patch),
        "create": median(bench.create),
        "delete that dependants forbid": median(bench.refused_delete),
        "reset, first PATCH": statistics.median([bench.first_patch() for _ in range(FIRSTS)]),
        "reset, first search": bench.after_reset(bench.search),
    }
    bench.patch()
    found["reset after a PATCH, first search"] = bench.after_reset(bench.search)
    return found


def table(figures: Figures, before: Figures) -> str:
    """As multiples of what one GET costs, since machines differ."""
    sizes = [*figures]
    small = sizes[0]
    heads = ["", *(f"{int(size):,}" for size in sizes), "largest : smallest", "before, 100,000", "quicker"]
    lines = [" | ".join(heads), " | ".join(["---"] * len(heads))]
    for name in figures[small]:
        costs = [figures[size][name] / figures[size]["GET one"] for size in sizes]
        then = before["100000"][name] / before["100000"]["GET one"]
        cells = [*(f"{cost:,.1f}" for cost in costs), f"{costs[-1] / costs[0]:.1f} x", f"{then:,.1f}"]
        lines.append(" | ".join([name, *cells, f"{then / costs[-1]:,.1f} x"]))
    return "\n".join(f"| {line} |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,100000,1000000")
    parser.add_argument("--json", type=Path, help="keep the figures, in µs, in this file")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    given = parser.parse_args()
    text, figures, _ = measured(given.sizes)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n")
    print(text)
    if given.write:
        put_between(HERE / "README.md", BEGIN, END, text)


def measured(sizes: str) -> tuple[str, Figures, dict[str, float]]:
    """The table, what it is made of, and figures for the page's goals by name."""
    figures, held, text_size = {}, 0.0, 0.0
    for size in sizes.split(","):
        with get_context("fork").Pool(1) as alone:  # what one size leaves of memory would be the next one's
            figures[size], held, text_size = alone.apply(_of_size, (int(size),))
    shown = table(figures, json.loads((HERE / "growth-before.json").read_text()))
    one = next(iter(figures.values()))["GET one"]
    told = f"One GET takes {one:.0f} µs. Of {int(size):,} certifications each holds {held / 1000:.2f} kB, of which "
    told += f"{text_size / 1000:.2f} kB are its JSON. {machine()}"
    small, *_, large = figures.values()
    grown = {name: large[name] / small[name] for name in GOALS}
    return f"{shown}\n\n{told}\n", figures, {"memory a record, kB": held / 1000, "grown": max(grown.values())}


def _of_size(size: int) -> tuple[dict[str, float], float, float]:
    """The figures of so many records, the bytes that each of them holds, and those of its JSON."""
    before = resident()
    bench = Bench(size)
    gc.collect()
    held = (resident() - before) / size
    kept = bench.world.store.tenant(TENANT)["certifications"]
    return rows(bench), held, kept.size / len(kept)


def resident() -> int:
    """Bytes that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
