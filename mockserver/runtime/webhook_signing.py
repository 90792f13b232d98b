"""Signatures of webhooks, as Standard Webhooks (https://www.standardwebhooks.com) has them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)


def signed(secret: str, message_id: str, wall: datetime, payload: bytes) -> dict[str, str]:
    """The headers of a message as Standard Webhooks has them."""
    timestamp = str(int(wall.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + payload, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}


def is_secret_of_webhook(text: str) -> bool:
    """Whether a text is ``whsec_`` and 24 to 64 bytes in base64."""
    try:
        return text.startswith(PREFIX) and len(base64.b64decode(text[len(PREFIX) :], validate=True)) in SECRET_BYTES
    except binascii.Error:
        return False


def new_secret() -> str:
    """One that nobody can guess."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
