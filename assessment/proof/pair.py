"""Two answer sets side by side that differ in the answer to one question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from assessment.engine.questions import NONE, Kind, Option, Question, Safety, Worse
from assessment.proof.circuit import Literal
from assessment.proof.domains import Domain
from assessment.proof.report import Bounds, Code, Failure
from assessment.proof.sheet import Sheet
from assessment.proof.solver import Model
from assessment.proof.witness import costs, replayed
from assessment.proof.workbench import Workbench

_SEVERITY = {
    None: 0,
    Safety.NO_DEEP: 1,
    Safety.NO_MASSAGE: 2,
    Safety.CLEARANCE: 3,
    Safety.URGENT: 4,
    Safety.EMERGENCY: 5,
}


class Pair:
    """Two answer sets, `one` and `other`, over the circuit of a workbench.

    They agree on every question that is asked in both, but for the one question whose
    `differs` holds. Questions that only one of them is asked are free; an optional one is answered
    in both or in neither.
    """

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.circuit = circuit = bench.circuit
        self.one = bench.sheet
        self.other = Sheet(circuit, bench.protocol, bench.meanings)
        self.differs = {name: circuit.fresh() for name in self.one.domains}
        circuit.at_most_one(list(self.differs.values()))
        for name, differs in self.differs.items():
            one, other = self._both(name)
            circuit.require(-one.offered, other.offered)
            circuit.require(one.offered, -other.offered)
            free = (-one.asked, -other.asked, differs)
            for left, right in zip(one.literals, other.literals, strict=True):
                if left != circuit.false:
                    circuit.require(*free, -left, right)
                    circuit.require(*free, left, -right)

    def ticks(self, question: Question, option: Option) -> Literal:
        """Return "the other one ticks this option as well", `none` making room for it."""
        one, other = self._both(question.id)
        kept = [
            self.circuit.same(literal, other.has[value])
            for value, literal in one.has.items()
            if value not in (option.id, NONE)
        ]
        kept.append(self.circuit.same(one.open, other.open))
        return self.circuit.conj(
            (*self._asked(question), -one.has[option.id], other.has[option.id], *kept)
        )

    def changes(self, question: Question, before: Iterable[Option], after: Option) -> Literal:
        """Return "one chooses an option of `before`, the other `after`"."""
        one, other = self._both(question.id)
        chosen = self.circuit.disj(one.has[option.id] for option in before)
        return self.circuit.conj((self.differs[question.id], chosen, other.has[after.id]))

    def worse(self, question: Question) -> Iterator[tuple[Option | None, Literal]]:
        """Yield each way in which the answer to this question gets worse in the other one.

        With it comes the option that is answered then; None where the question is ordered and
        says itself which way is worse.
        """
        for option in question.options:
            severity = _SEVERITY[option.safety]
            if severity and question.kind.is_set:
                yield option, self.ticks(question, option)
            elif severity:
                milder = [each for each in question.options if _SEVERITY[each.safety] < severity]
                yield option, self.changes(question, milder, option)
        if question.worse is not None:
            yield None, self._step(question)

    def anything(self, question: Question) -> Literal:
        """Return "both are asked this question, and answer it differently"."""
        one, other = self._both(question.id)
        pairs = zip(one.literals, other.literals, strict=True)
        unlike = self.circuit.disj(-self.circuit.same(left, right) for left, right in pairs)
        return self.circuit.conj((*self._asked(question), unlike))

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

    def _both(self, name: str) -> tuple[Domain, Domain]:
        return self.one.domains[name], self.other.domains[name]

    def _asked(self, question: Question) -> tuple[Literal, Literal, Literal]:
        one, other = self._both(question.id)
        return self.differs[question.id], one.asked, other.asked

    def _step(self, question: Question) -> Literal:
        one, other = self._both(question.id)
        conj, disj = self.circuit.conj, self.circuit.disj
        if question.worse is Worse.DOWN:
            one, other = other, one
        if question.kind is Kind.CHOICE:
            options = question.options
            up = [
                conj((disj(one.has[each.id] for each in options[:place]), other.has[option.id]))
                for place, option in enumerate(options)
            ]
            return conj((self.differs[question.id], disj(up)))
        steps = list(zip(one.steps.values(), other.steps.values(), strict=True))
        never_down = [disj((-low, high)) for low, high in steps]
        once_up = disj(conj((-low, high)) for low, high in steps)
        return conj((self.differs[question.id], one.given, other.given, *never_down, once_up))
