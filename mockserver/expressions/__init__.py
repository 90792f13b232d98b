"""One language for rules, recipes and conditions: Python expressions as text, checked at start and compiled."""

from mockserver.expressions.compiling import Expression, compile_expression, constant
from mockserver.expressions.context import Context, EvaluationLimit, member
from mockserver.expressions.functions import Function, Functions, Site, function
from mockserver.expressions.operators import Lazy
from mockserver.expressions.shapes import ANY, ListOf, Shape, Struct
from mockserver.expressions.standard import STANDARD, plain
from mockserver.expressions.suggestions import meant

__all__ = [
    "ANY",
    "STANDARD",
    "Context",
    "EvaluationLimit",
    "Expression",
    "Function",
    "Functions",
    "Lazy",
    "ListOf",
    "Shape",
    "Site",
    "Struct",
    "compile_expression",
    "constant",
    "function",
    "meant",
    "member",
    "plain",
]
