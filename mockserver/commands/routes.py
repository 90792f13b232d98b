"""The command ``mockserver routes``: every operation, and what it means."""

from __future__ import annotations

from pathlib import Path

import click

from mockserver.commands.options import settings_for, tells_problems


@click.command()
@click.argument("words", nargs=-1)
@click.option("--spec", type=click.Path(path_type=Path, dir_okay=False), metavar="PATH", help="Another document.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@tells_problems
def routes(words: tuple[str, ...], spec: Path | None, as_json: bool) -> None:
    """Show every operation, or those that hold all WORDS: method, path, kind, resource, provenance.

    \b
    Examples:
      mockserver routes
      mockserver routes applications
      mockserver routes get lookup
      mockserver routes --json
    """
    from mockserver.contract import compile_contract, read_document

    contract = compile_contract(read_document(settings_for(spec).spec))
    rows = [
        (one.method, one.path, one.kind.value, one.resource.name, one.provenance, one.id)
        for one in contract.operations()
    ]
    rows = [row for row in rows if all(any(word.lower() in cell.lower() for cell in row) for word in words)]
    heads = ("method", "path", "kind", "resource", "provenance", "operationId")
    if as_json:
        import orjson

        told = orjson.dumps([dict(zip(heads, row, strict=True)) for row in rows], option=orjson.OPT_INDENT_2)
        click.echo(told)
        return
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
