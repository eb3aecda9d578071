"""Two answer sets side by side that differ in the answer to one question, whichever it is."""

from __future__ import annotations

from dataclasses import replace

from assessment.proof.beside import Beside
from assessment.proof.circuit import Literal
from assessment.proof.report import Bounds, Code, Failure
from assessment.proof.sheet import Sheet
from assessment.proof.solver import Model
from assessment.proof.witness import costs, replayed
from assessment.proof.workbench import Workbench


class Pair(Beside):
    """Two answer sets, `one` and `other`, over the circuit of a workbench.

    They agree on every question that is asked in both, but for the one question whose
    `differs` holds. Questions that only one of them is asked are free; an optional one is answered
    in both or in neither.
    """

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        circuit, one = bench.circuit, bench.sheet
        other = Sheet(circuit, bench.protocol, bench.meanings)
        super().__init__(circuit, one, other, {name: circuit.fresh() for name in one.domains})
        circuit.at_most_one(list(self.differs.values()))
        for name in self.differs:
            self.bind(name)

    def costs(self) -> list[Literal]:
        """Return what takes an answer away from a calm one, in either."""
        both = zip(costs(self.one), costs(self.other), strict=True)
        return [self.circuit.disj(pair) for pair in both]

    def show(self, failure: Failure, model: Model) -> Failure:
        """Return the failure with both answer sets, replayed on the engine.

        Raises DisagreementError when the engine decides otherwise on one of them.
        """
        one = replayed(self.bench.engine, self.one, model)
        other = replayed(self.bench.engine, self.other, model)
        milder = one.decision.recommend
        pressure = 2 if failure.code is Code.WORSE_IS_LESS_URGENT else milder.pressure
        return replace(failure, witness=one, worse=other, bounds=Bounds(milder.urgency, pressure))
