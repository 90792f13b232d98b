"""The command that explains a rule: what it says, what it reads, and what each part gives for a record."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from mockserver.commands.cli import main


def explained(*given: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(main, ["explain", *given])
    return result.exit_code, result.output.splitlines()


def test_a_rule_and_what_it_reads() -> None:
    assert explained("certifications.number") == (0, [
        "certifications.number: filled, computed when a client leaves it out",
        "  program_id.next_certification_number or next_number()",
        "reads",
        "  certifications.program_id",
        "  programs.next_certification_number",
    ])  # fmt: skip


def test_what_it_gave_for_a_record_step_by_step() -> None:
    code, lines = explained("applications.percentage_complete", "--record", "application-ada")
    assert code == 0
    steps = lines[lines.index("for applications/application-ada of acme") + 1 :]
    assert steps[0] == "  requirements"
    assert steps[1].startswith('    gives [{"')
    assert steps[1].endswith("…")
    assert steps[2:] == [
        "  count((r for r in requirements if r.is_met))",
        "    gives 4",
        "  count(requirements)",
        "    gives 4",
        "  percent(count(r for r in requirements if r.is_met), count(requirements))",
        "    gives 100",
    ]


def test_names_are_told_with_what_they_give() -> None:
    code, lines = explained("applications.requirements", "--record", "application-ada", "--tenant", "acme")
    assert code == 0
    assert any(line.startswith("  let counted = [merged(r, ") for line in lines)
    assert any(line.startswith("  counted = [merged(r, ") for line in lines)


def test_what_is_absent_is_told() -> None:
    _, lines = explained("certifications.customer_id", "--record", "cert-ada")
    steps = dict(zip(lines[lines.index("for certifications/cert-ada of acme") + 1 :: 2], lines[lines.index("for certifications/cert-ada of acme") + 2 :: 2], strict=True))  # fmt: skip
    assert steps["  organization_id"] == "    gives nothing: absent"
    assert steps["  owner_type == 'contact'"] == "    gives true"


def test_what_is_due_on_a_date() -> None:
    assert explained("billingRuns.scheduled_run_date", "--record", "run-2025-05") == (0, [
        "billingRuns.scheduled_run_date: a date, and what happens when the clock passes it",
        "  on that date: A scheduled run takes place on its day, with all that follows.",
        "    when status == 'scheduled'",
        "    set status = 'completed', run_date = now()",
        "for billingRuns/run-2025-05 of acme",
        '  scheduled_run_date is "2025-05-01T06:00:00.000Z"; the world begins at 2025-04-18T12:00:00.000Z',
    ])  # fmt: skip
    assert "scheduled_run_date" in explained("billingRuns")[1][-1]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["application.requirements"], "no resource 'application'; did you mean 'applications'?"),
        (["applications.requirments"], "applications has no field 'requirments'; did you mean 'requirements'?"),
        (["applications"], "name a field of applications; those with a rule are missing_requirements, number"),
        (["certs.name"], "no resource 'certs'; did you mean 'certifications'?"),
        (["applications.name"], "applications.name has no rule: it is stored as sent"),
        (["applications.sys_version"], "applications.sys_version has no rule: it is the server's stamp version"),
        (["applications.number", "--record", "nobody"], "there is no applications/nobody in any tenant"),
        (["applications.number", "--record", "nobody", "--tenant", "acme"], "there is no applications/nobody in acme"),
    ],
)
def test_what_cannot_be_explained(given: list[str], told: str) -> None:
    code, lines = explained(*given)
    assert code == 1
    assert told in lines[-1]
