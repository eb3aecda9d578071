"""What of a protocol the answer to one question can touch, and two answer sets over that alone.

Whatever does not read the question, also not through what asks another one, is the same in two
answer sets that differ in its answer. So it is left out, and what is left is small. Every answer
set over the questions that are left is part of a whole one: the others can be answered whatever
these say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from assessment.engine.decision import Engine
from assessment.engine.logic import TRUE, Expr, Meaning
from assessment.engine.meanings import Meanings
from assessment.engine.protocol import Protocol
from assessment.engine.questions import Question
from assessment.engine.settled import Bounds
from assessment.proof.beside import Beside
from assessment.proof.circuit import Circuit, Literal
from assessment.proof.domains import Domain
from assessment.proof.sheet import Sheet


class Touching:
    """Finds what the answer to a question can touch, in the protocol of an engine."""

    def __init__(self, engine: Engine) -> None:
        self._protocol, self._meanings = engine.protocol, engine.meanings
        self._steps = engine.meanings.steps
        self._place = {one.id: place for place, one in enumerate(engine.protocol.questions)}
        self._reads = Bounds(engine.protocol.questions, engine.meanings.asked).reads
        self._readers: dict[str, list[int]] = {}
        self._opened: dict[str, list[str]] = {}
        for place in range(len(engine.protocol.rules)):
            for name in self._read_by(place):
                self._readers.setdefault(name, []).append(place)
        for question in engine.protocol.questions:
            for name in self._gate(question.id):
                self._opened.setdefault(name, []).append(question.id)

    def rules(self, question: Question) -> list[int]:
        """Return the places of the rules that the answer to this question touches."""
        return self._readers.get(question.id, [])

    def opened(self, question: Question) -> list[str]:
        """Return the questions that the answer to this one helps to ask, in order."""
        return self._opened.get(question.id, [])

    def is_alone(self, place: int, question: Question) -> bool:
        """Whether a rule reads no question but this one, what asks it and what it opens."""
        opened = self.opened(question)
        return self._read_by(place) <= {question.id, *self._gate(question.id), *opened}

    def change(self, question: Question, rules: Sequence[int], *, shown: bool = False) -> Change:
        """Return two answer sets that differ in the answer to this question, with these rules.

        With `shown` they also have the questions that it opens, and the precautions and support
        that it touches.
        """
        meanings = self._part(question.id, rules, shown=shown)
        opened = self.opened(question)
        kept = {question.id, *self._gate(question.id)}
        for name in opened if shown else ():
            kept |= {name, *self._gate(name)}
        for place in rules:
            kept |= self._read_by(place)
        for expr in _noted(meanings):
            kept |= self._reads(expr)
        protocol = replace(
            self._protocol,
            questions=tuple(
                self._protocol.questions[place]
                for place in sorted(self._place[name] for name in kept)
            ),
            rules=tuple(self._protocol.rules[place] for place in rules),
        )
        return Change(protocol, meanings, self._steps, question.id, opened)

    def _part(self, name: str, rules: Sequence[int], *, shown: bool) -> Meanings:
        every = self._meanings
        gives = {self._protocol.rules[place].recommend for place in rules}
        gives |= {unsure for place in rules if (unsure := self._protocol.rules[place].if_unsure)}

        def touched(expr: Expr) -> bool:
            return shown and name in self._reads(expr)

        carer = every.carer
        return replace(
            every,
            rules=tuple(every.rules[place] for place in rules),
            requires={one: expr for one, expr in every.requires.items() if one in gives},
            precautions=tuple(one for one in every.precautions if touched(one.possibly)),
            support=tuple(one for one in every.support if touched(one)),
            promises=(),
            findings={},
            carer=carer if carer is not None and touched(carer) else None,
        )

    def _gate(self, name: str) -> frozenset[str]:
        """Return what asks this question."""
        return self._reads(self._meanings.asked.get(name, TRUE))

    def _read_by(self, place: int) -> frozenset[str]:
        """Return the questions that decide whether a rule counts."""
        rule, meaning = self._protocol.rules[place], self._meanings.rules[place]
        found = self._reads(meaning.possibly) | self._reads(meaning.surely)
        for recommend in (rule.recommend, rule.if_unsure):
            if recommend is not None:
                found |= self._reads(self._meanings.requires.get(recommend, TRUE))
        return found


class Change(Beside):
    """Two answer sets that differ in the answer to one question, over what that touches.

    What it does not touch is one and the same literal in both.
    """

    def __init__(
        self,
        protocol: Protocol,
        meanings: Meanings,
        steps: Mapping[str, Sequence[int]],
        changed: str,
        opened: Iterable[str],
    ) -> None:
        self.meanings = meanings
        self.lines = frozenset(one.id for one in protocol.questions if one.line is not None)
        """The line questions among those that are left."""
        circuit = Circuit()
        one = Sheet(circuit, protocol, meanings, steps)
        touched = frozenset((changed, *opened))
        other = _Touched(one, touched, protocol, meanings, steps)
        differs = dict.fromkeys(one.domains, circuit.false) | {changed: circuit.true}
        super().__init__(circuit, one, other, differs)
        for name in touched & differs.keys():
            self.bind(name)


class _Touched(Sheet):
    """A sheet that shares with another one whatever is not touched."""

    def __init__(
        self,
        untouched: Sheet,
        touched: frozenset[str],
        protocol: Protocol,
        meanings: Meanings,
        steps: Mapping[str, Sequence[int]],
    ) -> None:
        self._untouched = untouched
        self._touched = touched
        super().__init__(untouched.circuit, protocol, meanings, steps)

    def _domain(self, question: Question, asked: Literal, steps: Sequence[int]) -> Domain:
        if question.id in self._touched:
            return super()._domain(question, asked, steps)
        return self._untouched.domains[question.id]


def _noted(meanings: Meanings) -> list[Expr]:
    carer = [] if meanings.carer is None else [meanings.carer]
    return [*(_both(meanings.precautions)), *meanings.support, *carer]


def _both(meanings: Iterable[Meaning]) -> list[Expr]:
    return [expr for meaning in meanings for expr in (meaning.surely, meaning.possibly)]
