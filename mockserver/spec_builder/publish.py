"""Publishing: the parts in a folder become one OpenAPI document, as YAML for people and as JSON for a fast start."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from mockserver.contract.document import METHODS, Document, Node
from mockserver.contract.problems import Problems
from mockserver.contract.sources.selecting import needed_components
from mockserver.errors import Problem, SetupError
from mockserver.spec_builder.group import GroupPart, Piece, merged, object_pieces
from mockserver.spec_builder.lines import Tree
from mockserver.spec_builder.parts import FORMS, GROUP, MODULE_FORM, read_part
from mockserver.spec_builder.tables import coverage, functions, rules, told_in
from mockserver.values.json_text import read_own
from mockserver.values.shown import quoted

GROUPS = "resources"
YAML, JSON = "openapi.yaml", "openapi.json"
MODULE = "module.yaml"
"""The part that makes a folder a module: what its document says otherwise than the frame of the folder above."""
GUIDES = ("README.md", "RULES.md")
"""Texts for people that hold tables about the document, where they are there."""
HEAD = "# Built from the parts in this folder: change those, then run `mockserver publish`.\n"

Pieces: TypeAlias = Mapping[tuple[str, str, str], Any]
Result = TypeVar("Result")


def publish(parts: Path) -> Tree:
    """The document that the parts in the folder make. Raises SetupError listing everything wrong with them.

    A module takes what all groups share from the folder above, and has no component that it does not need.
    """
    is_module = (parts / MODULE).is_file()
    shared = parts.parent if is_module else parts
    found = sorted((parts / GROUPS).glob("*.yaml"))
    problems = Problems(Document({}, str(parts / GROUPS)))
    if not found:
        problems.add(Node("", None), "no groups", "write one, as README.md shows")
    forms = {**{shared / name: form for name, form in FORMS.items()}, **dict.fromkeys(found, GROUP)}
    forms |= {parts / MODULE: MODULE_FORM} if is_module else {}
    read = _all_of(problems, [partial(read_part, *file) for file in forms.items()])
    module = read.pop().root if is_module else {}
    frame, templates, blocks, objects, *said = read
    frame = _framed(frame, module)
    groups = [GroupPart(part, templates, blocks, module.get("module")) for part in said]
    steps: list[Callable[[], list[Piece]]] = [partial(_object_pieces, objects, templates)]
    steps += [group.pieces for group in groups]
    made = zip([objects, *said], _all_of(problems, steps), strict=True)
    pieces = {frame.source: _frame_pieces(frame), **{part.source: pieces for part, pieces in made}}
    document = _document(frame, _joined(pieces), templates.node("common", "response").value or {})
    document["tags"] += [group.tag() for group in groups]
    if is_module:
        document["components"] = _needed(document)
    _look_over(Document(document, str(parts / YAML)))
    return document


def _all_of(problems: Problems, steps: Iterable[Callable[[], Result]]) -> list[Result]:
    """What each step returns. Raises SetupError listing the problems of all that failed."""
    done = [problems.attempt(step) for step in steps]
    problems.raise_any()
    return [result for result in done if result is not None]


def parts_of(document: Path) -> Path | None:
    """The folder of the parts that a document is built from; None for one that nothing builds."""
    folder = document.parent
    is_built = document.name in (YAML, JSON) and (folder / GROUPS).is_dir()
    return folder if is_built and any((folder / name).is_file() for name in FORMS) else None


def to_yaml(document: Tree) -> str:
    import yaml  # PERF: only publishing needs it, and it takes 30 ms

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return HEAD + str(yaml.dump(document, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120))


def to_json(document: Tree) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def stale(parts: Path) -> list[str]:
    """The names of the published files that are not what would be built now. Raises SetupError."""
    return [name for name, text in _built(parts).items() if _text(parts / name) != text]


def write(parts: Path) -> None:
    """Build and write both files, and the tables in the guides; nothing when a part is wrong. Raises SetupError."""
    for name, text in _built(parts).items():
        (parts / name).write_text(text, encoding="utf-8")


def _built(parts: Path) -> dict[str, str]:
    document = publish(parts)
    modules = {folder.name: publish(folder) for folder in module_folders(parts)}
    tables = {
        "coverage": coverage(Document(document)),
        "rules": rules(Document(document)),
        "functions": functions(),
        "modules": _of_each(modules, coverage),
        "module rules": _of_each(modules, rules),
    }
    guides = {name: told_in(text, tables) for name in GUIDES if (text := _text(parts / name)) is not None}
    files = {"": document, **{f"{name}/": built for name, built in modules.items()}}
    texts = {
        f"{before}{file}": text(built)
        for before, built in files.items()
        for file, text in ((YAML, to_yaml), (JSON, to_json))
    }
    return {**texts, **guides}


def module_folders(parts: Path) -> list[Path]:
    """The folders of modules beside the parts."""
    return sorted(file.parent for file in parts.glob(f"*/{MODULE}"))


def _of_each(modules: Mapping[str, Tree], table: Callable[[Document], str]) -> str:
    return "\n".join(
        f"**{built['info']['title']}** (`{name}`)\n\n{table(Document(built))}" for name, built in modules.items()
    )


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


# Putting together.


def _frame_pieces(frame: Document) -> list[Piece]:
    kinds = frame.node("components").items()
    return [(("components", kind, name), node.value) for kind, named in kinds for name, node in named.items()]


def _framed(frame: Document, module: Tree) -> Document:
    """The frame with what a module says otherwise."""
    own = {word: value for word, value in module.items() if word != "module"}
    return Document({**frame.root, **own}, frame.source, text=frame.text)


def _needed(document: Tree) -> Tree:
    """The components that the paths lead to, and the security schemes."""
    components = document["components"]
    needed = needed_components(document["paths"], components)
    used = {
        kind: {name: one for name, one in named.items() if (kind, name) in needed} for kind, named in components.items()
    }
    used["securitySchemes"] = components.get("securitySchemes", {})
    return {kind: named for kind, named in used.items() if named}


def _object_pieces(objects: Document, templates: Document) -> list[Piece]:
    """The nested objects that groups share. Raises SetupError."""
    sources = {**(templates.node("sources").value or {}), **(objects.node("sources").value or {})}
    part = Document({**objects.root, "sources": sources}, objects.source, text=objects.text)
    problems = Problems(part)
    pieces = [*object_pieces(part, templates.node("shapes").value or {}, problems)]
    problems.raise_any()
    return pieces


def _document(frame: Document, pieces: Pieces, reply: Tree) -> Tree:
    """The frame with all pieces in their places, in order; what is common to replies under every one."""
    tree: Tree = {"paths": {}, "components": {}}
    for (top, name, below), value in sorted(pieces.items()):
        is_reply = (top, name) == ("components", "responses")
        tree[top].setdefault(name, {})[below] = merged(reply, value) if is_reply else value
    parameters = tree["components"].get("parameters", {})
    named = {name for path in tree["paths"] for name in re.findall(r"\{([^{}]+)\}", path)}
    shared = {name: value for name, value in parameters.items() if name in named}
    paths = {path: _path_item(path, verbs, shared) for path, verbs in tree["paths"].items()}
    rest = {name: value for name, value in frame.root.items() if name != "components"}
    components = {
        **tree["components"],
        "parameters": {name: value for name, value in parameters.items() if name not in shared},
    }
    whole = {**rest, "tags": [], "paths": paths, "components": components}
    document: Tree = _plain(read_own(json.dumps(whole)))  # so that no two places share a value
    return document


def _plain(value: Any) -> Any:
    """``value`` with each schema that is a reference and says more put as ``allOf``, which all tools read."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _plain(below) for name, below in value.items()}
    if isinstance(reference := made.get("$ref"), str) and len(made) > 1 and "/schemas/" in reference:
        return {"allOf": [{"$ref": reference}], **{name: below for name, below in made.items() if name != "$ref"}}
    return made


