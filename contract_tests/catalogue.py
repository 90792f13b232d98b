"""All checks there are, in the order in which they are carried out."""

from __future__ import annotations

from types import ModuleType

from contract_tests.suites import (
    authentication,
    batching,
    concurrency,
    deleting,
    documents_and_notices,
    failed_writes,
    flows,
    immutables,
    isolation,
    paging,
    patching,
    querying,
    replacing,
    round_trip,
    searching,
    shapes,
    single,
    versions,
)
from contract_tests.verdicts import Check

SUITES = (
    round_trip,
    replacing,
    patching,
    versions,
    immutables,
    deleting,
    paging,
    searching,
    batching,
    querying,
    single,
    isolation,
    authentication,
    failed_writes,
    shapes,
    documents_and_notices,
    concurrency,
    flows,
)


def all_checks() -> tuple[Check, ...]:
    return tuple(one for module in SUITES for one in checks_of(module))


def checks_of(module: ModuleType) -> tuple[Check, ...]:
    suite = module.__name__.rpartition(".")[2]
    return tuple(one for one in vars(module).values() if isinstance(one, Check) and one.suite == suite)
