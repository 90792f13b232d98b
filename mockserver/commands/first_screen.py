"""What the first screen says of a document without annotations: how much is remembered, and a request that works."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import partial
from urllib.parse import quote

from mockserver.auth.authenticator import Mode
from mockserver.contract import Contract, Kind, Operation
from mockserver.contract.sources.paths_by_host import paths_by_host
from mockserver.values.curl import CurlHeader, curl_command
from mockserver.values.shown import how_many
from mockserver.world import World


def summary(contract: Contract) -> str | None:
    """``373 operations: 281 remembered, 78 from examples, 14 not understood``; None for an annotated document."""
    if not contract.is_inferred:
        return None
    total, _, shown, unknown = counted(contract)
    if not total:
        return f"{without_operations(contract)}; the docs show what it describes"
    parts = f"{total - shown - unknown} remembered, {shown} from examples, {unknown} not understood"
    return f"{how_many(total, 'operation')}: {parts} (mockserver routes --why)"


def without_operations(contract: Contract) -> str:
    """What a document has that has no operations: ``no operations: 2 webhooks, 1 schema``."""
    root, parts = contract.document.root, contract.document.root.get("components")
    schemas = parts.get("schemas") if isinstance(parts, dict) else None
    found = {"webhook": root.get("webhooks"), "schema": schemas}
    counts = {word: len(there) for word, there in found.items() if isinstance(there, dict) and there}
    listed = ", ".join(how_many(count, word) for word, count in counts.items())
    return f"no operations: {listed}" if listed else "no operations"


def placed(contract: Contract) -> Iterator[str]:
    """Where each of several documents is answered, unless that is the root for all of them."""
    parts = contract.document.parts
    for part in parts if any(part.prefixes != ("",) for part in parts) else ():
        prefixes = ", ".join(prefix or "/" for prefix in part.prefixes)
        yield f"{part.source} at {prefixes}: {how_many(len(part.paths), 'path')}"


def hosted(contract: Contract) -> Iterator[str]:
    """How many paths are answered under each host that the document names."""
    for host, paths in paths_by_host(contract.document, contract.paths).items():
        yield f"{host}: {how_many(len(paths), 'path')}"


def counted(contract: Contract) -> tuple[int, int, int, int]:
    """How many operations there are, how many are stubs and, of these, how many only show something or do more.

    What reads a list that a record holds keeps state.
    """
    operations = [one for one in contract.operations() if one.plan] if contract.is_inferred else []
    stubs = [one for one in operations if one.kind is Kind.STUB and not (one.plan and "within" in one.plan.words)]
    shown = sum(one.method in ("GET", "HEAD", "OPTIONS") for one in stubs)
    return len(operations), len(stubs), shown, len(stubs) - shown


def first_request(world: World, url: str) -> list[str]:
    """A curl that works as it stands: of a record that is there, else of a list, else of anything.

    Records that clients can make come first: what a document is about is among them, and its logs are not.
    """
    made = {one.resource.name for one in world.operations.values() if one.kind is Kind.CREATE}
    reads = [one for one in world.operations.values() if one.plan and one.method == "GET" and not _asks(one)]
    for operation in sorted(reads, key=partial(_rank, made)):
        if (path := _filled(world, operation)) is not None:
            return ["", *_curl(world, operation, f"{url}{path}")]
    return []


def _rank(made: Container[str], operation: Operation) -> tuple[bool, bool, int]:
    return operation.kind is not Kind.READ, operation.resource.name not in made, operation.path.count("/")


def _asks(operation: Operation) -> bool:
    """Whether it needs parameters beside those of its path."""
    assert operation.plan
    return any(one.required and one.location != "path" for one in operation.plan.parameters)


def _filled(world: World, operation: Operation) -> str | None:
    """The path with the key of a record that is there; None where that takes more than one parameter."""
    assert operation.plan
    if "{" not in operation.path:
        return operation.path
    if operation.path.count("{") == 1 and operation.kind is Kind.LIST:
        return _named(world, operation)
    key = operation.plan.key
    model = operation.resource.model
    if (
        operation.kind is not Kind.READ
        or key is None
        or (model is not None and model.beside)
        or operation.plan.scope
        or operation.path.count("{") != 1
    ):
        return None
    from mockserver.handlers.planned.addressing.places import key_of  # PERF: for documents without annotations only
    from mockserver.planting import begin

    tenant = world.store.tenant("default")
    begin(world, tenant, operation.resource)
    record = next(tenant[operation.resource.name].scan(), None)
    return operation.path.replace(f"{{{key}}}", quote(key_of(record.id), safe="")) if record else None


def _named(world: World, operation: Operation) -> str | None:
    """The path with the whole name of what is above, where the document shows how such names are made."""
    assert operation.plan
    name = world.contract.spanning.get(operation.path)
    taken = next((one for one in operation.plan.parameters if one.location == "path" and one.name == name), None)
    if taken is None:
        return None
    from mockserver.contract.samples.name_forms import shown_name  # PERF: as above

    shown = shown_name(operation.plan.maker.shapes, taken)
    return operation.path.replace(f"{{{name}}}", quote(shown)) if shown else None


def _curl(world: World, operation: Operation, address: str) -> Iterator[str]:
    """The command, with whatever credential the operation asks for."""
    assert operation.plan
    needs = operation.plan.needs if world.settings.auth is not Mode.OFF else ()
    headers = []
    for one in needs[0] if needs else ():
        if one.location == "query":
            address += f"{'&' if '?' in address else '?'}{one.name}=anything"
        elif one.location == "cookie":
            headers.append(CurlHeader("Cookie", f"{one.name}=anything"))
        else:
            word = {"basic": "Basic YW55OnRoaW5n", "apiKey": "anything"}.get(one.scheme, "Bearer anything")
            headers.append(CurlHeader(one.name, word))
    yield from curl_command(address, headers=[*dict.fromkeys(headers)], options=(), on_lines=True).splitlines()
