"""Who of a population ends where, and which rule alone sent them there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assessment.engine.decision import Decision
from assessment.engine.protocol import Recommend
from assessment.measure.facts import Among, Budget
from assessment.measure.fill import Filled


@dataclass(frozen=True, slots=True)
class Ends:
    """How many persons got each recommendation."""

    persons: int
    by: Mapping[Recommend, int]

    def percent(self, urgency: int) -> float:
        """Return how many percent end at this urgency or above."""
        there = sum(number for recommend, number in self.by.items() if recommend.urgency >= urgency)
        return 100 * there / self.persons if self.persons else 0.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A budget, and what was found."""

    budget: Budget
    percent: float

    @property
    def holds(self) -> bool:
        """Whether it is kept."""
        return self.percent <= self.budget.at_most


@dataclass(frozen=True, slots=True)
class Sends:
    """A rule that sends persons to a doctor.

    It gave `persons` what they got, perhaps with other rules. It `alone` sends those who would be
    at urgency 0 without it, or of whom nobody would decide; `without` counts those of them who have
    no sign and no condition, `unsure` those for whom it was "not sure".
    """

    rule: str
    urgency: int
    persons: int
    alone: int
    without: int
    unsure: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a population shows of a protocol."""

    ends: Mapping[Among, Ends]
    kept: tuple[Kept, ...]
    sends: tuple[Sends, ...]


def figures(filled: Iterable[Filled], budgets: Iterable[Budget]) -> Figures:
    """Return the figures of persons who have filled a protocol."""
    filled = list(filled)
    ends = {among: _ends([one for one in filled if among in one.among]) for among in Among}
    kept = tuple(Kept(one, ends[one.among].percent(one.urgency)) for one in budgets)
    return Figures(ends, kept, _sends(filled))


def sent_by(decision: Decision) -> str | None:
    """Return the rule that alone sends a person to a doctor; None where there is no such one."""
    rules = {fired.rule.id for fired in decision.fired if fired.recommend.is_medical}
    return rules.pop() if len(rules) == 1 else None


def _ends(filled: list[Filled]) -> Ends:
    return Ends(len(filled), Counter(one.decision.recommend for one in filled))


def _sends(filled: Iterable[Filled]) -> tuple[Sends, ...]:
    given: dict[tuple[str, int], list[Filled]] = {}
    for one in filled:
        recommend = one.decision.recommend
        if recommend.is_medical:
            for fired in one.decision.winning:
                given.setdefault((fired.rule.id, recommend.urgency), []).append(one)
    rows = []
    for (rule, urgency), persons in given.items():
        alone = [one for one in persons if sent_by(one.decision) == rule]
        without = sum(Among.WITHOUT in one.among for one in alone)
        unsure = sum(one.decision.fired[0].unsure for one in alone)
        rows.append(Sends(rule, urgency, len(persons), len(alone), without, unsure))
    return tuple(sorted(rows, key=lambda row: (-row.alone, -row.persons, row.rule, -row.urgency)))
