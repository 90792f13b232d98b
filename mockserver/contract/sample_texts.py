"""Texts that fit a field's name: a person where a person is meant, a town where a town is meant.

PERF: a few lists of our own; Faker would add 0.3 s to the first reply and 70 MB.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

_FIRST = (
    "Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Niklaus", "Radia", "Tim", "Margaret",
    "Katherine", "Dennis", "Karen", "Ken", "Mary", "John", "Evelyn", "Leslie", "Joan", "Hedy", "Annie", "Claude",
    "Dorothy", "Guido", "Shafi",
)  # fmt: skip
_LAST = (
    "Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Allen", "Wirth", "Perlman", "Lee", "Hamilton",
    "Johnson", "Ritchie", "Thompson", "Jackson", "Backus", "Lamport", "Clarke", "Lamarr", "Easley", "Shannon",
    "Vaughan", "Hoare", "Goldwasser", "Perlis", "Milner",
)  # fmt: skip
_TOWNS = (
    "London", "Zurich", "Vienna", "Boston", "Toronto", "Lisbon", "Oslo", "Kyoto", "Sydney", "Nairobi", "Porto",
    "Bergen", "Utrecht", "Leeds", "Graz", "Lyon", "Turin", "Krakow", "Tartu", "Quebec", "Austin", "Osaka",
    "Perth", "Bogota", "Accra", "Galway",
)  # fmt: skip
_THINGS = (
    "Harbour", "Lantern", "Meadow", "Orchard", "Compass", "Summit", "Canyon", "Willow", "Beacon", "River",
    "Anchor", "Bridge", "Garden", "Market", "Mill", "Station", "Valley", "Tower", "Island", "Forest", "Cabin",
    "Pier", "Workshop", "Library", "Kitchen", "Atlas",
)  # fmt: skip
_ADJECTIVES = (
    "Quiet", "Bright", "Northern", "Silver", "Gentle", "Golden", "Swift", "Hidden", "Early", "Amber", "Blue",
    "Open", "Little", "Old", "New", "Green", "Clear", "Grand", "Warm", "Cosy", "Distant", "Sunny", "Busy",
    "Plain", "Royal", "Steady",
)  # fmt: skip
_SENTENCES = (
    "Checked twice before it was sent.",
    "Left as it was agreed last week.",
    "To be looked at again in spring.",
    "Small, but it does what it promises.",
    "Asked for by the people who use it.",
)
_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")


_PEOPLE = frozenset(
    {"passenger", "customer", "contact", "person", "guest", "patient", "client", "cardholder", "holder", "sender",
    "recipient", "buyer"}
)  # fmt: skip
"""Before ``name`` these say that it is a person's."""


def is_known(name: str) -> bool:
    """Whether the name tells what a text is."""
    return _maker(name) is not None


def words_for(name: str, random: Random) -> str:
    """A text for a field of that name; any other name gets an adjective and a thing."""
    if make := _maker(name):
        return make(random)
    return f"{random.choice(_ADJECTIVES)} {random.choice(_THINGS)}"


def _maker(name: str) -> Callable[[Random], str] | None:
    pieces = [piece.lower() for piece in _SPLIT.split(name) if piece]
    if pieces[-1:] == ["name"] and set(pieces) & _PEOPLE:
        return _person
    return next((_BY_NAME[one] for one in (" ".join(pieces[-2:]), *reversed(pieces)) if one in _BY_NAME), None)


def _person(random: Random) -> str:
    return f"{random.choice(_FIRST)} {random.choice(_LAST)}"


def _login(random: Random) -> str:
    return f"{random.choice(_FIRST)}.{random.choice(_LAST)}{random.randrange(1, 100)}".lower()


def _slug(random: Random) -> str:
    return f"{random.choice(_ADJECTIVES)}-{random.choice(_THINGS)}-{random.randrange(1, 1000)}".lower()


def _digits(count: int, random: Random) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


