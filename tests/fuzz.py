"""Stock Schemathesis with all its examples against a mock of its own and its control plane, over the seeds that are named: `make fuzz`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from server import command, serving

CONFIG = Path(__file__).parent.parent / "contract_tests/schemathesis.toml"
SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")


def main(seeds: list[str]) -> int:
    """How many runs found something."""
    failed = 0
    for seed in seeds or ["1"]:
        with serving() as running:
            token = command("token", "--tenant", "acme").stdout.strip()
            header = f"Authorization: Bearer {token}"
            url = f"{running.url}/openapi.json"
            arguments = ["--config-file", str(CONFIG), "run", url, "--header", header, "--seed", seed]
            failed += subprocess.run([SCHEMATHESIS, *arguments], check=False).returncode != 0
            control = ["run", f"{running.url}/__mock__/openapi.json", "--exclude-operation-id", "journal_stream"]
            failed += subprocess.run([SCHEMATHESIS, *control, "--seed", seed], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
