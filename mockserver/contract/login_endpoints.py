"""What the document says of logging in: whose records are the persons, and where the endpoints are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mockserver.contract.document import Node
from mockserver.contract.problems import Problems
from mockserver.contract.resource import Resource
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant

PATHS: Mapping[str, str] = MappingProxyType(
    {
        "token": "/oauth/token",
        "revoke": "/oauth/revoke",
        "authorize": "/authorize",
        "userinfo": "/userinfo",
        "logout": "/v2/logout",
    }
)
"""Where the endpoints are unless the document says otherwise."""
FIELDS = ("email", "name", "given_name", "family_name")
"""What a person's record may tell, each the name of a field."""


@dataclass(frozen=True, slots=True)
class Login:
    """``people`` is the resource whose records may log in (None: nobody is on record); ``fields`` says which field
    of a record is the person's ``email``, ``name`` …; ``paths`` where the endpoints are."""

    people: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=lambda: PATHS)


def read_login(place: Node, resources: Mapping[str, Resource], problems: Problems) -> Login:
    """The words of ``login``, which are of the form ``x_mock_security``: persons, their fields, the paths."""
    words = place.value
    if words is None:
        return Login()
    people = _people(words.get("people"), resources)
    paths = MappingProxyType({**PATHS, **(words.get("paths") or {})})
    if people not in resources and isinstance(words.get("people"), list) and ":" in "".join(words["people"]):
        return Login(paths=paths)  # people are kept by modules that are not served
    if people is not None and people not in resources:
        problems.add(place.child("people"), f"unknown resource {quoted(people)}", meant(str(people), resources))
        return Login()
    fields = {word: words[word] for word in FIELDS if word in words}
    for word, name in fields.items():
        if people is None or name not in resources[people].fields:
            known = resources[people].fields if people else ()
            problems.add(place.child(word), f"unknown field {quoted(name)}", meant(str(name), known))
    return Login(people, fields, paths)


def _people(people: str | list[str] | None, resources: Mapping[str, Resource]) -> str | None:
    """The resource of that name or, of several, the first that the document has; another module's by its whole name."""
    names = [people] if isinstance(people, str) else people or ()
    whole = {one.whole_name: name for name, one in resources.items()}
    found = [whole.get(name, name) for name in names]
    return next((name for name in found if name in resources), found[-1] if found else None)
