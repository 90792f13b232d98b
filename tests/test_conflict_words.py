"""What descriptions of refusals say: which member is unique, and when an action or a delete is refused."""

from __future__ import annotations

import pytest

from mockserver.inference.vocabulary.conflict_words import (
    are_taken_together,
    forbidden_states,
    is_said_unique,
    refused_states,
    states_needed,
    tells_of_any,
    tells_of_full,
    tells_of_state,
    tells_of_use,
    unique_members,
)
from mockserver.inference.vocabulary.ranges import Bound, bounds_of_moment, main_moment
from mockserver.values.verb_stems import stem_of, undone


@pytest.mark.parametrize(
    ("refusal", "members"),
    [
        ("A project with the provided name already exists.", {"name"}),
        ("The provided name for the project is already being used", {"name"}),
        ("User with that email already exists", {"email"}),
        ("Email $email has already been used.", {"email"}),
        ("The MAC Address already exists in the system.", {"macAddress"}),
        ("Username or email already taken", {"email", "username"}),
        ("The email address or the MAC address is already in use.", {"email", "macAddress"}),
        ("A folder with the same name is there", {"name"}),
        ("There is already a file with the same name in the target folder.", set()),
        ("A name conflict because the file already exists.", {"name"}),
        ("That address is on the list already.", {"email"}),
        ("Conflict", set()),
        ("The folder already exists.", set()),
        ("The name is too long.", set()),
        ("A job is already in progress for this cluster.", set()),
    ],
)
def test_a_refusal_names_what_is_unique(refusal: str, members: set[str]) -> None:
    own = dict.fromkeys(("name", "email", "username", "macAddress", "title", "cluster"), "")
    assert {*unique_members(refusal, own)} == members


@pytest.mark.parametrize(
    ("description", "is_unique"),
    [
        ("Unique.", True),
        ("Must be unique", True),
        ("The slug, unique among all posts.", True),
        ("Unique identifier of the pet.", False),
        ("A unique name for it", False),
        ("", False),
    ],
)
def test_a_member_says_that_it_is_unique(description: str, is_unique: bool) -> None:
    assert [*unique_members("Conflict", {"slug": description})] == ["slug"] * is_unique


@pytest.mark.parametrize(
    ("description", "is_unique"),
    [
        ("The name must be unique and not have been used in the account.", True),
        ("An identifier. It needs to be unique\nacross the enterprise.", True),
        ("When there is a template, the name is required and must be unique within the account.", False),
        ("To make this the unique identifier of the account, ask us.", False),
        ("Unique ID", False),
    ],
)
def test_a_description_says_of_all_records_that_a_member_is_unique(description: str, is_unique: bool) -> None:
    assert is_said_unique(description) is is_unique


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Conflict", {"cancelled"}),
        ("Only booked appointments can be cancelled.", {"checkedIn", "completed", "cancelled"}),
        ("The appointment must be booked or checked in.", {"completed", "cancelled"}),
        ("Already completed or cancelled.", {"completed", "cancelled"}),
        ("A completed appointment cannot be cancelled.", {"completed", "cancelled"}),
    ],
)
def test_words_tell_in_which_states_an_action_is_refused(text: str, refused: set[str]) -> None:
    states = ("booked", "checkedIn", "completed", "cancelled")
    assert {*refused_states([text], states, "cancelled")} == refused


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("The patient has appointments.", True),
        ("The patient is still referenced.", True),
        ("The category is in use.", True),
        ("The folder is not empty", True),
        ("Conflict", False),
        ("The version is out of date.", False),
    ],
)
def test_words_tell_that_others_need_a_record(text: str, is_told: bool) -> None:
    assert tells_of_use(text, "clinic.appointments") is is_told


@pytest.mark.parametrize(
    ("moments", "main"),
    [
        (["createdAt", "start", "end"], "start"),
        (["created_at", "updated_at", "shipped"], "shipped"),
        (["createdAt", "updatedAt"], "createdAt"),
        (["createdAt", "opened", "closed"], "createdAt"),
        (["opened", "closed"], None),
        ([], None),
    ],
)
def test_from_and_to_are_about_one_moment(moments: list[str], main: str | None) -> None:
    assert main_moment(moments) == main


def test_what_a_parameter_without_a_member_bounds() -> None:
    assert bounds_of_moment("from", "start") == (Bound("start", is_lower=True),)
    assert bounds_of_moment("until", "start") == (Bound("start", is_lower=False),)
    assert bounds_of_moment("day", "start") == (Bound("start", is_lower=True), Bound("start", is_lower=False))
    assert bounds_of_moment("colour", "start") == ()


@pytest.mark.parametrize(
    "forms",
    ["cancel canceled cancelled cancelling cancellation", "pay paid", "check-in checkedIn check_in checkin",
     "shut-down shutting_down", "verify verified", "enableAutoScale enableautoscale"],
)  # fmt: skip
def test_forms_of_a_verb_are_one(forms: str) -> None:
    assert len({stem_of(one) for one in forms.split()}) == 1


def test_what_a_verb_takes_back() -> None:
    assert undone("unlock") == {"lock", "enlock"}
    assert undone("pay") == set()


@pytest.mark.parametrize(
    ("text", "is_any"),
    [
        ("The project still has tickets.", True),
        ("Referenced by tickets", True),
        ("The project has unpaid tickets.", False),
        ("In use", False),
    ],
)
def test_words_tell_whether_any_record_keeps_another_from_being_deleted(text: str, is_any: bool) -> None:
    assert tells_of_any(text, "tickets") is is_any


def test_words_tell_of_a_state_and_of_values_that_are_taken_together() -> None:
    assert tells_of_state("The ticket is already closed.", ["closed"])
    assert not tells_of_state("Conflict", ["closed"])
    assert are_taken_together("A place of the same name and city exists", ["name", "city"])
    assert not are_taken_together("The name or the city is taken", ["name", "city"])


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("A closed ticket cannot be edited.", ("state", ["closed"])),
        ("An invoice that is paid or void can no longer be changed.", ("status", ["paid", "void"])),
        ("Only draft invoices can be deleted", ("status", ["paid", "void"])),
        ("The ticket cannot be closed.", ("", [])),
        ("Another open ticket has the same title, which is not allowed", ("", [])),
        ("The draft is open and cannot be changed", ("", [])),
        ("The invoice was paid", ("", [])),
    ],
)
def test_words_tell_in_which_states_a_record_is_not_changed(text: str, forbidden: tuple[str, list[str]]) -> None:
    states = {"state": ["open", "closed"], "status": ["draft", "paid", "void"]}
    assert forbidden_states(text, states) == forbidden


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("The survey is not live", {"draft", "closed"}),
        ("Only live surveys take answers", {"draft", "closed"}),
        ("The survey is closed", {"closed"}),
        ("Survey already closed or still a draft", {"draft", "closed"}),
        ("The answer is not live", set()),
        ("A live survey of that name already exists", set()),
        ("Conflict", set()),
    ],
)
def test_words_tell_in_which_states_nothing_is_added(text: str, refused: set[str]) -> None:
    states = {"state": ["draft", "live", "closed"], "kind": ["quick"]}
    assert {*states_needed(text, "surveys", states)[1]} == refused


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("Class is full", True),
        ("The class has no free spots", True),
        ("This class is sold out", True),
        ("The room is full", False),
        ("The class is cancelled", False),
    ],
)
def test_words_tell_that_something_is_full(text: str, is_told: bool) -> None:
    assert tells_of_full(text, "classes") is is_told
