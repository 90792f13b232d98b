"""One language for rules, recipes and conditions: Python expressions as text, checked at start and compiled."""

from mockserver.expressions.compiling import Expression, compile_expression, constant
from mockserver.expressions.context import Budget, Context, EvaluationLimit, Proxy, member
from mockserver.expressions.effects import Change, Create, Due, Effect, Send, Set, holds, worked_out
from mockserver.expressions.functions import Function, Functions, Site, Written, function
from mockserver.expressions.operators import OPERATORS, Lazy
from mockserver.expressions.record_proxy import EvaluationContext, RecordProxy
from mockserver.expressions.rules import CALLER, FOUND, Rules, proven_rules, read_rules
from mockserver.expressions.standard import STANDARD, as_json
from mockserver.expressions.value_shape import ANY, ListOf, Shape, Struct
from mockserver.values.suggestions import meant

__all__ = [
    "ANY",
    "CALLER",
    "FOUND",
    "OPERATORS",
    "STANDARD",
    "Budget",
    "Change",
    "Context",
    "Create",
    "Due",
    "Effect",
    "EvaluationContext",
    "EvaluationLimit",
    "Expression",
    "Function",
    "Functions",
    "Lazy",
    "ListOf",
    "Proxy",
    "RecordProxy",
    "Rules",
    "Send",
    "Set",
    "Shape",
    "Site",
    "Struct",
    "Written",
    "as_json",
    "compile_expression",
    "constant",
    "function",
    "holds",
    "meant",
    "member",
    "proven_rules",
    "read_rules",
    "worked_out",
]
