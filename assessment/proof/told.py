"""What precautions tell a therapist of each answer set: their limits, of the body or of places."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.engine.places import limits_at
from assessment.engine.protocol import Precaution, Promise
from assessment.engine.reasons import Reasons
from assessment.proof.circuit import Literal
from assessment.proof.report import Told
from assessment.proof.workbench import Workbench


class Telling:
    """The precautions of one answer set before the solver.

    What rests on a private answer no therapist may read, so it keeps no promise.
    """

    def __init__(self, bench: Workbench) -> None:
        reasons = Reasons(bench.protocol)
        self.bench = bench
        self._noted = [
            (one, bench.sheet.literal(meaning.possibly))
            for one, meaning in zip(
                bench.protocol.precautions, bench.meanings.precautions, strict=True
            )
            if not reasons.is_private(one.when)
        ]

    def says(self, told: Told, but: Precaution | None = None) -> Literal:
        """Return "a precaution that applies or may apply gives this limit"; `but` is left out."""
        return self.bench.circuit.disj(
            noted
            for one, noted in self._noted
            if one is not but and limits_at(one, told.limit, told.place)
        )


def limits_of(one: Promise | Precaution) -> Iterator[Told]:
    """Yield each limit that a promise demands, or that a precaution gives."""
    for limit in one.limits:
        yield from (Told(limit, place) for place in one.places or (None,))
