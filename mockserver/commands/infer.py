"""The command ``mockserver infer``: all guesses about a document as an overlay, to be edited and served with it."""

from __future__ import annotations

from typing import Any

import click

from mockserver.commands.options import settings_for, tells_problems
from mockserver.contract import Kind
from mockserver.values.pointer import json_path, steps_of


@click.command()
@click.argument("documents", nargs=-1, required=True, metavar="DOCUMENT...")
@tells_problems
def infer(documents: tuple[str, ...]) -> None:
    """Print the inferred meaning of DOCUMENT as an OpenAPI Overlay that you can edit.

    Of several documents, the overlay is for all of them together.

    \b
    Examples:
      mockserver infer petstore.yaml > petstore.overlay.yaml
      mockserver serve petstore.yaml --overlay petstore.overlay.yaml
    """
    import yaml

    from mockserver.world import contract_of

    contract = contract_of(settings_for(documents))
    actions = [_action(one) for one in contract.operations() if one.plan and not one.plan.place.startswith("/x-files")]
    overlay = {
        "overlay": "1.0.0",
        "info": {"title": "What the document was taken to mean", "version": "1.0.0"},
        **({} if contract.document.parts else {"extends": documents[0]}),
        "actions": actions,
    }
    click.echo(yaml.safe_dump(overlay, sort_keys=False, allow_unicode=True, width=120), nl=False)


def _action(one: Any) -> dict[str, Any]:
    """The guess about one operation: its kind, its resource, and what an action sets."""
    words: dict[str, Any] = {"kind": one.kind.value}
    if one.resource.name:
        words["resource"] = one.resource.name
    if one.kind is Kind.ACTION and (sets := one.meaning.get("set")):
        words["set"] = dict(sets)
    return {"target": json_path(steps_of(one.plan.place)), "description": one.plan.why, "update": {"x-mock": words}}
