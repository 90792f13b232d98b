"""The command ``mockserver explain``: a rule, what it reads and gave for one record, and what a date brings about."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from mockserver.commands.options import settings_for, tells_problems, world_options
from mockserver.values.absent import ABSENT
from mockserver.values.shown import quoted, shown

if TYPE_CHECKING:
    from mockserver.contract import Contract, Resource
    from mockserver.expressions.explaining import Explanation
    from mockserver.world import World

WHEN = MappingProxyType(
    {"computed": "computed on every read, never stored", "filled": "computed when a client leaves it out"}
)
WIDEST = 160
"""How much of a value is shown."""


@click.command()
@click.argument("what", metavar="RESOURCE.FIELD")
@world_options
@click.option("--record", metavar="ID", help="Evaluate the rule for this record.")
@click.option("--tenant", metavar="NAME", help="Tenant of the record. [default: the first that has it]")
@tells_problems
def explain(
    what: str,
    counts: tuple[tuple[str, int], ...],
    spec: tuple[str, ...],
    record: str | None,
    tenant: str | None,
    **options: Any,
) -> None:
    """Show the rule behind a field and, with --record, evaluate it step by step; for a date, what is due on it.

    \b
    Examples:
      mockserver explain applications.requirements
      mockserver explain applications.percentage_complete --record application-ada
      mockserver explain billingRuns.scheduled_run_date --record run-2025-05
    """
    from mockserver.world import World, contract_of

    settings = settings_for(spec, counts=dict(counts), **options)
    world = World(settings) if record is not None else None
    contract = world.contract if world else contract_of(settings)
    due, found = [*_due_lines(contract, what)], None
    if not due or _has_rule(contract, what):
        found = _rule(contract, what)
    lines = [*(_rule_lines(found) if found else ()), *due]
    if world and found:
        lines += _record_lines(world, found, str(record), tenant)
    elif world:
        lines += _moment_lines(world, what, str(record), tenant)
    for line in lines:
        click.echo(line)


def _due_lines(contract: Contract, what: str) -> Iterator[str]:
    """What is due on the date that the field holds; nothing where nothing is."""
    from mockserver.expressions.explaining import explain_due

    name, _, field = what.partition(".")
    found = explain_due(contract, contract.resources[name], field) if name in contract.resources else []
    if found:
        yield f"{what}: a date, and what happens when the clock passes it"
    for one in found:
        yield f"  {one.moment}: {one.about}"
        if one.when:
            yield f"    when {one.when}"
        yield from (f"    {step}" for step in one.steps)


def _has_rule(contract: Contract, what: str) -> bool:
    from mockserver.expressions.explaining import explain as explained

    name, _, field = what.partition(".")
    return explained(contract, contract.resources[name], field) is not None


def _moment_lines(world: World, what: str, record_id: str, wanted: str | None) -> Iterator[str]:
    """The date that a record holds, and when the world begins."""
    from mockserver.runtime.determinism import stamp

    name, _, field = what.partition(".")
    for tenant in [wanted] if wanted else world.scenario.tenants:
        if (record := world.store.tenant(tenant)[name].get(record_id)) is not None:
            yield f"for {name}/{record_id} of {tenant}"
            date, begins = shown(record.data().get(field), WIDEST), stamp(world.scenario.clock)
            yield f"  {field} is {date}; the world begins at {begins}"
            return
    raise click.ClickException(f"there is no {name}/{record_id} in {wanted or 'any tenant'}")


def _rule(contract: Contract, what: str) -> Explanation:
    from mockserver.expressions.explaining import explain as explained
    from mockserver.expressions.explaining import explain_due

    name, _, field = what.partition(".")
    if name in contract.resources and not field:
        ruled = [
            one
            for one in sorted(contract.resources[name].fields)
            if explained(contract, contract.resources[name], one)
            or explain_due(contract, contract.resources[name], one)
        ]
        raise click.ClickException(f"name a field of {name}; those with a rule are {', '.join(ruled) or 'none'}")
    resource = contract.resources.get(name)
    if resource is None:
        raise _unknown(f"no resource {quoted(name)}", name, contract.resources)
    if field not in resource.fields:
        raise _unknown(f"{name} has no field {quoted(field)}", field, resource.fields)
    found = explained(contract, resource, field)
    if found is None:
        raise click.ClickException(f"{what} has no rule: it is {_kept(resource, field)}")
    return found


def _unknown(problem: str, name: str, known: Any) -> click.ClickException:
    from mockserver.expressions import meant

    return click.ClickException(f"{problem}; {meant(name, known)}")


def _kept(resource: Resource, field: str) -> str:
    stamp = next((word for word, one in resource.stamps.items() if one == field), None)
    return f"the server's stamp {stamp}" if stamp else "stored as sent"


def _rule_lines(found: Explanation) -> Iterator[str]:
    yield f"{found.resource.name}.{found.field}: {found.word}, {WHEN[found.word]}"
    for name, text in found.names.items():
        yield f"  let {name} = {text.rstrip()}"
    yield f"  {found.text.rstrip()}"
    yield "reads"
    yield from (f"  {name}.{field}" for name, field in found.reads)


def _record_lines(world: World, found: Explanation, record_id: str, wanted: str | None) -> Iterator[str]:
    name = found.resource.name
    for tenant in [wanted] if wanted else world.scenario.tenants:
        kept = world.store.tenant(tenant)
        if (record := kept[name].get(record_id)) is not None:
            context = world.rules.context(kept, world.clock.now())
            yield f"for {name}/{record_id} of {tenant}"
            for part, value in found.steps(context, context.proxy(name, record)):
                yield f"  {part}"
                yield f"    gives {'nothing: absent' if value is ABSENT else shown(value, WIDEST)}"
            return
    raise click.ClickException(f"there is no {name}/{record_id} in {wanted or 'any tenant'}")
