"""The command ``mockserver diff``: what a new version of a document breaks, adds, and newly checks."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from mockserver.commands.options import settings_for, tells_problems

if TYPE_CHECKING:
    from mockserver.contract import Contract


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--fail-on", type=click.Choice(["breaking", "any", "nothing"]), default="breaking", show_default=True,
    help="Exit with 1 for breaking changes, for any change, or never.",
)  # fmt: skip
@tells_problems
def diff(old: str, new: str, fail_on: str) -> None:
    """Compare two OpenAPI documents: breaking changes, additions, and which checks come and go.

    A request that takes less, and a reply that may say more values or fewer members, are breaking.

    \b
    Examples:
      mockserver diff released.yaml openapi.yaml
      mockserver diff released.yaml openapi.yaml --fail-on nothing
    """
    from mockserver.conformance.diffing.document_changes import check_changes, document_changes
    from mockserver.errors import Problem, SetupError, keeping
    from mockserver.world import contract_of

    contracts: list[Contract] = []
    problems: list[Problem] = []
    for document in (old, new):
        with keeping(problems):
            contracts.append(contract_of(settings_for(document)))
    if problems:
        raise SetupError(problems)
    before, after = contracts
    changes = document_changes(before.document, after.document)
    breaking = [one for one in changes if one.is_breaking]
    gone, come = check_changes(before, after)
    _section("breaking", breaking)
    _section("additive", [one for one in changes if not one.is_breaking])
    _section("no longer checked", gone)
    _section("newly checked", come)
    click.echo(f"{len(breaking)} breaking, {len(changes) - len(breaking)} additive")
    sys.exit(int(bool({"breaking": breaking, "any": changes, "nothing": []}[fail_on])))


def _section(title: str, lines: Iterable[object]) -> None:
    for index, one in enumerate(lines):
        if index == 0:
            click.echo(title)
        click.echo(f"  {one}")
