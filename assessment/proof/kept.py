"""The proof that a server needs before it serves a protocol. Decision 0011 says why."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.prove import prove
from assessment.proof.report import Kind, Report
from assessment.proof.words import failure_in_words

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Proof:
    """That everything holds of one protocol: how much was checked of each kind, and when.

    `key` names everything that it rests on.
    """

    key: str
    when: str
    checked: tuple[tuple[Kind, int], ...]


class NotProven(Exception):
    """Something does not hold of a protocol, or could not be settled; `str()` is the report."""

    def __init__(self, protocol: Protocol, report: Report) -> None:
        lines = [f"{protocol.id} {protocol.version} is not proven, so it is not served."]
        for failure in report.failures[:MOST_SHOWN]:
            lines += failure_in_words(protocol, failure)
        more = len(report.failures) - MOST_SHOWN
        if more > 0:
            lines.append(f"and {more} more")
        lines.append("`assessment prove` shows everything; docs/proof.md explains each code.")
        super().__init__("\n".join(lines))


def proof_of(protocol: Protocol, kept: Proof | None, now: str) -> Proof:
    """Return the proof of the protocol: the one that was kept, or a new one, made `now`.

    Only a proof of exactly this protocol by exactly this program counts. Raises NotProven when
    something does not hold.
    """
    key = proof_key(protocol)
    if kept is not None and kept.key == key:
        return kept
    report = prove(Engine(protocol))
    if not report.proven:
        raise NotProven(protocol, report)
    return Proof(key, now, tuple((one.kind, one.count) for one in report.checked))


def proof_key(protocol: Protocol) -> str:
    """Return the SHA-256 (hex) of everything that a proof rests on.

    That is all of the protocol, its promises and cases included, the program that decides and
    proves, and what runs it.
    """
    digest = hashlib.sha256(repr(protocol).encode())
    digest.update(sys.version.encode())
    digest.update(version("python-sat").encode())
    package = Path(__file__).resolve().parents[1]
    for part in ("engine", "proof"):
        for file in sorted((package / part).glob("*.py")):
            digest.update(f"\n{part}/{file.name}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