def _joined(made: Mapping[str, Sequence[Piece]]) -> Pieces:
    """All pieces by place. Raises SetupError when two different ones claim one."""
    joined: dict[tuple[str, str, str], tuple[str, Any]] = {}
    problems = []
    for source, pieces in made.items():
        for place, value in pieces:
            first, found = joined.setdefault(place, (source, value))
            if found != value:
                problem = (
                    f"is described differently in {first}" if first != source else "is described twice, differently"
                )
                problems.append(Problem(source, "", f"{' '.join(place)} {problem}", "give one of them another name"))
    if problems:
        raise SetupError(problems)
    return {place: value for place, (_, value) in joined.items()}


def _path_item(path: str, verbs: Tree, shared: Tree) -> Tree:
    """Methods in OpenAPI's order, after the shared parameters that the path names, written out.

    One that an operation has a word of its own for is written in each of the others: generators take both to be its.
    """
    names = [name for name in re.findall(r"\{([^{}]+)\}", path) if name in shared]
    own = {method: {one.get("name") for one in verb.get("parameters", ())} for method, verb in verbs.items()}
    apart = [name for name in names if any(name in stated for stated in own.values())]
    parameters = [shared[name] for name in names if name not in apart]
    methods = {
        method: _with_parameters(verbs[method], [shared[name] for name in apart if name not in own[method]])
        for method in METHODS
        if method in verbs
    }
    return {**({"parameters": parameters} if parameters else {}), **methods}


def _with_parameters(verb: Tree, before: list[Any]) -> Tree:
    """An operation with parameters before its own."""
    return {**verb, "parameters": [*before, *verb.get("parameters", ())]} if before else verb


# Looking over.


def _look_over(document: Document) -> None:
    """Raises SetupError for references and links that lead nowhere and for operationIds that are not unique."""
    problems = Problems(document)
    for node in _walk(document.node()):
        problems.attempt(partial(document.follow, node))
    operations = [node for _, item in document.node("paths").items() for verb, node in item.items() if verb in METHODS]
    ids = Counter(node.child("operationId").value for node in operations)
    for node in operations:
        name = node.child("operationId").value
        if name is None or ids[name] > 1:
            problems.add(node, f"operationId {quoted(name)} is used more than once", "give each operation a unique one")
    for name, link in document.node("components", "links").items():
        if link.child("operationId").value not in ids:
            problems.add(link, f"the link {name} leads to an unknown operation", "add the operation, or drop the link")
    problems.raise_any()


def _walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node.value, Mapping | list):
        for step in range(len(node.value)) if isinstance(node.value, list) else node.value:
            yield from _walk(node.child(step))
