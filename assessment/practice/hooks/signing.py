"""Signs what a webhook is told, by the scheme of Standard Webhooks (version 1, symmetric)."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """Return a secret as it is shown to people: 256 random bits."""
    return _PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def signed(secret: str, id: str, now: int, body: bytes) -> Mapping[str, str]:
    """Return the headers that show from whom a body is: `id` stays the same on every try."""
    key = b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.digest(key, f"{id}.{now}.".encode() + body, "sha256")
    return {
        "webhook-id": id,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
