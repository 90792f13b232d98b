"""The first records of every tenant: a scenario says how many of what, recipes say what they look like."""

from mockserver.scenario.reading import read_scenario, scenario_of
from mockserver.scenario.scenario import Plan, Scenario

__all__ = ["Plan", "Scenario", "read_scenario", "scenario_of"]
