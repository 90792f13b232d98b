"""Any count of any resource works, or is refused with the count that would do; every scenario starts."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

import tenants
from mockserver.errors import SetupError
from mockserver.seeding import Scenario, read_scenario
from mockserver.settings import Settings, data_folder
from mockserver.world import World, contract_of

FIXTURES = data_folder("fixtures")
CONTRACT = contract_of(Settings())
SCALES = {"default": 0.1, "large": 0.01}
TENANTS = {"default": "another", "edge": "edge"}
FIXED_IDS = frozenset({"settings", "courseInstructors", "trainingProvPrograms"})
"""Those of which there are no more: their ids say what they are."""
AT_ONCE = 8
"""How many resources are tried in one world."""


@cache
def small(name: str) -> Scenario:
    return read_scenario(name, FIXTURES, CONTRACT, scale=SCALES.get(name, 1))


def usual(name: str) -> dict[str, int]:
    scenario = small(name)
    return {**scenario._plans.get(TENANTS[name], scenario._template).counts}


def complaints(name: str, changed: dict[str, int]) -> dict[str, bool]:
    """What is told of that world with those counts: each problem, and whether it names one of them."""
    scenario, tenant = small(name), TENANTS[name]
    plan = scenario._plans.get(tenant, scenario._template)
    counts = {**plan.counts, **changed}
    try:
        tenants.filled(CONTRACT, replace(scenario, _plans={tenant: replace(plan, counts=counts)}), tenant)
    except SetupError as error:
        return {str(one): any(f"--count {key}=" in one.remedy for key in changed) for one in error.problems}
    return {}


@pytest.mark.parametrize("name", TENANTS)
def test_fewer_of_any_resource_work_or_the_count_that_would_do_is_told(name: str) -> None:
    resources = sorted(usual(name))
    groups = -(-len(resources) // AT_ONCE)
    for count in (0, 1):
        for first in range(groups):
            told = complaints(name, dict.fromkeys(resources[first::groups], count))
            assert all(told.values()), [problem for problem, is_clear in told.items() if not is_clear]


def test_more_of_any_resource_work() -> None:
    counts = usual("default")
    resources = sorted(counts.keys() - FIXED_IDS)
    groups = -(-len(resources) // AT_ONCE)
    for first in range(groups):
        changed = {one: counts[one] * 3 for one in resources[first::groups]}
        assert complaints("default", changed) == {}, changed
    for one in FIXED_IDS:
        told = complaints("default", {one: counts[one] * 3})
        assert told and all(told.values()), one


@pytest.mark.parametrize("name", sorted(file.stem for file in (FIXTURES / "scenarios").glob("*.yaml")))
def test_every_scenario_starts(name: str) -> None:
    """As `mockserver serve` does: the template tried, each tenant listed, and filled when it is asked for."""
    world = World(Settings(scenario=name, scale=SCALES.get(name, 1)))
    for tenant in (*world.scenario.tenants, "another"):
        with world.store.tenant(tenant).work():
            pass
