"""Asks a running mock's control plane."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import click

from mockserver.values.hosts import is_loopback
from mockserver.values.json_text import DEEPEST, BadJson, decode, read_leniently
from mockserver.values.shown import quoted

if TYPE_CHECKING:
    from urllib.error import HTTPError
    from urllib.request import Request

NOTHING: Mapping[str, Any] = MappingProxyType({})
WITHIN = 30.0
"""Seconds in which it must answer."""


class NotReachable(click.ClickException):
    """Nothing was changed: no mock answers there."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class ControlClient:
    """``url`` is the mock's address; ``token`` its control token, if it wants one."""

    url: str
    token: str | None

    def ask(self, method: str, *path: str, body: Any = None, query: Mapping[str, Any] = NOTHING) -> Any:
        """The JSON of the answer; each of ``path`` is a segment, None in ``query`` is left out.

        Raises ClickException with what the mock says is wrong, NotReachable where none answers.
        """
        request = self._request(method, path, query)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with self._sent(request) as answer:
            return read_leniently(answer.read(), DEEPEST)

    def text(self, *path: str) -> str:
        """The text of the answer to a GET. Raises as ``ask`` does."""
        with self._sent(self._request("GET", path, NOTHING)) as answer:
            return str(answer.read().decode())

    def follow(self, query: Mapping[str, Any]) -> Iterator[Any]:
        """What happens, as it happens, until the mock ends. Raises as ``ask`` does."""
        with self._sent(self._request("GET", ("journal", "stream"), query)) as answer:
            for line in answer:
                if line.startswith(b"data: {") and (event := read_leniently(line.removeprefix(b"data: "), DEEPEST)):
                    yield event

    def _request(self, method: str, path: tuple[str, ...], query: Mapping[str, Any]) -> Request:
        from urllib.request import Request  # PERF: 25 ms that other commands do not need

        address = f"{self.url.rstrip('/')}/__mock__/{'/'.join(quote(segment, safe='') for segment in path)}"
        given = {name: value for name, value in query.items() if value is not None}
        request = Request(f"{address}?{urlencode(given)}" if given else address, method=method)  # noqa: S310
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        return request

    @contextmanager
    def _sent(self, request: Request) -> Iterator[Any]:
        from urllib.error import HTTPError, URLError
        from urllib.request import ProxyHandler, build_opener

        host = urlsplit(self.url).hostname or ""
        opener = build_opener(ProxyHandler({})) if is_loopback(host) else build_opener()
        try:
            with opener.open(request, timeout=WITHIN) as answer:
                yield answer
        except HTTPError as error:
            with error:
                raise click.ClickException(_refusal(error)) from None
        except (URLError, OSError, ValueError) as error:
            why = getattr(error, "reason", error)
            raise NotReachable(f"no mock answers at {self.url}: {why}") from None


pass_client = click.make_pass_decorator(ControlClient)


def print_json(value: Any) -> None:
    """What a command answers."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def json_of(text: str, source: str) -> Any:
    """Raises ClickException when ``text``, which ``source`` gave, is not JSON."""
    try:
        return decode(text.encode(), DEEPEST)
    except BadJson as error:
        raise click.ClickException(f"{source} {error}") from None


def checked_url(_: click.Context, __: click.Parameter, text: str) -> str:
    """Raises click.BadParameter unless it is an http or https address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.BadParameter(f"{quoted(text)} is not an address such as http://127.0.0.1:8080")
    return text


def _refusal(error: HTTPError) -> str:
    """What the mock said, a line for each problem."""
    try:
        said: Mapping[str, Any] = read_leniently(error.read(), DEEPEST)
        problems = [
            f"  {one['path']}: {one['message']}" if one["path"] else f"  {one['message']}" for one in said["errors"]
        ]
        return "\n".join([str(said["message"]), *problems])
    except (ValueError, KeyError, TypeError):
        return f"the answer is {error.code}, and not that of a mock server's control plane"
