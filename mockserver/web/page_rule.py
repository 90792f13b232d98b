"""A rule of the application's routing that costs little until somebody asks for its address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class PageRule(Rule):
    """A page's rule whose builder of URLs is compiled when one is built, which a mock never does for itself.

    Werkzeug compiles two for each rule as it is added: three quarters of what an application takes to make. Where a
    version of it has no such step to put off, the rule is as any other.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_builder = super()._compile_builder

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compile_builder(append_unknown)(rule, **values)

        return build
