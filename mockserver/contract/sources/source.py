"""Where a document comes from: one file or many, a path or an address, JSON or YAML, any version from 2.0 on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockserver.contract.document import Document, Node
from mockserver.contract.sources.bundling import Bundled, bundle, fetch, is_address, is_yaml
from mockserver.contract.sources.document_sources import DocumentPlace, Spec, places
from mockserver.contract.sources.schema_names import NAMES, point_to_names
from mockserver.errors import Problem, SetupError, keeping
from mockserver.garbage import uncollected
from mockserver.values.data_file import parse, problems_of, read_data_file
from mockserver.values.json_text import read_own
from mockserver.values.pointer import step_into
from mockserver.values.reasons import reason
from mockserver.values.yaml_faults import BadYaml

_LEAVES = re.compile(rb"""\$ref["']?\s*:\s*["']?[^#"'\s]""")
"""A reference to another file, in JSON or YAML."""


def read_document(spec: Spec, overlays: tuple[Path, ...] = ()) -> Document:
    """The document at a path or an http(s) address, as one of OpenAPI 3.1; ``overlays`` are applied first, in order.

    One of 3.1 with ``x-mock`` at its root is taken as it stands; every other is normalised. Several, or one below a
    prefix, are joined: an overlay that ``extends`` one of them changes that one, every other the whole. What overlays
    say that cannot be done is in the document's ``faults``. Raises SetupError when one cannot be read or is not an
    OpenAPI document, or when they do not go together.
    """
    found = places(spec)
    if len(found) == 1 and found[0].prefix is None:
        return _read(found[0].location, overlays)
    from mockserver.contract.sources.joining import join  # PERF: most serve one document

    own = {place: tuple(file for file in overlays if _extends(file, place)) for place in found}
    documents: list[tuple[DocumentPlace, Document]] = []
    problems: list[Problem] = []
    for place in found:
        with keeping(problems):
            documents.append((place, _read(place.location, own[place])))
    if problems:
        raise SetupError(dict.fromkeys(problems))
    joined = join(documents)
    if rest := tuple(file for file in overlays if not any(file in files for files in own.values())):
        from mockserver.contract.sources.overlay import overlaid  # PERF: its JSONPath takes 50 ms to import

        with keeping(problems):
            overlaid(joined.root, rest)
    joined.faults = (*(fault for _, document in documents for fault in document.faults), *problems)
    return joined


def proven_document(spec: Spec) -> Document:
    """The document at a path, or those at several, that ``is_as_written`` found good before, taken as they stand."""
    found = [(one, Document(read_own(Path(one.location).read_bytes()), one.location)) for one in places(spec)]
    if len(found) == 1:
        return found[0][1]
    from mockserver.contract.sources.joining import join  # PERF: as above

    return join(found)


def is_as_written(document: Document, spec: Spec) -> bool:
    """Whether the document is just what its file says in JSON, or what several say together."""
    try:
        return bool(proven_document(spec).root == document.root)
    except (OSError, ValueError):
        return False


def _extends(overlay: Path, place: DocumentPlace) -> bool:
    """Whether an overlay says that it is for that document. What is wrong with it is told when it is applied."""
    try:
        extends = step_into(read_data_file(overlay).value, "extends")
    except SetupError:
        return False
    if not isinstance(extends, str) or is_address(extends) or is_address(place.location):
        return bool(extends == place.location)
    document = Path(place.location).resolve()
    return document in (Path(extends).resolve(), (overlay.parent / extends).resolve())


_SELF = "name the address or file of the document itself, not that of a page which shows it"


def _read(source: str, overlays: tuple[Path, ...]) -> Document:
    try:
        content, found = fetch(source)
        if content.lstrip()[:1] == b"<":
            problem = "wanted an OpenAPI document in JSON or YAML, found a page in HTML or XML"
            raise SetupError([Problem(source, "", problem, _SELF)])
        root = _parsed(source, content)
    except FileNotFoundError:
        raise SetupError([Problem(source, "", "no such file", "name an OpenAPI document in JSON or YAML")]) from None
    except BadYaml as error:
        raise SetupError(problems_of(source, error)) from None
    except (OSError, ValueError) as error:
        raise SetupError([Problem(source, "", f"cannot be read: {reason(error)}", _remedy(source))]) from None
    _require_version(source, root)
    is_annotated = "x-mock" in root and not (isinstance(root["x-mock"], dict) and root["x-mock"].get("infer") is True)
    faults: list[Problem] = []
    if overlays:
        from mockserver.contract.sources.overlay import overlaid  # PERF: its JSONPath takes 50 ms to import

        with keeping(faults):
            overlaid(root, overlays)
    has_names = NAMES.search(content) is not None
    if has_names:
        point_to_names(root)
    bundled = bundle(root, found) if _LEAVES.search(content) else Bundled()
    if has_names or bundled.has_names:
        from mockserver.contract.sources.dynamic_references import bind  # PERF: few documents name schemas

        bind(root, source)
    if is_annotated and str(root.get("openapi")).startswith("3.1"):
        document = Document(root, source, files=bundled.files)
        document.faults = tuple(faults)
        return document
    from mockserver.contract.sources.normalising import normalise  # PERF: for documents of others only

    is_raised = "swagger" in root
    left_out = normalise(root)
    document = Document(root, source, is_annotated=is_annotated, is_raised=is_raised, files=bundled.files)
    document.warnings = tuple(document.problem(Node(at, None), problem, remedy) for at, problem, remedy in left_out)
    document.faults = tuple(faults)
    return document


def _remedy(source: str) -> str:
    return "make sure that it answers there" if is_address(source) else "correct the file"


def _parsed(source: str, content: bytes) -> Any:
    with uncollected():
        return parse(content, yaml=is_yaml(source, content))


_OTHERS: Mapping[str, str] = {
    "swaggerVersion": "one of Swagger 1", "asyncapi": "an AsyncAPI document", "arazzo": "an Arazzo document",
    "overlay": "an overlay", "_postman_id": "a Postman collection", "__schema": "a GraphQL schema",
}  # fmt: skip
"""What else describes APIs, by a member that it has at its root or in the first object there."""


def _described(root: Any) -> str:
    if isinstance(root, dict):
        first = next(iter(root.values()), None)
        members = {*root, *(first if isinstance(first, dict) else ())}
        return next((kind for member, kind in _OTHERS.items() if member in members), "no version")
    return "an empty file" if root is None else "a list" if isinstance(root, list) else "a plain value"


def _require_version(source: str, root: Any) -> None:
    found = root.get("openapi", root.get("swagger")) if isinstance(root, dict) else None
    if str(found).startswith(("2.", "3.0", "3.1", "3.2")):
        return
    problem = f"wanted an OpenAPI document of version 2.0, 3.0, 3.1 or 3.2, found {found or _described(root)}"
    remedy = "name an OpenAPI document; its first lines say openapi: 3.1.0 or swagger: '2.0'"
    raise SetupError([Problem(source, "/openapi", problem, remedy)])
