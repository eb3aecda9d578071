"""The sealed cookie: everything that we know of a person, readable by the server only.

A value is base64url of: key id (4 bytes), nonce (12), AES-256-GCM ciphertext. What is encrypted is
one byte that says how it is packed, then compact JSON. The name of the cookie and its purpose are
authenticated with it, so that a value cannot serve anywhere else. Decision 0004 says why.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assessment.records.key_ring import apart

PURPOSE = "answers"
LONGEST = 3800
"""Bytes of a value; browsers keep 4096 with the name and the attributes."""
INVITED_LIFETIME = 24 * 60 * 60
"""Seconds for which an invited person may put the phone aside; others have the usual time."""

_NONCE = 12
_KEY_ID = 4
_PLAIN, _PACKED = b"j", b"z"
_UPDATED, _FOUND_AGAIN, _CHANGED_EMERGENCY, _UPDATED_EMERGENCY, _KNOWN = 1, 2, 4, 8, 16
_WAITING = 32
_EVERY_FLAG = 2 * _WAITING - 1
_MOST_BOUND = 5
_WORTH_PACKING = 2000
_LARGEST_PAYLOAD = 20_000
_to_json = json.JSONEncoder(separators=(",", ":")).encode


class Undone(StrEnum):
    """What made answers that were an emergency none: the person, or newer questions."""

    CHANGED = "changed"
    UPDATED = "updated"


_FLAG_OF = {None: 0, Undone.CHANGED: _CHANGED_EMERGENCY, Undone.UPDATED: _UPDATED_EMERGENCY}


@dataclass(frozen=True, slots=True)
class Visit:
    """What the cookie holds of one person's walk through the questions.

    `version` names the protocol that the answers were given to, `token` guards the forms, and
    `updated` says that the protocol changed since the answer before the last. `found_again` says
    that answers of a branch that had been left counted again, without being asked, and
    `was_emergency` that answers, private ones aside, were an emergency until then. `clinic` and
    `invitation` are ids, where the walk began at a clinic's address or at a link of theirs;
    `sent_at` is when the answers were sent to the clinic (Unix seconds), if they were. `numbers`
    are the clinic's own emergency numbers, as text: they must show even where nobody can be asked.
    `confirmed` are answers that were told on an earlier visit and only confirmed, with when they
    were first told (Unix seconds); `known` says that the code was right which opens them.
    `waiting`: it began on the tablet of a waiting room.
    """

    version: str
    answers: Mapping[str, object]
    token: str
    updated: bool = False
    clinic: str | None = None
    invitation: str | None = None
    sent_at: int | None = None
    numbers: str | None = None
    confirmed: Mapping[str, int] | None = None
    found_again: bool = False
    was_emergency: Undone | None = None
    known: bool = False
    waiting: bool = False

    @classmethod
    def new(
        cls,
        version: str,
        clinic: str | None = None,
        invitation: str | None = None,
        numbers: str | None = None,
    ) -> Visit:
        """Return a visit without answers."""
        token = new_token()
        return cls(version, {}, token, clinic=clinic, invitation=invitation, numbers=numbers)


def new_token() -> str:
    """Return what guards the forms of a visit: 128 random bits."""
    return secrets.token_urlsafe(16)


class Seal:
    """Turns visits into cookie values and back.

    `key` is a key, or several one after another: the first seals, every one opens.
    `name` is the cookie's, `lifetime` how long a value can be opened, in seconds; those of
    invited people can be opened for `INVITED_LIFETIME`. `clock` gives Unix time.
    """

    def __init__(
        self, key: bytes, name: str, lifetime: int, clock: Callable[[], float] = time.time
    ) -> None:
        self.name = name
        self.lifetime = lifetime
        self._clock = clock
        ids = (hashlib.sha256(b"key id" + one).digest()[:_KEY_ID] for one in apart(key))
        self._ciphers = dict(zip(ids, map(AESGCM, apart(key)), strict=True))
        self._key_id = next(iter(self._ciphers))
        self._bound_to = f"{name}\n{PURPOSE}".encode()

    def lifetime_of(self, visit: Visit) -> int:
        """Return for how many seconds from now the value of this visit can be opened."""
        if visit.invitation is None:
            return self.lifetime
        return max(self.lifetime, INVITED_LIFETIME)

    def close(self, visit: Visit) -> str:
        """Return the cookie value that holds this visit, good for `lifetime_of` it from now.

        Raises ValueError when it would not fit into a cookie.
        """
        expires = int(self._clock()) + self.lifetime_of(visit)
        flags = visit.updated * _UPDATED + visit.found_again * _FOUND_AGAIN
        flags += _FLAG_OF[visit.was_emergency] + visit.known * _KNOWN + visit.waiting * _WAITING
        parts = [visit.version, visit.answers, visit.token, expires, flags]
        if visit.clinic is not None:  # most walks belong to no clinic, and keep a short cookie
            parts += [visit.clinic, visit.invitation, visit.sent_at]
            if visit.numbers is not None or visit.confirmed:
                parts.append(visit.numbers)
            if visit.confirmed:
                parts.append(visit.confirmed)
        payload = _PLAIN + _to_json(parts).encode()
        if len(payload) > _WORTH_PACKING:
            payload = _PACKED + zlib.compress(payload[1:], 6)
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self._key_id].encrypt(nonce, payload, self._bound_to)
        value = base64.urlsafe_b64encode(self._key_id + nonce + sealed)
        if len(value) > LONGEST:
            raise ValueError("the answers do not fit into a cookie")
        return value.decode("ascii")

    def open(self, value: str | None) -> Visit | None:
        """Return the visit in a cookie value; None when there is none, or it is not to be trusted.

        A value that was changed, made elsewhere or has expired counts as none. One with more in it
        than is known here was made by newer code: its version has no name, so nobody knows it.
        """
        if not value or len(value) > LONGEST:
            return None
        try:
            data = base64.b64decode(value, altchars=b"-_", validate=True)
            cipher = self._ciphers.get(data[:_KEY_ID])
            if cipher is None:
                return None
            nonce, sealed = data[_KEY_ID : _KEY_ID + _NONCE], data[_KEY_ID + _NONCE :]
            payload = cipher.decrypt(nonce, sealed, self._bound_to)
        except (ValueError, InvalidTag):
            return None
        version, answers, token, expires, flags, *bound = json.loads(_unpacked(payload))
        if expires < self._clock():
            return None
        if len(bound) > _MOST_BOUND or flags > _EVERY_FLAG:
            version, bound, flags = "", bound[:_MOST_BOUND], flags & _EVERY_FLAG
        visit = Visit(version, cast("Mapping[str, object]", answers), token, False, *bound)
        if not flags:
            return visit
        return replace(
            visit,
            updated=bool(flags & _UPDATED),
            found_again=bool(flags & _FOUND_AGAIN),
            was_emergency=_undone(flags),
            known=bool(flags & _KNOWN),
            waiting=bool(flags & _WAITING),
        )


def _undone(flags: int) -> Undone | None:
    return next((one for one, flag in _FLAG_OF.items() if flags & flag), None)


def _unpacked(payload: bytes) -> bytes:
    if payload[:1] == _PACKED:
        return zlib.decompressobj().decompress(payload[1:], _LARGEST_PAYLOAD)
    return payload[1:]
