"""The README's tour, carried out: each command as it is written, and what came back held against what is printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from mockserver.web.app import create_app
from mockserver.web.control.plane import control_routes
from server import serving

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
LINKS = re.compile(r"\]\(([^)#:]+)(#[^)]*)?\)")


def steps(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output printed below it."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = step.splitlines()
            length = 1
            while lines[length - 1].endswith("\\") or (
                step.splitlines()[:length] and "\n".join(lines[:length]).count("'") % 2
            ):
                length += 1
            found.append(("\n".join(lines[:length]), "\n".join(lines[length:])))
    return found


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_tour_is_true() -> None:
    tour = steps(README[README.index("## Ten minutes") : README.index("## Recipes")])
    assert len(tour) >= 12
    with serving() as running:
        script = "\n".join(f"{command}\necho '~~~'" for command, _ in tour).replace(
            "http://127.0.0.1:8080", running.url
        )
        script = script.replace(". .venv/bin/activate", f". {Path(sys.executable).parent}/activate")
        fresh = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/tmp")}
        done = subprocess.run(["bash", "-e"], input=script, env=fresh, capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    outputs = done.stdout.split("~~~\n")
    for (command, printed), output in zip(tour, outputs, strict=False):
        rest = squeezed(output).lower()
        for fragment in printed.split("…"):
            for line in fragment.splitlines() if "-D-" in command else [fragment]:
                wanted = squeezed(line).lower()
                assert wanted in rest, f"$ {command}\nprinted {line!r}\nfound {output}"


def test_the_first_screen_is_true() -> None:
    (_, screen), *requests = steps(README[: README.index("## Start")])
    with serving(str(ROOT / "tests" / "data" / "documents" / "petstore-3.0.yaml")) as running:
        done = subprocess.run(
            ["bash", "-e"],
            input="\n".join(f"{one}\necho" for one, _ in requests).replace("http://127.0.0.1:8080", running.url),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        told = [*running.announced, *(running.process.stdout.readline().strip() for _ in screen.splitlines())]
    assert done.stdout.splitlines() == [printed for _, printed in requests], done.stderr
    wanted = [line.strip().replace("http://127.0.0.1:8080", running.url) for line in screen.splitlines()]
    assert [line for line in told if line in wanted] == wanted


def test_every_link_leads_somewhere() -> None:
    for page in (
        ROOT / "README.md",
        ROOT / "ARCHITECTURE.md",
        ROOT / "spec/README.md",
        ROOT / "fixtures/README.md",
        *ROOT.glob("docs/*.md"),
    ):
        for target, anchor in LINKS.findall(page.read_text()):
            linked = page.parent / target
            assert linked.exists(), f"{page.name} links to {target}"
            if anchor:
                headings = re.findall(r"^#+ (.*)$", linked.read_text(), re.MULTILINE)
                slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
                assert anchor[1:] in slugs, f"{page.name} links to {target}{anchor}"


def test_every_option_and_route_is_documented() -> None:
    for setting in ("--scenario", "--seed", "--count", "--auth", "--jwks", "--clock", "--page-size", "--validator"):
        assert setting in README, setting
    for route in control_routes(create_app(scenario="empty").extensions["mockserver"]):
        assert f"/__mock__{route.path.partition('<')[0].rstrip('/')}" in README, route
