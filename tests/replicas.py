"""Three servers on one PostgreSQL under load, one killed every few seconds, the database restarted twice: a ledger.

Give how many seconds. What was acknowledged is there once, what was refused is not there, what was cut off is there at
most once; ids are unique, versions have no gaps, no tenant sees another's records.
"""

from __future__ import annotations

import http.client
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import orjson

from killing import SCENARIO
from postgres import Postgres, postgres
from server import COMMAND
from tiny import document

REPLICAS, CLIENTS = 3, 4
KILL_EVERY = 4.0


class Replica:
    """One `mockserver serve`, started again on the same port after each kill."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url, self.port = folder, url, 0
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [COMMAND, "serve", str(self.folder / "openapi.json"), "--scenario", str(self.folder / "empty.yaml"),
             "--auth", "off", "--port", str(self.port), "--page-size", "all", "--store", self.url, "--quiet"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout
        self.port = int(self.process.stdout.readline().rpartition(":")[2])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Ledger:
    """What a client was told about each record it wanted made, by title."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: dict[tuple[str, str], str] = {}
        self.refused: set[tuple[str, str]] = set()
        self.unknown: set[tuple[str, str]] = set()
        self.statuses: Counter[str] = Counter()


def client(number: int, ports: list[int], ledger: Ledger, until: float) -> None:
    draw = random.Random(number)
    for count in range(10**9):
        if time.monotonic() > until:
            return
        tenant, title = draw.choice(["shared", f"own{number}"]), f"{number}-{count}"
        key, word = (tenant, title), ""
        try:
            status, body = ask(draw.choice(ports), "POST", f"/books/{tenant}", {"title": title, "tags": []})
        except ConnectionRefusedError:
            word = "refused"  # the load balancer's part: nobody listens there, ask another
        except (OSError, http.client.HTTPException):
            word = "cut off"
        with ledger.lock:
            ledger.statuses[word or str(status)] += 1
            if not word and status == 200:
                ledger.kept[key] = body["id"]
            elif word == "cut off" or (not word and "not known" in body["message"]):
                ledger.unknown.add(key)
            else:
                ledger.refused.add(key)
        if word or status != 200:
            time.sleep(0.05)


def ask(port: int, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def judge(ledger: Ledger, replicas: list[Replica], url: str) -> list[str]:
    """What is not as the ledger says."""
    problems: list[str] = []
    shown = subprocess.run([COMMAND, "store", "show", "--json", url], capture_output=True, check=True).stdout
    tenants = json.loads(shown)["tenants"]
    ids: Counter[str] = Counter()
    for tenant, kept in tenants.items():
        found = [ask(one.port, "GET", f"/books/{tenant}")[1] for one in replicas]
        problems += [] if all(one == found[0] for one in found) else [f"{tenant}: replicas answer differently"]
        titles = Counter(book["title"] for book in found[0])
        ids.update(book["id"] for book in found[0])
        if kept["version"] != len(found[0]):
            problems.append(f"{tenant}: version {kept['version']} after {len(found[0])} changes")
        for (holder, title), record in ledger.kept.items():
            if holder == tenant and (titles[title] != 1 or all(book["id"] != record for book in found[0])):
                problems.append(f"{tenant}: {title} is there {titles[title]} times, acknowledged once")
        problems += [
            f"{tenant}: {title} was refused, and is there"
            for holder, title in ledger.refused
            if holder == tenant and titles[title]
        ]
        problems += [f"{tenant}: {title} is there {titles[title]} times" for title in titles if titles[title] > 1]
        told = {
            title for one in (ledger.kept, ledger.refused, ledger.unknown) for holder, title in one if holder == tenant
        }
        problems += [f"{tenant}: {title} is another's" for title in titles if title not in told]
    return problems + [f"the id {one} is there {number} times" for one, number in ids.items() if number > 1]


def trouble(replicas: list[Replica], database: Postgres, until: float) -> Counter[str]:
    """Kill one after the other, and restart the database after a third and after two thirds of the time."""
    done: Counter[str] = Counter()
    start = time.monotonic()
    restarts = [start + (until - start) * third / 3 for third in (1, 2)]
    for number in range(10**9):
        time.sleep(KILL_EVERY)
        if time.monotonic() > until - KILL_EVERY:
            return done
        if restarts and time.monotonic() > restarts[0]:
            restarts.pop(0)
            database.stop()
            time.sleep(0.5)
            database.start()
            done["restarts of the database"] += 1
        else:
            one = replicas[number % len(replicas)]
            one.kill()
            one.start()
            done["kills"] += 1
    return done


def main(seconds: float) -> int:
    with postgres() as database, tempfile.TemporaryDirectory(prefix="mockserver-replicas-") as name:
        folder = Path(name)
        (folder / "openapi.json").write_bytes(orjson.dumps(document()))
        (folder / "empty.yaml").write_text(SCENARIO)
        replicas = [Replica(folder, database.url) for _ in range(REPLICAS)]
        try:
            ledger, until = Ledger(), time.monotonic() + seconds
            ports = [one.port for one in replicas]
            threads = [threading.Thread(target=client, args=(one, ports, ledger, until)) for one in range(CLIENTS)]
            for thread in threads:
                thread.start()
            done = trouble(replicas, database, until)
            for thread in threads:
                thread.join()
            problems = judge(ledger, replicas, database.url)
        finally:
            for one in replicas:
                one.kill()
        print(
            f"{dict(done)}; answers {dict(ledger.statuses)}; {len(ledger.kept)} acknowledged, {len(ledger.unknown)} cut off"
        )
        print(*problems[:20] or ["none lost, none doubled; ids unique, versions without gaps"], sep="\n")
        return bool(problems)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60))
