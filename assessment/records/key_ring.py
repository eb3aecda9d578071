"""The keys of an installation as they stand in a file: the newest first, then what is left of some.

A file of 32 bytes is one key. With more it is JSON, whose `since` says when a key became the first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and since when it was the first one (Unix seconds; 0 where nobody noted it)."""

    secret: bytes
    since: int = 0


Retired = Mapping[str, bytes]
"""What is left of a key that opens nothing any more: keys derived from it, by their purpose."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Keys, the newest first: that one seals, all open. Then what is left of older ones."""

    keys: tuple[Key, ...]
    retired: tuple[Retired, ...] = ()

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The keys themselves, the newest first."""
        return tuple(key.secret for key in self.keys)

    def with_new(self, secret: bytes, now: int) -> Ring:
        """Return the ring with a new key in front."""
        return replace(self, keys=(Key(secret, now), *self.keys))

    def with_last(self, key: Key) -> Ring:
        """Return the ring with a key that opens, and seals nothing yet."""
        return replace(self, keys=(*self.keys, key))

    def since(self, time: int) -> Ring:
        """Return the ring without the keys that were not the first one any more at that time."""
        younger = zip(self.keys, (None, *self.keys), strict=False)
        kept = tuple(key for key, next in younger if next is None or next.since > time)
        return replace(self, keys=kept)


def apart(keys: bytes) -> tuple[bytes, ...]:
    """Return keys that were handed over one after another. Raises ValueError when they are not."""
    if not keys or len(keys) % KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return tuple(keys[start : start + KEY_BYTES] for start in range(0, len(keys), KEY_BYTES))


def read(data: bytes) -> Ring:
    """Return what stands in a file of keys. Raises ValueError when that is none."""
    if len(data) == KEY_BYTES:
        return Ring((Key(data),))
    try:
        found = json.loads(data)
        keys = tuple(Key(bytes.fromhex(one["key"]), int(one["since"])) for one in found["keys"])
        retired = tuple(
            {purpose: bytes.fromhex(part) for purpose, part in one.items()}
            for one in found["retired"]
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no file of keys") from error
    if not keys or any(len(key.secret) != KEY_BYTES for key in keys):
        raise ValueError("no file of keys")
    return Ring(keys, retired)


def written(ring: Ring) -> bytes:
    """Return what stands in the file of these keys."""
    if len(ring.keys) == 1 and not ring.retired and not ring.keys[0].since:
        return ring.keys[0].secret
    keys = [{"key": key.secret.hex(), "since": key.since} for key in ring.keys]
    retired = [{purpose: part.hex() for purpose, part in one.items()} for one in ring.retired]
    return json.dumps({"keys": keys, "retired": retired}, indent=1).encode() + b"\n"
