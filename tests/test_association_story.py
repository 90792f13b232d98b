"""A year in an association, over a real socket: from an application to a certification that lapses, told by effects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server import Running, command, serving

ROSALIND = {
    "id": "contact-rosalind", "name": "Rosalind Franklin", "first_name": "Rosalind", "last_name": "Franklin",
    "email_address": "rosalind@example.com", "city": "London", "country": "GB",
}  # fmt: skip


class Office:
    """The certification office of one tenant at work: each call must succeed, and says what it changed elsewhere."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self._token = command("token", "--tenant", "acme", "--subject", "auth0|office").stdout.strip()
        self.followed = ""

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        resource, _, rest = path.partition("/")
        answer = self._server.send(method, f"/{resource}/acme{'/' if rest else ''}{rest}", body, self._token)
        assert answer.status == 200, (method, path, answer.status, answer.body)
        self.followed = answer.headers.get("Mock-Effects", "")
        return answer.json if answer.body else None

    def change(self, path: str, **values: Any) -> Any:
        return self(
            "PATCH", path, [{"op": "add", "path": f"/{name}", "value": value} for name, value in values.items()]
        )

    def refused(self, method: str, path: str, body: Any = None) -> str:
        resource, _, rest = path.partition("/")
        answer = self._server.send(method, f"/{resource}/acme/{rest}", body, self._token)
        assert answer.status == 409, (answer.status, answer.body)
        return answer.body.decode()

    def travel(self, day: str) -> None:
        assert self._server.send("PUT", "/__mock__/clock", {"now": day}).status == 200


@pytest.fixture
def office() -> Iterator[Office]:
    with serving("--clock", "frozen") as running:
        yield Office(running)


def test_from_an_application_to_a_certification_that_lapses(office: Office) -> None:
    active = office("GET", "statistics/stat-active-certifications")["value"]
    number = office("GET", "programs/prog-pmc")["next_certification_number"]

    # Rosalind applies, and is told what is missing.
    office("POST", "profiles", ROSALIND)
    drafted = office("POST", "applications/generateApplication/process-pmc-new/contact/contact-rosalind")["application"]
    path = f"applications/{drafted['id']}"
    assert (drafted["status"], drafted["name"], drafted["city"]) == ("draft", "Rosalind Franklin", "London")
    assert drafted["number_of_missing_requirements"] == 4 and drafted["percentage_complete"] == 0
    assert office("GET", "applications/programApplicant/prog-pmc/contact/contact-rosalind")["Count"] == 1
    office.change(path, status="missing requirements")

    # A colleague speaks for her.
    reference = office(
        "POST",
        "applicationReferences",
        {"application_id": drafted["id"], "program_id": "prog-pmc", "contact_id": "contact-rosalind", "name": "Raymond Gosling",
         "type_id": "reftype-colleague", "process_id": drafted_process(office), "status": "sent", "completion_date": "2025-04-30T10:00:00Z"},
    )  # fmt: skip
    assert office("GET", path)["number_of_missing_requirements"] == 4
    office.change(f"applicationReferences/{reference['id']}", status="completed")
    found = office("GET", path)
    assert found["references"] == [{"reference_id": reference["id"], "name": "Raymond Gosling", "status": "completed"}]
    assert (found["number_of_missing_requirements"], found["percentage_complete"]) == (3, 25)

    # She takes the course, which brings credits; the application counts them.
    registration = office("POST", "courseRegistrations", student("course", "risk", drafted["id"]))
    assert registration["course_date"] and registration["number"]
    office.change(f"courseRegistrations/{registration['id']}", completion_percentage=100, status="completed")
    assert office.followed.startswith("created credits/")
    credit = office("GET", office.followed.removeprefix("created "))
    assert (credit["quantity"], credit["status"], credit["origin"]) == (12, "verified", "course registration")
    assert credit["course_registration_id"] == registration["id"]
    assert [one["type"] for one in office("GET", path)["missing_requirements"]] == ["exam", "credits"]
    used = {"credit_id": credit["id"], "credit_type_id": credit["type_id"], "quantity": 12}
    office.change(path, credits=[used])
    counted = office("GET", f"credits/{credit['id']}")
    assert (counted["quantity_used"], counted["quantity_available"]) == (12, 0)
    assert counted["usages"] == [{"application_id": drafted["id"], "quantity": 12}]
    assert drafted["id"] in office.refused("DELETE", f"credits/{credit['id']}")

    # She fails the exam, then passes: the application was waiting for nothing else.
    first = office(
        "POST", "examRegistrations", {**student("exam", "pmc", drafted["id"]), "date": "2025-05-02", "score": 41}
    )
    assert first["exam_date"] and office("GET", path)["status"] == "missing requirements"
    second = office(
        "POST", "examRegistrations", {**student("exam", "pmc", drafted["id"]), "date": "2025-06-02", "retest": True}
    )
    assert second["number"] == first["number"] + 1
    office.change(f"examRegistrations/{second['id']}", score=91, status="passed")
    assert path in office.followed
    found = office("GET", path)
    assert (found["percentage_complete"], found["missing_requirements"]) == (100, [])
    assert found["status"] in {"pending approval", "approved"}

    # It is approved and activated: a certification is there, numbered by the program, found everywhere.
    office.travel("2025-06-10T09:00:00Z")
    office.change(path, status="approved", approval_date="2025-06-10")
    activated = office.change(path, status="activated")
    certification = f"certifications/{activated['certification_id']}"
    assert certification in office.followed and activated["activation_date"] == "2025-06-10"
    issued = office("GET", certification)
    assert (issued["number"], issued["status"], issued["contact_id"]) == (number, "active", "contact-rosalind")
    assert (issued["certification_date"], issued["last_application_id"]) == ("2025-06-10", drafted["id"])
    assert office("GET", "programs/prog-pmc")["next_certification_number"] == number + 1
    assert office("GET", "statistics/stat-active-certifications")["value"] == active + 1
    assert [one["id"] for one in office("GET", "certifications/contact/contact-rosalind")["Items"]] == [issued["id"]]
    assert issued["id"] in office.refused("DELETE", path)

    # She is told, and the notice is remembered and in the outbox.
    office("POST", f"certifications/sendNotice/notice-welcome/{issued['id']}")
    assert [one["notice_id"] for one in office("GET", certification)["notices"]] == ["notice-welcome"]

    # A year on she renews: the same certification runs longer.
    office.travel("2026-06-01T09:00:00Z")
    renewal = office("POST", "applications/generateApplication/process-pmc-renewal/contact/contact-rosalind")[
        "application"
    ]
    office.change(f"applications/{renewal['id']}", certification_id=issued["id"], status="approved")

    # A billing run reminds her and activates what is approved, when it is completed.
    run = office("POST", "billingRuns", {"name": "June 2026", "status": "scheduled", **told_run()})
    actions = [
        office("POST", "billingRunActions", action(run["id"], issued["id"], renewal["id"], kind))
        for kind in ("send renewal reminder", "activate application")
    ]
    counted = office("GET", f"billingRuns/{run['id']}")["statistics"]
    assert sorted((one["type"], one["status"], one["count"]) for one in counted) == [
        ("activate application", "pending", 1), ("send renewal reminder", "pending", 1),
    ]  # fmt: skip
    office.change(f"billingRuns/{run['id']}", status="completed")
    assert certification in office.followed
    assert [office("GET", f"billingRunActions/{one['id']}")["status"] for one in actions] == ["completed"] * 2
    renewed = office("GET", certification)
    assert (renewed["renewal_date"], renewed["last_reminder_date"]) == ("2026-06-01", "2026-06-01")
    assert renewed["expiration_date"] > issued["expiration_date"]
    assert renewed["last_application_id"] == renewal["id"]

    # The next year she does not: a run drops it, and no figure counts it any more.
    office.travel("2028-07-01T09:00:00Z")
    dropping = office("POST", "billingRunActions", action(run["id"], issued["id"], renewal["id"], "drop certification"))
    office.change(f"billingRunActions/{dropping['id']}", status="completed")
    lapsed = office("GET", certification)
    assert (lapsed["status"], lapsed["lapse_date"], lapsed["termination_date"]) == (
        "inactive",
        "2028-07-01",
        "2028-07-01",
    )
    assert office("GET", "statistics/stat-active-certifications")["value"] == active
    assert lapsed["sys_version"] > renewed["sys_version"]


