"""The score of `make mutants` as it is kept, since to measure it takes minutes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from assessment.engine.protocol import Protocol

RECORD = Path(__file__).with_name("mutant_score.json")
MEASURE = ("mutants.py", "mutant_score.py")
"""What says which faults are made, which of them are worse, and what counts as caught."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many faults there are, how many were judged, and what became of the worse ones.

    `of` tells what was measured: see `fingerprint`.
    """

    of: str
    mutants: int
    judged: int
    worse: int
    caught_by_cases: int
    caught_by_proof: int
    survivors: int

    @property
    def caught(self) -> int:
        """How many of the worse ones are noticed."""
        return self.caught_by_cases + self.caught_by_proof

    @property
    def share(self) -> float:
        """The part of the worse ones that is noticed."""
        return self.caught / self.worse if self.worse else 1.0


def fingerprint(protocol: Protocol) -> str:
    """Return the SHA-256 (hex) of what the score rests on: another one makes it stale.

    That is every rule, promise and case, and how faults are made and judged. Words are left out,
    and so is the program that decides and proves: tests of its own watch it.
    """
    parts = [protocol.rules_hash]
    for promise in protocol.promises:
        bounds = (promise.urgency_at_least, promise.pressure_at_most)
        parts.append(repr((promise.id, promise.when, bounds)))
        parts += map(str, promise.asked)
    for case in protocol.cases:
        accepted = [each.id for each in (case.expected, *case.acceptable)]
        never = [each.id for each in case.never]
        parts.append(repr((case.id, dict(case.answers), accepted, never, case.rule)))
    parts += [RECORD.with_name(name).read_text(encoding="utf-8") for name in MEASURE]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def kept() -> Score:
    """Return the score that was measured last."""
    return Score(**json.loads(RECORD.read_text(encoding="utf-8")))


def keep(score: Score) -> None:
    """Write the score where `kept` finds it."""
    RECORD.write_text(json.dumps(asdict(score), indent=2) + "\n", encoding="utf-8")
