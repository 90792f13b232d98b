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
COMES_LATER = {
    "applications": ("certifications", "orders"),
    "certifications": ("applications",),
    "courseRegistrations": ("applications",),
    "examRegistrations": ("applications", "courseRegistrations"),
    "billingRunActions": ("applications", "certifications"),
}
"""What a record may come to name after it was entered: what it led to, or what it was counted for."""
DIALLED = {"GB": "+44 ", "US": "+1 ", "CA": "+1 ", "IE": "+353 ", "AU": "+61 ", "NZ": "+64 "}


class Story:
    """All records of one tenant as clients see them, by resource and by id."""

    def __init__(self, seed: int, tenant: str) -> None:
        world = create_app(clock="frozen", seed=seed).extensions["mockserver"]
        held, now = world.store.tenant(tenant), world.clock.now()
        self.records = {name: as_shown(world.rules, held, one, now) for name, one in world.contract.resources.items()}
        self.by_id = {name: {one.get("id", ""): one for one in found} for name, found in self.records.items()}
        self.today = f"{now:%Y-%m-%d}"
        self.keys = {
            name: {one.names[0]: one.resource for one in resource.references if len(one.names) == 1}
            for name, resource in world.contract.resources.items()
        }

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


@sentence
def _entered(story: Story) -> Iterator[str]:
    """Nothing was entered before the people and the set-up that it names, nor changed before it was entered."""
    for name, found in story.records.items():
        for one in found:
            named = (
                story.by_id[led_to].get(str(one.get(field)), {})
                for field, led_to in story.keys[name].items()
                if led_to not in COMES_LATER.get(name, ())
            )
            entered = day(one, "sys_created_at")
            changed = one.get("sys_last_modified_at", entered)
            is_as_counted = (one.get("sys_version", 1) == 1) == (changed == one.get("sys_created_at", entered))
            if any(day(each, "sys_created_at") > entered for each in named) or changed < entered or not is_as_counted:
                yield f"{name}/{one['id']}"


@sentence
def _filed(story: Story) -> Iterator[str]:
    """What bears a date was entered on that day, and no date of what people do is still to come."""
    for name in ("applications", "courseRegistrations", "examRegistrations", "registrations", "orders"):
        for one in story[name]:
            if "date" in one and not day(one, "date") == day(one, "sys_created_at") <= story.today:
                yield one["id"]
    yield from (
        one["id"] for name in ("credits", "activities") for one in story[name] if day(one, "date") > story.today
    )


@sentence
def _decided(story: Story) -> Iterator[str]:
    """The board sees an application when all is there, decides after that, and only then is it activated."""
    for one in story["applications"]:
        steps = ("date", "review_board_submission_date", "review_board_approval_date", "activation_date")
        dates = [day(one, name) for name in steps if name in one]
        brought = [day(each, "course_date") for each in story.of(one, "courseRegistrations")]
        brought += [day(each, "exam_date") for each in story.of(one, "examRegistrations")]
        brought += [day(each, "completion_date") for each in story.of(one, "applicationReferences")]
        seen = day(one, "review_board_submission_date")
        worked_out = day(one, "last_requirements_calculation_date")
        is_done = one["status"] in ("activated", "approved")
        if dates != sorted(dates) or (
            is_done and any(max([*brought, ""]) > each for each in (seen, worked_out) if each)
        ):
            yield one["id"]


@sentence
def _ways(story: Story) -> Iterator[str]:
    """An application goes the way of a process of its own program and kind."""
    for one in story["applications"]:
        way = story.named("applicationProcesses", one, "process_id")
        if way and (way["program_id"], way["type"]) != (one["program_id"], one["type"]):
            yield one["id"]


@sentence
def _offered(story: Story) -> Iterator[str]:
    """A course or an exam is held by whom, where and when its offering says."""
    for name, offered, held in (("course", "start_date", "course_date"), ("exam", "date", "exam_date")):
        for one in story[f"{name}Registrations"]:
            offering = story.named(f"{name}Offerings", one, f"{name}_offering_id")
            places = ("testing_facility_id", "training_location_id", "training_provider_id", "location")
            where = [one.get(each, offering[each]) == offering[each] for each in places if each in offering]
            if held in one and not (all(where) and day(one, held) == day(offering, offered)):
                yield one["id"]


