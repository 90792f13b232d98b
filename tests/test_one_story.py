"""The default world tells one story across modules: what hangs on a person contradicts neither the person nor itself.

Each sentence below is one that somebody of the trade would say of an association's records; a sentence names the
records that belie it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import pytest

from mockserver import create_app
from mockserver.values.equality import same_json
from tenants import as_shown

Record: TypeAlias = dict[str, Any]
Sentence: TypeAlias = "Callable[[Story], Iterator[str]]"
SENTENCES: dict[str, Sentence] = {}
OURS = frozenset({"cert-shared", "cert-transferred"})
"""Made for tests to remember: of one both tenants have the id, the other took over from somebody who left."""
PERSONAL = ("certifications", "applications", "applicationReferences", "courseRegistrations", "examRegistrations")
DIALLED = {"GB": "+44 ", "US": "+1 ", "CA": "+1 ", "IE": "+353 ", "AU": "+61 ", "NZ": "+64 "}


class Story:
    """All records of one tenant as clients see them, by resource and by id."""

    def __init__(self, seed: int, tenant: str) -> None:
        world = create_app(clock="frozen", seed=seed).extensions["mockserver"]
        held, now = world.store.tenant(tenant), world.clock.now()
        self.records = {name: as_shown(world.rules, held, one, now) for name, one in world.contract.resources.items()}
        self.by_id = {name: {one.get("id", ""): one for one in found} for name, found in self.records.items()}
        self.today = f"{now:%Y-%m-%d}"

    def __getitem__(self, resource: str) -> list[Record]:
        return self.records[resource]

    def named(self, resource: str, record: Record, field: str) -> Record:
        """The record that a field names; nothing where it names none."""
        return self.by_id[resource].get(record.get(field, ""), {})

    def person(self, record: Record) -> Record:
        return self.by_id["contacts"].get(record.get("student_id", record.get("contact_id", "")), {})

    def of(self, application: Record, resource: str) -> list[Record]:
        """The records of a resource that name an application."""
        return [one for one in self[resource] if one.get("application_id") == application["id"]]


def sentence(check: Sentence) -> Sentence:
    SENTENCES[str(check.__doc__)] = check
    return check


def day(record: Mapping[str, Any], field: str) -> str:
    return str(record.get(field, ""))[:10]


@sentence
def _known(story: Story) -> Iterator[str]:
    """Whoever is named is on record."""
    yield from (
        one["id"] for name in (*PERSONAL, "credits", "activities") for one in story[name] if not story.person(one)
    )


@sentence
def _copied(story: Story) -> Iterator[str]:
    """What was copied from a person is what the person's record says."""
    for one in (one for name in PERSONAL for one in story[name] if one.get("owner_type") != "organization"):
        person = story.person(one)
        told = {
            **person,
            **dict.fromkeys(("city", "state", "country")),
            **person.get("preferred_address", {}),
        }
        fields = ("name", "first_name", "last_name", "email_address", "job_title", "city", "state", "country")
        if one["id"] not in OURS and any(name in one and one[name] != told.get(name) for name in fields):
            yield one["id"]


@sentence
def _profiles(story: Story) -> Iterator[str]:
    """A profile says the same of somebody as the contact, the employer included."""
    for one in story["profiles"]:
        person = story.by_id["contacts"].get(one["id"], {})
        employer = one.get("last_application_data", {}).get("employer")
        fields = ("name", "first_name", "last_name", "email_address", "job_title")
        is_same = all(one.get(name, person.get(name)) == person.get(name) for name in fields)
        if person and not (is_same and employer in (None, person.get("organization_name"))):
            yield one["id"]


@sentence
def _employers(story: Story) -> Iterator[str]:
    """Where somebody works is said alike by the person, by registrations and by references."""
    for one in story["contacts"]:
        if one.get("organization_name") != story.named("organizations", one, "organization_id").get("name"):
            yield one["id"]
    for one in (*story["courseRegistrations"], *story["applicationReferences"]):
        if one.get("organization_id", "") not in ("", story.person(one).get("organization_id")):
            yield one["id"]


@sentence
def _offices(story: Story) -> Iterator[str]:
    """What an organisation holds or applies for bears the organisation's name."""
    for one in (*story["certifications"], *story["applications"]):
        if one.get("owner_type") == "organization" and one["name"] != story.named(
            "organizations", one, "organization_id"
        ).get("name"):
            yield one["id"]


@sentence
def _telephones(story: Story) -> Iterator[str]:
    """A telephone rings in the country in which its owner lives, at an address of one line."""
    for one in story["contacts"]:
        address = one.get("preferred_address", {})
        numbers = [one[name] for name in one if name.endswith("phone_number")]
        dialled = DIALLED.get(address.get("country", ""), "")
        if "\n" in address.get("line1", "") or not all(number.startswith(dialled) for number in numbers):
            yield one["id"]


@sentence
def _gone(story: Story) -> Iterator[str]:
    """Who is inactive, or on record twice, holds nothing that is active and attends nothing to come."""
    for one in story["certifications"]:
        if one["status"] == "active" and story.person(one).get("status") != "active":
            yield one["id"]
    for name, held in (("courseRegistrations", "course_date"), ("examRegistrations", "exam_date")):
        for one in story[name]:
            if day(one, held) > story.today and story.person(one).get("status") != "active":
                yield one["id"]


