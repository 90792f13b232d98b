"""Makers of texts: each tells, of what an object is about, one of its words."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from mockserver.contract.samples.member_words import filled
from mockserver.contract.samples.subjects import Subject
from mockserver.contract.samples.thing_names import name_of, text_about

Make = Callable[[Subject], str]
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
    "The second of three, and the one that stayed.",
    "Worth a closer look when there is time.",
    "Everything is ready for the next step.",
)
_JOBS = ("Engineer", "Designer", "Teacher", "Baker", "Analyst", "Head of Sales", "Accountant", "Project Manager")
_HALF = 0.5
_BILLS = frozenset({"invoice", "bill", "quote", "estimate", "receipt"})
"""What is made of lines that say what was done."""


def phrase(about: Subject) -> str:
    return f"{about.random.choice(_ADJECTIVES)} {about.random.choice(_THINGS)}"


def thing(about: Subject) -> str:
    """What a thing of that kind is called."""
    return name_of(about.kind, about.random) if about.kind else phrase(about)


def title(about: Subject) -> str:
    """How a person is addressed, or what she does; else what a thing of that kind is called."""
    if about.is_doctor:
        return "Dr."
    if not about.is_person:
        return thing(about)
    return job(about) if about.is_employed else salutation(about)


def job(about: Subject) -> str:
    return about.random.choice(_JOBS)


def salutation(about: Subject) -> str:
    return "Ms" if about.person.is_woman else "Mr"


def sex(about: Subject) -> str:
    is_woman = about.person.is_woman if about.is_person else about.random.random() < _HALF
    return "female" if is_woman else "male"


def name(about: Subject) -> str:
    """A person's for a person, a company's for a company, else that of a thing of its kind."""
    if about.is_person:
        return about.person.full
    return company(about) if about.is_organization else thing(about)


def make(about: Subject) -> str:
    return about.car[0] if about.is_car else company(about)


def model(about: Subject) -> str:
    return about.car[1] if about.is_car else filled("AX-###", about.random)


def currency(about: Subject) -> str:
    """That of the country where one is told; else one for all, as a shop has."""
    return about.place.currency if about.is_placed else "EUR"


def full(about: Subject) -> str:
    """The person that the object is about, where it is about one, else somebody else."""
    return about.person.full if about.is_person else Subject(about.random).person.full


def other_login(about: Subject) -> str:
    """Whoever did something to the object: somebody else than whom it is about."""
    return Subject(about.random).person.login


def region(about: Subject) -> str:
    return about.place.region


def company(about: Subject) -> str:
    return f"{about.random.choice(_THINGS)} {about.random.choice(('Works', 'Partners', 'Foods', 'Labs', 'Supplies'))}"


def login(about: Subject) -> str:
    return about.person.login


def mail(about: Subject) -> str:
    return f"{about.person.login}@example.com"


def slug(about: Subject) -> str:
    return f"{phrase(about).replace(' ', '-').lower()}-{about.random.randrange(1, 1000)}"


def url(about: Subject) -> str:
    return f"https://example.com/{slug(about)}"


def image(about: Subject) -> str:
    return f"https://example.com/images/{slug(about)}.png"


def phone(about: Subject) -> str:
    return f"+1 555 01{digits(2, about.random)}"


def street(about: Subject) -> str:
    return f"{about.random.randrange(1, 200)} {about.random.choice(_THINGS)} Street"


def state(about: Subject) -> str:
    return about.place.region if about.is_address else about.random.choice(("active", "pending", "closed"))


def kind_word(about: Subject) -> str:
    if about.is_resource and about.noun:
        return about.noun
    return about.random.choice(("standard", "basic", "extended"))


def noun(about: Subject) -> str:
    return about.noun or kind_word(about)


def value(about: Subject) -> str:
    return money(about) if about.is_money else phrase(about)


def sentence(about: Subject) -> str:
    """What is said of a thing of that kind; of any other something that is true of most."""
    words = ("line", *about.nouns) if _BILLS & {*about.nouns} else about.nouns
    return text_about([*words, *(["person"] if about.is_person else [])], about.random) or about.random.choice(
        _SENTENCES
    )


def said(*kinds: str) -> Make:
    """A text of that kind, whatever it is about."""
    return lambda about: text_about(kinds, about.random)


def comment(about: Subject) -> str:
    return text_about([*about.nouns, "comment"], about.random)


def host(about: Subject) -> str:
    return f"{about.random.choice(_THINGS).lower()}.example.com"


def money(about: Subject) -> str:
    return f"{about.random.randrange(500, 50_000) / 100:.2f}"


def digits(count: int, random: Random) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def number(count: int) -> Make:
    return lambda about: str(about.random.randrange(10 ** (count - 1), 10**count))


def hexadecimal(count: int) -> Make:
    return lambda about: f"{about.random.getrandbits(count * 4):0{count}x}"


def one_of(*options: str) -> Make:
    return lambda about: about.random.choice(options)


def uuid(about: Subject) -> str:
    raw = f"{about.random.getrandbits(128):032x}"
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"
