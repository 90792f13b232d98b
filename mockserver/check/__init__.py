"""The machinery of ``mockserver check``; importing it makes the suites importable wherever they are installed."""

from __future__ import annotations

import importlib.util
import sys

from mockserver.settings import data_folder


def _find_suites() -> None:
    """Let ``import contract_tests`` find the suites that came with this mockserver.

    They are no top-level package of the wheel, so that they cannot clash with a user's own folder.
    """
    folder = data_folder("contract_tests")
    spec = importlib.util.spec_from_file_location(
        "contract_tests", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if "contract_tests" in sys.modules or spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules["contract_tests"] = module
    spec.loader.exec_module(module)


_find_suites()
