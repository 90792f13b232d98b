"""The shape that keeps the engine readable: who may import whom, how long things are, one purpose a module."""

from __future__ import annotations

import ast
import re
import statistics
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path

from over import over

ENGINE = Path(__file__).parent.parent / "mockserver"
MODULES = sorted(ENGINE.rglob("*.py"))
each_module = over((str(module.relative_to(ENGINE)), module) for module in MODULES)
TABLE = re.findall(r"^\| (`[^|]+) \|", (ENGINE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8"), re.MULTILINE)
ROWS = {name: row for row, cell in enumerate(TABLE) for name in re.findall(r"`([a-z_]+)/?`", cell)}
"""The row of each package and module in ARCHITECTURE.md: it imports from its own row or from those above."""
APART = [
    ("expressions", "handlers"),
    ("contract", "store"),
    ("store", "contract"),
    ("handlers", "auth"),
    ("store", "messages"),
]
WEB = {"web", "testing"}
"""The only packages that know Flask."""
UNNAMED = {"utils", "helpers", "base", "common", "manager", "factory"}


def noun(module: Path) -> str:
    return module.relative_to(ENGINE).parts[0].removesuffix(".py")


def dotted(module: Path) -> str:
    return ".".join(("mockserver", *module.relative_to(ENGINE).with_suffix("").parts)).removesuffix(".__init__")


def imports(module: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"mockserver.{name.name}" for name in node.names if node.module == "mockserver"}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def test_the_table_names_what_there_is() -> None:
    found = {noun(module) for module in MODULES} | {"schemas"}  # a folder of data
    assert found - {"__init__"} == set(ROWS)


@each_module
def test_imports_point_down(_: str, module: Path) -> None:
    here = noun(module)
    if here == "__init__":
        return
    for name in imports(module):
        parts = name.split(".")
        if parts[0] == "mockserver" and len(parts) > 1 and parts[1] != here:
            assert ROWS[parts[1]] <= ROWS[here], f"{here} may not import {parts[1]}"
            assert (here, parts[1]) not in APART
        if parts[0] == "flask":
            assert here in WEB, f"{here} may not know Flask"


@each_module
def test_each_module_opens_with_its_purpose_and_stays_small(_: str, module: Path) -> None:
    text = module.read_text()
    assert ast.get_docstring(ast.parse(text)), f"{module} says nothing of its purpose"
    assert len(text.splitlines()) <= 300
    assert module.stem not in UNNAMED


def edges(module: Path, known: set[str]) -> set[str]:
    """The modules that ``module`` imports, a package only where it names something of the package itself."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{name.name}" for name in node.names}
            found |= parts & known | ({node.module} if parts - known else set())
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found & known


def test_no_module_imports_in_circles() -> None:
    """Module by module over the whole engine, imports inside functions and for types alone included."""
    known = {dotted(module) for module in MODULES}
    graph = {dotted(module): edges(module, known) for module in MODULES}
    assert len(graph) > 300
    list(TopologicalSorter(graph).static_order())  # raises CycleError, which tells the circle


def test_functions_are_short() -> None:
    lengths = [
        node.end_lineno - node.lineno + 1
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    ]
    assert statistics.median(lengths) <= 9
    assert sum(length > 40 for length in lengths) <= len(lengths) * 0.02


def test_nothing_is_kept_in_modules() -> None:
    for module in MODULES:
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) != "__all__":
                changeable = isinstance(node.value, ast.List | ast.Dict | ast.Set)
                assert not changeable, f"{module}:{node.lineno} keeps something that can change"


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest imports them by their names, so the second one would not be found."""
    names = sorted(file.name for file in Path(__file__).parent.rglob("test_*.py") if "node_modules" not in file.parts)
    assert [one for one, other in pairwise(names) if one == other] == []
