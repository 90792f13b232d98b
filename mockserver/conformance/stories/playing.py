"""What carrying a story out takes, of the standard library alone: it is written into the scripts as it stands."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from urllib.parse import quote

ABSENT = object()
"""What a pointer leads to that leads nowhere."""
STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)")
VOLATILE = re.compile(STAMP.pattern + r"|(?=[\w|:-]*\d)[\w|:-]{16,}")
"""Ids, keys of pages and timestamps: what is another in every run."""


HOLE = re.compile(r"\{\{([A-Z_]*TOKEN|[a-z]+_\d+)\}\}")
Answer = tuple[int, dict[str, str], bytes]
"""Status, headers by lower-case name, and body."""


class Unplayable(Exception):
    """The story cannot be carried out: the message says which step stands in the way, and why."""


def parsed(body: bytes) -> Any:
    """The JSON of a reply's body; ABSENT where it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return ABSENT


def picked(value: Any, pointer: str) -> Any:
    """What ``pointer`` (RFC 6901) leads to in ``value``; ABSENT where it leads nowhere."""
    for escaped in pointer.split("/")[1:]:
        part = escaped.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return ABSENT
    return value


def capture(step: dict[str, Any], number: int, status: int, body: bytes, bound: dict[str, str]) -> None:
    """Bind what ``step`` takes from its reply. Raises Unplayable where the reply does not have it."""
    for one in step["captures"]:
        value = picked(parsed(body), one["pointer"])
        if value is ABSENT or isinstance(value, (dict, list)) or value is None:
            raise Unplayable(f"step {number + 1}, {step['operation']}, answered {status} without {one['pointer']}")
        bound[one["name"]] = str(value)


def filled(text: str, bound: dict[str, str], change: Any = str) -> str:
    """``text`` with its holes filled; ``change`` makes each value fit to stand there."""
    for name, value in bound.items():
        text = text.replace("{{" + name + "}}", change(value))
    return text


def for_url(value: str) -> str:
    return quote(value, safe="")


def for_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def request(step: dict[str, Any], bound: dict[str, str]) -> tuple[str, str, list[tuple[str, str]], bytes | None]:
    """Method, target, headers and body of ``step``. Raises Unplayable where something for its holes is missing."""
    headers = [(name, filled(text, bound)) for name, text in step["headers"]]
    target = filled(step["target"], bound, for_url)
    body = None if step["body"] is None else filled(step["body"], bound, for_json)
    missing = HOLE.findall(" ".join([target, body or "", *(text for _, text in headers)]))
    if missing:
        raise Unplayable(f"{step['operation']}: there is nothing for {missing[0]}; set it as an environment variable")
    return step["method"], target, headers, None if body is None else body.encode()


def play(story: dict[str, Any], secrets: dict[str, str], send: Any) -> tuple[list[Answer], dict[str, str]]:
    """Carry the steps out with ``send(method, target, headers, body)`` and remove what they made.

    Returns the replies and what was taken from them. Raises Unplayable.
    """
    bound, replies = dict(secrets), []
    try:
        for number, step in enumerate(story["steps"]):
            replies.append(send(*request(step, bound)))
            capture(step, number, replies[-1][0], replies[-1][2], bound)
    finally:
        for step in story["cleaning"]:
            try:
                send(*request(step, bound))
            except Unplayable:
                continue  # it was not made
    return replies, bound


def broken(story: dict[str, Any], replies: list[Answer], bound: dict[str, str]) -> bool:
    """Whether ``replies`` (status, headers by lower-case name, body; one a step) break what the story expects."""
    wanted = story["expectation"]
    status, headers, body = replies[wanted["step"]]
    if wanted["statuses"]:
        return status not in list(wanted["statuses"])
    if wanted["headers"]:
        return not all(name.lower() in headers for name in wanted["headers"])
    if wanted["places"]:
        value = parsed(body)
        return not all(is_at(value, place, bound) for place in wanted["places"])
    return bool(symptom(story, replies, bound) == wanted["symptom"])


def is_at(value: Any, place: dict[str, Any], bound: dict[str, str]) -> bool:
    found = picked(value, place["pointer"])
    if place.get("absent"):
        return found is ABSENT or found is None
    return found is not ABSENT and json.dumps(found, sort_keys=True) == json.dumps(
        completed(place["wanted"], bound), sort_keys=True
    )


def completed(value: Any, bound: dict[str, str]) -> Any:
    """A JSON value with the holes in its texts filled."""
    if isinstance(value, dict):
        return {name: completed(one, bound) for name, one in value.items()}
    if isinstance(value, list):
        return [completed(one, bound) for one in value]
    return filled(value, bound) if isinstance(value, str) else value


def symptom(story: dict[str, Any], replies: list[Answer], bound: dict[str, str]) -> str:
    """The digest of the replies that show the finding, with ids told by where they first appear, and no timestamps."""
    sent = "\n".join(f"{one['target']} {one['body'] or ''}" for one in story["steps"])
    own, names = own_ids(story, replies), {value: name for name, value in bound.items()}
    shown: list[list[Any]] = []
    for number, (status, headers, body) in enumerate(replies):
        value = parsed(body)
        told = worded("" if value is ABSENT else value, f"{number}", (story["key"], own, names, sent))
        if number in story["expectation"]["symptom_steps"]:
            kind = headers.get("content-type", "").partition(";")[0]
            shown.append([status, kind, bool(body) and value is ABSENT, told])
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def own_ids(story: dict[str, Any], replies: list[Answer]) -> set[str]:
    """The ids of the records that the story made or changed."""
    found: set[str] = set()
    for number, (_, _, body) in enumerate(replies):
        if story["steps"][number]["changes"]:
            found |= set(VOLATILE.findall(body.decode(errors="replace")))
    return found


def worded(value: Any, place: str, known: tuple[str, set[str], dict[str, str], str]) -> Any:
    """``value`` with what is another in every run named by its place; records of others are left out of lists."""
    key, own, names, sent = known
    if isinstance(value, dict):
        return {one: worded(value[one], f"{place}/{one}", known) for one in sorted(value)}
    if isinstance(value, list):
        kept = [one for one in value if not own or is_own(one, key, own)]
        told = [worded(one, f"{place}/{index}", known) for index, one in enumerate(kept)]
        # Records come in the order of their ids, or in none.
        is_listing = all(isinstance(one, dict) and key in one for one in kept)
        return sorted(told, key=lambda one: json.dumps(one, sort_keys=True)) if is_listing else told
    if not isinstance(value, str):
        return value

    def name_of(found: re.Match[str]) -> str:
        if found[0] in sent:
            return found[0]
        # Whether two timestamps are the same is a matter of how fast a server is: they are all one.
        return "<time>" if STAMP.fullmatch(found[0]) else "<" + names.setdefault(found[0], place) + ">"

    return VOLATILE.sub(name_of, value)


def is_own(one: Any, key: str, own: set[str]) -> bool:
    return not isinstance(one, dict) or not isinstance(one.get(key), str) or one[key] in own
