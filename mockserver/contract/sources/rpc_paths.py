"""Paths that say in words what is done, as what they stand for: ``GET /users/getAll`` is GET of ``/users``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.contract.sources.raw_operations import body_members, followed, raw_parameters
from mockserver.values.name_words import flat, singular, words_of

_CREATES = frozenset({"create", "add", "new", "insert", "save", "store", "post"})
_READS = frozenset({"get", "fetch", "read", "show", "view", "retrieve", "list", "all", "index", "detail", "details",
                     "json"})  # fmt: skip
_UPDATES = frozenset({"update", "edit"})
_DELETES = frozenset({"delete", "remove", "destroy"})
_WORDS = _CREATES | _READS | _UPDATES | _DELETES | {"find"}
_LAST = frozenset({"list", "create", "update", "delete", "detail", "details", "add", "edit"})
"""What may stand behind the noun: ``/task-create``."""
_FILLERS = frozenset({"all", "list", "one", "the", "new", "a", "an", "details", "detail", "info"})
_MANY = frozenset({"list", "all", "index"})
_VERBS: Mapping[str, Mapping[str, str]] = {
    "create": {"post": "post", "put": "post"},
    "read": {"get": "get", "post": "query"},
    "update": {"put": "put", "patch": "patch", "post": "patch"},
    "delete": {"delete": "delete", "post": "delete", "put": "delete"},
}
"""By what is done and the verb that is sent, the verb that it stands for."""
_PARAMETER = re.compile(r"\{([^{}]+)\}|:(\w+)")
_KEYS = frozenset({"id", "uuid", "pk", "key", "slug", "name", "code"})
"""Parameters that may be of anything."""
_KEY_ENDINGS = ("id", "uuid", "no", "nr", "number", "code", "key")
"""What a parameter that names a thing ends in, behind the noun."""
_SIGN_UPS = frozenset({"register", "signup"})
"""Words that make one of what stands before them, and mean something of their own elsewhere."""
_GLUED = re.compile(r"(create|update|delete|remove|edit|add|get|list)(all)?(\w{3,})?")
"""Words in one: ``/adduser``, ``/getall``; ``/address`` and ``/listing`` are like that, too."""
_PLAIN = re.compile(r"[\w-]+")
_METHODS = frozenset({"get", "put", "post", "patch", "delete"})


class RestForm(NamedTuple):
    """What an operation stands for: a path, the verb, and where the record is named if its own path does not.

    ``keyed`` is ``("query", "id")``, the place and the name of the parameter or member.
    """

    path: str
    method: str
    keyed: tuple[str, str] | None = None


class _Said(NamedTuple):
    """What the words of a segment say is done, and to what; ``is_many``: to all of them, ``is_glued``: in one word."""

    does: str
    nouns: list[str]
    is_many: bool
    is_glued: bool


class _Spoken(NamedTuple):
    """One operation whose path has such a word: what it is about, and the verb that it stands for.

    ``noun`` is the thing's name in one spelling, ``named`` as the path has it (empty where the segment before says it).
    ``is_bare``: the segment is a word for what is done alone; ``is_sure``: its words can be told apart.
    """

    path: str
    method: str
    before: tuple[str, ...]
    noun: str
    named: str
    key: str
    verb: str
    keyed: tuple[str, str] | None = None
    is_bare: bool = False
    is_sure: bool = True

    @property
    def place(self) -> tuple[tuple[str, ...], str]:
        """Paths with one of these are about the same things."""
        return tuple(_PARAMETER.sub("{}", one) for one in self.before), self.noun


def rest_forms(root: Mapping[str, Any]) -> dict[tuple[str, str], RestForm]:
    """For each operation (path, method) that its path tells in words, the path and the method that it stands for.

    A word alone proves nothing: at least two operations must be about the same things, those whose path has no word for
    what they do among them, and none may stand for what another one is or stands for. A create or a change beside those
    that need no word is something else.
    """
    paths = root.get("paths")
    written = {path: _methods(one) for path, one in paths.items() if isinstance(one, dict)} if paths else {}
    groups: dict[tuple[tuple[str, ...], str], list[_Spoken]] = {}
    below = {_compared(path): methods for path, methods in written.items()}
    for path, methods in written.items():
        for one in _read(path, methods, [*below.get(f"{_compared(path)}/{{}}", ()), *methods]):
            if whole := one if one.key else _keyed(root, one):
                groups.setdefault(whole.place, []).append(whole)
    segments = _segments(written, {before for before, _ in groups})
    taken = {(path, method) for path, methods in below.items() for method in methods}
    found = {}
    for place, spoken in groups.items():
        home = _home(spoken, segments.get(place, ""))
        there = _compared("/" + "/".join(home))
        own = [*below.get(there, ()), *below.get(f"{there}/{{}}", ())]
        done = {(bool(one.key), one.verb) for one in spoken}
        if len(done) + len(own) < 2 or not (own or any(one.is_sure for one in spoken) or len({*done}) > 2):
            continue
        is_only = "get" in own and "post" not in below.get(there, ())  # nothing else makes what is listed and read
        if done == {(False, "post")} and any(
            one.is_bare and not (is_only and one.path.endswith("/create")) and not _is_silent(root, one)
            for one in spoken
        ):
            continue
        for one in spoken:
            target = "/" + "/".join((*home, *([f"{{{one.key}}}"] if one.key else [])))
            is_beside = one.verb in ("put", "patch") and ("put" in own or "patch" in own)
            if (_compared(target), one.verb) not in taken and not is_beside:
                taken.add((_compared(target), one.verb))
                found[one.path, one.method] = RestForm(target, one.verb, one.keyed)
    return found | dict(_done(root, written, found))


def _done(
    root: Mapping[str, Any], written: Mapping[str, list[str]], found: Mapping[tuple[str, str], RestForm]
) -> Iterator[tuple[tuple[str, str], RestForm]]:
    """What else is done to one of the things that others' words tell of and that is named in the same way:
    ``POST /cancelOrder`` of an ``orderId``, ``POST /customer/block?customerId=7``.
    """  # fmt: skip
    read = {one.keyed[1]: (one.path, path) for (path, _), one in found.items() if one.keyed and one.method == "get"}
    for path, methods in written.items():
        *before, last = [one for one in path.split("/") if one] or [""]
        words = words_of(last)
        for method in (one for one in methods if one in ("post", "put") and (path, one) not in found):
            for name, (item, reading) in read.items():
                home, is_named = item.rpartition("/")[0], _asks(root, path, method, name)
                above, _, noun = home.rpartition("/")
                around = "/" + "/".join(before)
                if is_named is None or not words or words[0] in _WORDS:
                    continue
                if around == home and reading.startswith(f"{home}/"):
                    yield (path, method), RestForm(f"{item}/{last}", method, is_named)
                elif len(words) > 1 and _thing("".join(words[1:])) == _thing(noun) and around == (above or "/"):
                    yield (path, method), RestForm(f"{item}/{words[0]}", method, is_named)


def _asks(root: Mapping[str, Any], path: str, method: str, name: str) -> tuple[str, str] | None:
    """Where an operation is told that name, in its query or its body; None where it is not."""
    item = root["paths"][path]
    taken = raw_parameters(root, {"parameters": [*_listed(item), *_listed(item[method])]})
    if any(each.get("in") == "query" and each.get("name") == name for each in taken):
        return "query", name
    return ("body", name) if name in body_members(root, item[method]) else None


def _methods(item: Mapping[str, Any]) -> list[str]:
    return [method for method in item if method in _METHODS]


def _compared(path: str) -> str:
    return _PARAMETER.sub("{}", path).rstrip("/")


def _segments(paths: Iterable[str], wanted: set[tuple[str, ...]]) -> dict[tuple[tuple[str, ...], str], str]:
    """By what stands before it, one of ``wanted``, and the thing that it names, each segment that the document has."""
    found: dict[tuple[tuple[str, ...], str], str] = {}
    for path in paths:
        steps = [one for one in path.split("/") if one]
        plain = [_PARAMETER.sub("{}", one) for one in steps]
        for index, step in enumerate(steps):
            if (before := tuple(plain[:index])) in wanted:
                found.setdefault((before, _thing(step)), step)
    return found


def _home(spoken: list[_Spoken], segment: str) -> tuple[str, ...]:
    """The path of all of the things: one that the document has, else as the words for them are written."""
    named = [one.named for one in spoken]
    own = segment or max(named, key=len)  # the plural, where one of them has it
    return (*spoken[0].before, own) if any(named) else spoken[0].before


def _thing(segment: str) -> str:
    return flat(singular("".join(words_of(segment))))


def _read(path: str, methods: list[str], every: list[str]) -> Iterator[_Spoken]:
    """What a path's own methods do; none where ``every`` one, below it too, is not what its word says."""
    segments = [one for one in path.split("/") if one]
    key, is_after = next(((name, index) for index in (-1, -2) if (name := _name(segments, index))), ("", 0))
    if key:
        del segments[is_after]
    if not segments or not _PLAIN.fullmatch(segments[-1]):
        return
    said = _said(words_of(segments[-1]), key)
    if said is None or not all(method in _VERBS[said.does] for method in every):
        return
    if "post" in methods and words_of(segments[-1]) in (["all"], ["read", "all"], ["view", "all"]):
        return  # what is worked out of all, or done to them
    if is_after == -2 and (said.does not in ("update", "delete") or said.nouns) and segments[-1] != "json":
        return  # /users/{id}/details
    before, noun, named = tuple(segments[:-1]), _thing("".join(said.nouns)), "-".join(said.nouns)
    if before and not _name(before, -1) and noun in ("", _thing(before[-1])):
        before, noun, named = before[:-1], _thing(before[-1]), before[-1]
    elif said.nouns and key and not (flat(key) in _KEYS or noun in flat(key)):
        return  # /delete-tags/{fileId}
    for method in methods:
        is_other = said.does == "update" and is_after == -2 and method == "post"  # /images/{id}/edit makes another
        if not is_other and not (key and (said.does == "create" or (said.does == "read" and method == "post"))):
            verb = _VERBS[said.does][method]
            verb = "list" if said.is_many and not key else verb
            yield _Spoken(path, method, before, noun, named, key, verb, None, not said.nouns, not said.is_glued)


