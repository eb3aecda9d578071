"""The score of `make mutants` as it is kept, since to measure it takes an hour."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from assessment.engine.protocol import Protocol
from assessment.engine.text import NO_TEXT
from tests.proof.mutant import Fault
from tests.proof.mutant_judge import Verdict
from tests.proof.mutant_noticed import Caught

HERE = Path(__file__).parent
RECORD = HERE / "mutant_score.json"
REPORT = {HERE / f"mutant_{name}.py" for name in ("record", "run", "score")}
MEASURE = tuple(sorted({*HERE.glob("mutant*.py")} - REPORT))
"""What says which faults are made, what harm they do, and what counts as noticed."""


@dataclass(frozen=True, slots=True)
class Operator:
    """What became of the faults of one kind.

    Of the `judged` ones, `harmful` ones must be refused: by the check, a case, the proof, or
    the test of the hazard log, which misses a sign that is gone.
    The rest do no harm that a solver sees; `told` is how many of them something notices.
    """

    fault: Fault
    judged: int
    harmful: int
    by_check: int
    by_cases: int
    by_proof: int
    by_log: int
    told: int

    @property
    def unserved(self) -> int:
        """How many of the harmful ones make a protocol that is not served."""
        return self.by_check + self.by_cases + self.by_proof

    @property
    def refused(self) -> int:
        """How many of the harmful ones are refused, or fail the test of the hazard log."""
        return self.unserved + self.by_log

    @property
    def survivors(self) -> int:
        """How many are not noticed as they should be."""
        return self.judged - self.refused - self.told


@dataclass(frozen=True, slots=True)
class Score:
    """How many faults there are, and what became of those that were judged, kind by kind.

    `of` tells what was measured: see `fingerprint`.
    """

    of: str
    mutants: int
    operators: tuple[Operator, ...]

    def total(self, name: str) -> int:
        """Return the sum of a figure over every kind."""
        return sum(getattr(one, name) for one in self.operators)

    @property
    def share(self) -> float:
        """The part of the harmful ones that is refused."""
        return share(self.operators)


def share(operators: Iterable[Operator]) -> float:
    """Return the part of the harmful faults that is refused."""
    every = list(operators)
    harmful = sum(one.harmful for one in every)
    return sum(one.refused for one in every) / harmful if harmful else 1.0


def score_of(verdicts: Iterable[Verdict], of: str, number: int) -> Score:
    """Return the figures that are kept; `number` is how many mutants there are."""
    every = list(verdicts)
    kinds = [(fault, [one for one in every if one.fault is fault]) for fault in Fault]
    return Score(of, number, tuple(_operator(fault, mine) for fault, mine in kinds if mine))


def _operator(fault: Fault, verdicts: list[Verdict]) -> Operator:
    harmful = [one for one in verdicts if one.effect.is_harm]
    rest = [one for one in verdicts if not one.effect.is_harm]
    by = [one.caught for one in harmful]
    return Operator(
        fault,
        judged=len(verdicts),
        harmful=len(harmful),
        by_check=by.count(Caught.CHECK),
        by_cases=by.count(Caught.CASES),
        by_proof=by.count(Caught.PROOF) + by.count(Caught.DEAD),
        by_log=by.count(Caught.LOG),
        told=sum(not one.survives for one in rest),
    )


def fingerprint(protocol: Protocol) -> str:
    """Return the SHA-256 (hex) of what the score rests on: another one makes it stale.

    That is every rule, promise and case, and how faults are made and judged. Words are left out,
    and so is the program that decides, proves and compares: tests of its own watch it.
    """
    parts = [protocol.rules_hash]
    parts += [repr(replace(one, promise=NO_TEXT)) for one in protocol.promises]
    parts += [repr(replace(one, title="")) for one in protocol.cases]
    parts += [path.read_text(encoding="utf-8") for path in MEASURE]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def kept() -> Score:
    """Return the score that was measured last."""
    read = json.loads(RECORD.read_text(encoding="utf-8"))
    kinds = [Operator(**{**one, "fault": Fault(one["fault"])}) for one in read["operators"]]
    return Score(read["of"], read["mutants"], tuple(kinds))


def keep(score: Score) -> None:
    """Write the score where `kept` finds it."""
    RECORD.write_text(json.dumps(asdict(score), indent=1) + "\n", encoding="utf-8")
