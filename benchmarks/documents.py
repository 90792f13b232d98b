"""Serve each document of a folder, call every operation once: what starts, what is remembered, which replies are valid.

    python benchmarks/documents.py FOLDER [--write]

``--write`` puts the table into docs/any-document.md. The judge of replies is ``jsonschema``, which the engine does not
use; the requests are made from the documents' own schemas.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from mockserver import create_app
from mockserver.commands.first_screen import counted
from mockserver.contract.scalars import Draw
from mockserver.errors import SetupError

PAGE = Path(__file__).parent.parent / "docs" / "any-document.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
NOW = datetime(2025, 4, 18, 12, tzinfo=UTC)
FORMATS = FormatChecker(["date-time", "date", "uuid", "email", "ipv4", "ipv6"])


@dataclass
class Row:
    name: str
    seconds: float = 0
    operations: int = 0
    remembered: int = 0
    counts: Counter[str] = field(default_factory=Counter)


class Measured:
    """One document, served in this process."""

    def __init__(self, file: Path) -> None:
        gc.collect()
        began = time.perf_counter()
        self.app = create_app(spec=file, auth="off")
        self.row = Row(file.stem, time.perf_counter() - began)
        self.world = self.app.extensions["mockserver"]
        self.client = self.app.test_client()
        self.maker = self.world.contract.maker
        root = self.world.contract.document.root
        self.registry = Registry().with_resource(
            "urn:d", Resource.from_contents(root, default_specification=DRAFT202012)
        )
        self.row.operations, stubs, _, _ = counted(self.world.contract)
        self.row.remembered = self.row.operations - stubs

    def everything(self) -> Row:
        by_path: dict[str, dict[str, Any]] = {}
        for operation in self.world.contract.operations():
            by_path.setdefault(re.sub(r"\{[^{}]+\}", "{}", operation.path.rstrip("/")), {})[operation.method] = (
                operation
            )
        for path, verbs in by_path.items():
            item = by_path.get(f"{path}/{{}}", {})
            if "POST" in verbs and verbs["POST"].kind == "create" and "GET" in item and "{" not in path:
                self.story(verbs["POST"], item)
        for operation in sorted(self.world.contract.operations(), key=lambda one: one.method != "GET"):
            self.call(operation, {})
        return self.row

    def story(self, create: Any, item: dict[str, Any]) -> None:
        """Create, read back, delete, gone."""
        made = self.call(create, {})
        location = made.headers.get("Location", "")
        model = create.resource.model
        found = self.within(made, create.plan.record, model.key)
        key = str(found) if found is not None else location.rpartition("/")[2]
        if made.status_code >= 300 or not key:
            self.row.counts["creates without a key"] += 1
            return
        self.row.counts["created"] += 1
        read = item["GET"]
        got = self.call(read, {read.plan.key: key})
        same = self.within(got, read.plan.record, model.key)
        is_it = got.status_code < 300 and (same is None or str(same) == key)
        self.row.counts["read back"] += is_it
        if "DELETE" in item and item["DELETE"].kind == "delete":
            is_deleted = self.call(item["DELETE"], {item["DELETE"].plan.key: key}).status_code < 300
            self.row.counts["deleted"] += is_deleted
            self.row.counts["gone"] += is_deleted and self.call(read, {read.plan.key: key}).status_code == 404

    @staticmethod
    def within(reply: Any, steps: Any, key: Any) -> Any:
        value = json.loads(reply.data) if reply.data and "json" in (reply.content_type or "") else None
        for step in (*(steps or ()), *key):
            value = value.get(step) if isinstance(value, dict) else None
        return value if key else None

    def call(self, operation: Any, keys: dict[str, str]) -> Any:
        draw = Draw.of(5, NOW)
        path = re.sub(r"\{([^{}]+)\}", lambda found: quote(keys.get(found[1], "1"), safe=""), operation.path)
        query, headers = [], {}
        for taken in operation.plan.taken:
            if taken.required and taken.location in ("query", "header"):
                value = self.maker.make(taken.schema, draw) if taken.schema.value is not None else "x"
                values = [
                    one if isinstance(one, str | int | float) else json.dumps(one)
                    for one in (value if isinstance(value, list) else [value])
                ]
                query += [(taken.name, one) for one in values if taken.location == "query"]
                headers |= dict.fromkeys([taken.name] * (taken.location == "header"), str(values[0]) if values else "")
        reply = self.client.open(
            path, method=operation.method, query_string=query, headers=headers, **self.body(operation, draw)
        )
        self.judge(operation, reply)
        return reply

    def body(self, operation: Any, draw: Any) -> dict[str, Any]:
        if not operation.plan.bodies:
            return {}
        media_type = next((one for one in operation.plan.bodies if "json" in one), next(iter(operation.plan.bodies)))
        value = self.maker.make(operation.plan.bodies[media_type], draw)
        if "form" in media_type and isinstance(value, dict):
            plain = {name: one if isinstance(one, str) else json.dumps(one) for name, one in value.items()}
            return {"data": plain, "content_type": media_type}
        return {
            "data": value if isinstance(value, str) and "json" not in media_type else json.dumps(value),
            "content_type": media_type.replace("*/*", "application/json"),
        }

    def judge(self, operation: Any, reply: Any) -> None:
        self.row.counts["replies"] += 1
        self.row.counts["5xx"] += reply.status_code >= 500
        said = operation.plan.said
        declared = next(
            (said[one] for one in (str(reply.status_code), f"{reply.status_code // 100}XX", "default") if one in said),
            None,
        )
        if (
            declared is None
            or declared.schema is None
            or "json" not in (reply.content_type or "")
            or operation.method == "HEAD"
        ):
            return
        self.row.counts["judged"] += 1
        judge = extend(Draft202012Validator, {"pattern": _pattern})
        validator = judge(
            {"$ref": f"urn:d#{quote(declared.schema.pointer, safe='/~')}"},
            registry=self.registry,
            format_checker=FORMATS,
        )
        self.row.counts["valid"] += validator.is_valid(json.loads(reply.data))


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Any:
    """Patterns that Python cannot read are passed over."""
    try:
        is_found = not isinstance(value, str) or re.search(pattern, value)
    except re.error:
        return
    if not is_found:
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def table(rows: list[Row]) -> str:
    heads = (
        "document",
        "operations",
        "remembered",
        "starts in s",
        "created",
        "read back",
        "gone after delete",
        "valid replies",
        "5xx",
    )
    lines = [" | ".join(heads), " | ".join(["---"] * len(heads))]
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row.counts)
        total["operations"] += row.operations
        total["remembered"] += row.remembered
        lines.append(" | ".join(_cells(row.name, row.operations, row.remembered, f"{row.seconds:.1f}", row.counts)))
    lines.append(" | ".join(_cells("**all**", total["operations"], total["remembered"], "", total)))
    return "\n".join(f"| {line} |" for line in lines)


def _cells(name: str, operations: int, remembered: int, seconds: str, counts: Counter[str]) -> list[str]:
    share = f"{remembered / max(operations, 1):.0%}"
    gone = f"{counts['gone']} of {counts['deleted']}"
    valid = f"{counts['valid']} of {counts['judged']}"
    return [
        name,
        str(operations),
        share,
        seconds,
        str(counts["created"]),
        str(counts["read back"]),
        gone,
        valid,
        str(counts["5xx"]),
    ]


def main(folder: Path, *, write: bool) -> None:
    rows = []
    for file in sorted(one for one in folder.iterdir() if one.suffix in (".json", ".yaml", ".yml")):
        try:
            rows.append(Measured(file).everything())
        except SetupError as error:
            print(f"{file.name}: {error}", file=sys.stderr)
    shown = table(rows)
    print(shown)
    if write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{shown}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), write="--write" in sys.argv)
