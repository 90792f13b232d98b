"""The pages of the console: what each shows is put together here, and every change goes through the control plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from mockserver.contract import Resource
from mockserver.errors import Problem, SetupError
from mockserver.runtime.determinism import stamp
from mockserver.store import Tenant
from mockserver.values.shown import quoted
from mockserver.web.console.addresses import control_url, page_url
from mockserver.web.console.exchanges import as_curl, as_pinned, as_test, pinned, pretty
from mockserver.web.console.fields import Fields, on_lines
from mockserver.web.console.forms import entered, not_entered, read_form
from mockserver.web.console.looking import Looking
from mockserver.web.console.records import history, lines, namers
from mockserver.web.console.relations import draw
from mockserver.web.console.steering import LOCK, RECORD, Steering, in_words
from mockserver.web.console.tables import Question, columns, page_of
from mockserver.web.control.coverage import exercised
from mockserver.web.control.route import Route
from mockserver.web.guarding import PREFIX, guard_of
from mockserver.web.shared_store import sharing
from mockserver.world import World

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SHOWN = 200
"""How many exchanges a page of the journal shows."""
OFFERED = 100
"""How many records an input for a foreign key suggests."""


def console_pages(world: World, routes: Sequence[Route]) -> Blueprint:
    """The blueprint; its pages run this server's own script and nothing else."""
    pages = Blueprint(
        "console",
        __name__,
        url_prefix=PREFIX,
        template_folder="templates",
        static_folder="static",
        static_url_path="/console/static",
    )
    pages.before_request(guard_of(world.settings))

    @pages.after_request
    def policy(response: Response) -> Response:
        if response.mimetype == "text/html" and "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = POLICY
            response.headers["Cache-Control"] = "no-store"
        return response

    console = Console(world, routes)
    pages.add_url_rule("/", "home", sharing(world, console.home))
    for name in ("records", "record", "edit", "journal", "journal_rows", "exchange", "outbox", "mail", "coverage",
                 "relations", "steering", "due", "diff"):  # fmt: skip
        pages.add_url_rule(f"/console/{name}", name, sharing(world, getattr(console, name)))
    for name in ("save", "delete", "lock", "steer"):
        pages.add_url_rule(f"/console/{name}", name, sharing(world, getattr(console, name)), methods=["POST"])
    return pages


