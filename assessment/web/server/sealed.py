"""Small sealed values for short errands: readable by this server only, and for a few minutes.

A value is base64url of: nonce (12 bytes), AES-256-GCM ciphertext of JSON with its expiry inside.
Its purpose is authenticated with it, so that a value made for one errand cannot serve another,
nor as a cookie of answers.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assessment.records.key_ring import apart

LONGEST = 3800
"""Bytes of a value; browsers keep 4096 of a cookie, with its name and attributes."""

_NONCE = 12


class Sealed:
    """Seals values of one purpose, good for `seconds`; `clock` gives Unix time.

    `key` is a key, or several one after another: the first seals, every one opens.
    `longest` bounds them, in bytes; what goes into no cookie may be longer.
    """

    def __init__(
        self,
        key: bytes,
        purpose: str,
        seconds: int,
        clock: Callable[[], float],
        longest: int = LONGEST,
    ) -> None:
        self.seconds = seconds
        self._longest = longest
        self._clock = clock
        self._ciphers = tuple(map(AESGCM, apart(key)))
        self._bound_to = f"sealed\n{purpose}".encode()

    def close(self, value: Mapping[str, object]) -> str:
        """Return the JSON value sealed; raises ValueError when that would be too long."""
        expires = int(self._clock()) + self.seconds
        payload = json.dumps([expires, value], separators=(",", ":")).encode()
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._ciphers[0].encrypt(nonce, payload, self._bound_to)
        text = base64.urlsafe_b64encode(sealed).decode("ascii")
        if len(text) > self._longest:
            raise ValueError("too long to be kept")
        return text

    def open(self, text: str | None) -> dict[str, object] | None:
        """Return what was sealed; None when it has expired, was changed or made elsewhere."""
        if not text or len(text) > self._longest:
            return None
        try:
            data = base64.b64decode(text, altchars=b"-_", validate=True)
        except ValueError:
            return None
        payload = self._opened(data)
        if payload is None:
            return None
        expires, value = json.loads(payload)
        return None if expires < self._clock() else cast("dict[str, object]", value)

    def _opened(self, data: bytes) -> bytes | None:
        """Return what is sealed in `data`, with whichever key; there is no id to choose it by."""
        for cipher in self._ciphers:
            with suppress(ValueError, InvalidTag):
                return cipher.decrypt(data[:_NONCE], data[_NONCE:], self._bound_to)
        return None
