"""The text of a rule as a tree: what Python reads, and a condition may leave out its ``else``."""

from __future__ import annotations

import ast

from mockserver.expressions.otherwise import with_else


def tree_of(rule: str) -> ast.expr:
    """Raises SyntaxError."""
    return ast.parse(with_else(rule.strip().replace("\n", " ")), mode="eval").body
