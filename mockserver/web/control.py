"""The control plane below ``/__mock__``: look into the mock and steer it, apart from the API it mocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson
from flask import Blueprint, Response, request

from mockserver.auth.authenticator import mint
from mockserver.errors import Problem, SetupError
from mockserver.handlers.door import keep
from mockserver.runtime.determinism import stamp
from mockserver.runtime.faults import read_fault
from mockserver.store import Tenant
from mockserver.values.json_text import BadJson, decode
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant
from mockserver.web.front import BROKEN
from mockserver.web.who_may import lacks, refusal
from mockserver.world import World

MAX_CONTROL_BODY = 65_536


def control_plane(world: World) -> Blueprint:
    """The blueprint that steers ``world``. Bad input is answered with 400 and every problem."""
    plane = Blueprint("control", __name__, url_prefix="/__mock__")

    @plane.before_request
    def guard() -> Response | None:
        if why := refusal(request, world.settings.allow_hosts):
            return _json({"message": f"The control plane does not answer {why}.", "errors": []}, 403)
        if request.path == f"{plane.url_prefix}/health":  # a probe holds no secrets, and is told none
            return None
        if missing := lacks(request, world.settings.control_token):
            message = f"The control plane wants 'Authorization: Bearer <control token>', found {missing}."
            reply = _json({"message": message, "errors": []}, 401)
            reply.headers["WWW-Authenticate"] = 'Bearer realm="control plane"'
            return reply
        return None

    def route(path: str, method: str, view: Callable[..., Any]) -> None:
        plane.add_url_rule(path, f"{method} {path}", _answering(view), methods=[method])

    steer = _Steering(world)
    route("/health", "GET", steer.health)
    route("/reset", "POST", steer.reset)
    route("/tenants", "GET", steer.tenants)
    route("/outbox", "GET", steer.outbox)
    route("/journal", "GET", steer.journal)
    route("/clock", "GET", steer.clock)
    route("/clock", "PUT", steer.set_clock)
    route("/clock/advance", "POST", steer.advance_clock)
    route("/faults", "GET", steer.faults)
    route("/faults", "POST", steer.add_fault)
    route("/faults", "DELETE", steer.clear_faults)
    route("/tenants/<tenant>/<resource>/<record_id>/lock", "PUT", steer.lock)
    route("/tenants/<tenant>/<resource>/<record_id>/lock", "DELETE", steer.unlock)
    route("/tenants/<tenant>/elsewhere", "GET", steer.elsewhere)
    route("/tenants/<tenant>/elsewhere/<resource>/<record_id>", "PUT", steer.meet)
    route("/token", "POST", steer.token)
    return plane


def _answering(view: Callable[..., Any]) -> Callable[..., Response]:
    @wraps(view)
    def answering(**values: str) -> Response:
        try:
            return _json(view(**values))
        except BadJson as bad:
            return _wrong([Problem("body", bad.pointer, str(bad), "send a JSON object")])
        except SetupError as error:
            return _wrong(error.problems)

    return answering


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status=status, content_type="application/json")


def _wrong(problems: Any) -> Response:
    errors = [{"path": problem.pointer, "message": f"{problem.problem}; {problem.remedy}"} for problem in problems]
    return _json({"message": "The control plane cannot do that.", "errors": errors}, 400)


def _body() -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object. Raises BadJson."""
    if (request.content_length or 0) > MAX_CONTROL_BODY:
        raise BadJson(f"is larger than {MAX_CONTROL_BODY} bytes")
    if broken := request.environ.get(BROKEN):
        raise BadJson(broken)
    text = request.stream.read(MAX_CONTROL_BODY + 1)
    if len(text) > MAX_CONTROL_BODY:
        raise BadJson(f"is larger than {MAX_CONTROL_BODY} bytes")
    value = decode(text, max_depth=8) if text else {}
    if not isinstance(value, dict):
        raise BadJson(f"is {type(value).__name__}, wanted an object")
    return value


_FILTERS = ("status", "operation", "tenant", "method")
"""The members of a journal's entry that it can be asked by."""


def _query(*known: str) -> dict[str, str]:
    """The request's query. Raises SetupError naming each parameter that is not known, or given twice."""
    problems = [
        Problem("request", pointer_to(name[:80]), "is not known", meant(name, known))
        for name in request.args
        if name not in known
    ]
    problems += [
        Problem("request", pointer_to(name), "is given more than once", "give it once")
        for name in known
        if len(request.args.getlist(name)) > 1
    ]
    if problems:
        raise SetupError(problems)
    return request.args.to_dict()


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _refuse(f"/{name}", f"is {shown(text, 40)}", "give a number")
    return int(text)


def _refuse(pointer: str, problem: str, remedy: str) -> SetupError:
    return SetupError([Problem("request", pointer, problem, remedy)])