def _is_silent(root: Mapping[str, Any], one: _Spoken) -> bool:
    """Whether no success of an operation says what it holds, or it is a text."""
    replies = root["paths"][one.path][one.method].get("responses")
    successes = [followed(root, reply) for status, reply in (replies or {}).items() if str(status)[:1] in "2d"]
    schemas = [
        followed(root, media.get("schema")) for reply in successes for media in (reply.get("content") or {}).values()
    ]
    return all(schema.get("type") in ("string", "boolean", "integer") for schema in schemas)


def _keyed(root: Mapping[str, Any], one: _Spoken) -> _Spoken | None:
    """An operation whose path names no record, with where else it does; None where it names none and has to."""
    if one.verb in ("list", "post"):
        return one if one.verb == "post" else one._replace(verb=_VERBS["read"][one.method])
    item = root["paths"][one.path]
    operation = item[one.method]
    taken = raw_parameters(root, {"parameters": [*_listed(item), *_listed(operation)]})
    asked = [str(each.get("name")) for each in taken if each.get("in") == "query" and each.get("required")]
    places = (*(("query", name) for name in asked), *(("body", name) for name in body_members(root, operation)))
    keys = {"id", "uuid", *(one.noun + ending for ending in _KEY_ENDINGS)}
    keyed = next((place for place in places if flat(place[1]) in keys), None)
    if keyed is None:
        is_search = one.verb == "query" and singular(one.named) != one.named
        return one if one.verb == "get" or is_search else None
    if one.verb in ("put", "patch") and keyed[0] == "body":
        return one  # a body that says whole what is to be is not named besides
    return one._replace(key=keyed[1], keyed=keyed, verb="get" if one.verb == "query" else one.verb)


