"""The command ``mockserver routes``: every operation, what it means and, on request, why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.commands.options import document_options, settings_for, tells_problems
from mockserver.contract.sources.document_sources import places
from mockserver.errors import SetupError
from mockserver.values.shown import quoted
from mockserver.values.suggestions import nearest

if TYPE_CHECKING:
    from mockserver.contract import Contract, Operation
    from mockserver.contract.plan import Embedded

HEADS = ("method", "path", "kind", "resource", "provenance", "operationId")


@click.command()
@click.argument("words", nargs=-1)
@document_options
@click.option("--why", is_flag=True, help="Show how each meaning was determined.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@tells_problems
def routes(
    words: tuple[str, ...], spec: tuple[str, ...], *, overlays: tuple[Path, ...], why: bool, as_json: bool
) -> None:
    """List the operations, or those matching all WORDS, with what each means. The first WORDS may name documents.

    \b
    Examples:
      mockserver routes
      mockserver routes applications
      mockserver routes get lookup
      mockserver routes petstore.yaml --why
      mockserver routes shop.yaml billing.yaml=/billing
      mockserver routes --json
    """
    from mockserver.commands.first_screen import without_operations
    from mockserver.world import contract_of

    explicit = bool(spec)
    while words and not explicit and _is_document(words[0], is_first=not spec):
        spec, words = (*spec, words[0]), words[1:]
    contract = contract_of(settings_for(spec, overlays=overlays))
    heads = (*HEADS, "why") if why else HEADS
    rows = [_row(one, why=why) for one in contract.operations()]
    shown = [row for row in rows if all(any(word.lower() in cell.lower() for cell in row) for word in words)]
    if as_json and (shown or not words):
        import orjson

        listing = orjson.dumps([dict(zip(heads, row, strict=True)) for row in shown], option=orjson.OPT_INDENT_2)
        click.echo(listing)
        return
    if not rows:
        click.echo(without_operations(contract))
        return
    if not shown:
        click.echo(f"none of {len(rows)} match {quoted(' '.join(words))}{_hint(words, contract)}", err=True)
        raise SystemExit(1)
    _table(heads, shown)
    for line in _resources(contract) if why and not words else ():
        click.echo(line)


def _is_document(word: str, *, is_first: bool) -> bool:
    """Whether a word names a document, the first one be it not there: what is wrong is told when it is read."""
    try:
        place = places(word)[0]
    except SetupError:
        return True
    is_path = word[:1] == "/" and (Path(word).parent == Path("/") or not Path(word).parent.is_dir())  # of an operation
    is_called_so = not is_path and Path(place.location).suffix.lower() in (".json", ".yaml", ".yml")
    return place.is_file or (is_first and is_called_so)


def _hint(words: tuple[str, ...], contract: Contract) -> str:
    """What was probably meant: resources and operations whose names are like a word that none has."""
    resources = {one.resource.name for one in contract.operations() if one.resource.name}
    names = [*resources, *(one.id for one in contract.operations())]
    unknown = [word for word in words if not any(word.lower() in name.lower() for name in names)]
    near = list(dict.fromkeys(name for word in unknown for name in nearest(word, names)))
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _row(one: Operation, *, why: bool) -> tuple[str, ...]:
    row = (one.method, one.path, one.kind.value, one.resource.name or "-", one.provenance, one.id)
    return (*row, one.plan.why if one.plan else "the document says so") if why else row


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _resources(contract: Contract) -> Iterator[str]:
    """What is known of each resource: its key, whose it is, and the rules that decided."""
    for name, resource in contract.resources.items():
        if (model := resource.model) is None:
            continue
        key = ".".join(model.key) or "beside the record"
        parents = ", ".join(f"{one.parameter} ({one.resource or 'any value'})" for one in model.parents)
        yield ""
        yield f"{name}: key {key}{f'; below {parents}' if parents else ''}"
        yield from (f"  {reason}" for reason in model.why.split("; "))
        yield from (f"  {_held(name, one)}" for name, one in model.embedded.items())


def _held(name: str, one: Embedded) -> str:
    """What a member holds of other resources, in words."""
    if one.is_owned:
        return f"'{name}' holds the {one.resource} that belong to the record (A12)"
    copies = f"copies of {one.resource}" if one.is_many else f"a copy of one of {one.resource}"
    return f"'{name}' holds {copies}{'' if one.is_written else ', as they are now'} (A12)"
