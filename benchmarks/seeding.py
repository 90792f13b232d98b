"""How long it takes to make the records of a scenario: ``python benchmarks/seeding.py [large] [--scale 2]``."""

from __future__ import annotations

import argparse
from time import process_time

from mockserver.contract import compile_contract, read_document
from mockserver.seeding import read_scenario
from mockserver.settings import data_folder, stock_spec
from mockserver.store import Store


def main() -> None:
    """Print the processor time for reading, making and storing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="large")
    parser.add_argument("--scale", type=float, default=1)
    told = parser.parse_args()
    contract = compile_contract(read_document(stock_spec()))
    start = process_time()
    scenario = read_scenario(told.scenario, data_folder("fixtures"), contract, scale=told.scale)
    read = process_time()
    count = sum(1 for tenant in scenario.tenants for _ in scenario.records(tenant))
    made = process_time()
    store = Store(contract.indexes, scenario.fill, len(scenario.tenants) + 1, counted=contract.counted)
    for tenant in scenario.tenants:
        store.tenant(tenant)
    stored = process_time()
    print(f"read the recipes   {read - start:6.2f} s")
    print(f"made {count:,} records {made - read:6.2f} s")
    print(f"made and stored    {stored - made:6.2f} s")


if __name__ == "__main__":
    main()
