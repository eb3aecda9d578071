"""Words that exist nowhere else, typed into every field, and looked for everywhere.

What is looked for is the word itself in either case, its base64 at each of the three alignments,
its hexadecimal form, UTF-16, and its plain hashes: an unkeyed hash of a name can be guessed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import random
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LETTERS = "bcdfghjklmnpqrstvwxz"
"""No vowels: no such word is in any text."""


def words(seed: int, *fields: str) -> dict[str, str]:
    """Return a word for each field."""
    chance = random.Random(seed)
    return {name: "qj" + "".join(chance.choices(LETTERS, k=12)) for name in fields}


@dataclass(frozen=True, slots=True)
class Hit:
    """A word that was found where it must not be."""

    field: str
    form: str
    place: str

    def __str__(self) -> str:
        return f"{self.field} was found in {self.place} ({self.form})"


class Search:
    """Looks for words in whatever it is shown; `looked` counts the bytes.

    `exact` are shorter ones, such as a number: they count only where nothing touches them.
    """

    def __init__(self, canaries: dict[str, str], exact: dict[str, str] | None = None) -> None:
        self._exact = {
            field: re.compile(rf"(?<![0-9a-z]){re.escape(word)}(?![0-9a-z])".encode())
            for field, word in (exact or {}).items()
        }
        self._forms = [
            (field, name, form)
            for field, word in canaries.items()
            for name, form in _forms(word)
        ]  # fmt: skip
        self.hits: list[Hit] = []
        self.looked = 0
        self.places = 0

    def look(self, data: bytes | str, place: str, allowed: Iterable[str] = ()) -> None:
        """Look at some bytes, as they are and in small letters, but for `allowed` fields."""
        raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
        self.looked += len(raw)
        self.places += 1
        lowered = raw.lower()
        for field, name, form in self._forms:
            if field not in allowed and (form in raw or form in lowered):
                self.hits.append(Hit(field, name, place))
        for field, pattern in self._exact.items():
            if field not in allowed and pattern.search(lowered):
                self.hits.append(Hit(field, "as typed", place))

    def look_at_cookie(self, value: str, place: str) -> None:
        """Look at a cookie as it was sent, and decoded in the ways that anybody can."""
        self.look(value, place)
        for part in re.split(r"[.;=\s]", value):
            for decoded in _decoded(part):
                self.look(decoded, f"{place}, decoded")

    def look_at_folder(self, folder: Path, name: str, since: float = 0) -> None:
        """Look at every file below a folder that was written since then, and at their names."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_mtime >= since:
                self.look(path.name, f"{name}: a file name")
                self.look(path.read_bytes(), f"{name}/{path.relative_to(folder)}")


def can_find(canaries: dict[str, str]) -> bool:
    """Whether the search finds what is there: a search that cannot fail proves nothing."""
    search = Search(canaries)
    for word in canaries.values():
        search.look(f"x {word.upper()} y", "a log")
        search.look_at_cookie(base64.urlsafe_b64encode(f'["{word}"]'.encode()).decode(), "a cookie")
    return {hit.field for hit in search.hits} == set(canaries) and len(search.hits) >= 3 * len(
        canaries
    )


def _forms(word: str) -> Iterator[tuple[str, bytes]]:
    plain = word.encode()
    yield "as typed", plain.lower()
    yield "hexadecimal", binascii.hexlify(plain)
    yield "UTF-16", word.encode("utf-16-le")
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + plain)
        # Letters at the ends depend on the neighbours.
        yield "base64", coded[4 if shift else 0 : len(plain) // 3 * 4]
    for name in ("md5", "sha1", "sha256"):
        for variant in (word, word.lower(), word.upper()):
            yield (
                f"plain {name}",
                hashlib.new(name, variant.encode(), usedforsecurity=False).hexdigest().encode(),
            )


def _decoded(part: str) -> Iterator[bytes]:
    padded = part + "=" * (-len(part) % 4)
    for decode in (base64.b64decode, base64.urlsafe_b64decode):
        try:
            raw = decode(padded)
        except (binascii.Error, ValueError):
            continue
        yield raw
        for bits in (15, -15, 31):
            try:
                yield zlib.decompressobj(bits).decompress(raw)
            except zlib.error:
                continue
