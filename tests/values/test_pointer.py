"""JSON Pointers: written, read back and followed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mockserver.values.absent import ABSENT
from mockserver.values.pointer import pointer_to, resolve, step_into, steps_of


@given(st.lists(st.text(max_size=5), max_size=5))
def test_steps_survive_being_written(steps: list[str]) -> None:
    assert list(steps_of(pointer_to(*steps))) == steps


def test_what_a_pointer_leads_to() -> None:
    value = {"a/b": [{"~": 1}], "": 2, "n": None, "200": "ok"}
    assert resolve(value, "/a~1b/0/~0") == 1
    assert resolve(value, "/") == 2
    assert resolve(value, "") is value
    assert resolve(value, "/n") is None
    for nowhere in ("/x", "/a~1b/1", "/a~1b/²", "/a~1b/-", "/n/x", "/a~1b/99999999999999999999"):
        assert resolve(value, nowhere) is ABSENT
    assert step_into(value, 200) == "ok"
    assert step_into([1], "x") is None
