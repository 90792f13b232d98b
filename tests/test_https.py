"""HTTPS by a certificate that the user gives: who speaks it is served, links say so, and others are told at once."""

from __future__ import annotations

import json
import socket
import ssl
import urllib.request
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mockserver.errors import SetupError
from mockserver.web.secure import certified
from server import serving
from test_any_document import DOCUMENTS


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine, and its key."""
    folder, key, now = tmp_path_factory.mktemp("pair"), ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False).add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return folder / "cert.pem", folder / "key.pem"


def test_who_speaks_https_is_served_and_others_hold_nobody_up(pair: tuple[Path, Path]) -> None:
    cert, key = map(str, pair)
    trusted = ssl.create_default_context(cafile=cert)

    def ask(address: str, sent: Any = None) -> Any:
        headers = {"Authorization": "Bearer any", "Content-Type": "application/json"}
        data = None if sent is None else json.dumps(sent).encode()
        with urllib.request.urlopen(urllib.request.Request(address, data, headers), context=trusted) as reply:
            return reply, reply.read()

    with serving(str(DOCUMENTS / "springdoc-datarest-3.1.json"), "--cert", cert, "--key", key) as mock:
        assert mock.url.startswith("https://")
        host, port = mock.url.removeprefix("https://").split(":")
        with (
            socket.create_connection((host, int(port))) as silent,
            socket.create_connection((host, int(port))) as plain,
        ):
            plain.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert not plain.recv(4).startswith(b"HTTP")
            _, made = ask(f"{mock.url}/clinics", {"name": "North"})
            assert silent.fileno() > 0
        link = json.loads(made)["_links"]["self"]["href"]
        assert link.startswith(f"{mock.url}/clinics/")
        reply, read = ask(link)
        assert (reply.status, json.loads(read)["name"]) == (200, "North")
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"{mock.url}/docs")


def test_what_is_not_a_certificate_with_its_key_stops_the_start(pair: tuple[Path, Path], tmp_path: Path) -> None:
    (other := tmp_path / "other.pem").write_text("no certificate")
    for cert, key in ((pair[0], None), (other, pair[1]), (pair[0], other)):
        with pytest.raises(SetupError, match=f"{cert}.* cannot be used: .*--cert FILE --key FILE"):
            certified(cert, key)
