"""A token is renewed in whichever way a request shows it, and nothing else of the request changes."""

from __future__ import annotations

import pytest

from mockserver.conformance.reporters.reproduction import basic
from mockserver.conformance.wire.credentials import Credentials, carries
from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.traffic import Sent

OLD, NEW = "old/key+1", "new key&2"


def sent(target: str = "/pets?limit=2", **headers: str) -> Sent:
    return Sent("GET", target, tuple((name.replace("_", "-"), text) for name, text in headers.items()))


WAYS = {
    "bearer": (sent(Authorization=f"Bearer {OLD}"), sent(Authorization=f"Bearer {NEW}")),
    "basic": (sent(Authorization=f"Basic {basic(OLD)}"), sent(Authorization=f"Basic {basic(NEW)}")),
    "a header": (sent(X_Key=OLD, Accept="*/*"), sent(X_Key=NEW, Accept="*/*")),
    "the bare token": (sent(Authorization=OLD), sent(Authorization=NEW)),
    "a cookie": (sent(Cookie="a=1; key=old%2Fkey%2B1"), sent(Cookie="a=1; key=new%20key%262")),
    "the query": (sent("/pets?a=b+c&key=old/key%2B1&x"), sent("/pets?a=b+c&key=new%20key%262&x")),
}


@pytest.mark.parametrize(("before", "after"), WAYS.values(), ids=WAYS)
def test_a_renewed_token_takes_the_place_of_the_refused_one(before: Sent, after: Sent) -> None:
    held = Credentials([Requester("t", token=OLD, renew=lambda: NEW)])
    assert held.current(before) == before
    assert held.renewed(before)
    assert held.current(before) == after
    assert carries(before, OLD)


@pytest.mark.parametrize("other", [
    sent(), sent("/pets?key=old/key%2B12"), sent(Cookie="key=old%2Fkey%2B12"), sent(Authorization=f"Basic {basic('x')}"),
])  # fmt: skip
def test_a_request_that_shows_something_else_is_left_as_it_is(other: Sent) -> None:
    held = Credentials([Requester("t", token=OLD, renew=lambda: NEW)])
    assert not held.renewed(other)
    assert held.current(other) == other
    assert not carries(other, OLD)
