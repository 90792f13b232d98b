"""How values, parameters and credentials are written into a request whose document has no annotations."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from urllib3.filepost import encode_multipart_formdata

from mockserver.conformance.reporters.reproduction import basic
from mockserver.contract.document import Node
from mockserver.contract.plan import Credential, PlannedParameter
from mockserver.contract.schema_shape import Shapes

BOUNDARY = "mockserver-part"
"""What stands between the parts of a form: the same in every run."""


def text_of(value: Any) -> str:
    """A value as a parameter writes it: ``true`` and ``false``, a list with commas, an object as JSON."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(text_of, value))
    return value if isinstance(value, str) else json.dumps(value)


def flat(value: Any) -> list[str]:
    return [text_of(one) for one in value] if isinstance(value, list) else [text_of(value)]


def key_in_address(address: str | None, template: str) -> str:
    """What an address has where ``template``, the path of one record, has its last parameter, decoded.

    It may stand in the query by the parameter's name. Empty where the address is that of the collection, or none.
    """
    parts = urlsplit(address or "")
    *_, before, last = ["", "", *(unquote(one) for one in parts.path.rstrip("/").split("/"))]
    holder, _, named = template.rstrip("/").rpartition("{")
    name, _, ending = named.partition("}")
    if asked := dict(parse_qsl(parts.query)).get(name):
        return asked
    above, _, beginning = holder.rpartition("/")
    collection = "" if beginning else above.rpartition("/")[2]
    return "" if collection and last == collection != before else last.removeprefix(beginning).removesuffix(ending)


def is_file(shapes: Shapes, node: Node) -> bool:
    """Whether a member of a form is a file, or a list of files."""
    place = shapes.items(node) or node
    return shapes.says(place, "format") == "binary" or shapes.says(place, "contentMediaType") is not None


def multipart(media: str, body: Mapping[str, Any], files: Collection[str]) -> tuple[str, bytes]:
    """A form in parts and its media type: ``files`` with a name and bytes, everything else as text."""
    parts: list[tuple[str, Any]] = []
    for name, value in body.items():
        for text in flat(value):
            file = (f"{name}.txt", text, "application/octet-stream")
            parts.append((name, file if name in files else text))
    content, _ = encode_multipart_formdata(parts, BOUNDARY)
    return f"{media.partition(';')[0]}; boundary={BOUNDARY}", content


def query_pairs(one: PlannedParameter, value: Any) -> list[tuple[str, str]]:
    if one.is_json:
        return [(one.name, _compact(value))]
    if isinstance(value, list) and one.explode:
        return [(one.name, text_of(each)) for each in value]
    if isinstance(value, dict):
        is_deep = one.style == "deepObject"
        return [(f"{one.name}[{name}]" if is_deep else name, text_of(each)) for name, each in value.items()]
    return [(one.name, text_of(value))]


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def held_together(
    parameters: Collection[PlannedParameter], pairs: Collection[tuple[str, str]], as_typed: Callable[[Node, str], Any]
) -> list[tuple[str, str]]:
    """``pairs`` with those that are members of one parameter's JSON as that one, each of its type."""
    held = {one.name: one for one in parameters if one.holder}
    whole: dict[str, dict[str, Any]] = {}
    for name, text in pairs:
        if name in held:
            whole.setdefault(held[name].holder, {})[name] = as_typed(held[name].schema, text)
    return [pair for pair in pairs if pair[0] not in held] + [(name, _compact(one)) for name, one in whole.items()]


def way_of(needs: Sequence[tuple[Credential, ...]], token: str | None) -> tuple[Credential, ...]:
    """The alternative that a token can be shown as: Basic for a user and a password, another one for anything else.

    Where none is fitter than the others it is the first; none where nothing has to be shown.
    """
    is_pair = ":" in (token or "")
    fitting = (way for way in needs if any(one.scheme == "basic" for one in way) is is_pair)
    return next(fitting, needs[0] if needs else ())


def show(one: Credential, token: str, pairs: list[tuple[str, str]], headers: dict[str, str]) -> None:
    """Show the run's token as this credential."""
    if one.location == "query":
        pairs.append((one.name, token))
    elif one.location == "cookie":
        cookie(headers, one.name, token)
    elif one.scheme == "apiKey":
        headers[one.name] = token
    elif one.scheme == "basic":
        headers["Authorization"] = f"Basic {basic(token)}"
    else:
        headers["Authorization"] = f"Bearer {token}"


def cookie(headers: dict[str, str], name: str, value: str) -> None:
    pair = f"{name}={quote(value, safe='')}"
    headers["Cookie"] = f"{headers['Cookie']}; {pair}" if "Cookie" in headers else pair