@sentence
def _once(story: Story) -> Iterator[str]:
    """Nobody holds two certifications of one program at a time."""
    held: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in story["certifications"]:
        if one["status"] in ("active", "suspended") and one["id"] not in OURS:
            held[one.get("customer_id", one["contact_id"]), one["program_id"], one.get("owner_type", "")].append(
                one["id"]
            )
    yield from (
        found[1]
        for found in held.values()
        if len(found) > 1 and story.by_id["certifications"][found[1]].get("owner_type") != "organization"
    )


@sentence
def _led_to(story: Story) -> Iterator[str]:
    """The application that led to a certification is its holder's, for its program."""
    for one in story["certifications"]:
        if application := story.named("applications", one, "last_application_id"):
            programs = (application["program_id"], application.get("target_program_id"))
            if application["contact_id"] != one["contact_id"] or one["program_id"] not in programs:
                yield one["id"]


@sentence
def _transferred(story: Story) -> Iterator[str]:
    """A certification is transferred to the one who held it before."""
    for one in story["certifications"]:
        before = story.named("certifications", one, "transferred_from_id")
        if before and before["contact_id"] != one["contact_id"] and one["id"] not in OURS:
            yield one["id"]


@sentence
def _met(story: Story) -> Iterator[str]:
    """What an application needed was there when it was activated: courses, exams, references, credits, the letter."""
    for one in story["applications"]:
        if until := day(one, "activation_date"):
            brought = [day(each, "course_date") for each in story.of(one, "courseRegistrations")]
            brought += [day(each, "exam_date") for each in story.of(one, "examRegistrations")]
            brought += [day(each, "completion_date") for each in story.of(one, "applicationReferences")]
            brought += [day(story.named("credits", each, "credit_id"), "date") for each in one.get("credits", [])]
            if max([*brought, day(one, "exam_pass_letter_sent_date")]) > until:
                yield one["id"]


@sentence
def _own(story: Story) -> Iterator[str]:
    """An applicant brings her own courses, exams and credits, and other people's references, one from each."""
    for one in story["applications"]:
        mine = [
            each["student_id"] for name in ("courseRegistrations", "examRegistrations") for each in story.of(one, name)
        ]
        mine += [story.named("credits", each, "credit_id")["contact_id"] for each in one.get("credits", [])]
        referees = Counter(each["contact_id"] for each in story.of(one, "applicationReferences"))
        if (
            {*mine} - {one["contact_id"]}
            or one["contact_id"] in referees
            or [*referees.values()] != [1] * len(referees)
        ):
            yield one["id"]


@sentence
def _exams(story: Story) -> Iterator[str]:
    """The course that an exam belongs to is the candidate's, was booked before and is held before."""
    for one in story["examRegistrations"]:
        course = story.named("courseRegistrations", one, "course_registration_id")
        if course and not (
            course["student_id"] == one["student_id"]
            and day(course, "date") <= day(one, "date")
            and day(course, "course_date") <= day(one, "exam_date")
        ):
            yield one["id"]


@sentence
def _earned(story: Story) -> Iterator[str]:
    """Credits are those of the one who took the course or did what brought them, and no older than that."""
    for one in story["credits"]:
        course = story.named("courseRegistrations", one, "course_registration_id")
        activity = story.named("activities", one, "activity_id")
        if {course.get("student_id"), activity.get("contact_id")} - {None, one["contact_id"]} or day(one, "date") < max(
            day(course, "course_date"), day(activity, "date")
        ):
            yield one["id"]


@pytest.fixture(scope="module", params=[(20250418, "acme"), (20250418, "globex"), (7, "acme")], ids=str)
def story(request: pytest.FixtureRequest) -> Story:
    return Story(*request.param)


def test_no_record_belies_a_sentence(story: Story) -> None:
    belied = {said: found for said, check in SENTENCES.items() if (found := sorted(check(story)))}
    assert belied == {}


def test_twenty_people_have_something_to_tell(story: Story) -> None:
    """The sentences are about something: people with many things each."""
    told = Counter(story.person(one)["id"] for name in (*PERSONAL, "credits") for one in story[name])
    assert sum(count >= 3 for count in told.values()) >= (20 if len(story["certifications"]) > 20 else 3)
    assert sum("course_registration_id" in one for one in story["examRegistrations"]) * 3 >= len(
        story["examRegistrations"]
    )


def test_a_sentence_is_belied_by_what_contradicts_it(story: Story) -> None:
    """Each of a person's sentences sees a change to the records that it is about."""
    certified = next(
        one
        for one in story["certifications"]
        if one["status"] == "active" and one.get("owner_type") == "contact" and one["id"] not in OURS
    )
    before = dict(certified)
    try:
        certified["first_name"], certified["contact_id"] = "Somebody", "contact-nobody"
        belied = [said for said, check in SENTENCES.items() if certified["id"] in [*check(story)]]
        assert len(belied) >= 3, belied
    finally:
        certified.update(before)
    assert same_json(certified, before)
