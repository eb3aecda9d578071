"""The slowest way through a protocol, found over all answers and not by trying some.

Which pages a walk shows, what it leaves out because it can no longer matter among them, is a matter
of the circuit that proves the rules. The solver looks for the answers that make the words (or the
screens) of all pages the most, and among these for the calmest. An emergency ends a walk: its
answers are left out, because with a calm answer in place of the one that ended it, the same pages
and more are shown. What is found is really walked: an engine that shows other pages is a fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assessment.engine.answers import Answers
from assessment.engine.decision import Engine
from assessment.engine.logic import AtomKind, atoms
from assessment.engine.questions import Question
from assessment.measure.length import Length, Reading
from assessment.proof.circuit import Circuit, Literal
from assessment.proof.domains import Domain
from assessment.proof.sheet import Sheet
from assessment.proof.solver import Model
from assessment.proof.witness import costs, decoded

FIRST = 10_000
"""What a word or a screen weighs against one answer that is not calm."""


class WalkedSheet(Sheet):
    """The answers of one walk: whatever is settled has none."""

    def __init__(self, circuit: Circuit, engine: Engine) -> None:
        super().__init__(circuit, engine.protocol, engine.meanings)
        questions = engine.protocol.question
        for name, settled in self.settle(engine.short.steps).items():
            made = self.domains[name]
            if questions[name].optional:
                # It is never a page of the walk; the start page asks one of them.
                circuit.require(-made.left)
                if name in engine.protocol.result_asks:
                    circuit.require(-made.asked)
                continue
            circuit.require(-made.left, settled)
            circuit.require(made.left, -made.asked, -settled)

    def _domain(self, question: Question, asked: Literal, steps: Sequence[int]) -> Domain:
        conj = self.circuit.conj
        full = super()._domain(question, asked, steps)
        left = self.circuit.fresh()
        self.circuit.require(-left, full.asked)
        return replace(
            full,
            asked=conj((full.asked, -left)),
            has={value: conj((each, -left)) for value, each in full.has.items()},
            open=self.circuit.disj((full.open, left)),
            given=conj((full.given, -left)),
            steps={step: conj((each, -left)) for step, each in full.steps.items()},
            left=left,
        )


@dataclass(frozen=True, slots=True)
class Slowest:
    """The longest way, with answers that lead to it and the questions that they show.

    `is_walked`: the real walk with these answers shows just these.
    """

    length: Length
    answers: Answers
    shown: tuple[str, ...]
    is_walked: bool


class SlowestWays:
    """Looks for the longest ways through one protocol."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._engine = reading.screening.engine
        self._circuit = Circuit()
        self._sheet = WalkedSheet(self._circuit, self._engine)
        self._clauses = self._circuit.take_clauses()

    def most(self, weight: Callable[[Length], int], *, doubts: bool) -> Slowest:
        """Return the way on which the pages weigh most together.

        Without `doubts` nobody answers "Not sure" where this brings more questions.
        """
        forbidden = [] if doubts else [-one for one in self._opening()]
        weights = Counter({-one: 1 for one in costs(self._sheet)})
        for name, domain in self._sheet.domains.items():
            if not domain.question.optional:
                weights[domain.asked] += FIRST * weight(self._reading.pages[name])
        hard = [[-self._sheet.emergency], *([one] for one in forbidden)]
        answers = decoded(self._sheet, self._heaviest(weights, hard))
        questions = self._engine.protocol.question
        shown = tuple(name for name in answers if not questions[name].optional)
        given = {name: answers[name] for name in answers if questions[name].optional}
        walked = self._engine.walk(answers.__getitem__, given)
        return Slowest(self._reading.of(shown), answers, shown, walked == answers)

    def _opening(self) -> Iterator[Literal]:
        """Yield "not sure" of each question where another is asked because of it."""
        for expr in self._engine.meanings.asked.values():
            for atom in atoms(expr):
                if atom.kind is AtomKind.OPEN:
                    yield self._sheet.domains[atom.question].open

    def _heaviest(self, weights: Mapping[Literal, int], demanded: Iterable[list[Literal]]) -> Model:
        """Return the model in which the literals that hold weigh most."""
        from pysat.examples.rc2 import RC2
        from pysat.formula import WCNF

        formula = WCNF()
        formula.extend([*self._clauses, *demanded])
        for literal, weight in weights.items():
            formula.append([literal], weight=weight)
        with RC2(formula) as solver:
            return Model(solver.compute())
