"""Finds checks: the built-in ones, those of installed packages, and a user's own folders, all loaded in one way."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from mockserver.conformance.registry import Check, Registry, declared_in
from mockserver.errors import Problem, SetupError, keeping
from mockserver.extensions import EntryPoints, installed
from mockserver.settings import data_folder

NOT_CHECKS = ("test_", "_", "conftest")
"""How files begin that hold no checks."""


def load_checks(folders: Iterable[Path] = (), *, inferred: bool | None = False) -> Registry:
    """The built-in checks, those of installed packages, and those of ``folders``. Raises SetupError.

    ``inferred``: of the built-in ones those for documents without annotations, or with them; None for both.
    """
    built_in = from_folder(data_folder("contract_tests"))
    found = Registry().also([one for one in built_in if inferred is None or one.inferred is inferred], "contract_tests")
    for name, checks in _installed():
        found = found.also(checks, name)
    problems: list[Problem] = []
    for folder in folders:
        with keeping(problems):
            found = found.also(from_folder(folder), str(folder))
    if problems:
        raise SetupError(problems)
    return found


def from_folder(folder: Path) -> tuple[Check, ...]:
    """The checks of every file of ``folder``, in the order of the files' names.

    The folder becomes a package of a name of its own, so that it clashes with nothing and its files may import
    each other (``from .other import …``). Raises SetupError for a folder without checks or a file that fails.
    """
    files = sorted(one for one in folder.glob("*.py") if not one.name.startswith(NOT_CHECKS))
    package = _package(folder.resolve())
    found: list[Check] = []
    problems: list[Problem] = []
    for file in files:
        with keeping(problems):
            found += declared_in(_imported(f"{package}.{file.stem}", file))
    if problems:
        raise SetupError(problems)
    if not found:
        wanted = "name a folder of .py files that use @check of mockserver.conformance"
        raise SetupError([Problem(str(folder), "", "holds no checks", wanted)])
    return tuple(found)


def _package(folder: Path) -> str:
    """Make ``folder`` importable and return the name to do so by, which depends on where it is alone."""
    name = f"checks_{hashlib.blake2b(bytes(folder), digest_size=6).hexdigest()}"
    if name not in sys.modules:
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        sys.modules[name] = importlib.util.module_from_spec(spec)
    return name


def _installed() -> Iterator[tuple[str, tuple[Check, ...]]]:
    modules = installed(EntryPoints.CHECKS, ModuleType, "name a module that declares checks, not something in it")
    for module in modules.values():
        yield module.__name__, declared_in(module)


def _imported(name: str, file: Path) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        words = error.msg if isinstance(error, SyntaxError) else error
        problem = f"cannot be loaded: {type(error).__name__}: {words}"
        remedy = "correct it, or leave the folder out"
        raise SetupError([Problem(str(file), "", problem, remedy, _line(error, file.resolve()))]) from error


def _line(error: Exception, file: Path) -> int | None:
    """Where in ``file`` it went wrong, below whatever it called."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno
    steps = traceback.extract_tb(error.__traceback__)
    return next((one.lineno for one in reversed(steps) if one.filename == str(file)), None)
