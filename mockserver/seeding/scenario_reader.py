"""Reads a scenario's file and those it extends; all that is wrong with any of them is reported at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mockserver.contract import Contract, read_document
from mockserver.contract.resource import local_name
from mockserver.errors import Problem, SetupError
from mockserver.seeding.cookbook import Cookbook
from mockserver.seeding.item import Recipe
from mockserver.seeding.place import Place, read_yaml
from mockserver.seeding.scenario import Scenario, TenantPlan
from mockserver.seeding.unannotated import MOMENT, Unannotated
from mockserver.settings import Settings, data_folder, stock_spec, stock_specs
from mockserver.values.data_file import DataFile, read_data_file
from mockserver.values.members import value_at
from mockserver.values.moment import read_datetime
from mockserver.values.pointer import step_into
from mockserver.values.shown import quoted, shown
from mockserver.values.suggestions import meant

LARGEST = 2**31
"""The largest count, whatever a scenario's is multiplied by."""
NAMES = ("default", "empty")
"""The scenarios that every document has."""
DEEPEST = 8
"""How many scenarios may extend one another."""


def read_scenario(
    name_or_path: str,
    fixtures: Path,
    contract: Contract,
    *,
    seed: int | None = None,
    counts: Mapping[str, int] | None = None,
    scale: float = 1,
    clock: datetime | None = None,
) -> Scenario:
    """The scenario ``fixtures/scenarios/<name>.yaml``, or the one in the file that is named.

    Recipes are looked up beside that file (in ``recipes`` or ``../recipes``), then beside those it extends, then in
    ``fixtures``. ``seed`` replaces the scenario's; ``counts`` says for every tenant how many of a resource it gets;
    ``scale`` multiplies what the scenario says of that, but for what it calls ``fixed``; ``clock`` replaces its moment.
    Raises SetupError listing everything that is wrong.
    """
    problems: list[Problem] = []
    file = _file(name_or_path, fixtures)
    roots = _roots(file, fixtures, problems)
    beside = [folder for root in reversed(roots) for folder in Path(root.file).resolve().parents[:2]]
    folders = list(dict.fromkeys(folder / "recipes" for folder in [*beside, fixtures]))
    reading = _ScenarioReading(contract, Cookbook(folders, contract, problems), counts or {}, scale)
    scenario = reading.scenario(file.stem, roots, seed)
    if clock is not None:
        scenario = replace(scenario, clock=clock)
    if problems:
        raise SetupError(dict.fromkeys(problems))
    return scenario


def _roots(file: Path, fixtures: Path, problems: list[Problem]) -> list[Place]:
    """What the scenario's file holds, behind what those hold that it extends. Raises SetupError."""
    roots: list[Place] = []
    while len(roots) < DEEPEST:
        root = read_yaml(file, "scenario", problems)
        if root.value is None:
            raise SetupError(problems)
        roots.insert(0, root)
        place = root.child("extends")
        if not isinstance(place.value, str):
            return roots
        file = _file(place.value, fixtures, file.parent, place)
    place.complain(f"more than {DEEPEST} scenarios extend one another", "break the circle, or merge some of them")
    raise SetupError(problems)


def scenario_files(settings: Settings) -> list[Path]:
    """The scenario's file and those that it extends, as far as they can be read."""
    files: list[Path] = []
    with suppress(SetupError):
        file = _file(settings.scenario, settings.fixtures)
        while file not in files and len(files) < DEEPEST:
            files.append(file)
            extended = step_into(read_data_file(file).value, "extends")
            if not isinstance(extended, str):
                break
            file = _file(extended, settings.fixtures, file.parent)
    return files


def scenario_of(settings: Settings, contract: Contract) -> Scenario | Unannotated:
    """The scenario that settings name. Raises SetupError as ``read_scenario`` does.

    The stock scenarios are the stock document's, and those of one that adds to it: any other document begins with what
    it says itself. With the clock ``now``, the world is made around the machine's time.
    """
    moment = datetime.now(UTC).replace(microsecond=0) if settings.clock == "now" else None
    if contract.maker is not None:
        if not settings.scenario.endswith((".yaml", ".yml")):
            return _told_by_itself(settings, contract, moment or MOMENT)
    elif settings.scenario == "default" and _is_foreign(settings, contract):
        return Unannotated(seed=settings.seed or 0, name=settings.scenario, clock=moment or MOMENT)
    return read_scenario(
        settings.scenario,
        settings.fixtures,
        contract,
        seed=settings.seed,
        counts=settings.counts,
        scale=settings.scale,
        clock=moment,
    )