def _listed(holder: Mapping[str, Any]) -> list[Any]:
    found = holder.get("parameters")
    return found if isinstance(found, list) else []


def _said(words: list[str], key: str) -> _Said | None:
    """None where they say something else."""
    if not words:
        return None
    glued = _GLUED.fullmatch(words[0]) if len(words) == 1 and words[0] not in _WORDS else None
    if glued:
        words = [one for one in glued.groups() if one]
    if "".join(words) in _SIGN_UPS:
        return _Said("create", [], is_many=False, is_glued=False)
    if words[0] in _WORDS:
        word, rest = words[0], words[1:]
    elif words[-1] in _LAST:
        word, rest = words[-1], words[:-1]
    else:
        return None
    if "by" in rest:
        index = rest.index("by")
        asked, rest = "".join(rest[index + 1 :]), rest[:index]
        if not key or not (asked == flat(key) or flat(key).endswith(asked) or asked.endswith(flat(key))):
            return None
    if word == "find" and not key and "all" not in rest:
        return None  # a search
    does = "create" if word in _CREATES else "update" if word in _UPDATES else "delete" if word in _DELETES else "read"
    is_many = word in _MANY or "all" in rest or "list" in rest
    nouns = [one for one in rest if one not in _FILLERS]
    return _Said(does, nouns, does == "read" and is_many, bool(glued and nouns))


def _name(segments: Sequence[str], index: int) -> str:
    """The parameter at that place; empty where there is none."""
    found = _PARAMETER.fullmatch(segments[index]) if len(segments) >= -index else None
    return (found[1] or found[2]) if found else ""
