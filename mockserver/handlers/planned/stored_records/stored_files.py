"""Files that clients send: what a record says of them, and their bytes, which are given back unchanged (A9)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import new
from typing import Any

from mockserver.contract import Kind
from mockserver.contract.plan import FILES
from mockserver.contract.reading import SentFile
from mockserver.errors import Refusal
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import keys_of, plan_of, record_id
from mockserver.handlers.planned.stored_records.scope import Scope, scope_of
from mockserver.inference.vocabulary.names_beside import files_of
from mockserver.inference.vocabulary.words import CONTENTS
from mockserver.messages import Headers, Json, Reply
from mockserver.store import Record, Tenant
from mockserver.values.media_types import carries_json, without_parameters
from mockserver.values.name_words import flat

MOST_BYTES, MOST_FILES = 2**26, 1_000
"""How much of what was sent for the records of one resource is kept: the oldest goes first."""
MOST_OF_ALL = 2**28
"""How much is kept for all resources together; what does not fit is refused."""
_NAMES = frozenset({"filename", "originalname", "originalfilename", "uploadname"})
_SIZES = frozenset({"size", "bytes", "filesize", "sizebytes", "sizeinbytes", "filesizeinbytes", "contentlength"})
_TYPES = frozenset({"contenttype", "mimetype", "mediatype", "filemimetype"})
_SUMS = frozenset({"md5", "sha1", "sha256"})
_HELD = "-"
"""The record that says which files there are, with their sizes, the oldest first."""


def with_files(call: Call, scope: Scope, record: Record, said: Json) -> Record:
    """The record once the files of the request are kept for it, with what it tells of them and nobody said."""
    if not call.input.files:
        return record
    file, which = next(iter(call.input.files.values())), _which(call)
    _keep(call, scope.tenant, record, which, file)
    value = record.data()
    if which or not isinstance(value, dict) or scope.model.record is None:
        return record
    own = _facts(call, scope, file, said if isinstance(said, dict) else {})
    return scope.replace(record, {**value, **own}) if own else record


def with_copied_file(call: Call, scope: Scope, record: Record, copy: Record) -> Record:
    """The copy of a record with the file that is kept for it, and with what it tells of that."""
    resource, value = call.tools.contract.resources.get(files_of(call.resource)), record.data()
    kept = scope.tenant[resource.name].get(record_id(keys_of(record.id), _HELD)) if resource is not None else None
    if kept is not None:
        file: Any = kept.data()
        _keep(call, scope.tenant, copy, "", SentFile(file["name"], file["type"], b64decode(file["content"])))
    if resource is None or not isinstance(value, dict):
        return copy
    facts = {name: one for name, one in value.items() if flat(name) in _SIZES | _TYPES | _SUMS}
    return scope.replace(copy, {**copy.data(), **facts}) if facts else copy


def given_back(call: Call, tenant: Tenant) -> Reply | None:
    """The file that was sent for the record which the path names; None where none was."""
    plan, resource = plan_of(call), call.tools.contract.resources.get(files_of(call.resource))
    if resource is None or plan.key is None:
        return None
    record = scope_of(call, tenant).find(str(call.input.values[plan.key]))
    names = dict.fromkeys((plan.words["file"], "")) if record is not None else {}
    ids = [record_id(keys_of(record.id), one or _HELD) for one in names] if record is not None else []
    found = next((one for name in ids if (one := tenant[resource.name].get(name)) is not None), None)
    return _as_declared(call, found.data()) if found is not None else None


def _as_declared(call: Call, kept: Any) -> Reply | None:
    """The bytes; where the document says that they come as a JSON text, that text, if they are one."""
    plan, content = plan_of(call), b64decode(kept["content"])
    said = plan.success
    headers: Headers = ()
    if "content-disposition" in said.headers and kept["name"].isprintable():
        name = kept["name"].replace("\\", "").replace('"', "")
        headers = (("Content-Disposition", f'attachment; filename="{name}"'.encode().decode("latin-1")),)
    if carries_json(said.media_type or "") and said.schema is not None:
        text = content.decode(errors="replace")
        is_text = text.encode() == content and call.tools.maker.allows(said.schema, text)
        return Reply(plan.status, text, True, None, headers, (), said.media_type or "") if is_text else None
    name = without_parameters(said.media_type or "")
    is_any = "*" in name or name in ("", "application/octet-stream", "application/json")
    content_type = kept["type"] if "*" in name or (said.schema is None and is_any) else said.media_type or name
    return Reply(plan.status, raw=content, headers=headers, content_type=content_type or "application/octet-stream")


def _which(call: Call) -> str:
    """Which file of the record the request sends: "" is the one that the record is about."""
    last = call.operation.path.rstrip("/").rpartition("/")[2]
    is_main = call.operation.kind is Kind.CREATE or "{" in last or flat(last) in CONTENTS
    return "" if is_main else last


def _keep(call: Call, tenant: Tenant, record: Record, which: str, file: SentFile) -> None:
    """Keep the bytes, and let go of the oldest where that is too much."""
    resource = call.tools.contract.resources.get(files_of(call.resource))
    if resource is None:
        return
    name, gone = record_id(keys_of(record.id), which or _HELD), []
    content = b64encode(file.content).decode()
    held = [*(one for one in _held(tenant, resource.name) if one[0] != name), [name, len(content)]]
    while len(held) > 1 and (len(held) > MOST_FILES or sum(size for _, size in held) > MOST_BYTES):
        gone.append(held.pop(0)[0])
    _require_room(call, tenant, resource.name, sum(size for _, size in held))
    for one in gone:
        door.remove(tenant, resource, one)
    door.keep(tenant, resource, name, {"name": file.name, "type": file.media_type, "content": content})
    door.keep(tenant, resource, _HELD, {"held": held})


def _held(tenant: Tenant, name: str) -> list[list[Any]]:
    """Each file that a resource keeps, with its size, the oldest first."""
    known: Record | None = tenant[name].get(_HELD)
    return [one for one in known.data()["held"] if one[0] in tenant[name]] if known is not None else []


def _require_room(call: Call, tenant: Tenant, name: str, size: int) -> None:
    """Raises Refusal(413), or 507 where only that is declared: with ``size`` here, all resources keep too much."""
    others = (one.name for one in call.tools.contract.resources.values() if one.name.endswith(f".{FILES}"))
    kept = sum(one[1] for other in others if other != name and other in tenant for one in _held(tenant, other))
    if kept + size > MOST_OF_ALL:
        replies, room = plan_of(call).replies, f"{MOST_OF_ALL // 2**20} MB"
        status = 507 if "507" in replies and "413" not in replies else 413
        message = f"This mock keeps {room} of files in all, and this one does not fit: delete some, or reset the mock."
        raise Refusal(status, message, reason="limit: files")


def _facts(call: Call, scope: Scope, file: SentFile, said: Mapping[str, Any]) -> dict[str, Json]:
    """What a record that is about a file says of it: its name, its size, its media type, its digests."""
    assert scope.model.record is not None
    maker = call.tools.maker
    members = maker.shapes.properties(scope.model.record)
    true: dict[str, Json] = {}
    for name in members:
        word = flat(name)
        if word in _NAMES and file.name:
            true[name] = file.name
        elif word in _SIZES:
            true[name] = len(file.content)
        elif word in _TYPES and file.media_type:
            true[name] = file.media_type
        elif word in _SUMS:
            true[name] = new(word, file.content, usedforsecurity=False).hexdigest()
    if true and "name" in members and file.name and not _NAMES & {flat(name) for name in members}:
        true["name"] = file.name
    own = {name: one for name, one in true.items() if said.get(name) is None or name in call.input.files}
    return {name: one for name, one in own.items() if maker.allows(members[name], one)}
