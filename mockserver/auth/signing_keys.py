"""Keys that sign and verify tokens: a shared secret, a key pair kept for this user, and other people's key sets."""

from __future__ import annotations

import os
import re
from binascii import a2b_base64
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mockserver.auth import own_tokens
from mockserver.errors import Problem, SetupError, unauthorized
from mockserver.values.json_text import DEEPEST, decode
from mockserver.values.reasons import reason
from mockserver.values.shown import quoted

if TYPE_CHECKING:
    import jwt

    from mockserver.auth.remote_set import RemoteSet

# PERF: PyJWT and what it brings take a sixth of a start. So it is imported where a token is met that is not one of
# our own, signed with the shared secret.

PUBLIC_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
KEY_ID = "mockserver"


class Keys:
    """The shared ``secret`` (HS256), the pair in ``key_file`` (RS256, made when first needed), and the
    keys of ``jwks``, a file or an http(s) URL. Raises SetupError when a file cannot be read."""

    def __init__(self, secret: str, key_file: Path, jwks: str | None = None) -> None:
        self._secret = secret
        self._can_sign = own_tokens.can_sign_with(secret)
        self._key_file = key_file
        self._remote = _remote_set(jwks) if jwks and _is_url(jwks) else None
        self._local = _read_set(Path(jwks)) if jwks and not _is_url(jwks) else None
        self._lock = Lock()
        self._made: Any = None
        if key_file.exists() and not _is_as_written(key_file):
            _ = self._pair  # what is wrong with it is told at the start, not to the first who shows an RS256 token

    @property
    def edition(self) -> int:
        """Another number whenever a key that was known may no longer be one."""
        return self._remote.edition if self._remote else 0

    def sign(self, claims: Mapping[str, Any], algorithm: str) -> str:
        """A compact token; ``algorithm`` is HS256 or RS256."""
        if algorithm == "HS256" and self._can_sign:
            return own_tokens.sign(claims, self._secret)
        import jwt

        if algorithm == "RS256":
            return jwt.encode(dict(claims), self._pair, "RS256", headers={"kid": KEY_ID})
        return jwt.encode(dict(claims), self._secret, "HS256")

    def own(self, token: str) -> dict[str, Any] | None:
        """What a token claims that this mock signed with its plain secret; None for every other one."""
        return own_tokens.known_claims(token, self._secret) if self._can_sign else None

    def claims(self, token: str, *, verify: bool) -> dict[str, Any]:
        """What ``token`` claims. Raises Refusal(401) when it is not a token or, to ``verify``, has no known key."""
        if verify and (known := self.own(token)) is not None:
            return known
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            if not verify:
                return _payload(jwt.decode(token, options={"verify_signature": False}))
            algorithm = header.get("alg")
            key = self._key(header)
            unjudged = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
            return _payload(jwt.decode(token, key, [str(algorithm)], options=unjudged))  # type: ignore[arg-type]
        except (jwt.PyJWTError, TypeError, ValueError, AttributeError) as error:  # a key of another kind, too
            raise unauthorized(f"the token is not acceptable: {_why_not(error)}") from None

    def public(self) -> dict[str, Any]:
        """The public half of the pair, as a JSON Web Key Set."""
        import jwt

        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self._pair.public_key(), as_dict=True)
        return {"keys": [{**jwk, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def state(self) -> bytes:
        """The pair, where it was made or read already, for another process to ``be`` it."""
        return _pem(self._made) if self._made is not None else b""

    def be(self, state: bytes) -> None:
        """Have the pair of ``state``, if there is one."""
        if state:
            from cryptography.hazmat.primitives import serialization

            self._made = serialization.load_pem_private_key(state, password=None)

    def _key(self, header: Mapping[str, Any]) -> Any:
        """The key for this header. A shared secret never verifies what claims a public algorithm, nor the reverse."""
        import jwt

        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm == "HS256":
            return self._secret
        if algorithm not in PUBLIC_ALGORITHMS:
            raise jwt.InvalidAlgorithmError(f"the algorithm {quoted(algorithm)} is not accepted")
        if key_id == KEY_ID:
            if not str(algorithm).startswith(("RS", "PS")):
                raise jwt.InvalidAlgorithmError(
                    f"the key {quoted(KEY_ID)} is an RSA key, which {algorithm} does not use"
                )
            return self._pair.public_key()
        if self._remote:
            return self._remote.find(key_id)
        for key in self._local.keys if self._local else ():
            if key.key_id == key_id:
                return key.key
        raise jwt.InvalidKeyError(f"no key {quoted(key_id)} is known; start with --jwks to accept other issuers")

    @property
    def _pair(self) -> Any:
        """The RSA key pair, one for all threads: read from the key file, or made and kept there for other processes."""
        if self._made is None:
            with self._lock:
                self._made = self._made or _read_pair(self._key_file) or _made_pair(self._key_file)
        return self._made


def _read_pair(file: Path) -> Any:
    """The pair in ``file``; None where there is no such file. Raises SetupError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization  # PERF: 60 ms, only where RS256 is used
    from cryptography.hazmat.primitives.asymmetric import rsa

    try:
        pair = serialization.load_pem_private_key(
            file.read_bytes(),
            password=None,
            unsafe_skip_rsa_key_validation=True,  # PERF: made by ourselves, and 40 ms to judge
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _broken(file, reason(error)) from None
    if not isinstance(pair, rsa.RSAPrivateKey):
        raise _broken(file, "it is not an RSA key")
    return pair


def _made_pair(file: Path) -> Any:
    """A new pair; that of another process where it has put one there first."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    pair = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return pair if _keep(file, _pem(pair)) else _read_pair(file) or pair


def _pem(pair: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    form, nothing = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem: bytes = pair.private_bytes(serialization.Encoding.PEM, form, nothing)
    return pem


def _is_as_written(file: Path) -> bool:
    """Whether the file holds a whole RSA key in the form that we write. PERF: to read it takes a sixth of a start."""
    try:
        found = _PEM.fullmatch(file.read_bytes())
        key = a2b_base64(found[1]) if found else b""
    except (OSError, ValueError):
        return False
    is_whole = key[:2] == _LONG_SEQUENCE and int.from_bytes(key[2:4]) == len(key) - 4
    return is_whole and _RSA in key[:40]


_PEM = re.compile(rb"-----BEGIN PRIVATE KEY-----\n([A-Za-z0-9+/\n]+={0,2}\n)-----END PRIVATE KEY-----\n")
_LONG_SEQUENCE = b"\x30\x82"
"""How DER begins what has a length of two bytes, which follow."""
_RSA = bytes.fromhex("06092a864886f70d010101")
"""The object identifier of RSA keys, in DER."""


def _broken(file: Path, why: str) -> SetupError:
    remedy = "name an RSA private key (PEM, no password) with MOCKSERVER_KEY_FILE, or remove it: a new one is made"
    return SetupError([Problem(str(file), "", f"no usable key: {why}", remedy)])


def _keep(file: Path, pem: bytes) -> bool:
    """Write the key for this user only; False where another process has written one meanwhile.

    A home that cannot be written to means a key for this process only.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(pem)
    except OSError as error:
        return not isinstance(error, FileExistsError)
    return True


def _payload(claims: Any) -> dict[str, Any]:
    import jwt

    if not isinstance(claims, dict):
        raise jwt.DecodeError("the claims are not an object")
    return claims


def _remote_set(jwks: str) -> RemoteSet:
    from mockserver.auth.remote_set import RemoteSet

    return RemoteSet(jwks)


def _is_url(jwks: str) -> bool:
    return urlsplit(jwks).scheme in ("http", "https")


def _read_set(path: Path) -> jwt.PyJWKSet:
    import jwt

    try:
        return jwt.PyJWKSet.from_dict(decode(path.read_bytes(), DEEPEST))
    except (OSError, ValueError, TypeError, jwt.PyJWTError) as error:
        remedy = "name a JSON Web Key Set: a file, or an http(s) URL"
        raise SetupError([Problem(str(path), "", f"no usable key set: {reason(error)}", remedy)]) from None


def _why_not(error: Exception) -> str:
    """What is wrong with a token, where the library's words are about its own steps."""
    import jwt

    if isinstance(error, jwt.InvalidSignatureError):
        return "its signature is not that of its key"
    if isinstance(error, jwt.DecodeError):
        return "it is not a JSON Web Token: three parts of base64url, with a dot between them"
    return str(error)
