"""A story as files: data for ``--replay``, a shell script, and a test; the scripts need curl and Python, no kit."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from mockserver.conformance.stories.script_runtime import PLACEHOLDER, needed_names
from mockserver.conformance.stories.story import Story, StoryStep, as_data
from mockserver.values.output import writing

_NAMES = re.compile(r"(?:\d{3}_)[\w.-]+\.(?:json|sh)|test_\d{3}_\w+\.py")
"""The names of the files that are written, so that an earlier run's can be told from others."""
REMEDY = "name a folder with --stories"


def clear_stories(folder: Path) -> None:
    """Remove the stories of an earlier run. Raises SetupError."""
    with writing(folder, REMEDY):
        for file in list(folder.iterdir()) if folder.is_dir() else []:
            if _NAMES.fullmatch(file.name):
                file.unlink()


def write_stories(folder: Path, stories: Iterable[Story]) -> list[Path]:
    """Write three files a story into ``folder``. Raises SetupError."""
    written: list[Path] = []
    with writing(folder, REMEDY):
        folder.mkdir(parents=True, exist_ok=True)
        for number, story in enumerate(stories, 1):
            name = file_name(number, story)
            texts = {
                f"{name}.json": json.dumps(as_data(story), indent=1),
                f"{name}.sh": shell(story),
                f"test_{name}.py": pytest_file(story),
            }
            for each, text in texts.items():
                (folder / each).write_text(text, encoding="utf-8")
                written.append(folder / each)
            (folder / f"{name}.sh").chmod(0o755)
    return written


def file_name(number: int, story: Story) -> str:
    """What the files of the story with this number, counted from 1, are called, without their endings."""
    return f"{number:03}_" + re.sub(r"\W+", "_", story.name)[:80].strip("_").lower()


def shell(story: Story) -> str:
    """Exit status 1: the finding is still there, 0: it is gone, 2: the story could not be carried out."""
    needed = needed_names(as_data(story))
    steps = [line for number, step in enumerate(story.steps) for line in _shell_step(number, step, needed)]
    taken = [one.name for step in story.steps for one in step.captures]
    cleaning = [f"  {_call(f'cleaning-{at}', step)} >&2 || :" for at, step in enumerate(story.cleaning)]
    # A placeholder that was never filled means that there is nothing to remove.
    unset = [f"{name}= {name}_url=" for name in taken]
    shown = [text for step in story.steps for text in (step.target, *(text for _, text in step.headers))]
    named = {name.removeprefix("BASIC_") for text in shown for name in PLACEHOLDER.findall(text)}
    tokens = sorted(name for name in named if name.endswith("TOKEN"))
    given = " ".join(f'"{name}=${name}"' for name in taken)
    return "\n".join(
        [
            "#!/bin/sh",
            *_comment(story, "#"),
            "# TOKEN (and OTHER_TOKEN, BAD_TOKEN where asked for) hold access tokens; $1 or BASE_URL is the server.",
            "# Exit status: 1 still there, 0 gone, 2 could not be carried out.",
            "set -u",
            f"base=${{1:-${{BASE_URL:-{shlex.quote(story.base_url)}}}}}",
            *(f': "${{{name}:?is not set: put an access token there}}"' for name in tokens),
            *(
                f"case ${name} in *:*) pair=${name} ;; *) pair=check:${name} ;; esac; "
                f"BASIC_{name}=$(printf '%s' \"$pair\" | base64 | tr -d '\\n')"
                for name in tokens
            ),
            "work=$(mktemp -d) || exit 2",
            *unset,
            "call() {",
            "  number=$1 method=$2 target=$3; shift 3",
            '  status=$(curl -sS -g --path-as-is -o "$work/$number.body" -D "$work/$number.head" -w "%{http_code}" \\',
            '    -X "$method" "$@" "$base$target") || return 1',
            '  [ -e "$work/$number.body" ] || : > "$work/$number.body"',
            '  echo "$status" > "$work/$number.status"; echo "$number $method $target: $status"',
            "}",
            "walk() {",
            "  number=$1 method=$2 first=$3 turned=$3; shift 3",
            "  while :; do",
            '    call "$number" "$method" "$turned" "$@" || return 1',
            '    turned=$(python3 "$work/playing.py" turn "$work" "$number" "$first" "$turned") || return 0',
            "  done",
            "}",
            "clean() {",
            *(cleaning or ["  :"]),
            '  rm -rf "$work"',
            "}",
            "trap clean EXIT",
            "cat > \"$work/playing.py\" <<'END_OF_PLAYING'",
            _played() + _part("command_line.py.txt"),
            "END_OF_PLAYING",
            "cat > \"$work/story.json\" <<'END_OF_STORY'",
            json.dumps(as_data(story), indent=1),
            "END_OF_STORY",
            "",
            *steps,
            "",
            f'python3 "$work/playing.py" judge "$work" {given}'.rstrip(),
            "",
        ]
    )


