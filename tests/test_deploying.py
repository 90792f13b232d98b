"""What starts three replicas, by Compose or on Kubernetes, agrees with the image and with the settings there are."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import pytest
import yaml

from mockserver.commands.cli import main
from mockserver.store.sql.location import read_location
from mockserver.web.health import HEALTH

ROOT = Path(__file__).parent.parent
IMAGE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
MANIFESTS = [*yaml.safe_load_all((ROOT / "examples/replicas/kubernetes.yaml").read_text())]
[PORT] = map(int, re.findall(r"^EXPOSE (\d+)$", IMAGE, re.MULTILINE))


def manifest(kind: str, name: str) -> Any:
    [found] = [one for one in MANIFESTS if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found["spec"]


def container(kind: str, name: str) -> Any:
    [found] = manifest(kind, name)["template"]["spec"]["containers"]
    return found


def env(of: Any) -> dict[str, Any]:
    return {one["name"]: one.get("value", one.get("valueFrom")) for one in of["env"]}


MOCK, DATABASE = container("Deployment", "mockserver"), container("StatefulSet", "mockserver-database")


def test_the_mock_is_told_what_it_reads() -> None:
    code = "".join(file.read_text() for file in (ROOT / "mockserver").rglob("*.py"))
    ours = {name for name in env(MOCK) if name.startswith("MOCKSERVER_")}
    assert ours == set(COMPOSE["mock"]["environment"])
    assert ours == {name for name in ours if name in code}


@pytest.mark.parametrize("address", [env(MOCK)["MOCKSERVER_STORE"], COMPOSE["mock"]["environment"]["MOCKSERVER_STORE"]])
def test_the_store_is_the_database_beside_it(address: str) -> None:
    location = read_location(re.sub(r"\$[({]\w+[)}]", "password", address))
    assert location.is_shared
    assert "password" not in location.shown
    assert location.url.host in {"database", manifest("StatefulSet", "mockserver-database")["serviceName"]}
    for told in (env(DATABASE), COMPOSE["database"]["environment"]):
        assert (location.url.username, location.url.database) == (told["POSTGRES_USER"], told["POSTGRES_DB"])


def test_the_image_runs_what_there_is() -> None:
    """Its command has the options that it is given, and what it does by Python is still called so."""
    words = [json.loads(found) for found in re.findall(r"^(?:ENTRYPOINT|CMD) (.+)$", IMAGE, re.MULTILINE)]
    script, name, *options = [word for one in words for word in one]
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert script in scripts
    command = main.get_command(click.Context(main), name)
    assert command
    assert command.make_context(name, options).params["port"] == PORT
    [code] = re.findall(r'^RUN python -c "(.+)"$', IMAGE, re.MULTILINE)
    with patch("mockserver.world.World", autospec=True) as world:
        exec(code, {})
    world.return_value.cache_start.assert_called_once_with()


def test_ports_and_users_are_those_of_the_image() -> None:
    assert MOCK["ports"] == [{"name": "http", "containerPort": PORT}]
    assert f"server mock:{PORT} " in (ROOT / "examples/replicas/nginx.conf").read_text()
    assert manifest("Service", "mockserver")["ports"] == [{"name": "http", "port": PORT, "targetPort": "http"}]
    user = manifest("Deployment", "mockserver")["template"]["spec"]["securityContext"]["runAsUser"]
    assert re.findall(r"^USER (\d+)$", IMAGE, re.MULTILINE) == [str(user)]
    assert DATABASE["image"] == COMPOSE["database"]["image"]


def test_probes_ask_what_answers_without_a_token() -> None:
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert MOCK[name]["httpGet"] == {"path": HEALTH, "port": "http"}
    assert HEALTH in IMAGE
    assert HEALTH in COMPOSE["balancer"]["healthcheck"]["test"][-1]


def test_as_many_replicas_and_what_selects_them() -> None:
    assert manifest("Deployment", "mockserver")["replicas"] == COMPOSE["mock"]["deploy"]["replicas"] == 3
    for kind, name in (("Deployment", "mockserver"), ("StatefulSet", "mockserver-database")):
        labels = manifest(kind, name)["template"]["metadata"]["labels"]
        assert manifest(kind, name)["selector"]["matchLabels"] == labels == manifest("Service", name)["selector"]


def test_what_is_secret_stands_in_no_manifest() -> None:
    told = {**env(MOCK), **env(DATABASE)}
    secret = {name: value for name, value in told.items() if re.search("SECRET|PASSWORD|TOKEN", name)}
    assert {value["secretKeyRef"]["name"] for value in secret.values()} == {"mockserver"}
    assert len(secret) == 4
