"""The first records of every tenant: a scenario says how many of what, recipes say what they look like."""

from mockserver.seeding.scenario import Scenario, TenantPlan
from mockserver.seeding.scenario_reader import read_scenario, scenario_of

__all__ = ["Scenario", "TenantPlan", "read_scenario", "scenario_of"]
