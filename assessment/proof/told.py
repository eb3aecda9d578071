"""What precautions tell a therapist of each answer set: their limits, of the body or of places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assessment.engine.places import limits_at
from assessment.engine.protocol import Precaution, Promise
from assessment.engine.reasons import Reasons
from assessment.proof.circuit import Literal
from assessment.proof.report import Failure, Told
from assessment.proof.solver import Model
from assessment.proof.workbench import Workbench


class Telling:
    """The precautions of one answer set before the solver.

    What rests on a private answer no therapist may read, so it keeps no promise.
    """

    def __init__(self, bench: Workbench) -> None:
        self._reasons = reasons = Reasons(bench.protocol)
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

    def costs(self) -> list[Literal]:
        """Return what takes an answer away from a calm one."""
        return self.bench.costs()

    def show(self, failure: Failure, model: Model) -> Failure:
        """Return the failure with the answers of the model, and which precaution nobody reads.

        Raises DisagreementError when the engine decides otherwise.
        """
        failure = self.bench.show(failure, model)
        hidden = " ".join(self._hidden(failure))
        return replace(failure, says=f"{failure.says} {hidden}".rstrip())

    def _hidden(self, failure: Failure) -> Iterator[str]:
        """Yield why a precaution that gives the limit reaches no therapist."""
        if failure.witness is None or failure.bounds is None or failure.bounds.told is None:
            return
        told = failure.bounds.told
        for noted in failure.witness.decision.precautions:
            if noted.private and limits_at(noted.precaution, told.limit, told.place):
                applies = "may apply" if noted.unsure else "applies"
                yield (
                    f"Precaution {noted.precaution.id} {applies}, but rests on the private answer "
                    f"to “{self._private(noted.precaution)}”, so no therapist sees it."
                )

    def _private(self, precaution: Precaution) -> str:
        """Return the private question on which a precaution rests, in words."""
        name = next(self._reasons.private(precaution.when))
        return self.bench.protocol.question[name].short.text


def limits_of(one: Promise | Precaution) -> Iterator[Told]:
    """Yield each limit that a promise demands, or that a precaution gives."""
    for limit in one.limits:
        yield from (Told(limit, place) for place in one.places or (None,))
