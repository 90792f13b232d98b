"""Texts that fit a field's name: a person where a person is meant, a town where a town is meant.

PERF: a few lists of our own; Faker would add 0.3 s to the first reply and 70 MB.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract.samples import text_makers as makers
from mockserver.contract.samples.member_words import ean, iban, isbn, word_for
from mockserver.contract.samples.subjects import Subject, is_organization_word, is_person_word
from mockserver.values.name_words import words_of

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
    words = words_of(name)
    if said := word_for(words, about.nouns, about.random):
        return said
    make = _maker(words)
    return make(about) if make else makers.phrase(about)


def _maker(words: list[str]) -> makers.Make | None:
    if words[-1:] == ["name"] and len(words) > 1 and " ".join(words[-2:]) not in _BY_NAME:
        if any(is_person_word(one) for one in words[:-1]):
            return makers.full
        if any(is_organization_word(one) for one in words[:-1]):
            return makers.company
    whole = " ".join(words[-2:])
    if words[-1:] == ["state"] and set(words[:-1]) & _OF_ADDRESSES:
        return makers.region
    if words[-1:] == ["by"] and len(words) > 1 and words[-2].endswith(_DONE):
        return makers.other_login
    if words and (found := _AT_THE_END.get(whole) or _AT_THE_END.get(words[-1])):
        return found
    return next((_BY_NAME[one] for one in (whole, *reversed(words)) if one in _BY_NAME), None)


def _all(make: makers.Make, *names: str) -> dict[str, makers.Make]:
    return dict.fromkeys(names, make)


_BY_NAME: Mapping[str, makers.Make] = {
    **_all(makers.name, "name", "display name", "displayname", "full name", "fullname", "nickname", "global name"),
    **_all(makers.title, "title", "headline"),
    **_all(makers.thing, "topic", "subject", "label"),
    **_all(makers.salutation, "salutation", "honorific", "prefix name", "name prefix"),
    **_all(makers.model, "model", "model name"),
    **_all(makers.make, "make"),
    **_all(makers.full, "author", "owner", "creator", "assignee", "reviewer", "contact person", "cardholder"),
    **_all(makers.state, "status", "state", "state or"),
    **_all(makers.region, "province"),
    **_all(makers.kind_word, "type", "kind"),
    **_all(makers.noun, "object", "object type", "resource type"),
    **_all(makers.one_of("general", "books", "tools", "travel"), "category", "genre"),
    **_all(makers.job, "job", "job title", "occupation", "position title", "profession", "designation"),
    **_all(makers.one_of("Sales", "Support", "Research", "Finance"), "department", "dept", "division"),
    **_all(makers.one_of("member", "editor", "admin"), "role"),
    **_all(makers.one_of("low", "medium", "high"), "priority", "severity", "importance"),
    **_all(makers.sex, "gender", "sex"),
    **_all(makers.one_of("kg", "pcs", "hours"), "unit"),
    **_all(makers.one_of("application/pdf", "image/png", "text/plain"), "mime type", "mimetype", "content type",
           "media type"),
    **_all(lambda about: f"SKU-{makers.digits(5, about.random)}", "sku"),
    **_all(lambda about: iban(about.random), "iban"),
    **_all(lambda _: "BUKBGB22XXX", "bic"),
    **_all(makers.mail, "email", "mail", "email address", "mail address"),
    **_all(lambda about: about.person.first, "first name", "firstname", "given name", "forename"),
    **_all(lambda about: about.person.last, "last name", "lastname", "surname", "family name"),
    **_all(makers.login, "username", "user name", "login", "screen name", "handle"),
    **_all(makers.slug, "slug", "key", "alias"),
    **_all(makers.host, "hostname", "domain", "host", "host name", "domain name", "fqdn"),
    **_all(makers.url, "url", "uri", "href", "link", "website", "homepage", "web address", "endpoint", "permalink",
           "site url"),
    **_all(makers.phone, "phone", "telephone", "mobile", "fax", "cell", "msisdn"),
    **_all(lambda about: about.place.city, "city", "town", "locality"),
    **_all(lambda about: about.place.code, "country", "country code", "nationality"),
    **_all(lambda about: about.place.country, "country name"),
    **_all(lambda about: about.place.region if about.is_address else about.random.choice(
        ("north", "south", "east", "west")), "region", "county"),
    **_all(makers.currency, "currency", "currency code"),
    **_all(lambda about: isbn(about.random), "isbn", "isbn13"),
    **_all(lambda about: ean(about.random), "ean", "gtin", "barcode", "upc"),
    **_all(lambda about: about.place.language, "language", "lang", "language code"),
    **_all(lambda about: f"{about.place.language}-{about.place.code}", "locale"),
    **_all(lambda about: about.place.zone, "timezone", "time zone", "tz"),
    **_all(lambda about: f"{about.place.latitude}", "latitude", "lat"),
    **_all(lambda about: f"{about.place.longitude}", "longitude", "lng", "lon"),
    **_all(makers.street, "street", "address", "line1", "line 1", "address1", "street address", "address line1"),
    **_all(lambda about: f"Flat {about.random.randrange(1, 40)}", "line2", "line 2", "address2", "apartment", "suite"),
    **_all(lambda about: makers.digits(5, about.random), "zip", "zipcode", "postcode", "post code", "postal code",
           "postalcode", "zip code"),
    **_all(makers.sentence, "description", "text", "body", "summary", "content", "excerpt", "details", "reason",
           "instructions", "subtitle", "caption"),
    **_all(makers.said("note"), "note", "notes", "remarks", "memo"),
    **_all(makers.said("message"), "message"),
    **_all(makers.comment, "comment", "comments"),
    **_all(makers.said("person"), "bio", "about", "biography"),
    **_all(makers.company, "company", "organization", "organisation", "vendor", "manufacturer", "supplier",
        "publisher"),
    **_all(lambda about: f"1.{about.random.randrange(10)}.{about.random.randrange(10)}", "version"),
    **_all(lambda about: f"192.0.2.{about.random.randrange(1, 255)}", "ip", "ip address", "ipaddress"),
    **_all(lambda about: ":".join(f"{about.random.randrange(256):02x}" for _ in range(6)), "mac", "mac address"),
    **_all(makers.hexadecimal(20), "token", "id", "secret", "nonce", "etag"),
    **_all(makers.hexadecimal(40), "hash", "sha", "sha1", "checksum", "fingerprint", "digest", "commit"),
    **_all(makers.hexadecimal(64), "sha256"),
    **_all(makers.hexadecimal(32), "md5"),
    **_all(makers.uuid, "uuid", "guid"),
    **_all(makers.number(6), "code", "serial number", "account number", "invoice number", "order number",
        "reference number",
           "serial"),
    **_all(makers.number(3), "house number", "extension number", "room number"),
}  # fmt: skip
"""What a word anywhere in a name tells, the last word first."""
_AT_THE_END: Mapping[str, makers.Make] = {
    **_all(makers.money, "price", "amount", "cost", "balance", "subtotal", "fee", "total", "discount", "tax"),
    **_all(lambda about: f"{makers.slug(about)}.pdf", "filename", "file name", "file"),
    **_all(lambda about: f"/documents/{makers.slug(about)}", "path"),
    **_all(makers.image, "image", "avatar", "photo", "picture", "thumbnail", "logo", "image url", "avatar url",
        "photo url",
           "logo url", "picture url", "thumbnail url", "banner", "cover"),
    **_all(makers.one_of("red", "blue", "green", "orange", "teal"), "color", "colour"),
    **_all(makers.one_of("urgent", "new", "featured", "archive", "draft"), "tag", "keyword"),
    **_all(makers.value, "value"),
    **_all(makers.one_of("pdf", "png", "csv"), "extension", "file extension"),
    **_all(makers.phone, "phone number", "telephone number", "mobile number", "fax number", "contact number"),
    **_all(makers.number(6), "number"),
    **_all(makers.other_login, "user", "approver", "requester", "reporter", "uploader", "modifier"),
    **_all(makers.full, "manager", "trainer", "guardian",
           "recipient", "sender", "doctor", "teacher", "instructor", "speaker", "artist",
        "director",
           "composer", "patient", "supervisor", "beneficiary", "passenger", "candidate"),
}  # fmt: skip
"""What a word tells as the last of a name only: a ``balance_transaction`` is not a balance."""
