"""What carrying a story out takes, of the standard library alone: it is written into the scripts as it stands."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote

ABSENT = object()
"""What a pointer leads to that leads nowhere."""
STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)")
VOLATILE = re.compile(STAMP.pattern + r"|(?=[\w|:-]*\d)[\w|:-]{16,}")
"""Ids, keys of pages and timestamps: what is another in every run."""


PLACEHOLDER = re.compile(r"\{\{([A-Z_]*TOKEN|[a-z]+_\d+)\}\}")
Answer = tuple[int, dict[str, str], bytes]
"""Status, headers by lower-case name, and body."""
MOST_PAGES = 500


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


def needed_names(story: dict[str, Any]) -> set[str]:
    """The placeholders of the steps and of what is expected: what only cleaning up needs may be missing."""
    return set(PLACEHOLDER.findall(json.dumps([story["steps"], story["expectation"]])))


def capture(
    step: dict[str, Any], number: int, reply: tuple[Any, bytes], bound: dict[str, str], needed: set[str]
) -> None:
    """Bind what ``step`` takes from its reply (status, body). Raises Unplayable where that lacks what is ``needed``."""
    status, body = reply
    for one in step["captures"]:
        value = picked(parsed(body), one["pointer"])
        is_missing = value is ABSENT or isinstance(value, (dict, list)) or value is None
        if is_missing and one["name"] not in needed:
            continue
        if is_missing:
            raise Unplayable(f"step {number + 1}, {step['operation']}, answered {status} without {one['pointer']}")
        bound[one["name"]] = str(value)


def filled(text: str, bound: dict[str, str], change: Any = str) -> str:
    """``text`` with its placeholders filled; ``change`` makes each value fit to stand there."""
    for name, value in bound.items():
        text = text.replace("{{" + name + "}}", change(value))
    return text


def for_url(value: str) -> str:
    return quote(value, safe="")


def for_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def request(step: dict[str, Any], bound: dict[str, str]) -> tuple[str, str, list[tuple[str, str]], bytes | None]:
    """Method, target, headers and body of ``step``. Raises Unplayable where a placeholder has no value."""
    headers = [(name, filled(text, bound)) for name, text in step["headers"]]
    target = filled(step["target"], bound, for_url)
    body = None if step["body"] is None else filled(step["body"], bound, for_json)
    missing = PLACEHOLDER.findall(" ".join([target, body or "", *(text for _, text in headers)]))
    if missing:
        raise Unplayable(f"{step['operation']}: {missing[0]} is not set; give it as an environment variable")
    return step["method"], target, headers, None if body is None else body.encode()


def all_pages(words: dict[str, Any], asked: tuple[Any, ...], own: Any, send: Any) -> Answer:
    """All pages of a list as one reply ``{"items": […], "next": key}``; a page that is none is the reply itself."""
    method, target, headers, body = asked
    records: list[Any] = []
    turned: str | None = target
    page: dict[str, Any] | None = None
    for _ in range(MOST_PAGES):
        status, replied, content = send(method, turned, headers, body)
        turned, page = turn(words, target, turned or "", own, (status, parsed(content)))
        if page is None:
            return status, replied, content
        records += page["items"]
        if turned is None:
            break
    return status, replied, json.dumps({**(page or {}), "items": records}).encode()


def turn(
    words: dict[str, Any], first: str, asked: str, own: Any, reply: tuple[int, Any]
) -> tuple[str | None, dict[str, Any] | None]:
    """The target of the page behind this one (None: the walk ends here), and the page (None: it is not one).

    A page that names its own key as the next leads nowhere. A walk that is not ``whole`` ends where a page ends with
    one of ``own``, the records that the story made.
    """
    status, value = reply
    items = picked(value, words["items"])
    if status != 200 or not isinstance(items, list):
        return None, None
    ids = [one.get(words["id"]) for one in items if isinstance(one, dict)]
    following = picked(value, words["next"]) if words["next"] else (ids or [None])[-1]
    page = {"items": items, "next": following if isinstance(following, str) else None}
    ends = not words["whole"] and bool(ids) and ids[-1] in own
    if not isinstance(following, str) or ends:
        return None, page
    key = words["key"] + "=" + for_url(following)
    if key in re.split("[?&]", asked):
        return None, page
    bare = re.sub(r"[?&]" + re.escape(words["key"]) + "=[^&]*", "", first)
    return bare + ("&" if "?" in bare else "?") + key, page


def basic_of(secrets: dict[str, str]) -> dict[str, str]:
    """Each token as the credentials of the scheme Basic: a name and password, else the password of ``check``."""
    pairs = {name: text if ":" in text else f"check:{text}" for name, text in secrets.items()}
    return {f"BASIC_{name}": base64.b64encode(pair.encode()).decode() for name, pair in pairs.items()}


def play(story: dict[str, Any], secrets: dict[str, str], send: Any) -> tuple[list[Answer], dict[str, str]]:
    """Carry the steps out with ``send(method, target, headers, body)`` and remove what they made.

    Returns the replies and what was taken from them. Raises Unplayable.
    """
    bound, replies = {**secrets, **basic_of(secrets)}, []
    try:
        for number, step in enumerate(story["steps"]):
            asked = request(step, bound)
            words = step.get("pages")
            replies.append(all_pages(words, asked, set(bound.values()), send) if words else send(*asked))
            capture(step, number, (replies[-1][0], replies[-1][2]), bound, needed_names(story))
    finally:
        for step in story["cleaning"]:
            try:
                send(*request(step, bound))
            except Unplayable:
                continue  # it was not made
    return replies, bound
