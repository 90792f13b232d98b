"""Who gets in: tokens good and bad, keys of our own and of others, modes."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from mockserver.auth import own_tokens
from mockserver.auth.authenticator import mint
from mockserver.auth.signing_keys import Keys
from mockserver.errors import SetupError
from mockserver.settings import DEVELOPMENT_SECRET

NOW = datetime.now(UTC)


def claims(**changes: Any) -> dict[str, Any]:
    told = {"sub": "me", "aud": "library", "tenant_id": "t", "exp": int((NOW + timedelta(hours=1)).timestamp())}
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


def signed(secret: str = DEVELOPMENT_SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(claims(**changes), secret, algorithm)


def ask(app: Any, token: str | None, path: str = "/books/t") -> Any:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return app.test_client().get(path, headers=headers)


@pytest.fixture
def secured(library, tmp_path: Path):
    return library(auth="verify", key_file=tmp_path / "key.pem")


def unsigned(**header: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', **header})}.{part(claims())}."


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (None, "no Authorization header"),
        ("", "not of the form"),
        ("nonsense", "not acceptable"),
        ("a.b.c", "not acceptable"),
        ("x" * 9000, "longer than 8192"),
        (unsigned(), "not acceptable"),
        (unsigned(alg="none", kid="mockserver"), "not acceptable"),
        (unsigned(alg="RS256", kid="mockserver"), "not acceptable"),
        (unsigned(alg="RS256", kid="stranger"), "no key 'stranger' is known"),
        (unsigned(alg="HS512"), "'HS512' is not accepted"),
        (signed("another secret that is long enough to be one"), "not acceptable"),
        (signed(exp=int((NOW - timedelta(minutes=1)).timestamp())), "has expired"),
        (signed(exp=None), "no expiry"),
        (signed(exp=1e400), "no expiry"),
        (signed(exp="tomorrow"), "no expiry"),
        (signed(exp=True), "no expiry"),
        (signed(nbf=int((NOW + timedelta(hours=1)).timestamp())), "not valid yet"),
        (signed(aud="someone else"), "wanted 'library'"),
        (signed(aud=None), "wanted 'library'"),
        (signed(tenant_id=None), "no tenant claim"),
        (signed(tenant_id=7), "no tenant claim"),
        (signed(sub=None), "no subject"),
    ],
)
def test_a_bad_token_is_401_and_the_header_says_why(secured, token: str | None, reason: str) -> None:
    response = ask(secured, token)
    assert response.status_code == 401
    assert response.json == {"message": "Unauthorized", "errors": []}
    assert reason in response.headers["Mock-Reason"]
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_another_scheme_is_not_a_token(secured) -> None:
    response = secured.test_client().get("/books/t", headers={"Authorization": "Basic dTpw"})
    assert response.status_code == 401


def test_another_tenant_gets_the_denial_of_an_unknown_path(secured) -> None:
    foreign = ask(secured, signed(tenant_id="u"))
    unknown = ask(secured, signed(), "/nowhere")
    assert foreign.status_code == unknown.status_code == 403
    assert foreign.data == unknown.data
    assert "for the tenant 'u'" in foreign.headers["Mock-Reason"]


def test_a_good_token_stamps_its_subject(secured) -> None:
    headers = {"Authorization": f"Bearer {signed(sub='auth0|ada', aud=['other', 'library'])}"}
    response = secured.test_client().post("/books/t", json={"title": "A"}, headers=headers)
    assert response.status_code == 200
    assert response.json["made_by"] == "auth0|ada"


def test_a_token_expires_when_the_clock_is_moved_on(secured) -> None:
    token = signed()
    assert ask(secured, token).status_code == 200
    secured.extensions["mockserver"].clock.advance(timedelta(hours=2))
    assert ask(secured, token).status_code == 401


def test_decode_checks_claims_but_no_signature(library) -> None:
    app = library(auth="decode")
    assert ask(app, signed("another secret that is long enough to be one")).status_code == 200
    assert ask(app, signed(tenant_id="u")).status_code == 403
    assert ask(app, signed(aud="someone else")).status_code == 401
    assert ask(app, None).status_code == 401


def test_off_asks_for_nothing(library) -> None:
    assert ask(library(auth="off"), None).status_code == 200


def test_an_operation_without_security_is_public(library) -> None:
    def publish(document: dict[str, Any]) -> None:
        document["paths"]["/books/{tenant}"]["get"]["security"] = []

    app = library(publish, auth="verify")
    assert ask(app, None).status_code == 200
    assert ask(app, None, "/books/t/x").status_code == 401


def test_a_scope_that_the_document_asks_for_must_be_in_the_token(library) -> None:
    def ask_for_scope(document: dict[str, Any]) -> None:
        document["paths"]["/books/{tenant}"]["get"]["security"] = [{"bearer": ["books:read"]}]

    app = library(ask_for_scope, auth="verify")
    assert ask(app, signed()).status_code == 403
    assert ask(app, signed(scope="books:write")).status_code == 403
    assert ask(app, signed(scope="books:write books:read")).status_code == 200


def test_minted_tokens_are_taken_whatever_the_algorithm(secured, tmp_path: Path) -> None:
    world = secured.extensions["mockserver"]
    keys = Keys(DEVELOPMENT_SECRET, tmp_path / "key.pem")
    for algorithm in ("HS256", "RS256"):
        token = mint(keys, world.contract.security, tenant="t", now=NOW, algorithm=algorithm)
        assert ask(secured, token).status_code == 200, algorithm
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600


def test_those_who_need_the_first_key_at_the_same_moment_get_the_same(tmp_path: Path) -> None:
    keys, together = Keys(DEVELOPMENT_SECRET, tmp_path / "key.pem"), Barrier(4)

    def asked(_: int) -> Any:
        together.wait()
        return keys.public()

    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(asked, range(4))]
    assert found == [keys.public()] * 4
    assert Keys(DEVELOPMENT_SECRET, tmp_path / "key.pem").public() == keys.public()


def test_a_process_that_is_too_late_takes_the_key_of_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, late = (Keys(DEVELOPMENT_SECRET, tmp_path / "key.pem") for _ in range(2))
    generate = rsa.generate_private_key

    def overtaken(**how: Any) -> Any:
        monkeypatch.setattr(rsa, "generate_private_key", generate)
        first.public()
        return generate(**how)

    monkeypatch.setattr(rsa, "generate_private_key", overtaken)
    assert late.public() == first.public()


def test_the_public_key_verifies_what_the_mock_signs(secured, tmp_path: Path) -> None:
    told = secured.test_client().get("/.well-known/jwks.json").json
    world = secured.extensions["mockserver"]
    token = mint(world.keys, world.contract.security, tenant="t", now=NOW, algorithm="RS256")
    key = jwt.PyJWKSet.from_dict(told).keys[0]
    assert jwt.decode(token, key.key, ["RS256"], audience="library")["tenant_id"] == "t"
    assert not {"d", "p", "q", "k"} & set(told["keys"][0])


def test_a_key_set_of_others_is_taken_from_a_file(library, tmp_path: Path) -> None:
    pair = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = {**jwt.algorithms.RSAAlgorithm.to_jwk(pair.public_key(), as_dict=True), "kid": "theirs", "alg": "RS256"}
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [jwk]}))
    app = library(auth="verify", jwks=str(tmp_path / "jwks.json"), key_file=tmp_path / "key.pem")
    token = jwt.encode(claims(), pair, "RS256", headers={"kid": "theirs"})
    assert ask(app, token).status_code == 200
    confused = jwt.encode(
        claims(), "the public key taken for a secret, as attackers do", "HS256", headers={"kid": "theirs"}
    )
    assert ask(app, confused).status_code == 401


def test_a_key_set_that_cannot_be_read_stops_the_start(library, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no usable key set"):
        library(jwks=str(tmp_path / "missing.json"))


def test_no_secret_reaches_the_journal(secured) -> None:
    token = signed()
    ask(secured, token)
    told = secured.test_client().get("/__mock__/journal").get_data(as_text=True)
    assert token not in told
    assert "(kept secret)" in told


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "EdDSA"])
def test_our_key_under_another_algorithm_is_refused_with_the_reason(secured, algorithm: str) -> None:
    header = {"alg": algorithm, "kid": "mockserver", "typ": "JWT"}
    parts = [json.dumps(header), json.dumps(claims()), "signature"]
    token = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    assert ask(secured, token).status_code == 401
    [entry] = secured.test_client().get("/__mock__/journal").json
    assert algorithm in entry["reason"]


def test_a_key_of_others_of_another_kind_is_refused(library, tmp_path: Path) -> None:
    pair = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = {**jwt.algorithms.RSAAlgorithm.to_jwk(pair.public_key(), as_dict=True), "kid": "theirs"}
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [jwk]}))
    app = library(auth="verify", jwks=str(tmp_path / "jwks.json"), key_file=tmp_path / "key.pem")
    parts = [json.dumps({"alg": "ES256", "kid": "theirs"}), json.dumps(claims()), "signature"]
    token = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    assert ask(app, token).status_code == 401


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_broken_key_file_stops_the_start(library, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(SetupError, match=r"key\.pem.*no usable key.*MOCKSERVER_KEY_FILE"):
        library(key_file=tmp_path / "key.pem")


def test_a_key_file_of_another_kind_stops_the_start(library, tmp_path: Path) -> None:
    (tmp_path / "key.pem").mkdir()
    with pytest.raises(SetupError, match="no usable key"):
        library(key_file=tmp_path / "key.pem")


def test_a_verdict_is_remembered_until_other_keys_are_known(secured, monkeypatch: pytest.MonkeyPatch) -> None:
    world = secured.extensions["mockserver"]
    judged: list[str] = []
    judge = world.keys.claims

    def claims_of(token: str, *, verify: bool) -> Any:
        judged.append(token)
        return judge(token, verify=verify)

    monkeypatch.setattr(world.keys, "claims", claims_of)
    token = signed()
    assert [ask(secured, token).status_code for _ in range(3)] == [200] * 3
    assert judged == [token]
    monkeypatch.setattr(type(world.keys), "edition", 1)
    assert [ask(secured, token).status_code for _ in range(2)] == [200] * 2
    assert judged == [token, token]


def test_tokens_of_our_own_are_the_librarys() -> None:
    told = {"sub": "ärger", "list": [1, 1.5, None], "exp": 2**32}
    assert own_tokens.can_sign_with(DEVELOPMENT_SECRET)
    assert own_tokens.sign(told, DEVELOPMENT_SECRET) == jwt.encode(told, DEVELOPMENT_SECRET, "HS256")
    assert own_tokens.known_claims(own_tokens.sign(told, DEVELOPMENT_SECRET), DEVELOPMENT_SECRET) == told


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b",
        signed("another secret, also of more than 32 bytes"),
        signed("x" * 64, "HS512"),
        unsigned(),
        f"{signed()}.",
        f"{signed()}=",
        signed()[:-1],
        f"{signed()[:-1]}é",
        own_tokens.sign({"sub": 1}, DEVELOPMENT_SECRET),
        own_tokens.sign({"jti": None}, DEVELOPMENT_SECRET),
        jwt.encode(claims(), DEVELOPMENT_SECRET, "HS256", headers={"kid": "theirs"}),
        jwt.PyJWS().encode(b"[]", DEVELOPMENT_SECRET, "HS256", headers={"typ": "JWT"}),
        jwt.PyJWS().encode(b"no JSON", DEVELOPMENT_SECRET, "HS256", headers={"typ": "JWT"}),
    ],
)
def test_all_other_tokens_are_left_to_the_library(token: str) -> None:
    assert own_tokens.known_claims(token, DEVELOPMENT_SECRET) is None


@pytest.mark.parametrize("secret", ["-----BEGIN PUBLIC KEY----- and so on, and so on", "ssh-rsa " + "A" * 40, '{"kty": "oct"}' + " " * 32, "short", ""])  # fmt: skip
def test_a_secret_that_may_be_another_kind_of_key_is_left_to_the_library(secret: str) -> None:
    assert not own_tokens.can_sign_with(secret)
