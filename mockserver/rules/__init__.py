"""The rules of a document: fields that are worked out, and what a change of one record does to others."""

from mockserver.rules.context import Context, Scene, View, plain
from mockserver.rules.effects import Change, Create, Effect, Set, worked_out
from mockserver.rules.rules import CALLER, Rules, read_rules

__all__ = [
    "CALLER",
    "Change",
    "Context",
    "Create",
    "Effect",
    "Rules",
    "Scene",
    "Set",
    "View",
    "plain",
    "read_rules",
    "worked_out",
]
