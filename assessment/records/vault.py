"""Seals what is said by clients or about them, so that the database alone tells nothing.

A sealed value is: key id (4 bytes), nonce (12), AES-256-GCM ciphertext of compact JSON. The table,
the row and the column are authenticated with it, so that a value cannot be moved to another place.
Nothing is used as it was handed in: one key for each purpose is derived (HKDF).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assessment.records.ids import ClinicId, hash_of
from assessment.records.key_ring import KEY_BYTES, Key, Retired, Ring

log = logging.getLogger("assessment")

_KEY_ID = 4
_NONCE = 12
_ERASURES = "erasures"
_ROWS = "plain columns"

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


class Unreadable(Exception):
    """A row that these keys do not open, or that was changed or moved; `str()` holds no content."""


class _Known:
    """What recognises the work of a key, derived from the key or left of it."""

    def __init__(self, of: bytes | Retired) -> None:
        def part(purpose: str) -> bytes:
            if isinstance(of, bytes):
                return _derived(of, purpose)
            # Of a purpose that is younger than this it made nothing: let nothing fit.
            return of.get(purpose) or os.urandom(KEY_BYTES)

        self.secrets = {one: part(f"hash of a {one}") for one in Secret}
        self.erased = part(_ERASURES)
        self.rows = part(_ROWS)


class _Keys:
    """All that is derived from a ring; never changed, so that threads can share it."""

    def __init__(self, ring: Ring) -> None:
        self.ids = tuple(_derived(key, "key id")[:_KEY_ID] for key in ring.secrets)
        ciphers = (AESGCM(_derived(key, "seal")) for key in ring.secrets)
        self.ciphers = dict(zip(self.ids, ciphers, strict=True))
        self.words = tuple(_derived(key, "words") for key in ring.secrets)
        self.attempts = _derived(ring.secrets[0], "attempts")
        self.known = (
            *(_Known(key) for key in ring.secrets),
            *(_Known(one) for one in ring.retired),
        )
        self.rows = tuple(one.rows for one in self.known[: len(self.ids)])

    def knows(self, other: _Keys) -> bool:
        """Whether the first key of the other is one of these, or retired."""
        return other.known[0].erased in {one.erased for one in self.known}


class Vault:
    """Seals values and opens them again.

    The first key seals and hashes, every key opens and recognises. What a `retired` key made is
    recognised only: hashes of secrets, erasures, the audit log. `reread` returns the ring when it
    is another one by now, and else None; one without the key in use is not taken over. Whoever puts
    a new key in front forgets failed sign-ins; `resealing.py` makes anew what can be made anew.
    Raises ValueError when there is no key, or one that is not 32 bytes long.
    """

    def __init__(
        self,
        keys: Sequence[bytes],
        retired: Sequence[Retired] = (),
        reread: Callable[[], Ring | None] | None = None,
    ) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a vault needs keys of {KEY_BYTES} bytes")
        self._keys = _Keys(Ring(tuple(map(Key, keys)), tuple(retired)))
        self._reread = reread
        self._rereading = Lock()

    def refresh(self) -> bool:
        """Take over the keys that there are by now; return whether they are others than before."""
        if self._reread is None:
            return False
        with self._rereading:  # nobody goes on with older keys while another takes these over
            ring = self._reread()
            found = None if ring is None else _Keys(ring)
            if found is None:
                return False
            if not found.knows(self._keys):
                log.error("records: the file of keys lacks the key in use, so it is not read")
                return False
            self._keys = found
        return True

    @property
    def newest(self) -> bytes:
        """The id of the key that seals: what is sealed with it begins so."""
        return self._keys.ids[0]

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all keys that open, as text, the newest first."""
        return tuple(one.hex() for one in self._keys.ids)

    @property
    def has_older(self) -> bool:
        """Whether there are other keys that open."""
        return len(self._keys.ids) > 1

    def seal(self, value: Mapping[str, object], table: str, row: str, column: str) -> bytes:
        """Return the value sealed for one place. It has to be JSON: no dates, no sets."""
        text = json.dumps(dict(value), separators=(",", ":"), allow_nan=False, default=_as_json)
        nonce = os.urandom(_NONCE)
        place = _place(table, row, column)
        keys = self._keys
        sealed = keys.ciphers[keys.ids[0]].encrypt(nonce, text.encode(), place)
        return keys.ids[0] + nonce + sealed

    def open(self, sealed: bytes, table: str, row: str, column: str) -> dict[str, object]:
        """Return the value that was sealed for this place. Raises Unreadable."""
        if not isinstance(sealed, bytes):  # SQLite keeps whatever somebody puts into a column
            raise Unreadable(f"{table} {row}: not sealed by this program")
        if not self.has_key_of(sealed):
            self.refresh()
        cipher = self._keys.ciphers.get(sealed[:_KEY_ID])
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
        return isinstance(sealed, bytes) and sealed[:_KEY_ID] in self._keys.ciphers

    def search_hash(self, clinic: ClinicId, word: str) -> str:
        """Return what is stored of a word to search by; it differs from clinic to clinic."""
        return self.search_hashes(clinic, word)[0]

    def search_hashes(self, clinic: ClinicId, word: str) -> tuple[str, ...]:
        """Return what may be stored of a word: one for each key, the first key's first."""
        return tuple(_keyed(key, clinic, word) for key in self._keys.words)

    def attempt_hash(self, text: str) -> str:
        """Return what is stored of an address or an account when attempts are counted."""
        return _keyed(self._keys.attempts, text)

    def secret_hash(self, kind: Secret, secret: str) -> str:
        """Return what is stored of a secret; without our key nobody can make one that fits."""
        return self.keyed_hash(kind, hash_of(secret))

    def secret_hashes(self, kind: Secret, secret: str) -> tuple[str, ...]:
        """Return what may be stored of a secret: one for each key, retired ones too."""
        hashed = hash_of(secret)
        return tuple(_keyed(one.secrets[kind], hashed) for one in self._keys.known)

    def keyed_hash(self, kind: Secret, hash: str) -> str:
        """Return what is stored of a secret of which only `hash_of` is known."""
        return _keyed(self._keys.known[0].secrets[kind], hash)

    def erasure_hashes(self, clinic: ClinicId, table: str, id: str) -> tuple[str, ...]:
        """Return what may stand for a row that was erased: one for each key, the first key's first.

        Without a key nobody can tell which row it stands for.
        """
        return tuple(_keyed(one.erased, clinic, table, id) for one in self._keys.known)

    def mac(self, table: str, values: Sequence[object]) -> bytes:
        """Return what shows later that the plain columns of a row are those that we wrote."""
        return _mac(self._keys.rows[0], table, values)

    def is_mac_of(self, mac: object, table: str, values: Sequence[object]) -> bool:
        """Whether we wrote these plain columns, with any of our keys; `mac` may be anything."""
        found = self._maker(mac, table, values, self._keys.rows)
        if found is None and self.refresh():
            found = self._maker(mac, table, values, self._keys.rows)
        return found is not None

    def is_newest_mac_of(self, mac: object, table: str, values: Sequence[object]) -> bool:
        """Whether we wrote these plain columns with the first key."""
        return self._maker(mac, table, values, self._keys.rows[:1]) is not None

    def generation(self, mac: object, table: str, values: Sequence[object]) -> int | None:
        """Return which key made this, retired ones too; 0 is the first that there ever was.

        None when it was none of them.
        """
        keys = tuple(one.rows for one in self._keys.known)
        found = self._maker(mac, table, values, keys)
        if found is None and self.refresh():
            return self.generation(mac, table, values)
        return None if found is None else len(keys) - 1 - found

    @staticmethod
    def _maker(
        mac: object, table: str, values: Sequence[object], keys: Sequence[bytes]
    ) -> int | None:
        if not isinstance(mac, bytes):
            return None
        tried = (hmac.compare_digest(mac, _mac(key, table, values)) for key in keys)
        return next((number for number, fits in enumerate(tried) if fits), None)


def left_of(key: bytes) -> Retired:
    """Return what is left of a key when it is retired."""
    purposes = (*(f"hash of a {one}" for one in Secret), _ERASURES, _ROWS)
    return {purpose: _derived(key, purpose) for purpose in purposes}


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
