"""Two answer sets side by side that are one wherever they cannot differ.

`pair.py` keeps all questions of a protocol in two, and lets any of them differ. Here the question
that differs is known. Whatever is asked of both for the same reason is answered by the same
literals, and what rests on nothing else is built once: so a refutation needs few lemmas.
"""

from __future__ import annotations

from collections.abc import Sequence

from assessment.engine.logic import TRUE
from assessment.engine.questions import Question
from assessment.proof.circuit import Literal
from assessment.proof.domains import Domain, domain
from assessment.proof.pair import Pair
from assessment.proof.sheet import Sheet
from assessment.proof.workbench import Workbench


class OneApart(Pair):
    """Two answer sets over the circuit of a workbench that differ in the answer to one question."""

    def __init__(self, bench: Workbench, question: Question) -> None:
        self.bench = bench
        self.circuit = bench.circuit
        self.one = bench.sheet
        self.other = _Other(bench, question)
        self.differs = {question.id: bench.circuit.true}


class _Other(Sheet):
    def __init__(self, bench: Workbench, but: Question) -> None:
        self._one = bench.sheet
        self._asked = bench.meanings.asked
        self._but = but
        steps = {name: tuple(one.steps) for name, one in bench.sheet.domains.items()}
        super().__init__(bench.circuit, bench.protocol, bench.meanings, steps)

    def _domain(self, question: Question, asked: Literal, steps: Sequence[int]) -> Domain:
        one = self._one.domains[question.id]
        differs = question is self._but
        if not differs and asked == self._one.literal(self._asked.get(question.id, TRUE)):
            return one
        other = domain(self.circuit, question, asked, steps, one.offered)
        for left, right in zip(one.literals, other.literals, strict=True):
            if not differs and left != self.circuit.false:
                self.circuit.require(-one.asked, -other.asked, -left, right)
                self.circuit.require(-one.asked, -other.asked, left, -right)
        return other
