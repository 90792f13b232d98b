"""What a server may make of a value where its document is silent, and what is another value."""

from __future__ import annotations

import pytest

from mockserver.conformance import ABSENT, is_filled_in, is_normal_form
from mockserver.conformance.findings import Broken
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.runner import Run
from mockserver.conformance.wire.targets import find_target


@pytest.mark.parametrize(
    ("sent", "found", "is_form"),
    [
        (" a b ", "a b", True),
        (" a  b", "a b", False),
        ("Ada@Example.org", "ada@example.org", True),
        ("Ada", "ada", False),
        ("6F9619FF-8B86-D011-B42D-00C04FC964FF", "6f9619ff-8b86-d011-b42d-00c04fc964ff", True),
        ("2025-04-18T12:00:00+02:00", "2025-04-18T10:00:00Z", True),
        ("2025-04-18T12:00:00+02:00", "2025-04-18T12:00:00Z", False),
        ("2025-04-18T12:00:00.123456Z", "2025-04-18T12:00:00.123Z", True),
        ("2025-04-18T12:00:00.123Z", "2025-04-18T12:00:00.124Z", False),
        ("2025-04-18T12:00:00Z", "2025-04-18T12:00:00.5Z", False),
        ("2025-04-18T12:00:00.9Z", "2025-04-18T12:00:01Z", True),
        (12.3456, 12.35, True),
        (12.3456, 12.3, False),
        (12.3456, 13.3456, False),
        (-1e-07, 0, True),
        (True, 1, False),
        (".5", "0.50", True),
        ("12.345", "12.35", True),
        ("12.3", "12.40", False),
        ("007", "7", False),
        (3, 3.0, True),
        (["b", "a"], ["a", "b"], False),
        (" a ", " a ", True),
        (9007199254740991, 9007199254740992.0, True),
        (9007199254740991, 9007199254740992, False),
        ({"at": " a"}, {"at": "a", "more": 1}, True),
        (ABSENT, ABSENT, True),
    ],
)
def test_forms_of_a_value(sent: object, found: object, is_form: bool) -> None:
    assert is_normal_form(sent, found) is is_form


@pytest.mark.parametrize(
    ("found", "is_form"), [(["a", "b"], True), (["b", "a", "b"], True), (["a"], False), (["a", "c"], False)]
)
def test_a_list_may_be_a_set(found: list[str], is_form: bool) -> None:
    assert is_normal_form([" b", "a"], found, in_order=False) is is_form


@pytest.mark.parametrize(("found", "is_empty"), [(False, True), ([], True), (None, True), (0, False), ("x", False)])
def test_what_is_filled_in_is_empty(found: object, is_empty: bool) -> None:
    assert is_filled_in(ABSENT, found) is is_empty
    assert not is_filled_in("sent", found)


def test_only_a_mock_of_our_own_is_held_to_the_very_value() -> None:
    session = Run(Options(), find_target(Options(), app=lambda *_: [])).session
    for wanted, found in (({"a": " x"}, {"a": "x"}), ({}, {"a": False})):
        with pytest.raises(Broken) as broken:
            session.same(wanted, found, "it is kept")
        assert broken.value.provenance is Provenance.EXPECTED
    with pytest.raises(Broken) as broken:
        session.same({"a": " x", "b": 1}, {"a": "x", "b": 2}, "it is kept")
    assert (broken.value.cause, broken.value.provenance) == ("it is kept (b)", None)