@dataclass(frozen=True, slots=True)
class _Steering:
    """One method a route; each returns what is told as JSON."""

    world: World

    def health(self) -> dict[str, Any]:
        info = self.world.contract.document.root.get("info", {})
        return {
            "status": "ok",
            "version": _version(),
            "document": {"title": info.get("title"), "version": info.get("version")},
            "scenario": self.world.scenario.name,
            "seed": self.world.scenario.seed,
            "now": stamp(self.world.clock.now()),
        }

    def reset(self) -> dict[str, Any]:
        self.world.reset()
        return self.health()

    def tenants(self) -> dict[str, Any]:
        names = self.world.store.names()
        return {name: self.world.store.tenant(name).sizes() for name in names}

    def outbox(self) -> list[dict[str, Any]]:
        return self.world.outbox.mails(_query("tenant").get("tenant"))

    def journal(self) -> list[dict[str, Any]]:
        """The newest exchanges, oldest of them first: ``?limit=`` of them, 100 unless told.

        ``?status=``, ``?operation=``, ``?tenant=`` and ``?method=`` leave those that have these.
        """
        wanted = _query("limit", *_FILTERS)
        limit = _whole("limit", wanted.pop("limit", "100"))
        if "status" in wanted:
            _whole("status", wanted["status"])
        if "method" in wanted:
            wanted["method"] = wanted["method"].upper()
        entries = [
            (number, entry)
            for number, entry in self.world.journal.entries()
            if all(str(getattr(entry, name)) == text for name, text in wanted.items())
        ]
        return [{"number": number, **entry.told()} for number, entry in entries[-limit:] if limit]

    def clock(self) -> dict[str, Any]:
        return {"now": stamp(self.world.clock.now()), "running": self.world.clock.running}

    def set_clock(self) -> dict[str, Any]:
        """``{"now": moment}`` stops the clock there, with ``"running": true`` it goes on; that alone starts it."""
        body = _body()
        running = body.get("running", False)
        if not isinstance(running, bool):
            raise _refuse("/running", f"is {shown(running, 40)}", "give true or false")
        if "now" not in body and "running" in body:
            self.world.clock.run(running=running)
        else:
            self.world.clock.set(_moment(body.get("now")), running=running)
        return self.clock()

    def advance_clock(self) -> dict[str, Any]:
        seconds = _body().get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or abs(seconds) > 10 * 366 * 86_400:
            raise _refuse("/seconds", f"is {seconds!r}", "give a number of seconds, ten years at most")
        self.world.clock.advance(timedelta(seconds=seconds))
        return self.clock()

    def faults(self) -> list[dict[str, Any]]:
        return self.world.faults.waiting()

    def add_fault(self) -> list[dict[str, Any]]:
        self.world.faults.add(read_fault(_body(), self.world.operations))
        return self.faults()

    def clear_faults(self) -> list[dict[str, Any]]:
        self.world.faults.clear()
        return self.faults()

    def lock(self, **names: str) -> dict[str, Any]:
        return self._lock(**names, locked=True)

    def unlock(self, **names: str) -> dict[str, Any]:
        return self._lock(**names, locked=False)

    def elsewhere(self, tenant: str) -> dict[str, list[str]]:
        """The keys of other modules' records that are known to be there, by module and resource."""
        known = self._tenant(tenant)
        with known.lock:
            return {name: sorted(keys) for name, keys in sorted((known.elsewhere or {}).items())}

    def meet(self, tenant: str, resource: str, record_id: str) -> dict[str, list[str]]:
        """Take it that another module has a record, such as ``rolodex:contacts`` / ``contact-new``."""
        holder = self._tenant(tenant)
        if ":" not in resource:
            raise _refuse("", f"{resource[:80]!r} is no resource of another module", "name one as 'rolodex:contacts'")
        if holder.elsewhere is None:
            raise _refuse("", "nobody asks for it", "start the mock with --strict-references")
        with holder.lock:
            known, most = holder.elsewhere.get(resource, ()), self.world.settings.max_records
            if record_id not in known and len(known) >= most:
                problem = f"the tenant knows {most} {resource[:80]} already"
                raise _refuse("", problem, "POST /__mock__/reset forgets them")
            holder.meet(resource, record_id)
        return self.elsewhere(tenant)

    def _tenant(self, name: str) -> Tenant:
        if name not in self.world.store.names():
            raise _refuse("", f"there is no tenant {name[:80]!r} yet", "see GET /__mock__/tenants")
        return self.world.store.tenant(name)

    def token(self) -> dict[str, Any]:
        """A token as ``mockserver token`` prints it: ``{"tenant": …, "subject": …, "expires_in": seconds}``."""
        body = _body()
        tenant, subject = body.get("tenant"), body.get("subject", "auth0|developer")
        seconds = body.get("expires_in", 86_400)
        for name, value, kind in (("tenant", tenant, str), ("subject", subject, str), ("expires_in", seconds, int)):
            if not isinstance(value, kind) or not value:
                raise _refuse(f"/{name}", f"is {value!r}", f"give a {kind.__name__}")
        lifetime = timedelta(seconds=max(-86_400, min(seconds, 366 * 86_400)))
        now = datetime.now(UTC)
        security = self.world.contract.security
        token = mint(self.world.keys, security, tenant=str(tenant), subject=subject, now=now, expires_in=lifetime)
        return {"token": token, "token_type": "Bearer", "expires_in": int(lifetime.total_seconds())}

    def _lock(self, tenant: str, resource: str, record_id: str, locked: bool) -> dict[str, Any]:
        """Set or lift a record's lock, which the API itself cannot."""
        known = self.world.contract.resources.get(resource)
        if known is None or "lock" not in known.stamps or tenant not in self.world.store.names():
            raise _refuse("", f"no lockable {resource[:80]!r} in tenant {tenant[:80]!r}", "see GET /__mock__/tenants")
        holder = self.world.store.tenant(tenant)
        with holder.lock:
            record = holder[resource].get(record_id)
            if record is None:
                raise _refuse("", f"no record {record_id[:80]!r} in {resource}", "name an existing record")
            data = {**record.data(), known.stamps["lock"]: locked}
            keep(holder, known, record_id, data)
        return data


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        raise _refuse("/now", f"is {value!r}", "give an ISO 8601 moment") from None


def _version() -> str:
    try:
        return version("mockserver")
    except PackageNotFoundError:
        return "unknown"
