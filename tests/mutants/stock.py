"""Schemathesis as it comes, for comparison: all of its checks and phases, default settings, the tenant pinned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from mockserver.conformance.fuzz.fuzzing import OWN_CHECKS
from mockserver.settings import Settings
from mutants.mutant import Mutant
from mutants.planting import planted
from mutants.trial import Catch, Target, is_tried

OWN = frozenset(getattr(one, "__name__", "") for one in OWN_CHECKS)
"""Checks of this kit's, which are registered with Schemathesis and do not count here."""


def settings_for(target: Target, seed: int) -> dict[str, Any]:
    """Its own defaults but for the token, the tenant, the seed, what makes a run repeatable, and what is tried."""
    others = [one.id for one in target.contract.operations() if not is_tried(one)]
    return {
        "seed": seed,
        "workers": 1,
        "cache": {"enabled": False},
        "headers": {"Authorization": f"Bearer {target.own.token}"},
        "parameters": {f"path.{target.contract.tenant}": target.own.tenant},
        "generation": {"database": "none"},
        "operations": [{"include-operation-id": others, "enabled": False}],
    }


def try_stock(
    mutant: Mutant | None, target: Target, settings: Settings, *, seed: int, known: frozenset[str] = frozenset()
) -> Iterator[Catch]:
    """What Schemathesis finds, but for what is ``known``: the sentences that it has about a sound mock too."""
    with planted(mutant, settings) as app:
        config = SchemathesisConfig.from_dict(settings_for(target, seed))
        schema = schemathesis.openapi.from_dict(target.contract.document.root, config=config)
        schema.app = app
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                yield from (one for one in _caught(event) if one.sentence not in known)
            elif isinstance(event, events.FatalError):
                raise event.exception


def _caught(event: events.ScenarioFinished) -> Iterator[Catch]:
    for case_id, nodes in event.recorder.checks.items():
        for node in nodes:
            if node.status is Status.FAILURE and node.failure_info and node.name not in OWN:
                operation = event.recorder.cases[case_id].value.operation.label
                yield Catch((node.name,), f"{operation}: {node.failure_info.failure.title}")
