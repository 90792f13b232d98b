"""The command ``mockserver schemas``: the JSON Schemas of our own files, for editors and for checks of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from mockserver.commands.options import tells_problems


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write them to files here instead."
)
@tells_problems
def schemas(names: tuple[str, ...], out: Path | None) -> None:
    """Print or write the JSON Schemas of scenarios, recipes, baselines, parts and x-mock; without NAME, list them.

    \b
    Examples:
      mockserver schemas
      mockserver schemas recipe
      mockserver schemas --out schemas
    """
    import orjson

    from mockserver.contract.annotation_schemas import operation_marks
    from mockserver.contract.custom_kinds import custom_kinds
    from mockserver.errors import Problem, SetupError
    from mockserver.values.form import forms, read_form
    from mockserver.values.output import writing
    from mockserver.values.suggestions import meant

    built = "x_mock_operation"  # of the kinds there are, those of installed packages too
    known = sorted([*forms(), built])
    if unknown := [name for name in names if name not in known]:
        raise SetupError([Problem("schemas", f"/{name}", "is unknown", meant(name, known)) for name in unknown])
    for name in names or known:
        schema = operation_marks(custom_kinds()) if name == built else read_form(name)
        text = orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        if out is not None:
            file = out / f"{name}.json"
            with writing(file, "choose another --out"):
                out.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text)
            click.echo(f"wrote {file}")
        elif names:
            click.echo(text, nl=False)
        else:
            click.echo(f"{name:20} {schema.get('title', '')}".rstrip())
