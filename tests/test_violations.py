"""What a refusal tells: each thing once, in words for a person, and never more than a screen of it."""

from __future__ import annotations

import orjson
import pytest

from mockserver import create_app
from mockserver.contract.schema import MAX_VIOLATIONS


@pytest.fixture(scope="module")
def stock():
    return create_app(auth="off").test_client()


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "3", "true"])
def test_a_body_of_another_type_is_one_violation(stock, body: str) -> None:
    reply = stock.post("/certifications/acme", data=body, content_type="application/json")
    assert reply.status_code == 400
    assert reply.json["errors"] == [{"path": "body", "message": f'{body} is not of type "object"'}]


def test_violations_are_capped_and_the_rest_counted(stock) -> None:
    body = orjson.dumps({"operations": [{"id": 1}] * 3_000})
    reply = stock.post("/certifications/acme/batch", data=body, content_type="application/json")
    assert reply.status_code == 400
    errors = reply.json["errors"]
    assert len(errors) == MAX_VIOLATIONS + 1
    assert errors[-1]["message"] == f"and {2 * 3_000 + 1 - MAX_VIOLATIONS} more violations"
    assert len(reply.get_data()) < 20_000
