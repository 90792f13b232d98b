"""The text of a rule as a tree: what Python reads, and a condition may leave out its ``else``."""

from __future__ import annotations

import ast
from functools import lru_cache

from mockserver.expressions.otherwise import with_else


@lru_cache(maxsize=4096)
def tree_of(rule: str) -> ast.expr:
    """Shared by all who ask: not to be changed. Raises SyntaxError.

    PERF: a run reads each rule some dozen times, a document has some hundred of them.
    """
    return ast.parse(with_else(rule.strip().replace("\n", " ")), mode="eval").body
