"""How good the decisions on the cases are, beside what others have published."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assessment.engine.protocol import Protocol
from assessment.engine.questions import NOT_SURE
from assessment.proof.cases import Judged

Z_95 = 1.959964
"""The normal quantile of a 95 % interval."""

VIGNETTE = "dev_"
"""How the ids of vignettes begin: stories with an answer key, unlike cases made from the rules."""

PUBLISHED = {
    "safe": "97.8 % best symptom checkers, 97.0 % general practitioners (BMJ Open 2020, e040269)",
    "exact": "57 % symptom checkers, right level of care (BMJ 2015)",
}
"""Published figures by the name of ours that they stand beside."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    name: str
    part: int
    whole: int

    @property
    def share(self) -> float:
        """From 0 to 1; 1 when there is nothing."""
        return self.part / self.whole if self.whole else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval (Wilson's score)."""
        return wilson(self.part, self.whole)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one sort of thing the cases use, and what they leave out."""

    share: Share
    missed: tuple[str, ...]


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share; everything is possible of nothing."""
    if whole == 0:
        return 0.0, 1.0
    share, square = part / whole, Z_95 * Z_95
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    spread = math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    half = Z_95 * spread / (1 + square / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def vignette_figures(cases: Iterable[Judged]) -> list[Share]:
    """Return the figures over the vignettes among the cases.

    `exact` and `acceptable` are as the case says; `over-triage` and `under-triage` are more and
    less urgent than expected, and not acceptable; `unsafe` is what must never be.
    """
    vignettes = [one for one in cases if one.case.id.startswith(VIGNETTE)]

    def share(name: str, holds: Callable[[Judged], bool]) -> Share:
        return Share(name, sum(map(holds, vignettes)), len(vignettes))

    return [
        share("exact", lambda one: one.exact),
        share("acceptable", lambda one: one.acceptable),
        share("over-triage", lambda one: not one.acceptable and _hurry(one) > 0),
        share("under-triage", lambda one: not one.acceptable and _hurry(one) < 0),
        share("safe", lambda one: not one.unsafe),
        share("unsafe", lambda one: one.unsafe),
    ]


def coverage(protocol: Protocol, cases: Sequence[Judged]) -> list[Coverage]:
    """Return which rules count, and which questions and options are answered, in some case."""
    rules = {fired.rule.id for one in cases for fired in one.decision.fired}
    given = [
        (name, answer)
        for one in cases
        for name, answer in one.answers.items()
        if name not in one.decision.ignored
    ]
    chosen = {
        f"{name}.{value}"
        for name, answer in given
        for value in (answer if isinstance(answer, frozenset) else [answer])
    }
    asked = [question for question in protocol.questions if question.line is None]
    options = [f"{question.id}.{each.id}" for question in asked for each in question.options]
    unsure = [f"{question.id}.{NOT_SURE}" for question in asked if question.offers_not_sure]
    return [
        _coverage("rules", [rule.id for rule in protocol.rules], rules),
        _coverage("questions", [question.id for question in asked], {name for name, _ in given}),
        _coverage("options", options, chosen),
        _coverage("not sure", unsure, chosen),
    ]


def _coverage(name: str, every: Sequence[str], used: set[str]) -> Coverage:
    missed = tuple(each for each in every if each not in used)
    return Coverage(Share(name, len(every) - len(missed), len(every)), missed)


def _hurry(one: Judged) -> int:
    return one.decision.recommend.urgency - one.case.expected.urgency