def drafted_process(office: Office) -> str:
    return str(office("GET", "appReferenceProcesses")[0]["id"])


def student(what: str, which: str, application: str) -> dict[str, Any]:
    """A place in the first offering of a course or an exam, on the way to ``application``."""
    return {
        f"{what}_id": f"{what}-{which}", f"{what}_offering_id": {"course": "offering-risk-2024", "exam": "examoffering-pmc-2024"}[what],
        "student_id": "contact-rosalind", "name": "Rosalind Franklin", "application_id": application,
    }  # fmt: skip


def told_run() -> dict[str, Any]:
    return {"scheduled_preprocessing_date": "2026-06-01T06:00:00Z", "scheduled_run_date": "2026-06-02T06:00:00Z"}


def action(run: str, certification: str, application: str, kind: str) -> dict[str, Any]:
    about = ("applications", application) if kind == "activate application" else ("certifications", certification)
    return {
        "billing_run_id": run, "type": kind, "status": "pending", "name": "Rosalind Franklin", "program_id": "prog-pmc",
        "candidate_service": about[0], "candidate_id": about[1], "certification_id": certification,
        "application_id": application, "date": "2026-06-02T06:00:00Z",
    }  # fmt: skip


def test_every_saved_query_runs_and_its_rows_can_be_read(office: Office) -> None:
    saved = office("GET", "queryDefinitions")
    assert len(saved) == 8
    for one in saved:
        told, definition = office("POST", f"queries/start/{one['query_type']}", one["definition"]), one["definition"]
        assert office("GET", f"queries/describe/{told['id']}") == told
        rows = office("GET", f"queries/results/{told['id']}")["rows"]
        assert len(rows) == told["rows"] > 0
        assert all(set(row) <= set(definition["fields"]) for row in rows)
        assert len(rows) <= definition.get("limit", 1_000)
