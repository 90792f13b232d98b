"""``pytest contract_tests --target URL``: the checks as plain tests, one a check and resource."""

from mockserver.conformance.as_tests import (
    check_run,
    pytest_addoption,
    pytest_configure,
    pytest_generate_tests,
)

__all__ = ["check_run", "pytest_addoption", "pytest_configure", "pytest_generate_tests"]
