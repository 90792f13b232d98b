"""A key set at an address: whatever stands there, no request waits for it, and the reason is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, repeat
from types import SimpleNamespace

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from mockserver.auth.remote_set import LARGEST, RemoteSet

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
PAIR = rsa.generate_private_key(public_exponent=65537, key_size=2048)
JWK = {**jwt.algorithms.RSAAlgorithm.to_jwk(PAIR.public_key(), as_dict=True), "kid": "theirs", "alg": "RS256"}


@contextmanager
def issuer(parts: Callable[[threading.Event], Iterator[bytes]]) -> Iterator[str]:
    """The address of a server that sends ``parts`` to whoever comes, until the test is over."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            while True:
                with listener.accept()[0] as peer:
                    peer.recv(65_536)
                    for part in parts(over):
                        peer.sendall(part)
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/jwks.json"
    finally:
        over.set()
        listener.close()


def hang(over: threading.Event) -> Iterator[bytes]:
    over.wait(60)
    yield b""


def drip(over: threading.Event) -> Iterator[bytes]:
    yield HEAD
    while not over.wait(0.05):
        yield b" "


def test_a_set_that_hangs_keeps_nobody_waiting() -> None:
    with issuer(hang) as address:
        keys = RemoteSet(address, seconds=600)
        with pytest.raises(jwt.InvalidKeyError, match="being fetched"):
            keys.find("theirs")
        assert not keys.settled.is_set()


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        (lambda _: iter([HEAD, b"<html>Log in</html>"]), "no usable key set"),
        (lambda _: iter([HEAD, b"[]"]), "no usable key set"),
        (lambda _: iter([b"nonsense\r\n\r\n"]), "no usable key set"),
        (lambda _: iter([b"HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\n"]), "503"),
        (lambda _: iter([HEAD, *repeat(b" " * 65_536, LARGEST // 65_536 + 1)]), "larger than"),
        (drip, "took longer than 30 seconds"),
    ],
)
def test_what_is_not_a_key_set_is_told(
    parts: Callable[[threading.Event], Iterator[bytes]], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if parts is drip:
        monkeypatch.setattr("mockserver.auth.remote_set.time", SimpleNamespace(monotonic=count(0, 20).__next__))
    with issuer(parts) as address:
        keys = RemoteSet(address, seconds=30)
        assert keys.settled.wait(60)
        with pytest.raises(jwt.InvalidKeyError, match=why):
            keys.find("theirs")


def test_a_good_set_serves_its_keys() -> None:
    with issuer(lambda _: iter([HEAD, json.dumps({"keys": [JWK]}).encode()])) as address:
        keys = RemoteSet(address)
        assert keys.settled.wait(60)
        assert keys.find("theirs").public_numbers() == PAIR.public_key().public_numbers()
        with pytest.raises(jwt.InvalidKeyError, match="no such key"):
            keys.find("another")


class AtOnce:
    """A thread that is over before whoever started it goes on."""

    def __init__(self, target: Callable[[], None], **_: object) -> None:
        self.start = target


def test_keys_that_became_others_are_another_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of which a verdict that is remembered has to know, though nobody looks for a key any more."""
    monkeypatch.setattr("mockserver.auth.remote_set.Thread", AtOnce)
    sets = iter([[JWK], [JWK], [{**JWK, "kid": "another"}]])
    with issuer(lambda _: iter([HEAD, json.dumps({"keys": next(sets)}).encode()])) as address:
        keys = RemoteSet(address)
        first = keys.edition
        assert keys.find("theirs")
        with monkeypatch.context() as stale:
            stale.setattr("mockserver.auth.remote_set.FRESH", -1.0)
            seen = [keys.edition, keys.edition]  # each asks for the set again
        assert [*seen, keys.edition] == [first, first, first + 1]
