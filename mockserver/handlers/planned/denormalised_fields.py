"""Fields that an object in a list repeats of the record that it names: an order line its product's name and price."""

from __future__ import annotations

from collections.abc import Collection

from mockserver.contract.document import Node
from mockserver.handlers.call import Call
from mockserver.inference.words import KEYS
from mockserver.messages import Json
from mockserver.values.name_words import flat

PRICES = ("unitprice", "priceperunit", "unitamount")
"""What an entry of a list calls the price of the thing that it is about."""


def repeated_fields(call: Call, place: Node, record: Json, wanted: Collection[str]) -> dict[str, Json]:
    """What an entry repeats of the record that it names: what that is called and costs, but for keys."""
    members = call.tools.maker.shapes.properties(place)
    data = record if isinstance(record, dict) else {}
    repeated = {one: data[one] for one in members if one in wanted and one in data and flat(one) not in KEYS}
    price = {one: data["price"] for one in members if flat(one) in PRICES and one in wanted and "price" in data}
    return {one: value for one, value in (repeated | price).items() if call.tools.maker.allows(members[one], value)}
