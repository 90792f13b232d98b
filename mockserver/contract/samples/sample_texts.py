"""Texts that fit a field's name: a person where a person is meant, a town where a town is meant.

PERF: a few lists of our own; Faker would add 0.3 s to the first reply and 70 MB.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from mockserver.contract.samples.subjects import Subject, is_organization_word, is_person_word
from mockserver.values.name_words import words_of

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
_OF_ADDRESSES = frozenset({"address", "billing", "mailing", "postal", "home", "residence", "residential"})
"""Words before ``state`` that make it a part of a country."""
_DONE = ("ed", "written", "sent", "made")
"""What a word ends in that tells, before ``by``, what somebody did."""
_CLASSES = frozenset({"type", "kind", "object", "category", "class", "resource type", "object type", "role"})
"""Names whose example says more than a made text, for every record is of it."""


def is_known(name: str) -> bool:
    """Whether the name tells what a text is."""
    return _maker(words_of(name)) is not None


def is_class(name: str) -> bool:
    """Whether a member is called like one that tells what kind of thing its record is."""
    words = words_of(name)
    return bool(_CLASSES & {" ".join(words[-2:]), *words[-1:]})


def words_for(name: str, about: Subject) -> str:
    """A text for a field of that name; any other name gets an adjective and a thing."""
    make = _maker(words_of(name))
    return make(about) if make else _title(about)


def _maker(words: list[str]) -> Make | None:
    if words[-1:] == ["name"] and len(words) > 1 and " ".join(words[-2:]) not in _BY_NAME:
        if any(is_person_word(one) for one in words[:-1]):
            return _full
        if any(is_organization_word(one) for one in words[:-1]):
            return _company
    whole = " ".join(words[-2:])
    if words[-1:] == ["state"] and set(words[:-1]) & _OF_ADDRESSES:
        return _region
    if words[-1:] == ["by"] and len(words) > 1 and words[-2].endswith(_DONE):
        return _other_login
    if words and (found := _AT_THE_END.get(whole) or _AT_THE_END.get(words[-1])):
        return found
    return next((_BY_NAME[one] for one in (whole, *reversed(words)) if one in _BY_NAME), None)


def _title(about: Subject) -> str:
    return f"{about.random.choice(_ADJECTIVES)} {about.random.choice(_THINGS)}"


def _name(about: Subject) -> str:
    """A person's for a person, a company's for a company, else a title."""
    if about.is_person:
        return about.person.full
    return _company(about) if about.is_organization else _title(about)


def _full(about: Subject) -> str:
    """The person that the object is about, where it is about one, else somebody else."""
    return about.person.full if about.is_person else Subject(about.random).person.full


def _other_login(about: Subject) -> str:
    """Whoever did something to the object: somebody else than whom it is about."""
    return Subject(about.random).person.login


def _region(about: Subject) -> str:
    return about.place.region


def _company(about: Subject) -> str:
    return f"{about.random.choice(_THINGS)} {about.random.choice(('Works', 'Partners', 'Foods', 'Labs', 'Supplies'))}"


def _login(about: Subject) -> str:
    return about.person.login


def _mail(about: Subject) -> str:
    return f"{about.person.login}@example.com"


def _slug(about: Subject) -> str:
    return f"{_title(about).replace(' ', '-').lower()}-{about.random.randrange(1, 1000)}"


def _url(about: Subject) -> str:
    return f"https://example.com/{_slug(about)}"


def _image(about: Subject) -> str:
    return f"https://example.com/images/{_slug(about)}.png"


def _phone(about: Subject) -> str:
    return f"+1 555 01{_digits(2, about.random)}"


def _street(about: Subject) -> str:
    return f"{about.random.randrange(1, 200)} {about.random.choice(_THINGS)} Street"


def _state(about: Subject) -> str:
    return about.place.region if about.is_address else about.random.choice(("active", "pending", "closed"))


def _class(about: Subject) -> str:
    if about.is_resource and about.noun:
        return about.noun
    return about.random.choice(("standard", "basic", "extended"))


def _noun(about: Subject) -> str:
    return about.noun or _class(about)


def _value(about: Subject) -> str:
    return _money(about) if about.is_money else _title(about)


def _sentence(about: Subject) -> str:
    return about.random.choice(_SENTENCES)


def _host(about: Subject) -> str:
    return f"{about.random.choice(_THINGS).lower()}.example.com"


def _money(about: Subject) -> str:
    return f"{about.random.randrange(500, 50_000) / 100:.2f}"


def _digits(count: int, random: Random) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def _number(count: int) -> Make:
    return lambda about: str(about.random.randrange(10 ** (count - 1), 10**count))


def _hex(count: int) -> Make:
    return lambda about: f"{about.random.getrandbits(count * 4):0{count}x}"


def _one_of(*options: str) -> Make:
    return lambda about: about.random.choice(options)


def _uuid(about: Subject) -> str:
    raw = f"{about.random.getrandbits(128):032x}"
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


def _all(make: Make, *names: str) -> dict[str, Make]:
    return dict.fromkeys(names, make)


_BY_NAME: Mapping[str, Make] = {
    **_all(_name, "name", "display name", "displayname", "full name", "fullname", "nickname", "global name"),
    **_all(_title, "title", "headline", "topic", "subject", "model name", "label"),
    **_all(_full, "author", "owner", "creator", "assignee", "reviewer", "contact person", "cardholder"),
    **_all(_state, "status", "state", "state or"),
    **_all(_region, "province"),
    **_all(_class, "type", "kind"),
    **_all(_noun, "object", "object type", "resource type"),
    **_all(_one_of("general", "books", "tools", "travel"), "category", "genre"),
    **_all(_one_of("Engineer", "Designer", "Teacher", "Baker", "Analyst"), "job", "job title", "occupation",
           "position title", "profession", "designation"),
    **_all(_one_of("Sales", "Support", "Research", "Finance"), "department", "dept", "division"),
    **_all(_one_of("member", "editor", "admin"), "role"),
    **_all(_one_of("low", "medium", "high"), "priority", "severity", "importance"),
    **_all(_one_of("female", "male"), "gender", "sex"),
    **_all(_one_of("kg", "pcs", "hours"), "unit"),
    **_all(_one_of("application/pdf", "image/png", "text/plain"), "mime type", "mimetype", "content type",
           "media type"),
    **_all(lambda about: f"SKU-{_digits(5, about.random)}", "sku"),
    **_all(lambda _: "GB33BUKB20201555555555", "iban"),
    **_all(lambda _: "BUKBGB22XXX", "bic"),
    **_all(_mail, "email", "mail", "email address", "mail address"),
    **_all(lambda about: about.person.first, "first name", "firstname", "given name", "forename"),
    **_all(lambda about: about.person.last, "last name", "lastname", "surname", "family name"),
    **_all(_login, "username", "user name", "login", "screen name", "handle"),
    **_all(_slug, "slug", "key", "alias"),
    **_all(_host, "hostname", "domain", "host", "host name", "domain name", "fqdn"),
    **_all(_url, "url", "uri", "href", "link", "website", "homepage", "web address", "endpoint", "permalink",
           "site url"),
    **_all(_phone, "phone", "telephone", "mobile", "fax", "cell", "msisdn"),
    **_all(lambda about: about.place.city, "city", "town", "locality"),
    **_all(lambda about: about.place.code, "country", "country code", "nationality"),
    **_all(lambda about: about.place.country, "country name"),
    **_all(lambda about: about.place.region if about.is_address else about.random.choice(
        ("north", "south", "east", "west")), "region", "county"),
    **_all(lambda about: about.place.currency, "currency", "currency code"),
    **_all(lambda about: about.place.language, "language", "lang", "language code"),
    **_all(lambda about: f"{about.place.language}-{about.place.code}", "locale"),
    **_all(lambda about: about.place.zone, "timezone", "time zone", "tz"),
    **_all(lambda about: f"{about.place.latitude}", "latitude", "lat"),
    **_all(lambda about: f"{about.place.longitude}", "longitude", "lng", "lon"),
    **_all(_street, "street", "address", "line1", "line 1", "address1", "street address", "address line1"),
    **_all(lambda about: f"Flat {about.random.randrange(1, 40)}", "line2", "line 2", "address2", "apartment", "suite"),
    **_all(lambda about: _digits(5, about.random), "zip", "zipcode", "postcode", "post code", "postal code",
           "postalcode", "zip code"),
    **_all(_sentence, "description", "comment", "comments", "message", "note", "notes", "text", "body", "summary",
           "bio", "about", "content", "excerpt", "details", "reason", "remarks", "memo", "instructions", "subtitle",
           "caption"),
    **_all(_company, "company", "organization", "organisation", "vendor", "manufacturer", "supplier", "publisher"),
    **_all(lambda about: f"1.{about.random.randrange(10)}.{about.random.randrange(10)}", "version"),
    **_all(lambda about: f"192.0.2.{about.random.randrange(1, 255)}", "ip", "ip address", "ipaddress"),
    **_all(lambda about: ":".join(f"{about.random.randrange(256):02x}" for _ in range(6)), "mac", "mac address"),
    **_all(_hex(20), "token", "id", "secret", "nonce", "etag"),
    **_all(_hex(40), "hash", "sha", "sha1", "checksum", "fingerprint", "digest", "commit"),
    **_all(_hex(64), "sha256"),
    **_all(_hex(32), "md5"),
    **_all(_uuid, "uuid", "guid"),
    **_all(_number(6), "code", "serial number", "account number", "invoice number", "order number", "reference number",
           "serial"),
    **_all(_number(3), "house number", "extension number", "room number"),
}  # fmt: skip
"""What a word anywhere in a name tells, the last word first."""
_AT_THE_END: Mapping[str, Make] = {
    **_all(_money, "price", "amount", "cost", "balance", "subtotal", "fee", "total", "discount", "tax"),
    **_all(lambda about: f"{_slug(about)}.pdf", "filename", "file name", "file"),
    **_all(lambda about: f"/documents/{_slug(about)}", "path"),
    **_all(_image, "image", "avatar", "photo", "picture", "thumbnail", "logo", "image url", "avatar url", "photo url",
           "logo url", "picture url", "thumbnail url", "banner", "cover"),
    **_all(_one_of("red", "blue", "green", "orange", "teal"), "color", "colour"),
    **_all(_one_of("urgent", "new", "featured", "archive", "draft"), "tag", "keyword"),
    **_all(_value, "value"),
    **_all(_one_of("pdf", "png", "csv"), "extension", "file extension"),
    **_all(_phone, "phone number", "telephone number", "mobile number", "fax number", "contact number"),
    **_all(_number(6), "number"),
    **_all(_other_login, "user", "approver", "requester", "reporter", "uploader", "modifier"),
    **_all(_full, "manager", "recipient", "sender", "doctor", "teacher", "instructor", "speaker", "artist", "director",
           "composer", "patient", "supervisor", "beneficiary", "passenger", "candidate"),
}  # fmt: skip
"""What a word tells as the last of a name only: a ``balance_transaction`` is not a balance."""
