"""How far two servers agree, as plain data: the score, each difference with its story, and what was never compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.reporters.report_data import cut, exchange
from mockserver.conformance.reporters.report_redaction import Redactor
from mockserver.conformance.second_opinion.comparison import Comparison, Score
from mockserver.conformance.second_opinion.opinion import Opinion, Ruling, StepTaken
from mockserver.conformance.second_opinion.sides import SideReply
from mockserver.conformance.second_opinion.teaching import actions, overlay
from mockserver.contract import Kind, Operation

COLOURS = (
    (0.99, "brightgreen"),
    (0.95, "green"),
    (0.9, "yellowgreen"),
    (0.75, "yellow"),
    (0.5, "orange"),
    (0.0, "red"),
)
"""From which share on a badge has which colour."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was compared, and how. ``required`` is the share of agreeing steps that was asked for, if any;
    ``stopped`` why the comparison ended early, empty otherwise; ``left`` what could not be removed.
    """

    target: str
    other: str
    base_url: str
    other_url: str
    profile: str
    seed: int
    began: str
    seconds: float
    stopped: str = ""
    required: float | None = None
    left: tuple[str, ...] = ()


def summarize(comparison: Comparison, about: Conditions, redactor: Redactor) -> dict[str, Any]:
    """Plain data, every secret covered."""
    for opinion in comparison.opinions:
        for taken in opinion.story:
            for answer in (taken.one, taken.two):
                if answer.exchange and answer.exchange.reply:
                    redactor.sent(answer.exchange.sent.target, answer.exchange.sent.body)
                    redactor.learn(answer.exchange.reply.body)
    total = _total(comparison.scores.values())
    value: dict[str, Any] = redactor.texts(
        {
            "target": about.target,
            "against": about.other,
            "profile": about.profile,
            "seed": about.seed,
            "began": about.began,
            "seconds": round(about.seconds, 2),
            "stopped": about.stopped or None,
            "left": list(about.left),
            "fidelity": _share(total),
            "required": about.required,
            "judged": total.judged,
            "agreed": total.agreed,
            "operations": {
                name: {"judged": one.judged, "agreed": one.agreed, "fidelity": _share(one)}
                for name, one in sorted(comparison.scores.items())
            },
            "never_compared": _never(comparison),
        }
    )
    value["differences"] = [_difference(one, about, redactor) for one in comparison.opinions]
    value["overlay"] = redactor.texts(overlay(comparison.opinions, about.target))
    value["exit_code"] = _exit_code(value)
    return value


def badge(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The score in the form that shields.io takes from an endpoint."""
    share = summary["fidelity"]
    colour = next(colour for least, colour in COLOURS if (share or 0) >= least)
    message = "nothing compared" if share is None else percent(share)
    return {"schemaVersion": 1, "label": "mock fidelity", "message": message, "color": colour if share else "lightgrey"}


def percent(share: float) -> str:
    """Rounded down, so that 100 % means all."""
    return f"{int(share * 1000) / 10:g} %"


def _exit_code(summary: Mapping[str, Any]) -> int:
    """0: the target keeps its contract as far as compared, 1: it breaks it or falls short, 2: nothing was compared."""
    if not summary["judged"] or summary["stopped"]:
        return 2
    is_broken = any(one["verdict"] == Ruling.TARGET.value for one in summary["differences"])
    falls_short = summary["required"] is not None and summary["fidelity"] < summary["required"]
    return 1 if is_broken or falls_short else 0


def _total(scores: Iterable[Score]) -> Score:
    total = Score()
    for one in scores:
        total.judged += one.judged
        total.agreed += one.agreed
    return total


def _share(score: Score) -> float | None:
    return round(score.agreed / score.judged, 4) if score.judged else None


def _never(comparison: Comparison) -> dict[str, str]:
    """Why an operation was never compared, by its name."""
    found = {}
    for group in comparison.groups:
        for operation in group.all():
            if operation.id not in comparison.scores:
                found[operation.id] = _reason(comparison, group, operation)
    return found


def _reason(comparison: Comparison, group: Group, operation: Operation) -> str:
    if not comparison.one.run.client.may(operation):
        return "this profile does not allow it"
    known = comparison.uncompared.get(operation.id) or comparison.uncompared.get(group.name)
    return known or ("no step covers it" if Kind.CREATE in group.operations else "no record of it can be made")


def _difference(opinion: Opinion, about: Conditions, redactor: Redactor) -> dict[str, Any]:
    return {
        **redactor.texts(
            {
                "verdict": opinion.verdict.value,
                "what": opinion.what,
                "place": opinion.difference.place,
                "target": opinion.difference.one,
                "other": opinion.difference.two,
                "why": opinion.why or None,
                "also": sorted(opinion.also),
                "operations": dict(sorted(opinion.operations.items())),
                "count": sum(opinion.operations.values()),
                "flaky": opinion.is_flaky,
                "teaches": actions(opinion),
            }
        ),
        "story": [_taken(one, about, redactor) for one in opinion.story],
    }


def _taken(taken: StepTaken, about: Conditions, redactor: Redactor) -> dict[str, Any]:
    return {
        "what": taken.step.what,
        "operation": taken.step.operation.id,
        "target": _answer(taken.one, about.base_url, redactor),
        "other": _answer(taken.two, about.other_url, redactor),
    }


def _answer(answer: SideReply, base_url: str, redactor: Redactor) -> dict[str, Any] | None:
    if answer.exchange is None:
        return {"reply": cut(redactor.text(answer.failure))} if answer.failure else None
    return exchange(answer.exchange, base_url, redactor)
