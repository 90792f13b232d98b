"""Over the wire: whose certificates are taken and what is told of others, addresses of every form, tokens that are fetched."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mockserver.commands.cli import main
from mockserver.conformance.options import Options
from mockserver.conformance.wire.target_tokens import own_source
from mockserver.conformance.wire.traffic import Sent
from mockserver.conformance.wire.transports import Trust, Unreachable, over_http
from mockserver.errors import SetupError


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = gzip.compress(b'{"answered": true}')
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        good = form.get("client_secret") == ["s3cret-of-the-client"]
        told = {"access_token": f"for {form['audience'][0]}".replace(" ", "-")} if good else {"error": "invalid_client"}
        body = json.dumps(told).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


class V6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


@contextmanager
def served(
    certificate: Path | None = None,
    server: Callable[..., ThreadingHTTPServer] = ThreadingHTTPServer,
    host: str = "127.0.0.1",
    protocol: str = "HTTP/1.1",
    handler: type[Handler] = Handler,
) -> Iterator[int]:
    """A server that answers GET with gzip'd JSON, and POST as a token endpoint; gives its port."""
    running = server((host, 0), type("One", (handler,), {"protocol_version": protocol}))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        running.socket = context.wrap_socket(running.socket, server_side=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(running.server_port)
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def certificate(folder: Path, name: str, *, ends: timedelta = timedelta(days=1)) -> Path:
    """A certificate for ``name`` that nobody has signed but its own key, with that key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Mock Test")])
    alternative = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*plain))
    return file


def asked(url: str, trust: Trust | None = None) -> dict[str, Any]:
    return dict(over_http(url, timeout=60, trust=trust)(Sent("GET", "/x")).json())


def failure(url: str, trust: Trust | None = None) -> tuple[str, str]:
    with pytest.raises(Unreachable) as told:
        asked(url, trust)
    assert not told.value.arrived
    return str(told.value), told.value.remedy


def test_a_certificate_by_an_unknown_issuer_wants_the_issuer(tmp_path: Path) -> None:
    file = certificate(tmp_path, "127.0.0.1")
    with served(file) as port:
        url = f"https://127.0.0.1:{port}"
        cause, remedy = failure(url)
        assert "from an unknown issuer" in cause
        assert "--ca FILE" in remedy
        assert asked(url, Trust(ca=file)) == asked(url, Trust(insecure=True)) == {"answered": True}


def test_a_certificate_for_another_name_wants_the_name(tmp_path: Path) -> None:
    file = certificate(tmp_path, "api.example.com")
    with served(file) as port:
        cause, remedy = failure(f"https://127.0.0.1:{port}", Trust(ca=file))
    assert "is not for 127.0.0.1" in cause
    assert "use the name" in remedy


def test_a_certificate_that_has_expired_wants_renewal(tmp_path: Path) -> None:
    file = certificate(tmp_path, "127.0.0.1", ends=-timedelta(days=1))
    with served(file) as port:
        assert "has expired" in failure(f"https://127.0.0.1:{port}", Trust(ca=file))[0]


def test_no_tls_wants_http() -> None:
    with served() as port:
        cause, remedy = failure(f"https://127.0.0.1:{port}")
    assert "does not speak TLS" in cause
    assert "http://" in remedy


def test_tls_where_http_is_spoken_says_so(tmp_path: Path) -> None:
    with served(certificate(tmp_path, "127.0.0.1")) as port, pytest.raises(Unreachable) as told:
        asked(f"http://127.0.0.1:{port}")
    assert "https://" in told.value.remedy


@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/1.1"])
def test_old_servers_and_gzip_are_read(protocol: str) -> None:
    with served(protocol=protocol) as port:
        assert asked(f"http://127.0.0.1:{port}") == {"answered": True}


class Endless(Handler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", self.path.partition("?")[2])
        self.end_headers()
        with suppress(OSError):
            while True:
                self.wfile.write(b": on and on\n\n" * 5_000)


def test_what_does_not_end_is_left() -> None:
    with served(handler=Endless, protocol="HTTP/1.0") as port:
        send = over_http(f"http://127.0.0.1:{port}")
        assert send(Sent("GET", "/?text/event-stream")).body.startswith(b": on and on")
        with pytest.raises(Unreachable):
            send(Sent("GET", "/?text/plain"))


def test_an_address_of_ip_version_6() -> None:
    try:
        with served(server=V6, host="::1") as port:
            assert asked(f"http://[::1]:{port}/base/") == {"answered": True}
    except OSError:
        pytest.skip("this machine has no IPv6")


def test_a_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with served() as port:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{port}")
        assert asked("http://api.example.invalid") == {"answered": True}
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        assert "the proxy does not answer" in failure("http://api.example.invalid")[0]
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert asked(f"http://127.0.0.1:{port}") == {"answered": True}


def test_nobody_listens_and_no_such_host() -> None:
    assert "refused the connection" in failure("http://127.0.0.1:1")[0]
    assert "is not known" in failure("http://no-such-host.invalid")[0]


def test_a_file_that_holds_no_certificate_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("no certificate")
    with pytest.raises(SetupError, match="holds no certificates"):
        over_http("https://127.0.0.1:1", trust=Trust(ca=tmp_path / "x.pem"))


def options(port: int, secret: str) -> Options:
    url = f"http://127.0.0.1:{port}/oauth/token"
    return Options(token_url=url, client_id="ci", client_secret=secret, audience="the api")


def test_a_token_is_fetched_with_client_credentials() -> None:
    with served() as port:
        source = own_source(options(port, "s3cret-of-the-client"))
        assert source and source() == "for-the-api"
        refused = own_source(options(port, "wrong"))
        with pytest.raises(SetupError, match=r"answers 401 without an access_token \(invalid_client\)"):
            assert refused and refused()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--ca", "x.pem", "--insecure"], "is given beside --insecure"),
        (["--token-url", "https://x.example/token"], "needs a client"),
        (["--token-url", "https://x.example/token", "--token-command", "true"], "is given beside --token-command"),
        (["--patience", "0"], "not above 0"),
        (["--settle", "soon"], "not of the form 2s"),
        (["--require", "all"], "not a share of the form 95%"),
        (["--require", "101%"], "not a share of the form 95%"),
    ],
)
def test_options_that_do_not_go_together_are_told(arguments: list[str], problem: str) -> None:
    target = ["--target", "https://a.example", "--profile", "staging-read", "--tenant", "t", "--token", "x"]
    done = CliRunner().invoke(main, ["check", *target, *arguments])
    assert done.exit_code == 2
    assert problem in done.output


@pytest.mark.parametrize(
    ("name", "is_trusted", "cause", "remedy"),
    [
        ("127.0.0.1", False, "from an unknown issuer", "name its certificate with --ca FILE"),
        ("api.example.com", True, "is not for 127.0.0.1", "use the name that it is for"),
        ("", False, "does not speak TLS on that port", "begin the URL with http://"),
    ],
)
def test_the_command_tells_each_failure_of_tls_with_its_own_remedy(
    name: str, is_trusted: bool, cause: str, remedy: str, tmp_path: Path
) -> None:
    file = certificate(tmp_path, name) if name else None
    with served(file) as port:
        trusted = ["--ca", str(file)] if is_trusted else []
        url = f"https://127.0.0.1:{port}"
        done = CliRunner().invoke(main, ["check", "--target", url, "--profile", "http", "--no-fuzz", *trusted])
    assert done.exit_code == 2
    assert cause in done.output
    assert remedy in done.output
