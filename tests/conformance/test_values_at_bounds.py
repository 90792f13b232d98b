"""The nearest values inside and outside of constraints."""

import pytest

from mockserver.conformance.bodies.bounds import ODD_TEXT, inside, outside
from mockserver.conformance.bodies.edges import allowed, bodies_inside, bodies_mistyped
from mockserver.conformance.bodies.values import Values
from mockserver.conformance.check_plan import read_plan
from mockserver.contract import Document, Kind
from mockserver.settings import Settings
from mockserver.world import contract_of

SCHEMA = {
    "type": "object",
    "required": ["code"],
    "properties": {
        "code": {"type": "string", "minLength": 2, "maxLength": 4},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
        "day": {"type": "string", "format": "date"},
        "tags": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string", "maxLength": 3}},
    },
}


@pytest.fixture(scope="module")
def ground():
    document = Document({"components": {"schemas": {"Thing": SCHEMA}}}, "things.yaml")
    return document, Values(document)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("code", ["xxxxx", "x"]),
        ("kind", ["a ", "A"]),
        ("size", [0, 10, 1.5]),
        ("day", ["2025-02-30"]),
    ],
)
def test_what_is_just_outside(ground, name, wanted):
    document, values = ground
    place = document.node("components", "schemas", "Thing", "properties", name)
    assert [value for _, value in outside(document, values, place)] == wanted
    assert not [value for value in wanted if values.allows(place, value)]


def test_an_object_may_have_to_be_null():
    schema = {"type": ["object", "null"], "enum": [None], "properties": {"code": {"type": "string", "maxLength": 1}}}
    document = Document({"components": {"schemas": {"Thing": schema}}}, "things.yaml")
    assert set(inside(document, Values(document), document.node("components", "schemas", "Thing"))) == {None}


def test_what_is_deeper_inside_is_told_with_its_place(ground):
    document, values = ground
    told = [how for how, _ in outside(document, values, document.node("components", "schemas", "Thing"))]
    assert "without code" in told
    assert "with tags with an item one character too long" in told
    assert "with tags with an item too many" in told
    assert "with tags with an item too few" in told


def test_what_is_just_inside_is_allowed(ground):
    document, values = ground
    for name, wanted in (("code", "xxxx"), ("kind", "b"), ("size", 9), ("tags", ["tag 0"][:0])):
        place = document.node("components", "schemas", "Thing", "properties", name)
        found = inside(document, values, place)
        assert all(values.allows(place, one) for one in found)
        assert (wanted in found) is values.allows(place, wanted)


@pytest.fixture(scope="module")
def certifications():
    return read_plan(contract_of(Settings())).groups["certifications"]


def test_each_field_is_sent_what_lenient_readers_take_for_its_type(certifications):
    bodies = dict(bodies_mistyped(certifications, Kind.CREATE, dict(certifications.bodies[Kind.CREATE].example)))
    assert bodies["with number a number as text"]["number"] == "4711"
    assert bodies["with do_not_drop 1 for true"]["do_not_drop"] == 1
    assert bodies["with first_name true"]["first_name"] is True
    assert not [how for how, body in bodies.items() if allowed(certifications, Kind.CREATE, body)]


def test_every_free_field_is_sent_odd_values(certifications):
    sent = list(bodies_inside(certifications))
    texts = {name for body in sent for name, value in body.items() if value == ODD_TEXT}
    assert {"first_name", "city"} <= texts
    assert not [body for body in sent if certifications.key in body or certifications.marker in body]
