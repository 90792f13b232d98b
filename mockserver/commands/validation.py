"""All that can be checked before a start: documents, meanings, schemas, templates, every seeded record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mockserver.contract import Contract, Document, compile_contract, read_document
from mockserver.contract.openapi_validation import departures_of
from mockserver.contract.sources.document_sources import places
from mockserver.errors import Problem, SetupError, keeping
from mockserver.expressions import read_rules
from mockserver.handlers.document_templates import DocumentTemplates, needed_templates
from mockserver.inference import infer_contract
from mockserver.seeding import read_scenario
from mockserver.settings import Settings, stock_specs
from mockserver.store import Store
from mockserver.values.data_file import read_data_file
from mockserver.values.form import read_form
from mockserver.values.line_numbers import with_lines
from mockserver.values.shown import how_many
from mockserver.world import contract_of


def validate_all(settings: Settings, paths: Sequence[str]) -> Iterator[str]:
    """One line for each thing found good. Raises SetupError, at the end, with every problem of all of them.

    Several documents, or one with overlays, are validated as one world besides; scenarios are held to the documents
    that are named with them, else to that of ``settings``.
    """
    problems: list[Problem] = []
    documents: list[str] = []
    scenarios: list[Path] = []
    for named in paths or (*map(str, stock_specs()), str(settings.fixtures / "scenarios")):
        with keeping(problems):
            for file in _files(named):
                if isinstance(file, Path) and _is_scenario(file):
                    scenarios.append(file)
                else:
                    documents.append(str(file))
    good: list[str] = []
    for document in documents:
        with keeping(problems):
            yield _document(settings, document)
            good.append(document)
    chosen = replace(settings, spec=_one_or_all(good)) if good else settings
    if documents and (len(documents) > 1 or settings.overlays) and not problems:
        with keeping(problems):
            yield _together(chosen)
    for scenario in scenarios:
        with keeping(problems):
            yield _scenario(chosen, contract_of(chosen), scenario)
    if problems:
        raise SetupError(dict.fromkeys(problems))


def _one_or_all(documents: list[str]) -> str | tuple[str, ...]:
    return documents[0] if len(documents) == 1 else tuple(documents)


def _files(named: str) -> list[Path | str]:
    """What is named: a file, the YAML files of a folder, or a document at an address or below a prefix, as it is named.

    Raises SetupError when there is nothing.
    """
    path = Path(named)
    if path.is_dir() and (found := sorted([*path.glob("*.yaml"), *path.glob("*.yml")])):
        return [*found]
    if path.is_file():
        return [path]
    if places(named)[0].is_file:
        return [named]
    problem = "neither a file nor a folder of YAML files"
    raise SetupError([Problem(named, "", problem, "name a document or a scenario")])


def _is_scenario(file: Path) -> bool:
    """Whether the file is one, and not a document. Raises SetupError where it is neither."""
    content = read_data_file(file).value
    members = content if isinstance(content, dict) else {}
    if "openapi" in members or "swagger" in members:
        return False
    if members.keys() & read_form("scenario")["properties"].keys():
        return True
    problem = "is neither an OpenAPI document nor a scenario"
    remedy = "one begins with openapi: 3.1.0 or swagger: '2.0', the other says when its world begins, in clock: …"
    raise SetupError([Problem(str(file), "", problem, remedy)])


def _together(settings: Settings) -> str:
    """The documents as one, with all overlays."""
    contract = contract_of(settings)
    source = contract.document.source
    return f"{source}: together {_size(contract)}: good"


def _size(contract: Contract) -> str:
    operations, resources = len(list(contract.operations())), len(contract.resources)
    return f"{how_many(operations, 'operation')}, {how_many(resources, 'resource')}"


def _document(settings: Settings, file: str) -> str:
    document = read_document(file)
    if not document.is_annotated:
        return "\n".join(_inferred(document, file))
    if departing := departures_of(document):
        raise SetupError(departing)
    contract = compile_contract(document)
    contract.compile_all()
    read_rules(contract)
    DocumentTemplates(settings.fixtures / "templates").require(needed_templates(contract))
    return f"{file}: {_size(contract)}: good"


def _inferred(document: Document, file: str) -> Iterator[str]:
    """What a document without annotations gives; departures from the standard are told and stop nothing (N4)."""
    size = _size(infer_contract(document))
    warnings = dict.fromkeys([*document.warnings, *departures_of(read_document(file))])
    verdict = f"can be served, with {how_many(len(warnings), 'warning')}" if warnings else "good"
    yield f"{file}: {size}: {verdict}"
    yield from (str(replace(one, problem=f"warning: {one.problem}")) for one in with_lines(warnings))


def _scenario(settings: Settings, contract: Contract, file: Path) -> str:
    scenario = read_scenario(str(file), settings.fixtures, contract, scale=settings.scale)
    store, count = Store(contract.indexes, None, settings.max_tenants), 0
    for name in (*scenario.tenants, "a tenant of the template"):
        tenant = store.empty(name)
        scenario.fill(tenant)
        count += sum(tenant.sizes().values())
    return f"{file}: {how_many(len(scenario.tenants), 'tenant')}, {how_many(count, 'record')} seeded: good"