def _told_by_itself(settings: Settings, contract: Contract, moment: datetime) -> Unannotated:
    """The world that a document without annotations implies. Raises SetupError for unknown names and resources."""
    problems = []
    if settings.scenario not in NAMES:
        remedy = f"use {' or '.join(NAMES)}, or name a YAML file"
        problems.append(Problem("settings", "/scenario", f"unknown scenario {quoted(settings.scenario)}", remedy))
    for name in settings.counts:
        if name not in contract.resources:
            problem = f"{quoted(name)} is not a resource of the document"
            problems.append(Problem("counts", f"/{name}", problem, meant(name, contract.resources)))
    if problems:
        raise SetupError(problems)
    return Unannotated(
        seed=settings.seed or 0, name=settings.scenario, clock=moment, counts=settings.counts, scale=settings.scale
    )


def _is_foreign(settings: Settings, contract: Contract) -> bool:
    """Whether the stock fixtures would meet a document that lacks some resource of the stock one."""
    if settings.spec in (stock_spec(), stock_specs()) or settings.fixtures != data_folder("fixtures"):
        return False
    schemas = read_document(stock_spec()).node("components", "schemas").items()
    stock = {name for _, node in schemas if (name := node.child("x-mock", "resource").value)}
    return not stock <= set(contract.resources)


def _file(name_or_path: str, fixtures: Path, folder: Path = Path(), named: Place | None = None) -> Path:
    """A scenario's file; one that is ``named`` in another stands in its ``folder``. Raises SetupError naming all."""
    if name_or_path.endswith((".yaml", ".yml")):
        return folder / name_or_path
    known = sorted(file.stem for file in (fixtures / "scenarios").glob("*.yaml"))
    if name_or_path not in known:
        problem = f"unknown scenario {quoted(name_or_path)}"
        remedy = f"name a YAML file, or {meant(name_or_path, known)}" if known else "name a YAML file"
        place = named or Place(DataFile("settings", None), "/scenario", None, [])
        place.complain(problem, remedy)
        raise SetupError(place.problems)
    return fixtures / "scenarios" / f"{name_or_path}.yaml"


