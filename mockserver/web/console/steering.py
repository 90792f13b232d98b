"""The forms that steer the mock: each is one request to the control plane, by its routes and its checks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from mockserver.contract import Operation, Resource
from mockserver.errors import Problem, SetupError
from mockserver.handlers.planned.stored_records.whole_records import new_identity
from mockserver.messages import DAMAGES
from mockserver.runtime.determinism import stamp
from mockserver.runtime.fault import GATEWAY
from mockserver.runtime.fault_profiles import profile_names, read_profile
from mockserver.values.shown import shown
from mockserver.web.control.route import ControlRequest, Route
from mockserver.web.control.tenants import known_tenant
from mockserver.world import World

AUTHOR = "mockserver|console"
"""Who changed a record here."""
RECORD = "/tenants/<tenant>/records/<resource>/<record_id>"
LOCK = "/tenants/<tenant>/<resource>/<record_id>/lock"
NUMBERS = ("status", "delay", "times", "retry_after", "probability", "after")
TEXTS = ("operation", "tenant", "method", "path", "damage", "message")


class Steering:
    """Knows the routes of the control plane."""

    def __init__(self, world: World, routes: Iterable[Route]) -> None:
        self._world = world
        self._routes = {(one.method, one.path): one for one in routes}
        self._ways: Mapping[str, Callable[[Mapping[str, str]], str]] = {
            "clock": self._clock,
            "advance": self._advance,
            "run": self._run,
            "reset": self._reset,
            "reset-tenant": self._reset_tenant,
            "speed": self._speed,
            "start-clock": self._start_clock,
            "branch": self._branch,
            "snapshot": self._take,
            "restore": self._restore,
            "forget": self._forget,
            "fault": self._fault,
            "no-faults": self._no_faults,
            "profile": self._profile,
        }

    def route(self, method: str, path: str) -> Route:
        return self._routes[method, path]

    def do(self, form: Mapping[str, str]) -> str:
        """What the form named ``do`` asks for; returns what was done, in words. Raises SetupError."""
        way = self._ways.get(form.get("do", ""))
        if way is None:
            raise _problem(f"unknown form {shown(form.get('do', ''), 40)}", "reload the page")
        return way(form)

    def shown_everywhere(self) -> dict[str, Any]:
        """What each page shows, whatever it is about."""
        return {"clock": self.clock(), "reloads": self._world.reloads.shown(), "hooks": self._world.webhooks}

    def clock(self) -> dict[str, Any]:
        found: dict[str, Any] = self.route("GET", "/clock").carry_out()
        return found

    def due(self) -> dict[str, Any]:
        """What falls due next, and what has."""
        found: dict[str, Any] = self.route("GET", "/due").carry_out()
        return found

    def difference(self, query: Mapping[str, str]) -> dict[str, Any]:
        """What differs between two snapshots, or between one and now. Raises SetupError."""
        name, to = query.get("name", ""), query.get("to", "")
        found = self.route("GET", "/snapshots/<name>/diff").view(
            ControlRequest({"to": to} if to else {}, {}), name=name
        )
        return {"name": name, "to": to, "snapshots": self.route("GET", "/snapshots").carry_out(), **found}

    def state(self) -> dict[str, Any]:
        """What the page of the forms shows."""
        return {
            "faults": self.route("GET", "/faults").carry_out(),
            "profiles": list(self._profiles()),
            "happening": happening,
            "damages": DAMAGES,
            "snapshots": self.route("GET", "/snapshots").carry_out(),
            "operations": list(self._world.operations),
            "scenario": self._world.scenario,
        }

    def possible(self, operation: Operation) -> list[int]:
        """The statuses that a fault may answer the operation with."""
        return sorted({*(status for status in operation.replies if status >= 400), *GATEWAY})

    def plant(
        self,
        tenant: str,
        resource: Resource,
        record_id: str | None,
        values: Mapping[str, Any],
        *,
        before: Mapping[str, Any],
        hidden: Collection[str],
    ) -> str:
        """Keep a record as a form has it, which ``hidden`` members are not in, and return its id. Raises SetupError."""
        managed = {name: one for name, one in before.items() if name in hidden and name not in values}
        stamps = self._stamps(resource, before) if before and resource.model is None else {}
        new_id = record_id or self._new_id(tenant, resource, values)
        body = {**managed, **stamps, **values}
        names = {"tenant": tenant, "resource": resource.name, "record_id": new_id}
        self.route("PUT", RECORD).carry_out(body, **names)
        return new_id

    def _new_id(self, tenant: str, resource: Resource, values: Mapping[str, Any]) -> str:
        if resource.model is not None:
            with self._world.store.work(tenant) as holder:
                return new_identity(self._world.tools, holder, resource, values)
        chosen = values.get(resource.key)
        if isinstance(chosen, str):
            return chosen
        with self._world.store.work(tenant) as holder:
            return self._world.ids.new(holder.ordinal(resource.name), tenant, resource.name)

    def _stamps(self, resource: Resource, before: Mapping[str, Any]) -> dict[str, Any]:
        """A change here is a change like any other: by whom, when, and the next version."""
        fields, version = resource.stamps, before.get(resource.stamps.get("version", ""), 0)
        made = {
            "modified-at": stamp(self._world.clock.now()),
            "modified-by": AUTHOR,
            "version": version + 1 if isinstance(version, int) else 1,
        }
        return {fields[name]: value for name, value in made.items() if name in fields}

    def _clock(self, form: Mapping[str, str]) -> str:
        self.route("PUT", "/clock").carry_out({"now": form.get("now", ""), "running": "running" in form})
        return f"it is {self.clock()['now']}"

    def _advance(self, form: Mapping[str, str]) -> str:
        days = form.get("days", "")
        try:
            seconds = float(days) * 86_400
        except ValueError:
            raise _problem(f"{shown(days, 40)} is not a number of days", "give a number, such as 30") from None
        self.route("POST", "/clock/advance").carry_out({"seconds": seconds})
        return f"it is {self.clock()['now']}"

    def _run(self, form: Mapping[str, str]) -> str:
        self.route("PUT", "/clock").carry_out({"running": form.get("running") == "true"})
        return "the clock runs" if self.clock()["running"] else "the clock is frozen"

    def _speed(self, form: Mapping[str, str]) -> str:
        self.route("PUT", "/clock").carry_out({"speed": _number(form.get("speed", ""))})
        return f"the clock runs at {self.clock()['speed']:g} times normal speed"

    def _start_clock(self, _: Mapping[str, str]) -> str:
        self.route("POST", "/clock/reset").carry_out()
        return f"it is {self.clock()['now']}"

    def _branch(self, form: Mapping[str, str]) -> str:
        tenant = known_tenant(self._world, form.get("tenant", "")).name
        to = form.get("to", "").strip()
        self.route("POST", "/tenants/<tenant>/branch").carry_out({"to": to}, tenant=tenant)
        return f"{to} holds the records of {tenant} now"

    def _reset(self, _: Mapping[str, str]) -> str:
        self.route("POST", "/reset").carry_out()
        return "everything is as at the start"

    def _reset_tenant(self, form: Mapping[str, str]) -> str:
        tenant = known_tenant(self._world, form.get("tenant", "")).name
        self.route("POST", "/tenants/<tenant>/reset").carry_out(tenant=tenant)
        return f"the records of {tenant} are as at the start"

    def _take(self, form: Mapping[str, str]) -> str:
        name = form.get("name", "").strip()
        if not name:
            raise _problem("a snapshot needs a name", "give one")
        self.route("PUT", "/snapshots/<name>").carry_out(name=name)
        return f"snapshot {name} taken"

    def _restore(self, form: Mapping[str, str]) -> str:
        self.route("POST", "/snapshots/<name>/restore").carry_out(name=form.get("name", ""))
        return f"snapshot {form.get('name', '')} restored"

    def _forget(self, form: Mapping[str, str]) -> str:
        self.route("DELETE", "/snapshots/<name>").carry_out(name=form.get("name", ""))
        return f"snapshot {form.get('name', '')} deleted"

    def _fault(self, form: Mapping[str, str]) -> str:
        filled = {name: form[name].strip() for name in TEXTS if form.get(name)}
        numbers = {name: _number(form[name]) for name in NUMBERS if form.get(name)}
        times = {} if "times" in numbers else {"times": None}
        self.route("POST", "/faults").carry_out({**filled, **numbers, **times})
        return "the fault is pending"

    def _profiles(self) -> Iterator[tuple[str, str]]:
        """Each profile's name, and what a client meets, or why it cannot be used."""
        folders = self._world.settings.fault_folders
        for name in profile_names(folders):
            try:
                yield name, read_profile(name, folders).description
            except SetupError as error:
                yield name, str(error)

    def _profile(self, form: Mapping[str, str]) -> str:
        self.route("PUT", "/faults/profiles/<name>").carry_out(name=form.get("name", ""))
        return f"from now on: {form.get('name', '')}"

    def _no_faults(self, _: Mapping[str, str]) -> str:
        self.route("DELETE", "/faults").carry_out()
        return "no faults are pending"


