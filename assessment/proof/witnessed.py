"""Answers that show that nothing in a protocol is dead: what a certificate has instead of proofs.

A claim that something can happen needs no refutation. It needs answers on which it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assessment.engine.answers import Answers
from assessment.engine.decision import Engine
from assessment.proof.dead import counting, reachable
from assessment.proof.matters import Mattering
from assessment.proof.promises import empty_promises
from assessment.proof.report import Code, Failure
from assessment.proof.solver import CONFLICTS
from assessment.proof.witness import decoded
from assessment.proof.workbench import Claim, Workbench


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that can happen, with one answer set that shows it, or two side by side."""

    code: Code
    subject: str
    answers: tuple[Answers, ...]


def witnesses(engine: Engine) -> Iterator[Shown]:
    """Yield what shows that every part of the engine's protocol can make a difference.

    Raises ValueError where something is dead, and NotFinishedError where the budget ends first.
    """
    bench = Workbench(engine)
    bench.solver.prefer(bench.sheet.ticks)  # one model then shows much that can happen
    claims = [*empty_promises(bench), *reachable(bench), *counting(bench, ())]
    yield from _shown(bench, claims)
    yield from _mattering(engine)


def _shown(bench: Workbench, claims: Iterable[Claim]) -> Iterator[Shown]:
    left = list(claims)
    while left:
        model = bench.solver.find([left[0].literal])
        if model is None:
            raise ValueError(left[0].says)
        found = (decoded(bench.sheet, model),)
        for claim in left:
            if model.holds(claim.literal):
                yield Shown(claim.code, claim.subject, found)
        left = [claim for claim in left if not model.holds(claim.literal)]


def _mattering(engine: Engine) -> list[Shown]:
    """Return two answer sets for each question and option that must make a difference."""
    found: list[Shown] = []

    def differs(failure: Failure, one: Answers, other: Answers) -> None:
        found.append(Shown(failure.code, failure.subject, (one, other)))

    failures = Mattering(engine, CONFLICTS, (), differs).failures()
    if failures:
        raise ValueError(failures[0].says)
    return found
