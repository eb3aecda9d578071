"""The versions that a server has served, kept so that walks go on under the one they began with.

Each is a file in the instance folder: what the protocol was read from, and the proof of it. The
file counts only with a seal that is made with the key of the instance. Decision 0020 says why.
"""

from __future__ import annotations

import contextlib
import datetime
import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from assessment.engine.protocol import Protocol, Review
from assessment.proof.kept import NotProven, Proof, proof_of
from assessment.protocols.versions import load_files, version_of
from assessment.records.key_ring import apart

FOLDER = "versions"
KEPT_FOR = 3 * 24 * 60 * 60
"""Seconds after its last day for which a version is kept. A walk lives for a day after its last
answer: whoever answers now and then gets to the end."""
MOST_OLDER = 4
"""Each is loaded at start, in some seconds."""

log = logging.getLogger("assessment")


@dataclass(frozen=True, slots=True)
class Older:
    """A version that was served before what is served now.

    `goes_on`: walks that began under it keep it. Without it (it was withdrawn, or is not proven
    any more) it only tells what their answers meant.
    """

    protocol: Protocol
    files: Mapping[str, str]
    goes_on: bool


@dataclass(frozen=True, slots=True)
class _Record:
    """What is kept of one version.

    `until` is when it was last served (Unix seconds); None while it is.
    """

    version: str
    files: Mapping[str, str]
    review: Review | None
    proof: Proof
    until: int | None = None
    withdrawn: bool = False


_RECORDS = TypeAdapter(_Record)


class StoredVersions:
    """The versions in an instance folder, as they are `now` (Unix seconds).

    `key` is the secret of the instance, or several one after another, the newest first: what was
    written without any of them is never believed. `folder` is where those of one protocol lie; one
    that cannot be written to costs a proof at each start, and walks their versions at a change.
    """

    def __init__(self, instance: Path, key: bytes, now: int, folder: str = FOLDER) -> None:
        self._folder = instance / folder
        made = (hmac.digest(one, b"stored versions", "sha256") for one in apart(key))
        self._keys = tuple(made)
        self._now = now
        day = datetime.datetime.fromtimestamp(now, datetime.UTC)
        self._when = day.strftime("%Y-%m-%d %H:%M UTC")

    def serve(self, protocol: Protocol, files: Mapping[str, str]) -> Proof:
        """Keep the version that is served from now on, and return its proof.

        A proof that is kept is not made again. Raises NotProven when something does not hold.
        """
        version = version_of(protocol)
        there = self._read(self._path(version))
        proof = proof_of(protocol, None if there is None else there.proof, self._when)
        self._write(_Record(version, dict(files), protocol.review, proof), there)
        return proof

    def older(self, served: Protocol) -> tuple[Older, ...]:
        """Return the versions that walks may have begun under before this one was served."""
        mine = version_of(served)
        read = {path: self._read(path) for path in sorted(self._folder.glob("*.json"))}
        over = [(path, one) for path, one in read.items() if one and one.version != mine]
        over.sort(key=lambda each: self._until(each[1]), reverse=True)
        found: list[Older] = []
        for path, record in over:
            if len(found) == MOST_OLDER or self._until(record) < self._now - KEPT_FOR:
                _remove(path)
            elif (older := self._older(record, served)) is not None:
                found.append(older)
        return tuple(found)

    def _older(self, record: _Record, served: Protocol) -> Older | None:
        """Load a version and note that it is over; None where it does not load any more."""
        over = replace(record, until=self._until(record))
        try:
            protocol = load_files(record.files, record.version)
        except Exception as error:  # a newer program may stumble over it anywhere
            self._write(over, record)
            log.warning("walks begun under %.16s move on: %s", record.version, error)
            return None
        protocol = replace(protocol, review=record.review)
        withdrawn = record.withdrawn or (
            protocol.id == served.id and protocol.version in served.withdraws
        )
        proof = None if withdrawn else self._proven(protocol, record.proof)
        over = replace(over, proof=proof or record.proof, withdrawn=withdrawn)
        self._write(over, record)
        return Older(protocol, record.files, goes_on=proof is not None)

    def _proven(self, protocol: Protocol, kept: Proof) -> Proof | None:
        try:
            return proof_of(protocol, kept, self._when)
        except NotProven as report:
            log.warning("walks begun under an earlier version move on: %s", report)
            return None

    def _until(self, record: _Record) -> int:
        """Return when it was last served, which was not later than now whatever a clock said."""
        return self._now if record.until is None else min(record.until, self._now)

    def _path(self, version: str) -> Path:
        return self._folder / f"{version}.json"

    def _seals(self, body: str) -> list[str]:
        return [hmac.digest(key, body.encode(), "sha256").hex() for key in self._keys]

    def _read(self, path: Path) -> _Record | None:
        """Return what a file holds; None where there is none that this instance wrote."""
        try:
            seal, _, body = path.read_text(encoding="ascii").partition("\n")
            if not any(hmac.compare_digest(seal, one) for one in self._seals(body)):
                return None
            return _RECORDS.validate_json(body)
        except (OSError, ValueError, TypeError):  # TypeError: the seal is not in ASCII
            return None

    def _write(self, record: _Record, there: _Record | None) -> None:
        """Keep a version, all of it or nothing, where it is not `there` as it is."""
        if record == there:
            return
        body = _RECORDS.dump_json(record, ensure_ascii=True).decode()
        path = self._path(record.version)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            draft.write_text(f"{self._seals(body)[0]}\n{body}", encoding="ascii")
            draft.replace(path)
        except OSError as error:
            log.warning("this version cannot be kept for walks under way: %s", error.strerror)
            _remove(draft)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # as good: what is out of date is not loaded anyway
        path.unlink()