def happening(fault: Mapping[str, Any]) -> str:
    """What a fault does, in a line of a table."""
    delay = fault["delay"]
    late = delay if not isinstance(delay, Mapping) else "-".join(f"{one:g}" for one in delay.values())
    words = [
        f"{fault['probability']:.0%}:" if fault["probability"] < 1 else "",
        f"over {fault['limit']['requests']} in {fault['limit']['seconds']} s:" if fault["limit"] else "",
        str(fault["status"] or ""),
        fault["damage"] or "",
        f"{late} s" if delay else "",
        f"{fault['bytes_per_second']} B/s" if fault["bytes_per_second"] else "",
        f"{fault['stale']} s stale" if fault["stale"] else "",
        "twice" if fault["duplicate"] else "",
        f"after {fault['after']}" if fault["after"] else "",
    ]
    return " ".join(filter(None, words))


def _number(text: str) -> Any:
    """A number where it is one; anything else as it is, for the form's schema to refuse."""
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def _problem(problem: str, remedy: str) -> SetupError:
    return SetupError([Problem("form", "", problem, remedy)])


def in_words(problems: Iterable[Problem]) -> str:
    """Problems in a line."""
    return "; ".join(f"{one.pointer} {one.problem} ({one.remedy})".strip() for one in problems)
