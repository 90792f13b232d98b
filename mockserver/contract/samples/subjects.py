"""What one made object is about: one person and one place for all of its members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import NamedTuple

from mockserver.contract.samples.member_words import car
from mockserver.contract.samples.thing_names import kind_of
from mockserver.values.name_words import flat, singular, words_of

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
_WOMEN = frozenset(
    {"Ada", "Grace", "Barbara", "Frances", "Radia", "Margaret", "Katherine", "Karen", "Mary", "Evelyn", "Joan", "Hedy",
     "Annie", "Dorothy", "Shafi"}
)  # fmt: skip
_PLACES = (
    ("London", "Greater London", "GB", "United Kingdom", "Europe/London", "en", "GBP", 51.51, -0.13),
    ("Leeds", "West Yorkshire", "GB", "United Kingdom", "Europe/London", "en", "GBP", 53.8, -1.55),
    ("Zurich", "Zurich", "CH", "Switzerland", "Europe/Zurich", "de", "CHF", 47.38, 8.54),
    ("Vienna", "Vienna", "AT", "Austria", "Europe/Vienna", "de", "EUR", 48.21, 16.37),
    ("Graz", "Styria", "AT", "Austria", "Europe/Vienna", "de", "EUR", 47.07, 15.44),
    ("Boston", "Massachusetts", "US", "United States", "America/New_York", "en", "USD", 42.36, -71.06),
    ("Austin", "Texas", "US", "United States", "America/Chicago", "en", "USD", 30.27, -97.74),
    ("Toronto", "Ontario", "CA", "Canada", "America/Toronto", "en", "CAD", 43.65, -79.38),
    ("Quebec", "Quebec", "CA", "Canada", "America/Toronto", "fr", "CAD", 46.81, -71.21),
    ("Lisbon", "Lisbon", "PT", "Portugal", "Europe/Lisbon", "pt", "EUR", 38.72, -9.14),
    ("Porto", "Porto", "PT", "Portugal", "Europe/Lisbon", "pt", "EUR", 41.15, -8.61),
    ("Oslo", "Oslo", "NO", "Norway", "Europe/Oslo", "no", "NOK", 59.91, 10.75),
    ("Bergen", "Vestland", "NO", "Norway", "Europe/Oslo", "no", "NOK", 60.39, 5.32),
    ("Utrecht", "Utrecht", "NL", "Netherlands", "Europe/Amsterdam", "nl", "EUR", 52.09, 5.12),
    ("Lyon", "Auvergne-Rhone-Alpes", "FR", "France", "Europe/Paris", "fr", "EUR", 45.76, 4.84),
    ("Turin", "Piedmont", "IT", "Italy", "Europe/Rome", "it", "EUR", 45.07, 7.69),
    ("Krakow", "Lesser Poland", "PL", "Poland", "Europe/Warsaw", "pl", "PLN", 50.06, 19.94),
    ("Kyoto", "Kyoto", "JP", "Japan", "Asia/Tokyo", "ja", "JPY", 35.01, 135.77),
    ("Sydney", "New South Wales", "AU", "Australia", "Australia/Sydney", "en", "AUD", -33.87, 151.21),
    ("Galway", "Connacht", "IE", "Ireland", "Europe/Dublin", "en", "EUR", 53.27, -9.06),
)  # fmt: skip
_PEOPLE = frozenset(
    {"person", "people", "user", "member", "contact", "customer", "patient", "author", "employee", "guest", "passenger",
     "creator", "assignee", "sender", "recipient", "participant", "attendee", "driver", "doctor",
     "teacher", "student", "candidate", "worker", "coach", "vet", "manager", "admin", "buyer", "seller", "cardholder",
     "beneficiary", "owner", "reviewer", "reporter", "editor", "artist", "speaker", "practitioner",
     "guardian", "trainer", "instructor", "lecturer", "nurse", "therapist", "pilot", "landlord", "pupil", "applicant",
     "mentor", "holder", "requester", "approver", "staff", "friend", "player", "actor", "director"}
)  # fmt: skip
"""What people are called, in records and before ``name``."""
_ORGANIZATIONS = frozenset(
    {"company", "organization", "organisation", "org", "business", "merchant", "supplier", "vendor", "employer",
     "store", "shop", "brand", "manufacturer", "publisher", "carrier", "bank", "agency", "enterprise", "institution"}
)  # fmt: skip
_GROUPS = frozenset(
    {"team", "group", "list", "event", "location", "venue", "restaurant", "hotel", "clinic", "hospital", "school",
     "branch", "project", "workspace", "site", "office", "department", "domain", "setting", "label", "channel", "queue"}
)  # fmt: skip
"""What has an e-mail address and is nobody."""
_OF_PEOPLE = frozenset(
    {"firstname", "lastname", "givenname", "familyname", "surname", "username", "jobtitle", "lastlogin", "lastloginat"}
)
"""Members that only people have."""
_OF_ADDRESSES = frozenset(
    {"city", "town", "street", "zip", "zipcode", "postalcode", "postcode", "line1", "address1", "addressline1",
     "streetaddress", "country", "countrycode"}
)  # fmt: skip


class Someone(NamedTuple):
    first: str
    last: str
    number: int

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def is_woman(self) -> bool:
        return self.first in _WOMEN

    @property
    def login(self) -> str:
        return f"{self.first}.{self.last}{self.number}".lower()


class Somewhere(NamedTuple):
    city: str
    region: str
    code: str
    country: str
    zone: str
    language: str
    currency: str
    latitude: float
    longitude: float


@dataclass(slots=False)
class Subject:
    """One object that is being made: ``called`` are words for it, ``members`` the names of its members.

    PERF: nothing is told or drawn before a member asks for it.
    """

    random: Random
    called: tuple[str, ...] = ()
    members: Iterable[str] = field(default=(), repr=False)

    @cached_property
    def person(self) -> Someone:
        return Someone(self.random.choice(_FIRST), self.random.choice(_LAST), self.random.randrange(1, 100))

    @property
    def is_somebody(self) -> bool:
        """Whether it is told who the person is: what a record is called by in addresses is drawn before the rest."""
        return "person" in self.__dict__

    @cached_property
    def place(self) -> Somewhere:
        return Somewhere(*self.random.choice(_PLACES))

    @cached_property
    def is_person(self) -> bool:
        return not self.is_organization and (
            any(set(words) & _PEOPLE and words[-1] in (_PEOPLE | _LOOSE) for words in self._words)
            or bool(self._flat & _OF_PEOPLE)
            or ("email" in self._flat and not any(words[-1] in _GROUPS for words in self._words))
        )

    @cached_property
    def is_organization(self) -> bool:
        return any(words[-1] in _ORGANIZATIONS for words in self._words)

    @property
    def is_links(self) -> bool:
        """Whether it is where HAL and JSON:API keep links."""
        return bool({"links", "_links"} & set(self.called))

    @cached_property
    def car(self) -> tuple[str, str]:
        """Who makes it and what it is called, where it is a car."""
        return car(self.random)

    @cached_property
    def is_car(self) -> bool:
        return any(set(words) & _CARS for words in self._words) or {"make", "model"} <= self._flat

    @cached_property
    def is_doctor(self) -> bool:
        return bool(self._flat & {"specialty", "speciality", "specialization"}) or self._is_called(_DOCTORS)

    @cached_property
    def is_employed(self) -> bool:
        return bool(
            self._flat & {"company", "companyname", "department", "organization", "employeenumber", "managerid"}
        )

    @cached_property
    def is_placed(self) -> bool:
        """Whether it says in which country it is."""
        return bool(self._flat & {"country", "countrycode", "countryname", "city", "locale", "timezone"})

    @cached_property
    def kind(self) -> str:
        """Which kind of thing it is, where there are names for those; empty where not."""
        return kind_of(self.nouns)

    @cached_property
    def nouns(self) -> list[str]:
        """The words that it is called by, the surest first, each in the singular."""
        return [one for words in self._words for one in reversed(words) if one not in _LOOSE]

    def _is_called(self, wanted: frozenset[str]) -> bool:
        return any(set(words) & wanted for words in self._words)

    @cached_property
    def is_money(self) -> bool:
        return bool({"currency", "currencycode"} & self._flat)

    @cached_property
    def noun(self) -> str:
        """What records say of themselves in ``type`` or ``object``: ``line_item``; empty where nothing tells."""
        names = [one.rpartition(".")[2] for one in self.called]
        return next(("_".join(words) for one in reversed(names) if (words := [*map(singular, words_of(one))])), "")

    @cached_property
    def is_resource(self) -> bool:
        """Whether it is a record in the way of JSON:API, whose ``type`` is what it is called."""
        return "attributes" in self._flat

    @cached_property
    def is_address(self) -> bool:
        return len(self._flat & _OF_ADDRESSES) > 1

    @cached_property
    def _words(self) -> list[list[str]]:
        return [words for one in self.called if (words := [singular(word) for word in words_of(one)])]

    @cached_property
    def _flat(self) -> set[str]:
        return {flat(one) for one in self.members}


_CARS = frozenset({"car", "vehicle", "automobile"})
_DOCTORS = frozenset({"doctor", "physician", "practitioner", "surgeon", "dentist", "vet", "professor"})
_LOOSE = frozenset({"response", "dto", "model", "out", "read", "public", "detail", "summary", "schema", "resource",
                    "reference", "ref", "info", "data", "view", "entity", "object", "simple", "compact", "base", "full",
                    "profile", "by"})  # fmt: skip
"""Words that stand behind the noun in names of schemas: ``UserResponse``, ``simple-user``, ``created_by``."""


def is_person_word(word: str) -> bool:
    return word in _PEOPLE


def is_organization_word(word: str) -> bool:
    return word in _ORGANIZATIONS
