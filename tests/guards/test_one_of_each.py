"""One of each: what ``mockserver/values`` says once, nobody says a second time."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ENGINE = Path(__file__).parent.parent.parent / "mockserver"
KIT = ENGINE.parent / "contract_tests"
MODULES = [*sorted(ENGINE.rglob("*.py")), *sorted(KIT.rglob("*.py"))]

ONCE = {
    "a YAML loader": (r"\byaml\.(?:load|safe_load|full_load|compose)\w*\(|SafeLoader", {"values/yaml_text.py"}),
    # What a story's scripts are made of stands alone: no module of ours is there where they run.
    "an escape of pointers": (
        r"""replace\("~1?", ?"(?:~0|/)"\)""",
        {"values/pointer.py", "conformance/stories/script_runtime.py"},
    ),
    "a command line of curl": (r"\"curl |--data-binary", {"values/curl.py", "conformance/stories/scripts.py"}),
    "likeness of names": (r"\bget_close_matches\(|\bSequenceMatcher\(", {"values/suggestions.py"}),
    "a list of secret names": (r"(?i)passwd|set-cookie", {"values/redaction.py"}),
    # What a story's scripts are made of, again, and the text of one.
    "a reader of JSON": (
        r"\b(?:or)?json\.loads?\b|\bJSONDecoder\b|from (?:or)?json import",
        {"values/json_text.py", "conformance/stories/script_runtime.py", "conformance/stories/scripts.py"},
    ),
    "a reader of timestamps": (r"\bfromisoformat\(|\bstrptime\(", {"values/moment.py"}),
    # The error of an attribute that is not there reads as Python's.
    "a value shown in Python's own words": (r"!r[:}]", {"__init__.py"}),
    "a media type without parameters": (r"partition\(\";\"\)\[0\]\.strip|\bsplit\(\";\"", {"values/media_types.py"}),
    "which statuses are successes": (r"\b200 <= |range\(200, 300\)", {"messages.py"}),
    "a JSON Schema of our files": (r"mockserver\.schemas", {"values/form.py"}),
}
"""What must stand in these modules alone."""
SECONDS = {
    "a YAML loader": "yaml.safe_load(text)",
    "an escape of pointers": "name.replace('~', '~0')",
    "a command line of curl": "print(f'curl {url}')",
    "likeness of names": "difflib.get_close_matches(name, names)",
    "a list of secret names": "SECRETS = ('passwd', 'token')",
    "a reader of JSON": "value = orjson.loads(body)",
    "a reader of timestamps": "date.fromisoformat(text)",
    "a value shown in Python's own words": "raise ValueError(f'{name!r} is unknown')",
    "a media type without parameters": "name = header.partition(';')[0].strip()",
    "which statuses are successes": "good = 200 <= status < 300",
    "a JSON Schema of our files": "files('mockserver.schemas')",
}
"""A second one of each, as somebody might write it."""


def name_of(module: Path) -> str:
    return module.relative_to(ENGINE if module.is_relative_to(ENGINE) else ENGINE.parent).as_posix()


class Read(NamedTuple):
    """What the guards want to know of a module, which is read once for all of them."""

    code: str
    """Without docstrings and comments."""
    equal: list[int]
    retold: list[int]
    classes: list[str]
    bound: set[str]


@cache
def read(module: Path) -> Read:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = [*equalities(tree)], [*retold(tree)], classes, {*bindings(tree)} & CATCH_ALL
    return Read(bare(tree), *found)


def bare(tree: ast.AST) -> str:
    """Takes docstrings out of the tree as well."""
    return ast.unparse(_Bare().visit(tree)).replace("'", '"')


class _Bare(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Pass() if isinstance(node.value, ast.Constant) else node


@pytest.mark.parametrize("what", ONCE)
def test_each_stands_in_one_module(what: str) -> None:
    pattern, homes = ONCE[what]
    assert {name_of(module) for module in MODULES if re.search(pattern, read(module).code)} == homes


@pytest.mark.parametrize("what", ONCE)
def test_a_second_one_is_seen(what: str) -> None:
    assert re.search(ONCE[what][0], bare(ast.parse(SECONDS[what])))


# Equality of JSON values.

VALUES = re.compile(r"^(?:found|wanted|value|values|record|stored|changed|data|body|previous|before|after)$")
"""Names that hold JSON from a document, a request or a record."""
JUDGES = ("handlers", "store", "runtime", "testing")


def equalities(tree: ast.AST) -> Iterator[int]:
    """The lines that compare two JSON values by Python's own equality; a literal or a length on one side is no such."""
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    for node in compared:
        sides = (node.left, *node.comparators)
        if isinstance(node.ops[0], ast.Eq | ast.NotEq) and all(map(_is_value, sides)):
            yield node.lineno