@sentence
def _paid_for(story: Story) -> Iterator[str]:
    """What somebody registered or applied for was ordered that day, by the number and the line that the registration names."""
    for name in ("courseRegistrations", "examRegistrations", "applications"):
        for one in story[name]:
            if order := story.named("orders", one, "order_id"):
                number, line = one.get("order_number", order["number"]), one.get("order_line_item_id")
                lines = [each["id"] for each in order["line_items"]]
                if order["date"] != day(one, "date") or number != order["number"] or (line and line not in lines):
                    yield one["id"]


@sentence
def _received(story: Story) -> Iterator[str]:
    """What is booked on an invoice as paid was paid, by whoever is billed."""
    received: dict[str, float] = defaultdict(float)
    for one in story["payments"]:
        for line in one["line_items"] if one["status"] == "complete" else ():
            billed = story.by_id["invoices"][line["invoice_id"]]
            if any(one.get(name) != billed.get(f"bill_to_{name}") for name in ("contact_id", "organization_id")):
                yield one["id"]
            received[billed["id"]] += line["total_in_base_currency"]
    yield from (one["id"] for one in story["invoices"] if one["amount_paid"] != received[one["id"]])


@sentence
def _events(story: Story) -> Iterator[str]:
    """Nobody is at an event twice, nor still waits for one that is over; its dates are those of the event."""
    seen: set[tuple[str, str]] = set()
    for one in story["registrations"]:
        event, key = story.named("events", one, "event_id"), (one["contact_id"], one["event_id"])
        is_waiting = one["status"] in ("draft", "pending approval") and day(event, "end_date") < story.today
        dates = [one[f"event_{name}"] == event[name] for name in ("start_date", "end_date")]
        if (one["status"] != "cancelled" and key in seen) or is_waiting or not all(dates):
            yield one["id"]
        seen |= {key} if one["status"] != "cancelled" else set()


@sentence
def _active(story: Story) -> Iterator[str]:
    """Who is active works for an organisation that is, in its town if not at home."""
    for one in story["contacts"]:
        employer = story.named("organizations", one, "organization_id")
        towns = {place["city"] for place in (one.get("work_address"), employer.get("address")) if place}
        if one["status"] == "active" and employer and (employer["status"] != "active" or len(towns) > 1):
            yield one["id"]


@sentence
def _alike(story: Story) -> Iterator[str]:
    """How long somebody has practised, and which languages she speaks, is said alike wherever it is said."""
    told: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for name in ("certifications", "profiles"):
        for one in story[name]:
            who = one.get("contact_id", one["id"])
            for held in one.get("custom_field_values", ()):
                for label in ("years-in-practice", "languages"):
                    if f"__{label}__" in held["custom_field_id"]:
                        told[who, label].append(held.get("numeric_value", held.get("list_value")))
            if years := one.get("last_application_data", {}).get("years_of_experience"):
                told[who, "years-in-practice"].append(years)
    yield from (who for (who, _), said in told.items() if any(each != said[0] for each in said))


@sentence
def _providers(story: Story) -> Iterator[str]:
    """A training provider that issues, renews or prepares is one of the program's."""
    offered = {(one["training_provider_id"], one["program_id"]) for one in story["trainingProvPrograms"]}
    for name in ("certifications", "applications"):
        for one in story[name]:
            fields = ("issuing_training_provider_id", "renewal_training_provider_id", "training_provider_id")
            if any((one[field], one["program_id"]) not in offered for field in fields if field in one):
                yield one["id"]


@sentence
def _credited(story: Story) -> Iterator[str]:
    """An activity is credited once, for what it brought, and verified only when the office was done with it."""
    seen: set[str] = set()
    for one in story["credits"]:
        if activity := story.named("activities", one, "activity_id"):
            brought = sum(each["quantity"] for each in activity["credits"])
            is_done = one["status"] != "verified" or "processed_date" in activity
            if activity["id"] in seen or one["quantity"] != brought or not is_done:
                yield one["id"]
            seen.add(activity["id"])


@sentence
def _dropped(story: Story) -> Iterator[str]:
    """Whom a billing run dropped is dropped."""
    for one in story["billingRunActions"]:
        held = story.named("certifications", one, "certification_id")
        if (one["type"], one["status"]) == ("drop certification", "completed") and held["status"] == "active":
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
