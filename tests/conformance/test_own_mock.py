"""A mock in this process is answered at once, and says what its application says."""

from dataclasses import replace

import pytest

from mockserver.conformance.options import Options
from mockserver.conformance.runner import Run
from mockserver.conformance.wire.own_mock import of_mock
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.traffic import Sent
from mockserver.conformance.wire.transports import in_process
from mockserver.contract import Kind
from mockserver.web.app import create_app
from mutants.command import ground

LIST = "/creditTypes/acme"


@pytest.fixture(scope="module")
def both():
    """Two mocks of the same seed at the same moment, each asked in its own way, and a good token."""
    target, settings = ground(1)
    frozen = replace(settings, clock="frozen")
    return of_mock(create_app(frozen)), in_process(create_app(frozen).wsgi_app), f"Bearer {target.own.token}"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("GET", LIST, None, id="a list"),
        pytest.param("GET", f"{LIST}?exclusiveStartKey=a", None, id="a page with a query"),
        pytest.param("POST", LIST, b'{"name": "One", "unheard": "of"}', id="a create"),
        pytest.param("POST", LIST, b"{", id="a body that is no JSON"),
        pytest.param("POST", LIST, b"", id="an empty body"),
        pytest.param("POST", LIST, b" " * (2**20 + 1), id="a body too large"),
        pytest.param("PATCH", LIST, b"[]", id="a method that is not there"),
        pytest.param("GET", f"{LIST}/a%2Fb%20c", None, id="an escaped path"),
        pytest.param("GET", f"{LIST}/%zz", None, id="an escape that is none"),
        pytest.param("GET", f"{LIST}/\u00e4", None, id="a text beyond ASCII"),
        pytest.param("GET", "/no/such/thing", None, id="a path of nothing"),
        pytest.param("OPTIONS", LIST, None, id="a preflight"),
        pytest.param("HEAD", LIST, None, id="a head"),
        pytest.param("GET", "/__mock__/health", None, id="a page beside the document"),
    ],
)
def test_a_mock_says_the_same_either_way(both, method, path, body):
    *ways, token = both
    sent = Sent(method, path, (("Authorization", token), ("Content-Type", "application/json")), body)
    one, two = (way(sent) for way in ways)
    assert (one.status, one.body) == (two.status, two.body)
    assert sorted(one.headers) == sorted(two.headers)


def test_every_resource_that_a_client_makes_can_be_made() -> None:
    """What others refer to is made first, or is there: no check of a resource is lost for want of a body."""
    session = Run(Options(), find_target(Options())).session
    makeable = [one for one in session.plan.groups.values() if Kind.CREATE in one.operations]
    assert len(makeable) > 50
    for group in makeable:
        assert session.body(group, only_required=True)
