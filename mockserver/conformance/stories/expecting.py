"""What became of a finding, by the replies to its story: standard library alone, for it goes into the scripts."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from mockserver.conformance.stories.script_runtime import (
    ABSENT,
    STAMP,
    VOLATILE,
    Answer,
    filled,
    for_url,
    parsed,
    picked,
)


def broken(story: dict[str, Any], replies: list[Answer], bound: dict[str, str]) -> bool:
    """Whether ``replies`` (status, headers by lower-case name, body; one a step) break what the story expects."""
    wanted = story["expectation"]
    status, headers, body = replies[wanted["step"]]
    if wanted["statuses"]:
        return status not in list(wanted["statuses"])
    if wanted["headers"]:
        return not all(name.lower() in headers for name in wanted["headers"])
    if wanted.get("listing"):
        return is_misheld(wanted["listing"], story, replies, bound)
    if wanted.get("constraint"):
        is_bound = status == story["steps"][wanted["step"]]["status"]  # another status has a schema of its own
        return is_bound and is_broken(parsed(body), completed(wanted["constraint"], bound))
    if wanted["places"]:
        value = parsed(body)
        return not all(is_at(value, place, bound) for place in wanted["places"])
    return bool(symptom(story, replies, bound) == wanted["symptom"])


def is_at(value: Any, place: dict[str, Any], bound: dict[str, str]) -> bool:
    """Whether ``value``, or the record of a list that the place names, has there what is wanted."""
    if "record" in place:
        records = picked(value, "/items")
        key, named = place["record"]["key"], filled(place["record"]["id"], bound)
        found_in = [one for one in records if isinstance(one, dict) and one.get(key) == named]
        value = found_in[0] if found_in else ABSENT
    found = picked(value, place["pointer"])
    if place.get("absent"):
        return value is not ABSENT and found is ABSENT
    if "other" in place:
        return found is not ABSENT and as_text(found) != as_text(completed(place["other"], bound))
    return found is not ABSENT and as_text(found) == as_text(completed(place["wanted"], bound))


def as_text(value: Any) -> str:
    """JSON as text, alike for what is alike: ``1.0`` is 1."""
    return json.dumps(whole(value), sort_keys=True)


def whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: whole(one) for name, one in value.items()}
    if isinstance(value, list):
        return [whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_misheld(listing: dict[str, Any], story: dict[str, Any], replies: list[Answer], bound: dict[str, str]) -> bool:
    """Whether the lists of ``listing["steps"]`` lack a record, hold one too many, or one twice, or differ."""
    lists, marked, own = [], listing.get("marked"), set(bound.values())
    for number in listing["steps"]:
        value = parsed(replies[number][2])
        items = picked(value, "/items") if story["steps"][number].get("pages") else picked(value, listing["items"])
        if not isinstance(items, list):
            return True
        if marked and any(is_foreign(one, marked, story["key"], own) for one in items):
            return True
        lists.append([str(picked(one, listing["id"])) for one in items])
    together = [one for ids in lists for one in ids]
    named = [
        filled(step["target"], bound, for_url).partition("?")[0].rpartition("/")[2]
        for step, (status, _, _) in zip(story["steps"], replies, strict=True)
        if step["method"] == "DELETE" and status < 300
    ]
    deleted = {unquote(one) for one in named}
    holds = [one for one in (filled(text, bound) for text in listing["holds"]) if one not in deleted]
    if any(one not in together for one in holds) or any(filled(one, bound) in together for one in listing["lacks"]):
        return True
    alike = lists if listing.get("whole") else [[one for one in ids if one in own] for ids in lists]
    is_other = listing["alike"] and any(ids != alike[0] for ids in alike)
    return is_other or (listing["once"] and len(set(together)) != len(together))


def is_foreign(record: Any, marked: dict[str, str], key: str, own: set[str]) -> bool:
    """Whether a record has the mark of the run, but is not one of those that the story made."""
    is_marked = isinstance(record, dict) and marked["text"] in str(record.get(marked["member"]))
    return is_marked and record.get(key) not in own


def is_broken(value: Any, constraint: dict[str, Any]) -> bool:
    """Whether ``value`` breaks a constraint where its pointer leads; a number may count the items of a list."""
    places = places_of(value, constraint["pointer"])
    if constraint["keyword"] == "counts":
        items = picked(value, constraint["limit"])
        return isinstance(items, list) and places[:1] not in ([], [ABSENT], [len(items)])
    if constraint["keyword"] == "order":
        return not is_in_order(places, constraint["limit"] == "descending")
    return any(breaks(one, constraint) for one in places)


def is_in_order(values: list[Any], is_down: bool) -> bool:
    """Whether values are in order, those of texts by their letters, their letters and digits, or as numbers."""
    found = [one for one in values if one is not ABSENT and one is not None]
    ways: list[list[Any]] = [found]
    if all(isinstance(one, str) for one in found):
        ways += [[one.lower() for one in found], ["".join(filter(str.isalnum, one.lower())) for one in found]]
        with contextlib.suppress(ValueError):
            ways.append([float(one) for one in found])
    try:
        return any(sorted(keys, reverse=is_down) == keys for keys in ways)
    except TypeError:  # they have no order
        return True


def places_of(value: Any, pointer: str) -> list[Any]:
    """All that ``pointer`` leads to, where ``*`` stands for each item of a list; ABSENT where a member is missing."""
    found = [value]
    for part in pointer.split("/")[1:]:
        if part == "*":
            found = [one for items in found if isinstance(items, list) for one in items]
        else:
            found = [picked(one, "/" + part) for one in found if isinstance(one, (dict, list))]
    return found


JUDGED = ("required", "type", "enum", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum")
"""The keywords of a schema that a story can judge by itself."""
KINDS: Mapping[str, type] = {
    "null": type(None),
    "boolean": bool,
    "object": dict,
    "array": list,
    "string": str,
    "number": float,
}


def breaks(value: Any, constraint: dict[str, Any]) -> bool:
    """Whether ``value`` breaks one constraint of a schema; what is not there breaks none but that it must be."""
    keyword, limit = constraint["keyword"], constraint["limit"]
    if keyword == "required" or value is ABSENT:
        return keyword == "required" and value is ABSENT
    if keyword == "type":
        kinds = limit if isinstance(limit, list) else [limit]
        return not any(is_kind(value, kind) for kind in kinds)
    if keyword == "enum":
        return as_text(value) not in [as_text(one) for one in limit]
    if keyword in ("pattern", "ending"):
        return isinstance(value, str) and not (re.search(limit, value) if keyword == "pattern" else ends(value, limit))
    if keyword in ("minLength", "maxLength", "minItems", "maxItems"):
        kind = str if keyword.endswith("Length") else list
        return isinstance(value, kind) and (len(value) < limit if keyword.startswith("min") else len(value) > limit)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and (value < limit if keyword == "minimum" else value > limit)


def ends(address: str, key: str) -> bool:
    """Whether the path of an address ends with a key."""
    return unquote(re.split("[?#]", address)[0].rpartition("/")[2]) == key


def is_kind(value: Any, kind: str) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind in ("number", "integer"):
        return is_number and (kind == "number" or float(value).is_integer())
    return isinstance(value, KINDS[kind])


def completed(value: Any, bound: dict[str, str]) -> Any:
    """A JSON value with the placeholders in its texts filled."""
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
        if story["steps"][number].get("pages") and isinstance(value, dict):
            value = value.get("items", value)
        worded_value = worded("" if value is ABSENT else value, f"{number}", (story["key"], own, names, sent))
        if number in story["expectation"]["symptom_steps"]:
            kind = headers.get("content-type", "").partition(";")[0]
            shown.append([status, kind, bool(body) and value is ABSENT, worded_value])
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
        worded_value = [worded(one, f"{place}/{index}", known) for index, one in enumerate(kept)]
        # Records come in the order of their ids, or in none.
        is_listing = all(isinstance(one, dict) and key in one for one in kept)
        return sorted(worded_value, key=lambda one: json.dumps(one, sort_keys=True)) if is_listing else worded_value
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
