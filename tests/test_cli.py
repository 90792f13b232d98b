"""The command as a user meets it: what it prints, how it starts, how it stops, how it refuses."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import socket
import subprocess
from pathlib import Path

import jwt
import pytest
import yaml

from mockserver.settings import DEVELOPMENT_SECRET, stock_specs
from mockserver.web.app import create_app
from server import COMMAND, anew, command, serving

ROOT = Path(__file__).parent.parent
OPERATIONS = sum(
    "operationId" in one for file in stock_specs() for path in json.loads(file.read_text())["paths"].values() for one in path.values()
)  # fmt: skip


def test_the_first_screen_says_where_it_is_and_what_to_do_next() -> None:
    with serving() as running:
        assert running.process.stdout
        lines = [running.process.stdout.readline() for _ in range(6)]
        told = "".join(lines)
        assert f"{running.url}/docs" in told
        assert "acme, globex" in told
        curl = told[told.index("curl ") :].replace("\\\n", " ")
        answer = subprocess.run(f"{curl.strip()} -sf", shell=True, capture_output=True, check=True, timeout=60)
        assert len(json.loads(answer.stdout)) > 20


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly(how: signal.Signals) -> None:
    with serving("--scenario", "empty", command=COMMAND) as running:
        running.process.send_signal(how)
        out, err = running.process.communicate(timeout=60)
        assert running.process.returncode == 0
        assert err.strip() == "stopped"
        assert "Traceback" not in out + err


def test_a_taken_port_is_one_clear_message() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = command("serve", "--port", str(port))
    assert refused.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert "--port (0 picks a free one)" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_two_mocks_do_not_share_a_port() -> None:
    with serving() as running:
        port = running.url.rpartition(":")[2]
        refused = command("serve", "--port", port)
        assert refused.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("serve", "--host", "203.0.113.7"), "cannot listen on 203.0.113.7"),
        (("serve", "--scenario", "nonsense"), "nonsense"),
        (("serve", "--spec", "missing.yaml"), "missing.yaml: no such file"),
        (("serve", "--jwks", "missing.json"), "missing.json: no usable key set"),
        (("serve", "--count", "unicorns=5"), "unicorns"),
        (("routes", "--spec", "missing.yaml"), "no such file"),
        (("validate", "missing.yaml"), "missing.yaml"),
        (("seed", "--out", "/dev/null/x"), "cannot be written"),
        (("serve", "--count", "certifications"), "is not of the form"),
        (("serve", "--port", "70000"), "70000"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_exits_with_2(arguments: tuple[str, ...], told: str) -> None:
    refused = command(*arguments)
    assert refused.returncode == 2, refused.stdout
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_broken_document_lists_every_problem(tmp_path: Path) -> None:
    document = tmp_path / "broken.yaml"
    document.write_text(
        "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths:\n  /a: {get: {responses: {}}}\n  /b: {post: {responses: {}}}\n"
    )
    refused = command("serve", "--strict", str(document))
    assert refused.returncode == 2
    assert "/paths/~1a/get" in refused.stderr and "/paths/~1b/post" in refused.stderr
    assert "2 problems, nothing was started" in refused.stderr


def test_a_token_alone_is_printed_and_claims_what_was_asked() -> None:
    made = command("token", "--tenant", "acme", "--subject", "me", "--expires-in", "60", "--scope", "a b")
    claims = jwt.decode(made.stdout.strip(), DEVELOPMENT_SECRET, ["HS256"], audience="https://api.rhythmsoftware.com")
    assert made.stdout.count("\n") == 1 and made.stderr == ""
    assert claims["http://rhythmsoftware.com/tenant_id"] == "acme"
    assert (claims["sub"], claims["scope"], claims["exp"]) == ("me", "a b", int(claims["iat"] + 60))


def test_a_token_is_taken_by_a_server_with_the_same_secret_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = command("token", "--tenant", "acme").stdout.strip()
    monkeypatch.setenv("MOCKSERVER_SECRET", "a secret of one's own, at least 32 characters")
    own = command("token", "--tenant", "acme").stdout.strip()
    with serving("--scenario", "empty") as running:
        assert running.send("GET", "/certifications/acme", token=own).status == 200
        assert running.send("GET", "/certifications/acme", token=default).status == 401


def test_rs256_tokens_are_taken_by_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_KEY_FILE", str(tmp_path / "deep/key.pem"))
    token = command("token", "--tenant", "acme", "--algorithm", "RS256").stdout.strip()
    with serving("--scenario", "empty") as running:
        assert running.send("GET", "/certifications/acme", token=token).status == 200


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_SECRET", "short")
    refused = command("token", "--tenant", "acme")
    assert refused.returncode == 2
    assert "too few for HS256" in refused.stderr and "short" not in refused.stderr.replace("too short", "")


def test_routes_show_what_each_operation_means() -> None:
    told = command("routes").stdout
    assert len(told.splitlines()) == OPERATIONS + 1
    assert "PATCH   /certifications/{tenantId}/{id}" in told
    rows = json.loads(command("routes", "--json").stdout)
    assert {row["kind"] for row in rows} >= {"list", "create", "search", "batch", "document", "preview", "notice"}
    assert all(row["provenance"] in ("documented", "catalogue", "inferred") for row in rows)


def test_the_page_size_is_honoured() -> None:
    with serving("--page-size", "3", "--auth", "off") as running:
        assert len(running.send("GET", "/certifications/acme").json) == 3


def test_the_reference_verdict_agrees_on_ordinary_work() -> None:
    with serving("--validator", "reference", "--auth", "off") as running:
        assert running.send("GET", "/certifications/acme/cert-ada").status == 200
        assert running.send("POST", "/certifications/acme", {"name": 5}).status == 400
        assert running.send("POST", "/certifications/acme/search", {"status": ["active"]}).status == 200


def test_routes_are_found_by_words() -> None:
    told = command("routes", "GET", "lookup", "applications").stdout.splitlines()
    assert [line.split()[-1] for line in told] == ["operationId", "listApplicationsByProgramApplicantId"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("zzz", ""), ("certs", "certifications"), ("listCerts", "listCertifications"), ("aplications", "applications")],
)
def test_routes_that_none_has_end_with_a_hint(word: str, meant: str) -> None:
    for options in ((), ("--json",)):
        told = command("routes", word, *options)
        assert told.returncode == 1
        assert told.stdout == ""
        assert f"none of {OPERATIONS} match '{word}'" in told.stderr
        assert ("did you mean" in told.stderr) is bool(meant)
        assert meant in told.stderr


@pytest.mark.parametrize("name", ["serve", "routes", "token", "seed", "validate", "publish"])
def test_help_is_complete_and_has_examples(name: str) -> None:
    told = command(name, "--help")
    assert told.returncode == 0
    assert "Examples:" in told.stdout and f"mockserver {name}" in told.stdout
    assert f"  {name} " in command("--help").stdout


def test_a_mock_runs_from_any_folder(tmp_path: Path) -> None:
    made = subprocess.run([COMMAND, "routes"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert "certifications" in made.stdout
    assert not list(tmp_path.iterdir())


def test_the_same_seed_writes_the_same_bytes_whatever_is_added(tmp_path: Path) -> None:
    scenario = ROOT / "fixtures/scenarios/default.yaml"
    counts = yaml.safe_load(scenario.read_text())["tenants"]["acme"]["fixed"] | {"certifications": 5}
    (tmp_path / "more.yaml").write_text(
        yaml.safe_dump({"extends": "default", "tenants": {"initech": {"counts": counts}}})
    )
    for hashing, (out, source) in enumerate(
        (("one", "default"), ("two", "default"), ("more", str(tmp_path / "more.yaml")))
    ):
        made = anew("seed", "--scenario", source, "--out", str(tmp_path / out), PYTHONHASHSEED=str(hashing))
        assert made.returncode == 0, made.stderr
    for tenant in ("acme", "globex"):
        texts = {(tmp_path / out / tenant / "certifications.json").read_bytes() for out in ("one", "two", "more")}
        assert len(texts) == 1
    assert len(json.loads((tmp_path / "more/initech/certifications.json").read_text())) == 5
    other = command("seed", "--seed", "7", "--out", str(tmp_path / "seven"))
    assert other.returncode == 0
    assert (tmp_path / "seven/acme/certifications.json").read_bytes() not in texts


def test_a_world_on_disk_is_what_a_client_sees(tmp_path: Path) -> None:
    assert command("seed", "--out", str(tmp_path)).returncode == 0
    client = create_app(auth="off", clock="frozen").test_client()
    files = sorted((tmp_path / "acme").iterdir())
    assert len(files) == len(client.application.extensions["mockserver"].contract.resources)
    compared = 0
    for file in files:
        for record in json.loads(file.read_text()):
            path = f"/{file.stem}/acme" + (f"/{record['id']}" if "id" in record else "")
            answer = client.get(path)
            if answer.headers.get("Mock-Operation", "").startswith("get"):  # some are read under paths of another kind
                assert answer.json == record, path
                compared += 1
    assert compared > 500


def test_a_person_sees_how_far_seeding_is_and_a_log_does_not(tmp_path: Path) -> None:
    told = ("seed", "--scenario", "large", "--scale", "0.05", "--out", str(tmp_path))
    terminal, screen = pty.openpty()
    process = subprocess.Popen([COMMAND, *told], stdout=subprocess.DEVNULL, stderr=screen)
    os.close(screen)
    seen = b""
    with contextlib.suppress(OSError):  # the terminal goes with the process
        while piece := os.read(terminal, 4096):
            seen += piece
    assert process.wait(timeout=60) == 0
    os.close(terminal)
    assert b"seeding" in seen and b"records" in seen
    assert re.search(rb"\d+/12\d\d\d", seen)
    assert command(*told).stderr == ""


def test_slow_clients_and_slow_faults_hold_nobody_up() -> None:
    with serving("--auth", "off") as running:
        host, _, port = running.url.removeprefix("http://").partition(":")
        slow = [socket.create_connection((host, int(port))) for _ in range(20)]
        for client in slow:
            client.sendall(
                b"POST /certifications/acme HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            )
        running.send("POST", "/__mock__/faults", {"operation": "listCertifications", "delay": 20, "status": 500})
        late = socket.create_connection((host, int(port)))
        late.sendall(b"GET /certifications/acme HTTP/1.1\r\nHost: x\r\n\r\n")
        while running.send("GET", "/__mock__/faults").json:
            pass
        assert running.send("GET", "/certifications/acme/cert-ada").status == 200
        for client in (*slow, late):
            client.close()


def test_a_large_scenario_can_be_validated_at_a_fraction_of_its_size() -> None:
    told = command("validate", "--scale", "0.01", "fixtures/scenarios/large.yaml", cwd=ROOT)
    assert re.search(r"large\.yaml: 1 tenant, 2,?\d{3} records seeded: good", told.stdout), told.stdout + told.stderr


def test_validate_tells_what_is_good_and_every_problem_of_the_rest(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text("seed: many\nclock: noon\n")
    (tmp_path / "document.yaml").write_text("openapi: 3.1.0\ninfo: {title: x}\npaths: {}\n")
    refused = command("validate", "fixtures/scenarios/empty.yaml", str(tmp_path), str(tmp_path / "missing"), cwd=ROOT)
    assert refused.returncode == 2
    assert "empty.yaml" in refused.stdout and ": good" in refused.stdout
    for told in (
        "scenario.yaml:1: /seed",
        "scenario.yaml:2: /clock",
        "document.yaml:3: /paths: no paths, webhooks or components",
        "missing: neither a file",
    ):
        assert told in refused.stderr, refused.stderr


@pytest.mark.parametrize(
    ("target", "told"),
    [("#/components/schemas/None", "leads nowhere"), ("other.yaml#/X", "cannot be read")],
)
def test_a_reference_that_leads_nowhere_is_one_line_with_its_place(tmp_path: Path, target: str, told: str) -> None:
    file = tmp_path / "doc.yaml"
    file.write_text(
        'openapi: 3.1.0\nx-mock: {}\ninfo: {title: a, version: "1"}\npaths: {/a: {get: {responses: {"200": '
        f"{{description: x, content: {{application/json: {{schema: {{$ref: '{target}'}}}}}}}}}}}}}}}}\n"
    )
    found = command("validate", str(file))
    assert found.returncode != 0
    [line, _] = found.stderr.splitlines()
    assert line.startswith(f"{file}:4: /paths/~1a/get/responses/200/content/application~1json/schema: the reference ")
    assert told in line
