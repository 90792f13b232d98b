"""One world takes another's place: made of the files as they are now, with what clients did in the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from mockserver.contract import Contract
from mockserver.errors import Problem, SetupError
from mockserver.expressions import read_rules
from mockserver.handlers.document_templates import DocumentTemplates, needed_templates
from mockserver.reloading.carrying import Carrying
from mockserver.runtime.determinism import stamp
from mockserver.runtime.fault_profiles import profile_names, read_profile
from mockserver.runtime.reloads import Misfit
from mockserver.seeding import scenario_of
from mockserver.settings import Settings
from mockserver.store import Store, Tenant
from mockserver.store.store import BEGINNING
from mockserver.world import World, contract_of


def made_anew(old: World) -> World:
    """A world of the same settings and of the files as they are now, at its beginning; ``old`` goes on meanwhile.

    Raises SetupError with every problem that can be found in any of the files.
    """
    try:
        world = World(replace(old.settings, cache=None), predecessor=old)  # all is judged, whatever a start has left
    except SetupError as error:
        raise SetupError(dict.fromkeys((*error.problems, *_all_problems(old.settings)))) from None
    if problems := [*_problems_of(world.settings, world.contract)]:
        raise SetupError(dict.fromkeys(problems))
    return world


def take_over(old: World, new: World) -> list[Misfit]:
    """Let ``new`` go on where ``old`` is; requests that the old store is asked for from now on meet Moved.

    Clients' records that do not fit are returned, and shown by ``new.reloads``. Nothing has happened to ``old``
    when it fails.
    """
    tenants = old.store.hand_over()
    try:
        misfits, aside = _carried(old, new, tenants)
        misfits += _snapshots(old, new)
    except BaseException:
        old.store.take_back()
        raise
    new.reloads.done(stamp(new.clock.now()), misfits, aside)
    return misfits


def _carried(old: World, new: World, tenants: dict[str, Tenant]) -> tuple[list[Misfit], list[Misfit]]:
    """Have the new store keep the tenants. Returns what does not fit, and all that is set aside."""
    carrying, misfits = Carrying(old, new), list[Misfit]()
    aside = [one for one in old.reloads.aside if one.tenant not in tenants]
    kept = {name: new.store.beginning(name) for name in _begun(new.store)}
    dropped = _begun(old.store) - _begun(new.store)
    for name, tenant in tenants.items():
        before = [one for one in old.reloads.aside if one.tenant == name]
        carried = carrying.carry(tenant, before)
        misfits += carried.misfits
        aside += [one for one in carried.misfits if one.raw]
        if carried.is_changed or name not in dropped:
            kept[name] = carried.tenant
    new.store.restore(kept)
    return misfits, aside


def _snapshots(old: World, new: World) -> list[Misfit]:
    carrying, misfits = Carrying(old, new), list[Misfit]()
    for snapshot in old.store.snapshots():
        carried = [carrying.carry(one.copy(), (), snapshot) for one in old.store.snapshot(snapshot).values()]
        new.store.keep_snapshot(snapshot, {one.tenant.name: one.tenant for one in carried})
        misfits += [misfit for one in carried for misfit in one.misfits]
    return misfits


def _begun(store: Store) -> set[str]:
    """The tenants that are there at the start."""
    return {*store.snapshot(BEGINNING)}


def _all_problems(settings: Settings) -> Iterator[Problem]:
    """The problems of what can be looked at by itself, although the whole cannot be made."""
    problems: list[Problem] = []
    contract = _tried(problems, contract_of, settings)
    if contract is not None:
        _tried(problems, read_rules, contract)
        _tried(problems, _fill, settings, contract)
        yield from _problems_of(settings, contract)
    yield from problems


def _problems_of(settings: Settings, contract: Contract) -> Iterator[Problem]:
    """What is wrong with that which is looked at no sooner than it is used."""
    problems: list[Problem] = []
    if contract.maker is None:
        _tried(problems, contract.compile_all)
    _tried(problems, DocumentTemplates(settings.fixtures / "templates").require, needed_templates(contract))
    operations = {operation.id: operation for operation in contract.operations()}
    for name in profile_names(settings.fault_folders):
        profile = _tried(problems, read_profile, name, settings.fault_folders)
        if profile is not None and settings.fault_folders[0].joinpath(f"{name}.yaml").is_file():
            _tried(problems, profile.made, operations)
    yield from problems


def _fill(settings: Settings, contract: Contract) -> None:
    store = Store(contract.indexes, None, settings.max_tenants)
    scenario_of(settings, contract).try_template(store.empty(""))


def _tried(problems: list[Problem], step: Callable[..., Any], *given: Any) -> Any:
    """What a step returns; None where it failed, its problems put to the others."""
    try:
        return step(*given)
    except SetupError as error:
        problems += error.problems
        return None
