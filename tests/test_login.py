"""Logging in: every grant of OAuth 2 over seeded persons, OpenID Connect, and what is refused, in the names of the RFCs."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

from mockserver.auth.claims import Person
from mockserver.oauth.grants import Grant, Grants
from mockserver.oauth.tokens import GRANTS
from mockserver.web.app import create_app
from server import command, serving

BACK = "http://app.example/callback?from=here"
CLAIMS = "http://rhythmsoftware.com/"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {
    "response_type": "code", "client_id": "portal", "redirect_uri": BACK, "scope": "openid profile email offline_access",
    "state": "s t&te", "nonce": "n1", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Any:
    return create_app(clock="frozen")


@pytest.fixture
def client(app: Any) -> Any:
    client = app.test_client()
    client.post("/__mock__/reset")
    return client


def answered(reply: Any) -> dict[str, str]:
    """What a browser would bring back to the client."""
    assert reply.status_code == 302, reply.text
    address = urlsplit(reply.headers["Location"])
    assert reply.headers["Cache-Control"] == "no-store"
    found = {name: texts[0] for name, texts in parse_qs(address.query, strict_parsing=True).items()}
    assert (address.netloc, found.pop("from")) == ("app.example", "here")
    return found


def logged_in(client: Any, person: str = "contact-ada", **changes: str | None) -> dict[str, str]:
    given = {name: text for name, text in {**ASKED, "tenant": "acme", "person": person, **changes}.items() if text}
    return answered(client.post("/authorize", data=given))


def redeem(client: Any, code: str, **changes: str) -> Any:
    asked = {"grant_type": "authorization_code", "code": code, "client_id": "portal", "redirect_uri": BACK}
    return client.post("/oauth/token", data={**asked, "code_verifier": VERIFIER, **changes})


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def refused(reply: Any) -> tuple[int, str]:
    assert set(reply.json) == {"error", "error_description"}
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    return reply.status_code, reply.json["error"]


@pytest.mark.parametrize("how", ["form", "json", "basic"])
def test_a_machine_gets_a_token_of_its_tenant_without_any_person(client: Any, how: str) -> None:
    asked = {"grant_type": "client_credentials", "audience": "https://api.rhythmsoftware.com", "scope": "a b"}
    shown = {"client_id": "globex-sync", "client_secret": "anything"}
    if how == "basic":
        reply = client.post("/oauth/token", data=asked, auth=("globex-sync", "anything"))
    else:
        reply = client.post("/oauth/token", **{"data" if how == "form" else "json": {**asked, **shown}})
    assert reply.status_code == 200, reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    given = reply.json
    assert {**given, "access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 86400,
        "scope": "a b",
    }
    found = claims(given["access_token"])
    assert found[f"{CLAIMS}tenant_id"] == found[f"{CLAIMS}customer_id"] == "globex"
    assert (found["gty"], found["azp"], found["sub"]) == ("client-credentials", "globex-sync", "globex-sync@clients")
    assert f"{CLAIMS}contact_id" not in found
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert client.get("/certifications/globex", headers=headers).status_code == 200
    assert client.get("/certifications/acme", headers=headers).status_code == 403
    assert client.get("/userinfo", headers=headers).json["sub"] == "globex-sync@clients"


def test_a_person_logs_in_with_a_code_and_refreshes(client: Any) -> None:
    back = logged_in(client, "ADA@example.com")
    assert back["state"] == "s t&te"
    given = redeem(client, back["code"]).json
    assert set(given) == {"access_token", "token_type", "expires_in", "scope", "id_token", "refresh_token"}
    about = claims(given["id_token"])
    assert (about["aud"], about["nonce"], about["email"], about["name"]) == (
        "portal", "n1", "ada@example.com", "Ada Lovelace",
    )  # fmt: skip
    access = claims(given["access_token"])
    assert access[f"{CLAIMS}contact_id"] == about[f"{CLAIMS}contact_id"] == "contact-ada"
    assert access[f"{CLAIMS}contact_name"] == "Ada Lovelace"
    assert access[f"{CLAIMS}tenant_id"] == "acme"
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert client.get("/certifications/acme/cert-ada", headers=headers).status_code == 200
    told = client.get("/userinfo", headers=headers).json
    assert {name: told[name] for name in ("sub", "email", "name")} == {
        "sub": about["sub"], "email": "ada@example.com", "name": "Ada Lovelace",
    }  # fmt: skip
    renewed = client.post(
        "/oauth/token",
        json={"grant_type": "refresh_token", "client_id": "portal", "refresh_token": given["refresh_token"]},
    ).json
    assert renewed["refresh_token"] != given["refresh_token"]
    assert claims(renewed["access_token"])["sub"] == about["sub"]


def test_codes_and_refresh_tokens_are_good_once_and_a_second_use_ends_the_log_in(client: Any) -> None:
    code = logged_in(client)["code"]
    given = redeem(client, code).json
    assert refused(redeem(client, code)) == (400, "invalid_grant")
    asked = {"grant_type": "refresh_token", "client_id": "portal", "refresh_token": given["refresh_token"]}
    assert refused(client.post("/oauth/token", data=asked)) == (400, "invalid_grant")


def test_a_second_use_ends_what_the_first_is_still_given() -> None:
    """Of two that show one refresh token at the same moment, the later ends the log-in of the one that is under way."""
    grants = Grants()
    token = grants.new_refresh_token(Grant("app", "acme", Person("p", {}), "openid", 1.0))
    grant = grants.redeem_refresh_token(token)
    assert grant is not None
    assert grants.redeem_refresh_token(token) is None
    assert grants.redeem_refresh_token(grants.new_refresh_token(grant)) is None


def test_a_refresh_token_is_revoked(client: Any) -> None:
    given = redeem(client, logged_in(client)["code"]).json
    assert (
        client.post("/oauth/revoke", data={"token": given["refresh_token"], "client_id": "portal"}).status_code == 200
    )
    asked = {"grant_type": "refresh_token", "client_id": "portal", "refresh_token": given["refresh_token"]}
    assert refused(client.post("/oauth/token", data=asked)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "other"}, {"redirect_uri": "http://app.example/other"}, {"code_verifier": "w" * 43}, {"code_verifier": ""},
        {"code_verifier": "v" * 42}, {"code": "made up"},
    ],
    ids=str,
)  # fmt: skip
def test_a_code_is_for_who_asked(client: Any, changes: dict[str, str]) -> None:
    assert refused(redeem(client, **{"code": logged_in(client)["code"], **changes})) == (400, "invalid_grant")


def test_codes_and_tokens_age_by_the_mocks_clock(client: Any) -> None:
    late = logged_in(client)["code"]
    given = redeem(client, logged_in(client)["code"]).json
    client.post("/__mock__/clock/advance", json={"seconds": 90_000})
    assert refused(redeem(client, late)) == (400, "invalid_grant")
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert client.get("/userinfo", headers=headers).status_code == 401
    renewed = client.post(
        "/oauth/token",
        data={"grant_type": "refresh_token", "client_id": "portal", "refresh_token": given["refresh_token"]},
    ).json
    headers = {"Authorization": f"Bearer {renewed['access_token']}"}
    assert client.get("/userinfo", headers=headers).status_code == 200


def test_a_password_names_the_person(client: Any) -> None:
    asked = {"grant_type": "password", "client_id": "acme", "username": "Ada@Example.com", "password": "any"}
    given = client.post("/oauth/token", data=asked).json
    assert claims(given["access_token"])[f"{CLAIMS}contact_id"] == "contact-ada"
    assert "id_token" not in given
    assert refused(client.post("/oauth/token", data={**asked, "username": "nobody@example.com"})) == (
        400,
        "invalid_grant",
    )
    assert refused(client.post("/oauth/token", data={**asked, "password": ""})) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("asked", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "x"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "x" * 201, "client_secret": "s"}, 400, "invalid_request"),
        (
            {"grant_type": "client_credentials", "client_id": "x", "client_secret": "s", "audience": "https://other"},
            400,
            "invalid_target",
        ),
        (
            {"grant_type": "client_credentials", "client_id": "x", "client_secret": "s", "scope": 'a "b"'},
            400,
            "invalid_scope",
        ),
        ({"grant_type": "authorization_code", "client_id": "x"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "client_id": "x", "refresh_token": "y"}, 400, "invalid_grant"),
    ],
)
def test_what_the_token_endpoint_refuses(client: Any, asked: dict[str, str], status: int, error: str) -> None:
    for form in (True, False):
        reply = client.post("/oauth/token", **{"data" if form else "json": asked})
        if form and not asked:
            continue
        assert refused(reply) == (status, error), reply.text
        assert ("WWW-Authenticate" in reply.headers) is (status == 401)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"grant_type=a&grant_type=b", "application/x-www-form-urlencoded"),
        (b"a=%ff%fe", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(50)), "application/x-www-form-urlencoded"),
        (b"grant_type=" + b"x" * 5_000, "application/x-www-form-urlencoded"),
        (b"x" * 70_000, "application/x-www-form-urlencoded"),
        (b"[" * 5_000, "application/json"),
        (b'{"grant_type": 5}', "application/json"),
        (b'{"grant_type": "a", "grant_type": "b"}', "application/json"),
        (b"[]", "application/json"),
        (b"<xml/>", "text/xml"),
        (b"", ""),
    ],
    ids=range(11),
)
def test_bodies_that_cannot_be_read(client: Any, body: bytes, media_type: str) -> None:
    reply = client.post("/oauth/token", data=body, content_type=media_type)
    assert refused(reply) == (400, "invalid_request")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "data:text/html,x", "//evil.example", "/relative", "http://a@b.example/", "http://", "ftp://x.example",
        "http://x.example/#f", "http://x.example\\@evil.example", "http://x.example:99999/", "http://x.example/" + "a" * 2_000,
        "http://x.example/\r\nSet-Cookie: a=b", "HTTP://[::1", "http://x.example/\u202e",
    ],
)  # fmt: skip
def test_a_browser_is_sent_to_safe_addresses_only(client: Any, address: str) -> None:
    for reply in (
        client.get("/authorize", query_string={**ASKED, "redirect_uri": address}),
        client.post("/authorize", data={**ASKED, "redirect_uri": address, "person": "contact-ada"}),
        client.get("/v2/logout", query_string={"returnTo": address}),
    ):
        assert reply.status_code == 400
        assert "Location" not in reply.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "S512"}, "invalid_request"),
        ({"scope": "a  b"}, "invalid_scope"),
        ({"audience": "https://other"}, "invalid_target"),
        ({"nonce": "n" * 201}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "none", "login_hint": "nobody@example.com"}, "login_required"),
        ({"prompt": "none", "id_token_hint": "a.b.c"}, "login_required"),
    ],
    ids=str,
)
def test_a_client_is_told_what_it_did_wrong(client: Any, changes: dict[str, str | None], error: str) -> None:
    asked = {name: text for name, text in {**ASKED, **changes}.items() if text is not None}
    back = answered(client.get("/authorize", query_string=asked))
    assert (back["error"], back["state"]) == (error, "s t&te")
    assert back["error_description"]


def test_without_a_page_a_person_is_known_by_hint_or_id_token(client: Any) -> None:
    asked = {**ASKED, "prompt": "none"}
    code = answered(client.get("/authorize", query_string={**asked, "login_hint": "ada@example.com"}))["code"]
    given = redeem(client, code).json
    again = answered(client.get("/authorize", query_string={**asked, "id_token_hint": given["id_token"]}))["code"]
    assert claims(redeem(client, again).json["id_token"])["sub"] == claims(given["id_token"])["sub"]


def test_the_page_shows_the_persons_of_a_tenant_and_passes_on_what_was_asked(client: Any) -> None:
    reply = client.get("/authorize", query_string={**ASKED, "tenant": "globex", "client_id": "<b>x</b>"})
    assert reply.status_code == 200
    assert "<script" not in reply.text
    assert "&lt;b&gt;x&lt;/b&gt;" in reply.text and "<b>x" not in reply.text
    assert 'name="state" value="s t&amp;te"' in reply.text
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    wrong = client.post("/authorize", data={**ASKED, "tenant": "acme", "person": "nobody"})
    assert (wrong.status_code, "Nobody with that id" in wrong.text) == (400, True)


def test_a_log_out_leads_back(client: Any) -> None:
    assert client.get("/v2/logout").status_code == 200
    reply = client.get("/v2/logout", query_string={"returnTo": "http://app.example/", "client_id": "portal"})
    assert (reply.status_code, reply.headers["Location"]) == (302, "http://app.example/")


def test_where_steering_takes_the_control_token_so_does_logging_in() -> None:
    token = "the-control-token-of-this-test"
    client = create_app(clock="frozen", control_token=token, scenario="empty").test_client()
    machine = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "wrong", "tenant": "acme"}
    assert refused(client.post("/oauth/token", data=machine)) == (401, "invalid_client")
    assert client.post("/oauth/token", data={**machine, "client_secret": token}).status_code == 200
    silent = client.get("/authorize", query_string={**ASKED, "prompt": "none", "login_hint": "contact-ada"})
    assert answered(silent)["error"] == "login_required"
    page = client.post("/authorize", data={**ASKED, "person": "contact-ada", "password": "wrong"})
    assert (page.status_code, token in page.text) == (400, False)


def test_nothing_of_a_log_in_is_kept_where_it_can_be_read(client: Any) -> None:
    code = logged_in(client)["code"]
    given = redeem(client, code).json
    journal = client.get("/__mock__/journal").text
    assert not [secret for secret in (code, given["access_token"], given["refresh_token"]) if secret in journal]


def test_an_api_of_its_own_at_such_a_path_wins(library: Any) -> None:
    def change(document: dict[str, Any]) -> None:
        document["paths"]["/oauth/token"] = {
            "post": {**document["paths"]["/authors/{tenant}"]["get"], "operationId": "own"}
        }
        document["paths"]["/oauth/token"]["post"]["x-mock"] = {
            "kind": "list",
            "resource": "authors",
            "page": {"key": ""},
        }

    reply = library(change).test_client().post("/oauth/token")
    assert reply.headers["Mock-Operation"] == "own"


def test_an_api_without_persons_knows_everybody(library: Any) -> None:
    client = library().test_client()
    given = redeem(client, logged_in(client, "me@example.com")["code"]).json
    assert claims(given["id_token"])["email"] == "me@example.com"


def test_a_stock_library_logs_in_refreshes_and_verifies() -> None:
    with serving() as running:
        found = running.send("GET", "/.well-known/openid-configuration").json
        assert found["issuer"] == f"{running.url}/"
        session = OAuth2Session(
            "portal", scope="openid email profile offline_access", redirect_uri=BACK, code_challenge_method="S256",
            token_endpoint_auth_method="none",
        )  # fmt: skip
        verifier, nonce = secrets.token_urlsafe(48), "n0"
        address, state = session.create_authorization_url(
            found["authorization_endpoint"],
            code_verifier=verifier,
            nonce=nonce,
            prompt="none",
            login_hint="contact-ada",
        )
        answer = session.get(address, allow_redirects=False, withhold_token=True).headers["Location"]
        token = session.fetch_token(
            found["token_endpoint"], authorization_response=answer, state=state, code_verifier=verifier
        )
        keys = KeySet.import_key_set(session.get(found["jwks_uri"], withhold_token=True).json())
        decoded = joserfc_jwt.decode(token["id_token"], keys, algorithms=["RS256"])
        wanted = {"iss": {"value": found["issuer"]}, "aud": {"value": "portal"}}
        about = CodeIDToken(decoded.claims, decoded.header, wanted, {"nonce": nonce, "client_id": "portal"})
        about.validate()
        assert about["email"] == "ada@example.com"
        assert session.get(found["userinfo_endpoint"]).json()["sub"] == about["sub"]
        assert session.get(f"{running.url}/certifications/acme/cert-ada").status_code == 200
        renewed = session.refresh_token(found["token_endpoint"])
        assert renewed["refresh_token"] != token["refresh_token"]
        machine = OAuth2Session("acme-sync", "secret", token_endpoint_auth_method="client_secret_basic")
        machine.fetch_token(found["token_endpoint"], grant_type="client_credentials")
        assert machine.get(f"{running.url}/certifications/acme/cert-ada").status_code == 200


def test_the_command_mints_tokens_of_persons_and_machines() -> None:
    person = claims(command("token", "--tenant", "acme", "--contact", "contact-ada").stdout.strip())
    assert person[f"{CLAIMS}contact_id"] == "contact-ada"
    machine = claims(command("token", "--tenant", "acme", "--machine", "sync").stdout.strip())
    assert (machine["gty"], f"{CLAIMS}contact_id" in machine) == ("client-credentials", False)
    assert command("token", "--tenant", "acme", "--machine", "sync", "--contact", "x").returncode == 2


def test_the_control_plane_mints_for_a_person_by_id_or_e_mail_address(client: Any) -> None:
    for name, found in (
        ("contact-ada", "contact-ada"),
        ("Ada@example.com", "contact-ada"),
        ("nobody@example.com", "nobody@example.com"),
    ):
        token = client.post("/__mock__/token", json={"tenant": "acme", "contact": name}).json["token"]
        assert claims(token)[f"{CLAIMS}contact_id"] == found
    client.post("/__mock__/token", json={"tenant": "elsewhere", "contact": "ada@example.com"})
    assert "elsewhere" not in client.get("/__mock__/tenants").text


def test_whoever_does_not_get_in_makes_no_tenant() -> None:
    client = create_app(control_token="the-control-token-of-this-test", scenario="empty").test_client()
    asked = {**ASKED, "tenant": "stranger", "person": "x", "password": "wrong"}
    assert client.get("/authorize", query_string=asked).status_code == 200
    assert client.post("/authorize", data=asked).status_code == 400
    client.get("/authorize", query_string={**asked, "prompt": "none", "login_hint": "x"})
    password = {"grant_type": "password", "client_id": "x", "tenant": "stranger", "username": "x", "password": "wrong"}
    assert refused(client.post("/oauth/token", data=password)) == (400, "invalid_grant")
    shown = {"Authorization": "Bearer the-control-token-of-this-test"}
    assert client.get("/__mock__/tenants", headers=shown).json == {}


NAMES = st.sampled_from(
    [
        *ASKED, "grant_type", "code", "refresh_token", "username", "password", "client_secret", "code_verifier", "audience", "tenant",
        "person", "prompt", "login_hint", "id_token_hint", "returnTo", "post_logout_redirect_uri", "token", "wat",
    ]
)  # fmt: skip
TEXTS = st.sampled_from([*ASKED.values(), *GRANTS, "none", "acme", "contact-ada", "", "a.b.c", "http://["])
TEXTS |= st.text(max_size=30)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given=st.dictionaries(NAMES, TEXTS, max_size=9),
    how=st.sampled_from(["query_string", "data", "json"]),
    path=st.sampled_from(["/oauth/token", "/oauth/revoke", "/authorize", "/userinfo", "/v2/logout"]),
    method=st.sampled_from(["GET", "POST"]),
    header=st.none() | st.text(alphabet=st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30),
)
def test_no_request_makes_it_fail(
    client: Any, given: dict[str, str], how: str, path: str, method: str, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    sent: dict[str, Any] = {how: given}
    assert client.open(path, method=method, headers=headers, **sent).status_code in {200, 302, 400, 401, 404, 405, 429}
