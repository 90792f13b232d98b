"""Replies of which a document does not say what they hold: taken to be what the requests send, so that it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract.sources.raw_operations import body_members, followed, raw_parameters, schema_members
from mockserver.contract.sources.rpc_paths import rest_forms
from mockserver.values.name_words import flat, singular

GUESSED = "x-guessed"
"""Stands at a media type that the document does not have."""
_VERBS = ("get", "post", "put", "patch")
_EMPTY = frozenset({"204", "205", "default"})
_ITEM = re.compile(r"(.*)/\{([^/{}]+)\}/?")
_KEYS = frozenset({"id", "uuid", "key", "slug"})
_SECRETS = frozenset({"password", "passwordconfirmation", "confirmpassword", "newpassword", "oldpassword"})
_HOLDERS = frozenset({"data", "result", "payload", "response", "body", "item", "items", "results", "record"})
"""Members of an envelope that may hold anything."""


class _DeclaredSuccess(NamedTuple):
    """One success of an operation: where it is declared, and whether it is one of all records."""

    responses: dict[str, Any]
    status: str
    is_list: bool


def describe_silent(root: dict[str, Any]) -> None:
    """Say, in place, what the replies of a path, of its item and of its plural hold, where none of them tells it.

    A list is one of what a body sends, with its key, or of what its item's path answers; a read and a write answer
    one. Nothing is forbidden by that, since nobody promised it. Documents that are written beside a server often tell
    what is sent and leave out, or to chance (``data: {}``), what comes back; to answer with nothing would be of no use.
    """
    paths = _rest_items(root)
    plurals = {_singular(path): item for path, item in paths.items() if _singular(path) != path.rstrip("/")}
    for path, item in paths.items():
        if (found := _ITEM.fullmatch(path)) is None:
            continue
        many = next((paths[one] for one in (found[1], f"{found[1]}/") if one in paths), {})
        lists = [one for one in (many, plurals.get(found[1], {})) if "get" in one]
        places = [*_places(item, is_item=True), *_places(many)]
        places += [one for listed in lists for one in _places(listed) if one.is_list and one not in places]
        writes = [one for holder in (many, item) for one in _of(holder, "post", "put", "patch") if "requestBody" in one]
        sent = next((body for one in writes if (body := body_members(root, one))), {})
        silent = [one for one in places if _is_vague(root, one)]
        if writes and (lists or "get" in item) and len(silent) == len(places):
            for one in silent:
                _fill(root, one, _record(sent, found[2], _parameter(root, item, found[2])))
        elif shown := _shown(root, item, found[2], sent):
            for one in silent:
                if one.is_list:
                    _fill(root, one, shown)


def _shown(
    root: Mapping[str, Any], item: Mapping[str, Any], parameter: str, sent: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The schema of the record that an item's path answers with, where it stands there without an envelope."""
    for responses, status, _ in _places(item, is_item=True):
        content = followed(root, responses.get(status)).get("content")
        media = content.get("application/json") if isinstance(content, dict) else None
        schema: Any = media.get("schema") if isinstance(media, dict) else None
        members = schema_members(root, schema)
        if any(flat(name) in _KEYS | {flat(parameter)} for name in members) or len(sent.keys() & members.keys()) > 1:
            return dict(schema)
    return None


