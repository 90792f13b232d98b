"""Tells the story of each cause that a run has found, tries it once more, and says in the report where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mockserver.conformance.options import MOCK, Options
from mockserver.conformance.reporters.report_data import Report
from mockserver.conformance.runner import Run
from mockserver.conformance.stories.finding_story import Circumstances, stories_of
from mockserver.conformance.stories.scripts import file_name
from mockserver.conformance.stories.shrinking import ReplayServer, Shrinker
from mockserver.conformance.stories.story import Story
from mockserver.conformance.verdict import clusters
from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.targets import Target, find_target
from mockserver.errors import SetupError

REQUESTS = 3_000
"""How many requests trying the stories of one run may take; where requests are counted out, a tenth of it."""


def with_stories(report: Report, run: Run, folder: Path) -> Report:
    """``report`` with a story for each cause; each finding names the file that will be in ``folder``.

    Where the run may write, each is carried out once more, and made as short as it gets.
    """
    verdict, summary = report.verdict, report.summary
    circumstances = Circumstances(run.target.contract, run.target.base_url, run.options.seed, report.redactor)
    causes = [*zip(clusters(verdict.findings), summary["findings"], strict=True)]
    causes += zip(clusters(verdict.noted), summary["noted"], strict=True)
    shrinker = _shrinker(run) if causes else None
    stories: list[Story] = []
    for cluster, shown in causes:
        several = stories_of(cluster, circumstances)
        story = shrinker.best(several) if shrinker else next(several, None)
        if story:
            stories.append(story)
            shown["story"] = str(folder / f"{file_name(len(stories), story)}.json")
    run.clean_up()
    return replace(report, stories=tuple(stories))


def _shrinker(run: Run) -> Shrinker | None:
    """None where the run may not write, or has had to stop."""
    if run.profile.reads_only or run.partial:
        return None
    run.client.purpose = "replaying"
    is_free = run.profile.in_process or run.profile.local
    sound = _sound(run.options, run.target)
    return Shrinker(
        ReplayServer(run.client.send, tokens_of(run.target)), sound, REQUESTS if is_free else REQUESTS // 10
    )


def tokens_of(target: Target) -> Mapping[str, str]:
    """The tokens of both tenants by the names that stories know them by."""
    known: Mapping[str, Requester | None] = {"TOKEN": target.own, "OTHER_TOKEN": target.other}
    return {name: one.token for name, one in known.items() if one and one.token}


def _sound(options: Options, target: Target) -> ReplayServer | None:
    """A mock of the document in this process; None where there is none, or where it is what is checked."""
    if target.is_own:
        return None
    other = target.other.tenant if target.other else None
    plain = replace(
        options, target=MOCK, profile=MOCK, tenant=target.own.tenant, other_tenant=other, token=None, other_token=None
    )
    try:
        mock = find_target(plain)
    except SetupError:
        return None
    return ReplayServer(mock.transport, tokens_of(mock))