class _ScenarioReading:
    """One scenario while it is read: problems are kept, so that all of them are told."""

    def __init__(self, contract: Contract, cookbook: Cookbook, override: Mapping[str, int], scale: float) -> None:
        self._contract = contract
        self._cookbook = cookbook
        self._override = override
        self._scale = scale

    def scenario(self, name: str, roots: list[Place], seed: int | None) -> Scenario:
        """``roots`` are what it extends, and itself at last: each adds to those before it, and overrules them."""
        plans: dict[str, TenantPlan] = {}
        template = TenantPlan({}, {}, {})
        places: dict[str, Place] = {}
        for root in roots:
            for tenant, place in root.child("tenants").members():
                if self._contract.maker is not None and self._contract.tenant is None and tenant != "default":
                    place.complain("the document has one tenant, 'default'", "put it under template")
                plans[tenant] = self._plan(place, plans.get(tenant, TenantPlan({}, {}, {})))
            template = self._plan(root.child("template"), template)
            places |= dict(root.members())
        last = roots[-1]
        may_lack = self._contract.maker is not None or not isinstance(last.value, Mapping)
        self._overridden(last)
        counted = {resource for plan in (template, *plans.values()) for resource in plan.counts}
        return Scenario(
            name=name,
            description=str(last.child("description", "").value),
            seed=_whole(places.get("seed", last.child("seed", 1))) if seed is None else seed,
            clock=_clock(places.get("clock", last.child("clock")), may_lack),
            tenants=tuple(plans),
            _contract=self._contract,
            _recipes=self._cookbook.read(sorted(counted)),
            _plans=plans,
            _template=template,
        )

    def _plan(self, place: Place, base: TenantPlan) -> TenantPlan:
        """What a tenant gets: what ``place`` says, and what it does not overrule of ``base``."""
        counts = {name: self._scaled(count) for name, count in self._counts(place.child("counts"))}
        counts |= {name: _whole(count) for name, count in self._counts(place.child("fixed"))}
        pinned = _joined(base.pinned, self._examples(place.child("examples", False)))
        elsewhere: dict[str, tuple[str, ...]] = {}
        for qualified, records in place.child("pinned").members():
            if (name := local_name(self._contract.resources, qualified)) is None:
                elsewhere[qualified] = tuple(str(one.child("id").value) for one in records.each())
            elif self._known(name, records):
                pinned = _joined(pinned, {name: tuple(self._pinned(name, records))})
        for qualified, keys in place.child("elsewhere").members():
            elsewhere[qualified] = tuple(str(key.value) for key in keys.each())
        overridden = {name: self._override[name] for name in self._cookable()}
        counts = {**base.counts, **base.begins, **counts, **overridden}
        cooked = {name: count for name, count in counts.items() if not self._is_begun(name)}
        begins = {name: count for name, count in counts.items() if self._is_begun(name)}
        return TenantPlan(cooked, pinned, {**base.elsewhere, **elsewhere}, begins)

    def _is_begun(self, name: str) -> bool:
        """Whether records are made by their schema: the document has no annotations, and there is no recipe."""
        return self._contract.maker is not None and self._cookbook.scope(name) is None

    def _counts(self, place: Place) -> Iterator[tuple[str, Place]]:
        named = ((local_name(self._contract.resources, qualified), count) for qualified, count in place.members())
        return ((name, count) for name, count in named if name is not None and self._cooked(name, count))

    def _scaled(self, place: Place) -> int:
        """So many times the number there; one at least, if there is any."""
        count = _whole(place)
        return min(max(round(count * self._scale), min(count, 1)), LARGEST)

    def _examples(self, place: Place) -> dict[str, tuple[Recipe, ...]]:
        """The document's own example of each resource (``examples: true``), as it stands there."""
        document = self._contract.document
        found: dict[str, tuple[Recipe, ...]] = {}
        for name, resource in self._contract.resources.items() if place.value is True else ():
            node = document.node("components", "examples", resource.schema, "value")
            if isinstance(node.value, Mapping):
                written = Place(DataFile(document.source, None), node.pointer, node.value, place.problems)
                found[name] = (self._cookbook.pinned(written, resource),)
        return found

    def _pinned(self, name: str, records: Place) -> Iterator[Recipe]:
        resource, seen = self._contract.resources[name], set()
        for place in records.each():
            if isinstance(place.value, Mapping):
                steps = resource.model.key if resource.model else (resource.key,)
                is_beside = not (steps or resource.is_single)  # each such record is given a key of its own
                identity = value_at(place.value, steps) if resource.key and steps else name
                if not is_beside and (identity is None or str(identity) in seen):
                    what = "is missing" if identity is None else f"{shown(identity, 80)} is given twice"
                    place.complain(f"{resource.key} {what}", f"give each pinned record its own {resource.key}")
                seen.add(str(identity))
                yield self._cookbook.pinned(place, resource)

    def _cookable(self) -> list[str]:
        """The resources whose count was overridden and that there is a recipe for."""
        known = [name for name in self._override if name in self._contract.resources]
        return [name for name in known if self._contract.maker or self._cookbook.scope(name)]

    def _overridden(self, root: Place) -> None:
        for name in self._override:
            self._cooked(name, Place(DataFile("counts", None), f"/{name}", None, root.problems))

    def _cooked(self, name: str, place: Place) -> bool:
        """Whether records of ``name`` can be made: it is a resource, and there is a recipe."""
        if not self._known(name, place):
            return False
        if self._cookbook.scope(name) is None and self._contract.maker is None:
            place.complain(f"there is no recipe for {name}", f"add recipes/{name}.yaml")
            return False
        return True

    def _known(self, name: str, place: Place) -> bool:
        if name not in self._contract.resources:
            what = (
                "is a pool, which has no count" if self._cookbook.scope(name) else "is not a resource of the document"
            )
            place.complain(f"{quoted(name)} {what}", meant(name, self._contract.resources))
        return name in self._contract.resources


def _joined(
    first: Mapping[str, tuple[Recipe, ...]], more: Mapping[str, tuple[Recipe, ...]]
) -> dict[str, tuple[Recipe, ...]]:
    """Records written out here and there, by resource; of two with one id, the later one."""
    found = {name: (*first.get(name, ()), *more.get(name, ())) for name in {**first, **more}}
    return {name: tuple({one.known_by: one for one in all_}.values()) for name, all_ in found.items()}


def _whole(place: Place) -> int:
    """The number there; 0 of anything else, which the file's form refuses."""
    return place.value if isinstance(place.value, int) else 0


def _clock(place: Place, may_lack: bool) -> datetime:
    """The scenario's moment; any moment when there is none, and a problem unless the file ``may_lack`` it."""
    try:
        return read_datetime(place.value)
    except ValueError:  # what is there and is not a moment is told as a fault of the file's form
        if place.value is None and not may_lack:
            place.complain("is missing", "write a timestamp with a time zone, such as 2025-04-18T12:00:00Z")
        return MOMENT
