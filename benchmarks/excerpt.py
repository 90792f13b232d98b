"""Cut a document of others to what a story needs: `python benchmarks/excerpt.py DOCUMENT STORY.yaml > EXCERPT.json`.

The story says under ``cut`` which ``paths`` stay. All that they refer to stays as it is, but for schemas that it does
not name under ``schemas``, where it does so: an
alternative that leads to one is dropped, a member that does is any object. Long descriptions end at their first line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

LONGEST = 120


class Excerpt:
    """What is kept of one document. ``schemas`` None keeps all that is reached."""

    def __init__(self, root: dict[str, Any], cuts: dict[str, Any]) -> None:
        self.root = root
        self.schemas = cuts.get("schemas")
        self.made: dict[str, Any] = {}
        kept = {
            name: value for name, value in root.items() if name in ("openapi", "swagger", "info", "servers", "security")
        }
        self.made |= self.copied(kept)
        self.made["paths"] = {path: self.copied(root["paths"][path]) for path in cuts["paths"]}
        for name, scheme in root.get("components", {}).get("securitySchemes", {}).items():
            self.made.setdefault("components", {}).setdefault("securitySchemes", {})[name] = self.copied(scheme)

    def copied(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.copied(one) for one in value if not self.is_cut(one)] or value
        if not isinstance(value, dict):
            return value
        if self.is_cut(value):
            return {"type": "object"}
        if isinstance(target := value.get("$ref"), str):
            self.keep(target)
        return {name: self.shortened(name, one) for name, one in value.items() if not str(name).startswith("x-")}

    def shortened(self, name: str, value: Any) -> Any:
        if name in ("description", "summary") and isinstance(value, str):
            return value.strip().split("\n")[0][:LONGEST]
        return self.copied(value)

    def is_cut(self, value: Any) -> bool:
        target = value.get("$ref") if isinstance(value, dict) else None
        head, _, name = str(target).rpartition("/")
        return self.schemas is not None and head == "#/components/schemas" and name not in self.schemas

    def keep(self, target: str) -> None:
        *steps, name = target.removeprefix("#/").split("/")
        holder, there = self.made, self.root
        for step in steps:
            holder, there = holder.setdefault(step, {}), there[step]
        if name not in holder:
            holder[name] = {}
            holder[name] = self.copied(there[name])


def main(document: str, story: str) -> None:
    root = yaml.load(Path(document).read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    made = Excerpt(root, yaml.safe_load(Path(story).read_text())["cut"]).made
    print(json.dumps(made, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
