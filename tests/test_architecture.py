"""The shape that keeps the engine readable: who may import whom, how long things are, one purpose a module."""

from __future__ import annotations

import ast
import re
import statistics
from functools import cache
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from over import over, python_files

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


class Source(NamedTuple):
    """What the tests want to know of a module: its tree takes a hundred times as much memory, and as long to make anew."""

    lines: int
    has_purpose: bool
    imported: frozenset[str]
    named: tuple[tuple[str, frozenset[str]], ...]
    """What ``from … import`` names, by where it is from."""
    functions: tuple[int, ...]
    """How many lines each function has."""
    changeable: tuple[int, ...]
    """The lines that keep in the module what can change."""


@cache
def source(module: Path) -> Source:
    text = module.read_text()
    tree = ast.parse(text)
    imported, named, functions = set(), [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            named.append((node.module, frozenset(name.name for name in node.names)))
        elif isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
        elif isinstance(node, ast.FunctionDef) and node.end_lineno:
            functions.append(node.end_lineno - node.lineno + 1)
    changeable = [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.List | ast.Dict | ast.Set)
        and ast.unparse(node.targets[0]) != "__all__"
    ]
    return Source(
        len(text.splitlines()),
        bool(ast.get_docstring(tree)),
        frozenset(imported),
        tuple(named),
        tuple(functions),
        tuple(changeable),
    )


def imports(module: Path) -> set[str]:
    found = set(source(module).imported)
    for origin, names in source(module).named:
        found |= {origin} | ({f"mockserver.{name}" for name in names} if origin == "mockserver" else set())
    return found


def test_the_table_names_what_exists() -> None:
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
    assert source(module).has_purpose, f"{module} says nothing of its purpose"
    assert source(module).lines <= 300
    assert module.stem not in UNNAMED


def edges(module: Path, known: set[str]) -> set[str]:
    """The modules that ``module`` imports, a package only where it names something of the package itself."""
    found = set(source(module).imported)
    for origin, names in source(module).named:
        parts = {f"{origin}.{name}" for name in names}
        found |= parts if parts <= known else (parts & known) | {origin}
    return found & known


def test_no_module_imports_in_circles() -> None:
    """Module by module over the whole engine, imports inside functions and for types alone included."""
    known = {dotted(module) for module in MODULES}
    graph = {dotted(module): edges(module, known) for module in MODULES}
    assert len(graph) > 300
    list(TopologicalSorter(graph).static_order())  # raises CycleError, which tells the circle


@over([("planned handlers", ("mockserver.handlers.planned", 8)), ("inference", ("mockserver.inference", 4))])
def test_packages_within_a_package_import_in_one_direction(_: str, given: tuple[str, int]) -> None:
    """A reader can take them one after another, which modules that import in no circle do not say yet."""
    top, at_least = given
    known = {dotted(module) for module in MODULES}

    def package(name: str) -> str:
        within = name.removeprefix(top).lstrip(".").split(".")
        return f"{top}.{within[0]}" if len(within) > 1 or f"{name}.__init__" in packages else top

    packages = {f"{dotted(module)}.__init__" for module in MODULES if module.stem == "__init__"} - {f"{top}.__init__"}
    graph: dict[str, set[str]] = {}
    for module in (module for module in MODULES if dotted(module).startswith(top)):
        here = package(dotted(module))
        graph.setdefault(here, set()).update(
            {package(one) for one in edges(module, known) if one.startswith(top)} - {here}
        )
    assert len(graph) > at_least
    list(TopologicalSorter(graph).static_order())


def test_what_is_above_inference_knows_its_vocabulary_alone() -> None:
    """What a name means is asked anew at run time; what the rules made of a document stands in its plans."""
    shared = "mockserver.inference.vocabulary"
    for module in MODULES:
        if noun(module) in {"handlers", "conformance"}:
            found = {name for name in imports(module) if name.startswith("mockserver.inference")}
            assert all(name.startswith(shared) for name in found), f"{dotted(module)} may not know {found}"


def test_functions_are_short() -> None:
    lengths = [length for module in MODULES for length in source(module).functions]
    assert statistics.median(lengths) <= 9
    assert sum(length > 40 for length in lengths) <= len(lengths) * 0.02


def test_nothing_is_kept_in_modules() -> None:
    found = [f"{module}:{line}" for module in MODULES for line in source(module).changeable]
    assert found == [], "these keep something that can change"


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest imports them by their names, so the second one would not be found."""
    names = sorted(file.name for file in python_files(Path(__file__).parent) if file.name.startswith("test_"))
    assert [one for one, other in pairwise(names) if one == other] == []