def _shell_step(number: int, step: StoryStep, needed: set[str]) -> list[str]:
    lines = [f"# {number + 1}. {step.operation}: answered {step.status} then", f"{_call(str(number), step)} || exit 2"]
    for one in step.captures:
        pick = f'python3 "$work/playing.py" pick "$work" {number} {shlex.quote(one.pointer)}'
        lines.append(f"{pick} || exit 2" if one.name in needed else f"{pick} 2>/dev/null || :")
        lines += [f'IFS= read -r {one.name}{end} < "$work/taken{end}" || :' for end in ("", "_url")]
    return lines


def _call(number: str, step: StoryStep) -> str:
    words = ["walk" if step.pages else "call", number, step.method, _quoted(step.target, "_url")]
    names = {name.lower() for name, _ in step.headers}
    for name, text in step.headers:
        words += ["-H", _quoted(f"{name}: {text}" if text else f"{name};")]
    words += ["-H", "Accept:"] if "accept" not in names else []
    if step.method == "HEAD":
        words.append("-I")
    if step.body is not None:
        words += ["-H", "Content-Type:"] if "content-type" not in names else []
        words += ["--data-binary", _quoted(step.body)]
    return " ".join(words)


def _quoted(text: str, suffix: str = "") -> str:
    """``text`` as one word of the shell, its placeholders as variables."""
    parts = PLACEHOLDER.split(text)
    return "".join(
        f'"${part}{suffix}"' if at % 2 else (shlex.quote(part) if part else "") for at, part in enumerate(parts)
    )


def pytest_file(story: Story) -> str:
    """A test that fails while the finding is still there."""
    return "\n".join(
        [
            *_comment(story, "#"),
            "# TOKEN (and OTHER_TOKEN, BAD_TOKEN where asked for) hold access tokens; BASE_URL is the server.",
            _played(),
            _part("test_story.py.txt").replace("{base}", repr(story.base_url)).replace("{cause}", repr(story.cause)),
            'STORY = json.loads(r"""',
            json.dumps(as_data(story), indent=1),
            '""")',
            "",
        ]
    )


def _comment(story: Story, mark: str) -> list[str]:
    lines = [f"{story.title}", f"{story.operation}: {story.cause}", f"found by {story.check}, seed {story.seed}"]
    lines += [f"Note: {gap}" for gap in story.gaps]
    return [f"{mark} {' '.join(line.split())}" for line in lines]


def _played() -> str:
    """What plays a story and judges it, as one module of the standard library."""
    judging = _part("expecting.py").partition("from __future__ import annotations\n")[2]
    return (
        _part("script_runtime.py")
        + "\n\n"
        + re.sub(r"^from mockserver[^(\n]*(\([^)]*\)|.*)\n", "", judging, flags=re.MULTILINE)
    )


def _part(name: str) -> str:
    return (files("mockserver.conformance.stories") / name).read_text(encoding="utf-8")
