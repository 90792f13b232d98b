"""JSON as clients send it: a key that repeats is refused, whatever keys and texts look like."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.values import json_text
from mockserver.values.json_text import BadJson, decode

_TEXTS = st.lists(st.sampled_from(['"', "\\", ":", " ", "\n", "a"]), max_size=5).map("".join)
_PAIRS = st.lists(st.tuples(_TEXTS, _TEXTS), max_size=4)


@settings(max_examples=150)
@given(_PAIRS, st.sampled_from([":", ": ", " :", "\n\t:\r"]))
def test_a_key_is_refused_where_it_stands_twice_and_nowhere_else(pairs: list[tuple[str, str]], colon: str) -> None:
    text = "{" + ",".join(f"{json.dumps(name)}{colon}{json.dumps(value)}" for name, value in pairs) + "}"
    if len(dict(pairs)) == len(pairs):
        assert decode(text.encode(), 5) == dict(pairs)
        return
    with pytest.raises(BadJson, match="twice in one object"):
        decode(text.encode(), 5)


def test_ends_of_keys_are_looked_for_only_where_there_are_more_colons_than_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[bytes] = []
    monkeypatch.setattr(json_text, "_most_keys", lambda text: looked.append(text) or text.count(b'":'))
    assert decode(b'[{"op": "add", "path": "/pages", "value": 3}]', 5) == [{"op": "add", "path": "/pages", "value": 3}]
    assert not looked
    assert decode(b'{"at": "12:00"}', 5) == {"at": "12:00"}
    assert looked == [b'{"at": "12:00"}']
