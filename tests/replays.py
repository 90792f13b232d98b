"""Findings on mutants, each with its story, and how many the stories show again: ``make replays``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from checking import listening
from mockserver.conformance.execution import carry_out
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options
from mockserver.conformance.reporters.report_redaction import Redactor
from mockserver.conformance.runner import Run
from mockserver.conformance.stories.finding_story import Circumstances, tell_story
from mockserver.conformance.stories.replaying import ReplayResult, fate_of
from mockserver.conformance.stories.scripts import write_stories
from mockserver.conformance.stories.story import Story, read_story
from mockserver.conformance.wire.targets import Target, find_target
from mutants.catalogue import all_mutants
from mutants.command import SEED, ground
from mutants.planting import planted
from mutants.trial import LIMITS

PLANTED = {
    "errors-left-out": "shapes.errors_name_the_place",
    "foreign-token-on-search": "isolation.foreign_token",
    "patch-by-any-id": "isolation.foreign_ids",
    "delete-does-nothing": "deleting.gone_everywhere",
    "version-from-client": "immutables.replace_keeps_managed",
    "read-lacks-number": "round_trip.created_is_read",
    "second-delete-200": "deleting.second_delete",
    "deleted-still-read": "deleting.gone_everywhere",
    "referenced-record-deleted": "deleting.dependants",
    "put-merges": "replacing.replaces_fully",
    "certificate-of-another": "documents_and_notices.document_shows_the_record",
    "notice-logged-twice": "documents_and_notices.notice_is_logged_once",
    "search-dates-as-numbers": "round_trip.found_everywhere",
    "deleted-still-listed": "deleting.gone_everywhere",
    "deleted-still-looked-up": "deleting.gone_everywhere",
    "deleted-still-found": "deleting.gone_everywhere",
    "page-repeats-boundary": "round_trip.found_everywhere",
    "page-skips-one": "paging.complete",
    "deleted-key-starts-over": "paging.survives_deletes",
    "list-key-passed-over": "round_trip.found_everywhere",
    "dangling-create": "deleting.dangling",
    "ids-used-again": "deleting.ids_are_not_used_again",
    "order-unstable": "paging.complete",
    "lookup-null-for-absent": "watch.schema",
}
"""Mutants, and the check that finds each."""
SEEN_IN = {"watch.schema": "round_trip.projection"}
"""What is carried out where a watch on every reply finds it."""
SCRIPTED = ("search-dates-as-numbers", "list-key-passed-over")
"""Those whose scripts are carried out as well."""
GROUP = "certifications"


def tokens_of(target: Target) -> dict[str, str]:
    assert target.other
    return {"TOKEN": str(target.own.token), "OTHER_TOKEN": str(target.other.token)}


def found_in(app: Any, check: str) -> tuple[Story, Target]:
    """The story of the first thing that ``check`` finds in ``app``."""
    options = Options(groups=(GROUP,), seed=SEED)
    target = find_target(options, app)
    run = Run(options, target)
    run.session.limits = LIMITS
    [chosen] = [one for one in load_checks() if one.name == SEEN_IN.get(check, check)]
    result = carry_out(chosen, run.session, run.plan.groups[GROUP])
    found = [one for one in (*result.findings, *run.oracle.findings.values()) if check in (one.check, chosen.name)]
    assert found, f"{check} finds nothing"
    redactor = Redactor(tokens_of(target).values())
    story = tell_story(found[0], Circumstances(target.contract, target.base_url, SEED, redactor))
    assert story
    return story, target


def scripted(files: list[Path], kind: str, url: str, tokens: dict[str, str]) -> int:
    """The exit status of the script, or of the test, against the server at ``url``."""
    file = next(one for one in files if one.suffix == f".{kind}")
    command = ["sh", str(file), url]
    if kind == "py":
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)]
    environment = {**os.environ, **tokens, "BASE_URL": url, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=600, check=False, cwd=file.parent
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode


def shown_again(name: str) -> dict[str, bool]:
    """Whether the story of what is found on a mutant shows it again: by the kit, by the script, by the test."""
    [mutant] = [one for one in all_mutants() if one.name == name]
    with planted(mutant, ground(SEED)[1]) as app, tempfile.TemporaryDirectory() as folder:
        told, target = found_in(app, PLANTED[name])
        files, tokens = write_stories(Path(folder), [told]), tokens_of(target)
        fate = fate_of(read_story(files[0]), tokens, target.transport)
        with listening(app) as url:
            scripts = {kind: scripted(files, kind, url, tokens) == 1 for kind in ("sh", "py")}
    return {"json": fate is ReplayResult.STILL_THERE, **scripts}


def main() -> int:
    found = {}
    for name in PLANTED:
        found[name] = shown_again(name)
        print(
            f"{name}: {', '.join(kind for kind, is_shown in found[name].items() if is_shown) or 'nothing'}", flush=True
        )
    for kind in ("json", "sh", "py"):
        print(f"{kind}: {sum(one[kind] for one in found.values())} of {len(found)}")
    return int(not all(all(one.values()) for one in found.values()))


if __name__ == "__main__":
    sys.exit(main())