def _rest_items(root: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The path items, each operation at the path and the verb that its own stand for."""
    paths = root["paths"]
    found = {path: item for path, item in paths.items() if isinstance(item, dict)}
    for (path, method), form in rest_forms(root).items():
        item = found.get(form.path, {"parameters": paths[path].get("parameters")})
        found[form.path] = {**item, form.method: paths[path][method]}
    return found


def _singular(path: str) -> str:
    head, _, last = path.rstrip("/").rpartition("/")
    return f"{head}/{singular(last)}"


def _of(item: Mapping[str, Any], *verbs: str) -> Iterator[dict[str, Any]]:
    yield from (item[verb] for verb in verbs if isinstance(item.get(verb), dict))


def _places(item: Mapping[str, Any], *, is_item: bool = False) -> Iterator[_DeclaredSuccess]:
    for verb in _VERBS:
        for operation in _of(item, verb):
            responses: Any = operation.get("responses")
            for status in _successes(responses) if isinstance(responses, dict) else ():
                yield _DeclaredSuccess(responses, status, verb == "get" and not is_item)


def _successes(responses: Mapping[str, Any]) -> Iterator[str]:
    """Those that may have content; 200 where one reply stands for all statuses and does not say what it holds."""
    yield from (status for status in responses if str(status).startswith("2") and str(status) not in _EMPTY)
    if responses.keys() == {"default"} and isinstance(any_status := responses["default"], dict):
        yield from () if any_status.keys() & {"content", "$ref"} else ("200",)


def _is_vague(root: Mapping[str, Any], place: _DeclaredSuccess) -> bool:
    """Whether a reply has no content, or JSON that may be anything where the record or the list should be."""
    content = followed(root, place.responses.get(place.status)).get("content")
    if not content:
        return True
    media = content.get("application/json") if isinstance(content, dict) and len(content) == 1 else None
    if not isinstance(media, dict) or "example" in media or "examples" in media:
        return False
    return _says_nothing(root, media.get("schema", {}), is_list=place.is_list) or bool(
        _holder(root, media.get("schema"))
    )


def _says_nothing(root: Mapping[str, Any], schema: Any, *, is_list: bool = False) -> bool:
    place = followed(root, schema)
    if is_list and place.get("type") == "array":
        return _says_nothing(root, place.get("items", {}))
    words = place.keys() - {"description", "title", "additionalProperties", "type"}
    is_open = place.get("additionalProperties") in (None, True, {})
    said = place.get("type")
    return not words and is_open and (said is None if is_list else said in (None, "object"))


def _holder(root: Mapping[str, Any], schema: Any) -> str:
    """The member of an envelope that may hold anything; empty where there is none."""
    members: Any = followed(root, schema).get("properties")
    named = [one for one in members if flat(one) in _HOLDERS] if isinstance(members, dict) else []
    is_one = len(named) == 1 and _says_nothing(root, members[named[0]])
    return named[0] if is_one and all(_is_scalar(root, members[one]) for one in members if one != named[0]) else ""


def _is_scalar(root: Mapping[str, Any], schema: Any) -> bool:
    return followed(root, schema).get("type") in ("string", "integer", "number", "boolean")


def _record(sent: Mapping[str, Any], parameter: str, key: dict[str, Any]) -> dict[str, Any]:
    """What is sent and is not a secret, with the member that identifies it; each may be anything else as well."""
    shown = {name: one for name, one in sent.items() if flat(name) not in _SECRETS and not _is_hidden(one)}
    if not any(flat(name) in _KEYS | {flat(parameter)} for name in shown):
        shown = {"id" if flat(parameter).endswith("id") else parameter: key, **shown}
    return {"type": "object", "properties": {name: {"anyOf": [one, {}]} for name, one in shown.items()}}


def _is_hidden(schema: Any) -> bool:
    return isinstance(schema, dict) and (schema.get("writeOnly") is True or schema.get("format") == "password")


def _parameter(root: Mapping[str, Any], item: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = (one.get("schema") for one in raw_parameters(root, item) if one.get("name") == name)
    return next((one for one in found if isinstance(one, dict)), {"type": "string"})


def _fill(root: Mapping[str, Any], place: _DeclaredSuccess, record: dict[str, Any]) -> None:
    reply = followed(root, place.responses.get(place.status)) or {"description": "A guess."}
    wanted = {"type": "array", "items": record} if place.is_list else record
    media = (reply.get("content") or {}).get("application/json", {GUESSED: True})
    if name := _holder(root, media.get("schema")):
        wanted = {"allOf": [media["schema"], {"type": "object", "properties": {name: wanted}}]}
    place.responses[place.status] = {**reply, "content": {"application/json": {**media, "schema": wanted}}}