def _is_value(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return VALUES.match(node.id) is not None
    if isinstance(node, ast.Subscript):
        return _is_value(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("get", "data") and _is_value(node.func.value)
    return False


def test_json_values_are_compared_by_one_equality() -> None:
    found = {
        f"{name_of(module)}:{line}"
        for module in MODULES
        if name_of(module).startswith(JUDGES)
        for line in read(module).equal
    }
    allowed = {"verification/request_matcher.py"}  # what a test wants may be an object that says in == what it takes
    assert {one for one in found if one.partition(":")[0] not in allowed} == set()


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("found == wanted", [1]),
        ("record.get('a') != previous.get('a')", [1]),
        ("stored['a'] == changed['a']", [1]),
        ("found == 1", []),
        ("len(found) == len(wanted)", []),
        ("record.id == other", []),
    ],
)
def test_the_guard_sees_what_it_is_for(source: str, lines: list[int]) -> None:
    assert list(equalities(ast.parse(source))) == lines


# What the system says is wrong.

SYSTEM = {"OSError", "UnicodeError", "UnicodeDecodeError", "URLError", "HTTPError", "PermissionError"}


def retold(tree: ast.AST) -> Iterator[int]:
    """The lines that tell an error of the system as it stands, with its number and the path once more."""
    for handler in ast.walk(tree):
        if isinstance(handler, ast.ExceptHandler) and handler.name and _caught(handler.type) & SYSTEM:
            for node in ast.walk(handler):
                if isinstance(node, ast.FormattedValue):
                    text: ast.expr | None = node.value
                else:
                    is_text = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str"
                    text = node.args[0] if is_text and node.args else None  # type: ignore[attr-defined]
                if isinstance(text, ast.Name) and text.id == handler.name:
                    yield text.lineno


def _caught(kinds: ast.expr | None) -> set[str]:
    if isinstance(kinds, ast.Tuple):
        return set[str]().union(*map(_caught, kinds.elts))
    return {kinds.attr if isinstance(kinds, ast.Attribute) else getattr(kinds, "id", "")}


def test_what_the_system_says_is_put_into_words_in_one_place() -> None:
    found = {f"{name_of(module)}:{line}" for module in MODULES for line in read(module).retold}
    assert found == set()


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("try: x()\nexcept OSError as error:\n    say(f'cannot: {error}')", [3]),
        ("try: x()\nexcept (ValueError, OSError) as error:\n    say(str(error))", [3]),
        ("try: x()\nexcept OSError as error:\n    say(reason(error))", []),
        ("try: x()\nexcept BadJson as error:\n    say(str(error))", []),
    ],
)
def test_an_error_of_the_system_retold_is_seen(source: str, lines: list[int]) -> None:
    assert list(retold(ast.parse(source))) == lines


# Names of classes and modules.


def test_a_name_of_a_class_is_one_class() -> None:
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        for name in read(module).classes:
            homes.setdefault(name, []).append(module.relative_to(ENGINE.parent).as_posix())
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


FACES = ("commands", "contract_tests", "web/console", "web/control")
"""What shows or checks something may be named for it: the command ``store``, the console's page of the outbox."""


def test_a_name_of_a_module_is_one_module() -> None:
    named = [name for name in map(name_of, MODULES) if not name.endswith("__init__.py") and not name.startswith(FACES)]
    stems = Counter(Path(name).stem for name in named)
    assert sorted(name for name in named if stems[Path(name).stem] > 1) == []


CATCH_ALL = {"told", "stuff", "obj", "tmp", "foo"}
"""Names that fit everything and so say nothing."""


def bindings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def test_nothing_has_a_name_that_fits_everything() -> None:
    used = {f"{module.relative_to(ENGINE.parent)}: {name}" for module in MODULES for name in read(module).bound}
    assert used == set()
