"""Seals what is said by clients or about them, so that the database alone tells nothing.

A sealed value is: key id (4 bytes), nonce (12), AES-256-GCM ciphertext of compact JSON. The table,
the row and the column are authenticated with it, so that a value cannot be moved to another place.
Nothing is used as it was handed in: one key for each purpose is derived (HKDF).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assessment.records.ids import ClinicId, hash_of

KEY_BYTES = 32

_KEY_ID = 4
_NONCE = 12


_AS_TEXT = json.JSONEncoder(default=repr)


class Secret(StrEnum):
    """What a secret opens; the same secret has another hash for each."""

    SESSION = "session"
    CODE = "code"
    LINK = "link"
    VISIT = "visit"
    KEY = "key"
    CALL = "call"
    RECOVERY = "recovery code"
    RETURN = "return"


class Unreadable(Exception):  # noqa: N818  the state of a row, not an error of ours
    """A row that these keys do not open, or that was changed or moved; `str()` holds no content."""


class Vault:
    """Seals values and opens them again.

    The first key seals, every key opens. The hashes are made with the first key: whoever puts a
    new key in front has to hash the words of all clients anew, forgets failed sign-ins, and ends
    every session, code and link.
    Raises ValueError when there is no key, or one that is not 32 bytes long.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a vault needs keys of {KEY_BYTES} bytes")
        self._ciphers = {
            _derived(key, "key id")[:_KEY_ID]: AESGCM(_derived(key, "seal")) for key in keys
        }
        self._first = _derived(keys[0], "key id")[:_KEY_ID]
        self._words = _derived(keys[0], "words")
        self._attempts = _derived(keys[0], "attempts")
        self._secrets = {one: _derived(keys[0], f"hash of a {one}") for one in Secret}
        self._erased = tuple(_derived(key, "erasures") for key in keys)
        self._rows = tuple(_derived(key, "plain columns") for key in keys)

    def seal(self, value: Mapping[str, object], table: str, row: str, column: str) -> bytes:
        """Return the value sealed for one place. It has to be JSON: no dates, no sets."""
        text = json.dumps(dict(value), separators=(",", ":"), allow_nan=False, default=_as_json)
        nonce = os.urandom(_NONCE)
        place = _place(table, row, column)
        sealed = self._ciphers[self._first].encrypt(nonce, text.encode(), place)
        return self._first + nonce + sealed

    def open(self, sealed: bytes, table: str, row: str, column: str) -> dict[str, object]:
        """Return the value that was sealed for this place. Raises Unreadable."""
        if not isinstance(sealed, bytes):  # SQLite keeps whatever somebody puts into a column
            raise Unreadable(f"{table} {row}: not sealed by this program")
        cipher = self._ciphers.get(sealed[:_KEY_ID])
        nonce, rest = sealed[_KEY_ID : _KEY_ID + _NONCE], sealed[_KEY_ID + _NONCE :]
        if cipher is None or len(nonce) != _NONCE:
            raise Unreadable(f"{table} {row}: no key opens it")
        try:
            text = cipher.decrypt(nonce, rest, _place(table, row, column))
        except InvalidTag:
            raise Unreadable(f"{table} {row}: changed or moved since it was sealed") from None
        value: dict[str, object] = json.loads(text)
        return value

    def has_key_of(self, sealed: bytes) -> bool:
        """Whether a value was sealed with one of our keys."""
        return isinstance(sealed, bytes) and sealed[:_KEY_ID] in self._ciphers

    def search_hash(self, clinic: ClinicId, word: str) -> str:
        """Return what is stored of a word to search by; it differs from clinic to clinic."""
        return _keyed(self._words, clinic, word)

    def attempt_hash(self, text: str) -> str:
        """Return what is stored of an address or an account when attempts are counted."""
        return _keyed(self._attempts, text)

    def secret_hash(self, kind: Secret, secret: str) -> str:
        """Return what is stored of a secret; without our key nobody can make one that fits."""
        return self.keyed_hash(kind, hash_of(secret))

    def keyed_hash(self, kind: Secret, hash: str) -> str:
        """Return what is stored of a secret of which only `hash_of` is known."""
        return _keyed(self._secrets[kind], hash)

    def erasure_hashes(self, clinic: ClinicId, table: str, id: str) -> tuple[str, ...]:
        """Return what may stand for a row that was erased: one for each key, the first key's first.

        Without a key nobody can tell which row it stands for.
        """
        return tuple(_keyed(key, clinic, table, id) for key in self._erased)

    def mac(self, table: str, values: Sequence[object]) -> bytes:
        """Return what shows later that the plain columns of a row are those that we wrote."""
        return _mac(self._rows[0], table, values)

    def is_mac_of(self, mac: object, table: str, values: Sequence[object]) -> bool:
        """Whether we wrote these plain columns, with any of our keys; `mac` may be anything."""
        return isinstance(mac, bytes) and any(
            hmac.compare_digest(mac, _mac(key, table, values)) for key in self._rows
        )


def _mac(key: bytes, table: str, values: Sequence[object]) -> bytes:
    # Whoever changes a row may put anything into it, on SQLite also what is no JSON.
    text = _AS_TEXT.encode((table, *values))
    return hmac.digest(key, text.encode(errors="replace"), "sha256")


def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, None, f"clinic records: {purpose}".encode()).derive(key)


def _keyed(key: bytes, *parts: str) -> str:
    return hmac.new(key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()


def _place(table: str, row: str, column: str) -> bytes:
    return json.dumps((table, row, column)).encode()


def _as_json(value: object) -> object:
    """Let read-only mappings through; anything else that is no JSON is a fault of the caller."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