class Console:
    """One method a page; the query names the tenant, the resource and the record, since ids may hold anything."""

    def __init__(self, world: World, routes: Sequence[Route]) -> None:
        self.world = world
        self.look = Looking(world)
        self.fields = Fields(world.contract)
        self.steers = Steering(world, routes)

    def home(self) -> str:
        tenant = self._tenant_name()
        if self.world.contract.tenant is not None and not self.world.store.names():
            return self._page(
                "missing.html", message="No tenant has appeared yet: any appears on first use.", tenant=""
            )
        sizes = self.look.sizes(self.look.tenant(tenant))
        resources = [one for one in self.world.contract.resources.values() if not one.is_single]
        singles = [one for one in self.world.contract.resources.values() if one.is_single]
        operations = list(self.world.operations.values())
        return self._page(
            "home.html", tenant=tenant, sizes=sizes, resources=resources, singles=singles,
            count=len(operations), info=self.world.contract.document.root.get("info", {}),
        )  # fmt: skip

    def records(self) -> str:
        holder, resource = self._place()
        asked = Question(request.args.get("q", ""), request.args.get("sort", ""), self._number("page", 1))
        page = page_of(self.look.collection(holder, resource), resource, asked)
        fields = self.fields.of(resource)
        rows = [(record.id, self.look.seen(holder, resource, record)) for record in page.records]
        heads = columns(fields, [value for _, value in rows if isinstance(value, Mapping)], resource.key)
        return self._page(
            "records.html", tenant=holder.name, resource=resource, page=page, rows=rows, heads=heads, asked=asked,
            fields=fields, cell=self.look.cell, leads=self._leads(resource),
        )  # fmt: skip

    def record(self) -> str | AnyResponse:
        holder, resource = self._place()
        record_id = request.args.get("id", "")
        value = self.look.record(holder, resource, record_id)
        if value is None:
            return self._missing(f"No record {quoted(record_id)} in {resource.name}.", holder.name, resource)
        shown, lock = value if isinstance(value, dict) else {"value": value}, resource.stamps.get("lock")
        since, happened = history(self.world, holder.name, resource, record_id, shown)
        return self._page(
            "record.html", tenant=holder.name, resource=resource, id=record_id,
            lines=list(lines(resource, shown, self.fields.of(resource))),
            namers=list(namers(self.world, holder, resource, record_id)),
            since=since, happenings=happened, raw=on_lines(value),
            pinned=pinned(resource, value) if isinstance(value, dict) and resource.model is None else "",
            lock=lock, is_locked=bool(lock and shown.get(lock)), can_change=isinstance(value, dict),
        )  # fmt: skip

    def edit(self) -> str | AnyResponse:
        holder, resource = self._place()
        record_id = request.args.get("id")
        value: Any = {}
        if record_id is not None and (value := self.look.record(holder, resource, record_id)) is None:
            return self._missing(f"No record {quoted(record_id)} in {resource.name}.", holder.name, resource)
        return self._form(holder, resource, record_id, value if isinstance(value, dict) else {})

    def save(self) -> str | AnyResponse:
        holder, resource = self._place()
        record_id, texts = request.args.get("id"), request.form.to_dict()
        fields = self.fields.of(resource)
        values, problems = read_form(fields, texts)
        before = self.look.record(holder, resource, record_id) if record_id is not None else None
        if not problems:
            try:
                hidden = not_entered(fields, before or {})
                kept = self.steers.plant(holder.name, resource, record_id, values, before=before or {}, hidden=hidden)
                there = {"tenant": holder.name, "resource": resource.name, "id": kept}
                return self._at("record", f"{resource.name}: saved", **there)
            except SetupError as error:
                problems = [*error.problems]
        return Response(self._form(holder, resource, record_id, before or {}, texts=texts, problems=problems), 400)

    def delete(self) -> AnyResponse:
        holder, resource = self._place()
        place, record_id = {"tenant": holder.name, "resource": resource.name}, request.args.get("id", "")
        try:
            self.steers.route("DELETE", RECORD).carry_out(**place, record_id=record_id)
        except SetupError as error:
            return self._wrong("record", error.problems, **place, id=record_id)
        return self._at("records", f"{record_id} deleted", **place)

    def lock(self) -> AnyResponse:
        holder, resource = self._place()
        place, record_id = {"tenant": holder.name, "resource": resource.name}, request.args.get("id", "")
        method = "DELETE" if request.form.get("locked") else "PUT"
        try:
            self.steers.route(method, LOCK).carry_out(**place, record_id=record_id)
        except SetupError as error:
            return self._wrong("record", error.problems, **place, id=record_id)
        return self._at("record", "locked" if method == "PUT" else "unlocked", **place, id=record_id)

    def journal(self) -> str:
        entries, wanted = self.look.exchanges(request.args, SHOWN)
        last = max((number for number, _ in self.world.journal.entries()), default=0)
        return self._page("journal.html", entries=entries, wanted=wanted, last=last)

    def journal_rows(self) -> Response:
        """The rows for what happened since the page was shown, for its script to put on top."""
        entries, _ = self.look.exchanges(request.args, SHOWN, since=self._number("since", 0))
        last = max((number for number, _ in self.world.journal.entries()), default=0)
        response = Response(render_template("console/journal_rows.html", entries=entries, url=page_url))
        response.headers["Journal-Last"] = str(last)
        return response

    def exchange(self) -> str | AnyResponse:
        number = self._number("number", 0)
        entry = next((one for at, one in self.world.journal.entries() if at == number), None)
        if entry is None:
            return self._missing(f"The journal no longer has exchange {number}.")
        operation = self.world.operations.get(entry.operation or "")
        return self._page(
            "exchange.html", number=number, entry=entry, at=stamp(entry.at),
            body=pretty(entry.body), reply=pretty(entry.reply),
            uses=[
                ("curl", as_curl(entry, request.url_root.rstrip("/"))),
                ("pytest", as_test(entry)),
                ("pinned record", as_pinned(entry, operation)),
            ],
            statuses=self.steers.possible(operation) if operation else [],
        )  # fmt: skip

    def outbox(self) -> str:
        return self._page("outbox.html", mails=self.world.due.mails()[::-1])

    def mail(self) -> str | AnyResponse:
        number = self._number("number", 0)
        mail = next((one for one in self.world.due.mails() if one["number"] == number), None)
        if mail is None:
            return self._missing(f"The outbox no longer has mail {number}.")
        if request.args.get("part") == "body":  # for a frame in which no script runs
            response = Response(str(mail["body"]), content_type="text/html; charset=utf-8")
            response.headers["Content-Security-Policy"] = (
                "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
            )
            return response
        return self._page("mail.html", mail=mail, is_html="<" in str(mail["body"]))

    def coverage(self) -> str:
        entries = self.world.journal.entries()
        found = sorted(exercised(self.world.operations.values(), entries), key=lambda one: not one.calls)
        statuses = sorted({status for one in found for status in one.statuses})
        called = sum(one.calls > 0 for one in found)
        return self._page("coverage.html", found=found, statuses=statuses, called=called, entries=len(entries))

    def relations(self) -> str:
        about = request.args.get("about", "")
        about = about if about in self.world.contract.resources else ""
        drawing = draw(self.world.contract, about)
        return self._page("relations.html", drawing=drawing, about=about, tenant=self._tenant_name())

    def due(self) -> str:
        return self._page("due.html", **self.steers.due())

    def diff(self) -> str | AnyResponse:
        try:
            found = self.steers.difference(request.args)
        except SetupError as error:
            return self._wrong("steering", error.problems)
        return self._page("diff.html", **found)

    def steering(self) -> str:
        return self._page("steering.html", **self.steers.state(), prefilled=request.args)

    def steer(self) -> AnyResponse:
        """Carry out what one of the forms asks for, and go back to the page."""
        try:
            return self._at("steering", self.steers.do(request.form))
        except SetupError as error:
            return self._wrong("steering", error.problems)

    def _form(
        self,
        holder: Tenant,
        resource: Resource,
        record_id: str | None,
        record: Mapping[str, Any],
        *,
        texts: Mapping[str, str] | None = None,
        problems: Sequence[Problem] = (),
    ) -> str:
        fields = self.fields.of(resource)
        inputs = list(entered(fields, record, texts, problems))
        shown = {one.field.name for one in inputs}
        others = [one for one in problems if one.pointer.split("/")[1:2] not in [[name] for name in shown]]
        return self._page(
            "edit.html", tenant=holder.name, resource=resource, id=record_id, inputs=inputs, others=others,
            offered={name: self.look.offered(holder, other, OFFERED) for name, other in self._leads(resource).items()},
        )  # fmt: skip

    def _leads(self, resource: Resource) -> dict[str, str]:
        return {one.name: one.leads_to for one in self.fields.of(resource).values() if one.leads_to}

    def _place(self) -> tuple[Tenant, Resource]:
        return self.look.tenant(self._tenant_name()), self.look.resource(request.args.get("resource", ""))

    def _tenant_name(self) -> str:
        return request.args.get("tenant") or self.look.usual_tenant()

    def _number(self, name: str, otherwise: int) -> int:
        text = request.args.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise

    def _missing(self, message: str, tenant: str = "", resource: Resource | None = None) -> AnyResponse:
        page = self._page("missing.html", message=message, tenant=tenant or self._tenant_name(), resource=resource)
        return Response(page, 404)

    def _at(self, page: str, said: str, /, **names: str) -> AnyResponse:
        return redirect(page_url(page, said=said[:500], **names), 303)

    def _wrong(self, page: str, problems: Sequence[Problem], /, **names: str) -> AnyResponse:
        return redirect(page_url(page, wrong=in_words(problems)[:500], **names), 303)

    def _page(self, template: str, **values: Any) -> str:
        return render_template(
            f"console/{template}",
            url=page_url,
            control=control_url,
            title=self.world.contract.document.root.get("info", {}).get("title") or "mock",
            said=request.args.get("said", ""),
            wrong=request.args.get("wrong", ""),
            **self.steers.shown_everywhere(),
            here=request.endpoint,
            tenants=self.world.store.names() or [self.look.usual_tenant()],
            **values,
        )
