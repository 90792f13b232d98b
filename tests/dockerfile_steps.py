"""Carries out a Dockerfile without Docker: the same COPY, RUN, CMD and HEALTHCHECK, in folders of this machine.

It shows that the files the image copies are enough, that its steps succeed, that it serves, and that its health
check says so. What only Docker does (base images, users, layers) it does not show.

    python tests/dockerfile_steps.py
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ports import free_port

ROOT = Path(__file__).parent.parent
HOMES = ("/opt/mockserver", "/src")
"""Folders of the image that are put below a temporary one."""


def instructions() -> Iterator[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, " ".join(rest.split())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder)
        entry: list[str] = []
        health = ""
        stages = 0
        for word, rest in instructions():
            if word == "FROM":
                stages += 1
            elif word == "COPY" and not rest.startswith("--from"):
                copy(rest, image)
            elif word == "RUN" and stages == 1:
                run(moved(rest, image).replace("python -m venv", f"{sys.executable} -m venv"), image)
            elif word == "RUN" and rest.startswith("python "):  # with what the first stage built
                subprocess.run(rest, shell=True, check=True, cwd=image, env=environment(image))
            elif word == "HEALTHCHECK":
                health = rest.partition("CMD ")[2]
            elif word in ("ENTRYPOINT", "CMD"):
                entry += json.loads(rest)
        serve(entry, json.loads(health), image)
    print("the image's steps work: built, served, healthy")


def moved(text: str, image: Path) -> str:
    for home in HOMES:
        text = text.replace(home, str(image / home.strip("/")))
    return text


def copy(rest: str, image: Path) -> None:
    *sources, target = rest.split()
    place = image / "src" / target
    for source in sources:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, place)


def run(command: str, image: Path) -> None:
    subprocess.run(command, shell=True, check=True, cwd=image / "src", stdout=subprocess.DEVNULL)


def environment(image: Path) -> dict[str, str]:
    path = f"{image / 'opt/mockserver/bin'}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(image), "PYTHONUNBUFFERED": "1"}


def serve(entry: list[str], health: list[str], image: Path) -> None:
    """Start what the image starts, on a free port, and ask its own health check until it is content."""
    binaries = image / "opt/mockserver/bin"
    port = str(free_port())
    command = [port if word == "8080" else word.replace("0.0.0.0", "127.0.0.1") for word in entry]
    process = subprocess.Popen([str(binaries / command[0]), *command[1:]], cwd="/", env=environment(image))
    check = [word.replace("8080", port) for word in health]
    try:
        deadline = time.monotonic() + 300
        while subprocess.run(
            [str(binaries / check[0]), *check[1:]], check=False, env=environment(image), capture_output=True
        ).returncode:
            assert time.monotonic() < deadline and process.poll() is None, "the health check is never content"
            time.sleep(0.2)
    finally:
        process.terminate()
        assert process.wait(timeout=60) == 0, "the image does not stop cleanly"


if __name__ == "__main__":
    main()
