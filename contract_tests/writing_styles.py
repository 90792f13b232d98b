"""Writing styles: the same JSON, and the same name of it, written in another way that means the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from mockserver.conformance import Ask, Group, Kind, Session, check, quoted

JSON_TYPE = "application/json"
LETTERS = "\u0141\u00f3d\u017a \U0001f600 /"


def written(body: Any) -> Iterator[tuple[str, bytes, str]]:
    """How ``body`` can be written and named: what is done, the bytes, and the media type."""
    lines = json.dumps(body, indent=2, ensure_ascii=False).replace("\n", "\r\n").encode()
    yield "over several lines, its letters as they are", lines, JSON_TYPE
    yield (
        "with blanks around it and its slashes escaped",
        f" \n{json.dumps(body)}\t ".replace("/", "\\/").encode(),
        JSON_TYPE,
    )
    yield "and named in capitals", json.dumps(body).encode(), "Application/JSON"
    yield "and named with its characters", json.dumps(body).encode(), 'application/json;charset="utf-8"'


@check(Kind.CREATE, writes=True)
def check_same_json(session: Session, group: Group) -> None:
    """A body means the same over several lines, with letters as they are, and under a name in capitals"""
    create = group.one(Kind.CREATE)
    target = Ask(create).request_target(session.plan.contract.tenant, session.own.tenant)
    for turn in range(len([*written({})])):
        body = session.body(group, {group.marker: f"{session.mark} {LETTERS}"})
        what, content, media = [*written(body)][turn]
        with session.each(create):
            more = f"{target}?x-{session.mark}=1"  # which nobody knows
            reply = session.raw(create.method, more, content, headers={"Content-Type": media})
            session.prefer_one_of(reply, (HTTPStatus.OK,), f"{create.id} does not take JSON {what}")
            found = session.value(reply).get(group.marker)
            cause = f"{create.id} takes JSON {what} for something else"
            session.expect(found == body[group.marker], cause, quoted(found))
