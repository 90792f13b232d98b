"""The document as client generators take it: nothing refused, nothing missing, and what they write type-checks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.settings import Settings
from mockserver.web.app import create_app
from mockserver.world import contract_of
from server import peer

pytestmark = pytest.mark.peers

CONTRACT = contract_of(Settings())
OPERATIONS = sorted(one.id for one in CONTRACT.operations())
TSC = [
    "--strict",
    "--noEmit",
    "--skipLibCheck",
    "--target",
    "ES2022",
    "--module",
    "ESNext",
    "--moduleResolution",
    "Bundler",
    "--lib",
    "ES2022,DOM,DOM.Iterable",
]
USE = """
import {{ getCertification }} from "{sdk}";

async function name(): Promise<string> {{
  const {{ data }} = await getCertification({{ path: {{ tenantId: "acme", id: "cert-ada" }}, throwOnError: true }});
  return data.name;
}}
void name();
"""
"""A typed read: what the record requires is there, without a question mark."""


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout + done.stderr


def tool(name: str) -> str:
    found = peer(name)
    assert found, f"{name} is not installed: make peers"
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty project with the document in it, which finds the peers' packages."""
    (tmp_path / "api.json").write_text(json.dumps(CONTRACT.published))
    (tmp_path / "package.json").write_text(json.dumps({"type": "module"}))
    (tmp_path / "node_modules").symlink_to(Path(__file__).parent / "peers/node_modules")
    return tmp_path


def test_hey_api(folder: Path) -> None:
    run(folder, tool("openapi-ts"), "-i", "api.json", "-o", "client", "-c", "@hey-api/client-fetch")
    sdk = (folder / "client/sdk.gen.ts").read_text()
    assert sorted(re.findall(r"^export const (\w+) = <", sdk, re.MULTILINE)) == OPERATIONS
    (folder / "use.ts").write_text(USE.format(sdk="./client/index"))
    run(folder, tool("tsc"), *TSC, "use.ts")


def test_openapi_typescript(folder: Path) -> None:
    run(folder, tool("openapi-typescript"), "api.json", "-o", "api.d.ts")
    (folder / "use.ts").write_text(
        'import type { components, operations } from "./api";\n'
        'export const name = (one: components["schemas"]["Certification"]): string => one.name;\n'
        f"export const all: (keyof operations)[] = {json.dumps(OPERATIONS)};\n"
    )
    run(folder, tool("tsc"), *TSC, "use.ts", "api.d.ts")


def test_orval(folder: Path) -> None:
    config = {
        "api": {"input": "./api.json", "output": {"target": "client/api.ts", "client": "fetch", "mode": "single"}}
    }
    (folder / "orval.config.cjs").write_text(f"module.exports = {json.dumps(config)};\n")
    run(folder, tool("orval"), "--config", "orval.config.cjs")
    client = (folder / "client/api.ts").read_text()
    assert sorted(re.findall(r"^export const (\w+) = async", client, re.MULTILINE)) == OPERATIONS
    run(folder, tool("tsc"), *TSC, "client/api.ts")


def test_openapi_python_client(folder: Path) -> None:
    environment = folder / "environment"
    python = str(environment / "bin/python")
    run(folder, sys.executable, "-m", "uv", "venv", "-q", "-p", sys.executable, str(environment))
    run(folder, sys.executable, "-m", "uv", "pip", "install", "-q", "-p", python, "openapi-python-client")
    generator = str(environment / "bin/openapi-python-client")
    told = run(folder, generator, "generate", "--path", "api.json", "--output-path", "client", "--meta", "none")
    assert "WARNING" not in told and "Unable to" not in told, told[:3000]
    modules = [one for one in (folder / "client/api").rglob("*.py") if one.stem != "__init__"]
    assert len(modules) == len(OPERATIONS)
    names = "import client; from client.models import Certification; print(Certification.__annotations__['name'])"
    assert run(folder, python, "-c", names).strip() == "str"


def test_the_control_plane_has_clients_too(folder: Path) -> None:
    described = create_app(auth="off", scenario="empty").test_client().get("/__mock__/openapi.json")
    (folder / "api.json").write_bytes(described.data)
    names = sorted(one["operationId"] for item in described.json["paths"].values() for one in item.values())
    run(folder, tool("openapi-typescript"), "api.json", "-o", "api.d.ts")
    (folder / "use.ts").write_text(
        f'import type {{ operations }} from "./api";\nexport const all: (keyof operations)[] = {json.dumps(names)};\n'
    )
    run(folder, tool("openapi-ts"), "-i", "api.json", "-o", "client", "-c", "@hey-api/client-fetch")
    sdk = (folder / "client/sdk.gen.ts").read_text()
    assert len(re.findall(r"^export const (\w+) = <", sdk, re.MULTILINE)) == len(names)
    run(folder, tool("tsc"), *TSC, "use.ts", "api.d.ts", "client/index.ts")
