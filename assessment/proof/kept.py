"""The proof of the protocol that is served: made at start, and kept. Decision 0011 says why."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.prove import prove
from assessment.proof.report import Kind, Report
from assessment.proof.words import failure_in_words

KEPT = "proof.json"
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Proof:
    """That everything holds of one protocol: how much was checked of each kind, and when."""

    key: str
    when: str
    checked: tuple[tuple[Kind, int], ...]


class NotProven(Exception):  # noqa: N818  a report for the operator, not an error of ours
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


def proof_of(protocol: Protocol, folder: Path, now: str) -> Proof:
    """Return the proof of the protocol: the one kept in the folder, or a new one, made `now`.

    Only a proof of exactly this protocol by exactly this program counts. Raises NotProven when
    something does not hold; that is never kept.
    """
    key = proof_key(protocol)
    kept = _read(folder / KEPT)
    if kept is not None and kept.key == key:
        return kept
    report = prove(Engine(protocol))
    if not report.proven:
        raise NotProven(protocol, report)
    proof = Proof(key, now, tuple((one.kind, one.count) for one in report.checked))
    _write(folder / KEPT, proof)
    return proof


def proof_key(protocol: Protocol) -> str:
    """Return the SHA-256 (hex) of everything that a proof rests on.

    That is all of the protocol, its promises and cases included, and the program that decides
    and proves.
    """
    digest = hashlib.sha256(repr(protocol).encode())
    digest.update(version("python-sat").encode())
    package = Path(__file__).resolve().parents[1]
    for part in ("engine", "proof"):
        for file in sorted((package / part).glob("*.py")):
            digest.update(f"\n{part}/{file.name}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _read(file: Path) -> Proof | None:
    """Return the proof in a file; None when there is none that can be read."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        checked = tuple((Kind(kind), int(count)) for kind, count in kept["checked"].items())
        return Proof(str(kept["key"]), str(kept["when"]), checked)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _write(file: Path, proof: Proof) -> None:
    """Keep a proof, all of it or nothing. Where that fails, the next start proves again."""
    kept = {"key": proof.key, "when": proof.when, "checked": dict(proof.checked)}
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    try:
        draft.write_text(json.dumps(kept) + "\n", encoding="utf-8")
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
