"""What the operations of the chosen part do, after the document's own words."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from right_server import finding, rules
from right_server.keeping import Keeping, kept
from right_server.patches import alike, patched
from right_server.published import Operation, Published, Resource
from right_server.refusals import Refused
from right_server.shelves import Record, Tenant, new_key

HERE = timezone(timedelta(hours=2))
"""This server tells its own time of day."""
EMPTY = object()
"""The reply has no content."""


@dataclass(frozen=True)
class Call:
    """One request that may be carried out: ``lag`` seconds are what a read that need not be consistent may miss."""

    operation: Operation
    resource: Resource
    tenant: Tenant
    tenant_id: str
    values: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    who: str
    lag: float


class Service:
    """Carries calls out. Raises Refused."""

    def __init__(self, published: Published, sizes: Mapping[str, int], habits: frozenset[Keeping]) -> None:
        self._published, self._sizes, self._habits = published, sizes, habits
        self._references: dict[int, tuple[Record, frozenset[tuple[str, str]]]] = {}
        self._doing: dict[str, Callable[[Call], Any]] = {
            "list": self._list,
            "read": self._read,
            "create": lambda call: self._create(call, call.body),
            "replace": lambda call: self._replace(call, self._key(call), call.body),
            "patch": lambda call: self._patch(call, self._key(call), call.body),
            "delete": lambda call: self._delete(call, self._key(call)),
            "lookup": self._look_up,
            "search": self._search,
            "batch": self._batch,
            "document": self._document,
            "preview": self._preview,
            "notice": self._notice,
        }

    def carry_out(self, call: Call) -> Any:
        for parameter in call.operation.parameters:
            named = parameter.get("x-mock", {}).get("references")
            value = {**call.values, **call.query}.get(parameter["name"])
            if named and value and call.tenant.shelf(named).get(value) is None:
                raise Refused(404, "there is nothing of that name")
        doing = self._doing.get(call.operation.meaning["kind"])
        if doing is None:
            raise Refused(500, "this server does not offer that")
        return doing(call)

    # One record

    def _key(self, call: Call) -> str:
        """What the record is kept under; a tenant's only record has its tenant's name."""
        return call.values["id"] if call.resource.key else call.tenant_id

    def _there(self, call: Call, key: str, lag: float = 0.0) -> Record:
        record = call.tenant.shelf(call.resource.name).get(key, lag)
        if record is None:
            raise Refused(404, "Not found")
        return record

    def _shown(self, call: Call, record: Record) -> Record:
        """With what is worked out, and with more than the document tells of."""
        links = {"_links": {"self": f"/{call.resource.name}/{record.get(call.resource.key, '')}"}}
        return {**rules.shown(call.resource.name, record), **links}

    def _read(self, call: Call) -> Any:
        lag = 0.0 if call.query.get("consistentRead") else call.lag
        record = self._shown(call, self._there(call, self._key(call), lag))
        if not call.resource.key:
            names = [one.strip() for one in call.query.get("fields", "").split(",")]
            chosen = {name: record[name] for name in names if name in record}
            return chosen or record
        return finding.projected(record, call.query.get("fields"), call.resource.key)

    def _create(self, call: Call, body: Any) -> Record:
        self._judge(call, "Create", body)
        resource, shelf = call.resource, call.tenant.shelf(call.resource.name)
        record = {name: value for name, value in body.items() if name in resource.writable}
        key = record.get(resource.key) or new_key() if resource.key else call.tenant_id
        if shelf.get(key) is not None:
            raise Refused(409, "There is one already")
        if resource.key:
            record[resource.key] = key
        self._linked(call, record)
        _settle_flags(call, record)
        self._keep(call, record)
        rules.fill(resource.name, record, call.tenant)
        self._stamp(call, record, None)
        shelf.put(key, record)
        rules.after_create(resource.name, record, call.tenant)
        return self._shown(call, record)

    def _replace(self, call: Call, key: str, body: Any) -> Record:
        self._judge(call, "Update", body)
        if call.resource.key and body[call.resource.key] != key:
            raise Refused(409, "That is another record's id")
        old = self._there(call, key)
        kept = {name: value for name, value in old.items() if name in call.resource.managed}
        new = {**{name: value for name, value in body.items() if name in call.resource.writable}, **kept}
        return self._changed(call, key, old, new)

    def _patch(self, call: Call, key: str, steps: Any) -> Record:
        if problems := self._published.problems(_PATCH, steps):
            raise Refused(400, f"That is not a patch: {problems[0]}")
        old = self._there(call, key)
        new = patched(self._shown(call, old), steps)
        for name in call.resource.managed | ({call.resource.key} - {""}):
            before = self._shown(call, old).get(name)
            if not alike(before, new.get(name)) or (name in new) != (name in self._shown(call, old)):
                raise Refused(400, "The server looks after that field by itself")
        new = {name: value for name, value in new.items() if name in call.resource.fields}
        self._judge(call, "Update", new)
        return self._changed(call, key, old, {name: new[name] for name in new if not _is_computed(call, name)})

    def _changed(self, call: Call, key: str, old: Record, new: Record) -> Record:
        self._keep(call, new)
        rules.fill(call.resource.name, new, call.tenant)
        if alike(old, new):
            return self._shown(call, old)  # nothing was modified
        self._linked(call, new)
        self._stamp(call, new, old)
        call.tenant.shelf(call.resource.name).put(key, new)
        return self._shown(call, new)

    def _keep(self, call: Call, record: Record) -> None:
        kept(record, call.resource.fields, call.resource.writable, self._habits)

    def _delete(self, call: Call, key: str) -> str:
        self._there(call, key)
        for name in call.tenant.names():
            for other, record in call.tenant.shelf(name).all():
                is_itself = (name, other) == (call.resource.name, key)
                if not is_itself and (call.resource.name, key) in self._named(name, record):
                    raise Refused(409, "Something else still needs it")
        call.tenant.shelf(call.resource.name).put(key, None)
        return key

    def _named(self, resource: str, record: Record) -> frozenset[tuple[str, str]]:
        """What a record refers to. PERF: worked out once, since each delete asks it of all records."""
        known = self._references.get(id(record))
        if known is None or known[0] is not record:
            schema = self._published.resources[resource].schema
            known = self._references[id(record)] = (record, frozenset(self._published.references(schema, record)))
        return known[1]

    def _judge(self, call: Call, way: str, body: Any) -> None:
        name = str(next(name for name, one in self._published.schemas.items() if one is call.resource.schema))
        schema = {"$ref": f"#/components/schemas/{name}{way}"}
        if problems := self._published.problems(schema, body):
            raise Refused(400, "Not acceptable: " + "; ".join(problems[:3]))

    def _linked(self, call: Call, record: Record) -> None:
        for resource, key in self._published.references(call.resource.schema, record):
            if (resource, key) != (call.resource.name, record.get("id")) and not call.tenant.shelf(resource).get(key):
                raise Refused(409, f"A record of {resource} that is named is not there")

    def _stamp(self, call: Call, record: Record, old: Record | None) -> None:
        now = datetime.now(UTC).astimezone(HERE).isoformat(timespec="microseconds")
        version = call.resource.stamp("version")
        said = {"modified-at": now, "modified-by": call.who, "lock": False}
        said |= {"created-at": now, "created-by": call.who} if old is None else {}
        record |= {field: value for mark, value in said.items() if (field := call.resource.stamp(mark))}
        if version:
            record[version] = float((old or {}).get(version, 0)) + 1  # 1.0, which is 1

    # Several records

    def _all(self, call: Call) -> Iterator[tuple[str, Record]]:
        lag = 0.0 if call.query.get("consistentRead") else call.lag
        for key, record in call.tenant.shelf(call.resource.name).all(lag):
            yield key, self._shown(call, record)

    def _list(self, call: Call) -> list[Record]:
        after = call.query.get(call.operation.meaning["page"]["key"])
        shown, _ = finding.page(self._all(call), after, self._sizes["list"])
        return [finding.projected(one, call.query.get("fields"), call.resource.key) for _, one in shown]

    def _look_up(self, call: Call) -> Record:
        found = (one for one in self._all(call) if finding.looked_up(call.operation, call.values, one[1]))
        return self._envelope(call, found, call.query.get("exclusiveStartKey"), self._sizes["lookup"])

    def _search(self, call: Call) -> Record:
        after = call.query.get("exclusiveStartKey") or call.body.get("exclusiveStartKey")
        found = (one for one in self._all(call) if finding.meets(self._published, call.operation, call.body, one[1]))
        return self._envelope(call, found, after, self._sizes["search"])

    def _envelope(self, call: Call, found: Iterator[tuple[str, Record]], after: str | None, size: int) -> Record:
        words, projection = call.operation.meaning["page"], call.operation.meaning["projection"]
        shown, following = finding.page(found, after, size)
        items = [finding.projected(one, call.query.get(projection), call.resource.key) for _, one in shown]
        reply: Record = {words["next"]: following} if following else {}
        reply |= {words["items"]: items, "RequestCost": 0.5}
        return reply | ({words["count"]: len(items)} if "count" in words else {})

    def _batch(self, call: Call) -> Record:
        results = [self._item(call, one) for one in call.body.get("operations", [])]
        failed = sum("error" in one for one in results)
        return {"results": results, "success_count": float(len(results) - failed), "error_count": float(failed)}

    def _item(self, call: Call, item: Record) -> Record:
        told: Record = {"operation": item["operation"], "id": item.get("id")}
        try:
            done = self._done(call, item)
        except Refused as refused:
            return {**told, "status": refused.status, "error": {"message": refused.message}}
        if isinstance(done, dict):
            return {"status": 200, "object": done, **told, "id": done["id"]}
        return {"status": 200, **told}

    def _done(self, call: Call, item: Record) -> Any:
        verb, key, steps = item["operation"], item.get("id"), item.get("patch_directives")
        if verb == "create":
            return self._create(call, item.get("object"))
        schema = {"$ref": "#/components/schemas/Id"}
        if not isinstance(key, str) or self._published.problems(schema, key):
            raise Refused(400, "An id is needed")
        if verb == "read":
            return self._shown(call, self._there(call, key))
        if verb == "update":
            return self._replace(call, key, item.get("object"))
        if verb == "delete":
            return self._delete(call, key)
        if isinstance(steps, dict):
            steps = [steps[name] for name in sorted(steps, key=int)]
        return self._patch(call, key, steps)

    # Documents and mails

    def _document(self, call: Call) -> str:
        record = self._there(call, self._key(call))
        rows = "".join(f"<dt>{name}</dt><dd>{html.escape(str(value))}</dd>" for name, value in sorted(record.items()))
        return f"<dl>{rows}</dl>"

    def _preview(self, call: Call) -> Any:
        words = call.operation.meaning
        key = call.body.get(words["record"])
        record = self._there(call, key) if key else {}
        template = call.body.get(words["email"] if "email" in words else words["body"], "")
        text = str(template.get("body", "") if isinstance(template, dict) else template)
        call.tenant.mails.append({"about": key, "body": rules.merged(text, record)})
        return EMPTY

    def _notice(self, call: Call) -> Record:
        words = call.operation.meaning
        old = self._there(call, self._key(call))
        entry = {words["log"]["notice"]: call.values[words["notice"]]}
        entry[words["log"]["date"]] = datetime.now(UTC).astimezone(HERE).isoformat()
        new = {**old, words["log"]["field"]: [*old.get(words["log"]["field"], []), entry]}
        for field, parameter in words["set"].items():
            if parameter in call.query:
                new[field] = call.query[parameter]
        call.tenant.mails.append({"about": old["id"], "to": old.get(words["to"])})
        self._changed(call, self._key(call), old, new)
        return {"queued": True}


_PATCH = {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/PatchDirective"}}


def _settle_flags(call: Call, record: Record) -> None:
    """What may be true or false is false unless told."""
    for name in call.resource.writable:
        if call.resource.fields.get(name, {}).get("type") == "boolean":
            record.setdefault(name, False)


def _is_computed(call: Call, name: str) -> bool:
    return "computed" in call.resource.fields.get(name, {}).get("x-mock", {})