_BY_NAME: Mapping[str, Callable[[Random], str]] = {
    "name": lambda random: f"{random.choice(_ADJECTIVES)} {random.choice(_THINGS)}",
    "title": lambda random: f"{random.choice(_ADJECTIVES)} {random.choice(_THINGS)}",
    "status": lambda random: random.choice(("active", "pending", "closed")),
    "state": lambda random: random.choice(("active", "pending", "closed")),
    "type": lambda random: random.choice(("standard", "basic", "extended")),
    "kind": lambda random: random.choice(("standard", "basic", "extended")),
    "category": lambda random: random.choice(("general", "books", "tools", "travel")),
    "job": lambda random: random.choice(("Engineer", "Designer", "Teacher", "Baker")),
    "gender": lambda random: random.choice(("female", "male")),
    "sku": lambda random: f"SKU-{_digits(5, random)}",
    "iban": lambda _: "GB33BUKB20201555555555",
    "region": lambda random: random.choice(("north", "south", "east", "west")),
    "email": lambda random: f"{_login(random)}@example.com",
    "mail": lambda random: f"{_login(random)}@example.com",
    "first name": lambda random: random.choice(_FIRST),
    "firstname": lambda random: random.choice(_FIRST),
    "given name": lambda random: random.choice(_FIRST),
    "last name": lambda random: random.choice(_LAST),
    "lastname": lambda random: random.choice(_LAST),
    "surname": lambda random: random.choice(_LAST),
    "family name": lambda random: random.choice(_LAST),
    "full name": _person,
    "display name": _person,
    "author": _person,
    "owner": _person,
    "username": _login,
    "user name": _login,
    "login": _login,
    "slug": _slug,
    "hostname": lambda _: "www.example.com",
    "domain": lambda _: "example.com",
    "url": lambda random: f"https://example.com/{_slug(random)}",
    "uri": lambda random: f"https://example.com/{_slug(random)}",
    "href": lambda random: f"https://example.com/{_slug(random)}",
    "website": lambda _: "https://example.com",
    "link": lambda random: f"https://example.com/{_slug(random)}",
    "phone": lambda random: f"+1 555 01{_digits(2, random)}",
    "telephone": lambda random: f"+1 555 01{_digits(2, random)}",
    "mobile": lambda random: f"+1 555 01{_digits(2, random)}",
    "city": lambda random: random.choice(_TOWNS),
    "town": lambda random: random.choice(_TOWNS),
    "country": lambda _: "GB",
    "country code": lambda _: "GB",
    "currency": lambda _: "EUR",
    "language": lambda _: "en",
    "locale": lambda _: "en-GB",
    "timezone": lambda _: "Europe/London",
    "time zone": lambda _: "Europe/London",
    "street": lambda random: f"{random.randrange(1, 200)} {random.choice(_THINGS)} Street",
    "address": lambda random: f"{random.randrange(1, 200)} {random.choice(_THINGS)} Street",
    "zip": lambda random: _digits(5, random),
    "postcode": lambda random: _digits(5, random),
    "postal code": lambda random: _digits(5, random),
    "postalcode": lambda random: _digits(5, random),
    "description": lambda random: random.choice(_SENTENCES),
    "comment": lambda random: random.choice(_SENTENCES),
    "message": lambda random: random.choice(_SENTENCES),
    "note": lambda random: random.choice(_SENTENCES),
    "notes": lambda random: random.choice(_SENTENCES),
    "text": lambda random: random.choice(_SENTENCES),
    "body": lambda random: random.choice(_SENTENCES),
    "summary": lambda random: random.choice(_SENTENCES),
    "company": lambda random: f"{random.choice(_THINGS)} Works",
    "organization": lambda random: f"{random.choice(_THINGS)} Works",
    "color": lambda _: "blue",
    "version": lambda random: f"1.{random.randrange(10)}.{random.randrange(10)}",
    "ip": lambda random: f"192.0.2.{random.randrange(1, 255)}",
    "token": lambda random: f"{random.getrandbits(80):020x}",
    "hash": lambda random: f"{random.getrandbits(160):040x}",
    "sha": lambda random: f"{random.getrandbits(160):040x}",
    "id": lambda random: f"{random.getrandbits(80):020x}",
    "key": _slug,
    "code": lambda random: _digits(6, random),
}
