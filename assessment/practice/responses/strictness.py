"""How strict an advice is: how urgent, how little pressure, and what it limits."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.protocol import Limit
from assessment.practice.responses.stored_decision import Decided


@dataclass(frozen=True, slots=True)
class Strictness:
    """`urgency` is 0 to 3, `pressure` 0 to 2; a note is no limit."""

    urgency: int
    pressure: int
    limits: frozenset[Limit]

    def exceeds(self, other: Strictness) -> bool:
        """Whether it is more urgent, allows less pressure, or limits what the other does not."""
        harder = self.urgency > other.urgency or self.pressure < other.pressure
        return harder or not self.limits <= other.limits

    def joined(self, other: Strictness) -> Strictness:
        """Return the stricter of both in each respect."""
        return Strictness(
            max(self.urgency, other.urgency),
            min(self.pressure, other.pressure),
            self.limits | other.limits,
        )


def strictness(decided: Decided) -> Strictness:
    """Return how strict a decision is; what it may limit counts as limited."""
    return Strictness(decided.urgency, decided.pressure, decided.limits - {Limit.NOTE})
