"""The scenario's documents, rendered by Jinja in its sandbox with every value escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.contract import Contract, Kind
from mockserver.errors import Problem, SetupError

if TYPE_CHECKING:
    from jinja2 import Environment


class DocumentTemplates:
    """The templates of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import FileSystemLoader
        from jinja2.sandbox import SandboxedEnvironment

        return SandboxedEnvironment(loader=FileSystemLoader(self._folder), autoescape=True)

    def require(self, names: Mapping[str, str]) -> None:
        """Compile each template. ``names`` maps it to who needs it. Raises SetupError listing all that fail."""
        from jinja2 import TemplateError

        problems = []
        for name, needed_by in names.items():
            try:
                self._environment.get_template(name)
            except TemplateError as error:
                problem = f"{needed_by} needs this template: {type(error).__name__}: {error}"
                problems.append(Problem(str(self._folder / name), "", problem, "add or fix the template"))
        if problems:
            raise SetupError(problems)

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """The template ``name`` with ``values``."""
        return self._environment.get_template(name).render(values)


def needed_templates(contract: Contract) -> dict[str, str]:
    """The templates that operations render, and of each an operation that does."""
    kinds = (Kind.DOCUMENT, Kind.NOTICE)
    return {one.meaning["template"]: one.id for one in contract.operations() if one.kind in kinds}
