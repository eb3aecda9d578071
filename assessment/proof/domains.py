"""What a person can answer to one question, as literals and the clauses that bind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from assessment.engine.logic import Atom, AtomKind
from assessment.engine.questions import AGE, NO, NONE, Kind, Question, Worse
from assessment.proof.circuit import Circuit, Literal

ADULT = 42
"""The age of somebody typical, in years."""


@dataclass(frozen=True)
class Domain:
    """One question in one answer set.

    `has` is "this option is chosen" for each option and `none`; `open` is "not sure"; `given` is
    "a number is given" and `steps` "the number is at least so much" for each value at which a
    comparison changes. All are false when the question is not asked. `offered` is "an answer is
    given where it may be"; it is free for an optional question, and true of every other. `left` is
    "it is asked and unanswered", which only a short walk knows (`short.py`).
    """

    question: Question
    asked: Literal
    offered: Literal
    has: Mapping[str, Literal]
    open: Literal
    given: Literal
    steps: Mapping[int, Literal]
    left: Literal
    never: Literal

    def atom(self, atom: Atom) -> Literal | tuple[Literal, Literal]:
        """Return the literal of an atom about the answer; two of them where both must hold.

        Raises ValueError for one about the whole walk.
        """
        match atom.kind:
            case AtomKind.HAS:
                return self.has.get(str(atom.value), self.never)
            case AtomKind.OPEN:
                return self.open
            case AtomKind.AT_LEAST:
                return self.at_least(_number(atom))
            case AtomKind.AT_MOST:
                return self.given, -self.at_least(_number(atom) + 1)
            case AtomKind.LEFT:
                return self.left
            case AtomKind.CERTAIN:
                raise ValueError(f"{atom} is no answer")

    def at_least(self, number: int) -> Literal:
        """Return "a number is given, and it is at least this"."""
        low, high = _bounds(self.question)
        if number <= low:
            return self.given
        return self.never if number > high else self.steps[number]

    @property
    def literals(self) -> tuple[Literal, ...]:
        """Everything that tells one answer from another."""
        return (*self.has.values(), self.open, *self.steps.values())


def domain(
    circuit: Circuit,
    question: Question,
    asked: Literal,
    steps: Iterable[int] = (),
    offered: Literal | None = None,
) -> Domain:
    """Return the literals of one question, bound to what a person can really answer.

    `steps` are the values at which comparisons with a number change. `offered` may say when an
    optional question is answered, where another sheet answers it with this one.
    """
    if offered is None:
        offered = circuit.fresh() if question.optional else circuit.true
    asked = circuit.conj((asked, offered))
    open_ = circuit.fresh() if question.offers_not_sure else circuit.false
    low, high = _bounds(question)
    inside = [step for step in steps if low < step <= high]
    made = Domain(
        question=question,
        asked=asked,
        offered=offered,
        has={value: circuit.fresh() for value in question.values},
        open=open_,
        given=circuit.conj((asked, -open_)) if question.kind.is_numeric else circuit.false,
        steps={step: circuit.fresh() for step in inside},
        left=circuit.false,
        never=circuit.false,
    )
    _bind(circuit, made)
    return made


def calm(question: Question) -> str | int | None:
    """Return the answer of somebody typical to a question; None where a number has none.

    It gives no cause for concern: the end of a scale that is not the worse one, "No" to a line,
    `none` where that is offered, and else the first option without a safety tag. Of an age it is
    that of an adult, and of places on the body one: few people ache all over.
    """
    if question.line is not None:
        return NO
    if question.kind.is_numeric:
        return _calm_number(question)
    if question.offers_none and question.kind is not Kind.AREAS:
        return NONE
    options = question.options[:: -1 if question.worse is Worse.DOWN else 1]
    return next((option.id for option in options if option.safety is None), options[0].id)


def _calm_number(question: Question) -> int | None:
    low, high = _bounds(question)
    if question.worse is not None:
        return low if question.worse is Worse.UP else high
    return min(max(low, ADULT), high) if question.id == AGE else None


def _bind(circuit: Circuit, made: Domain) -> None:
    answers = [*made.has.values(), made.open]
    if made.question.kind.is_numeric:
        circuit.require(-made.open, made.asked)
        rising = [made.given, *made.steps.values()]
        for lower, higher in pairwise(rising):
            circuit.require(-higher, lower)
        return
    for literal in answers:
        circuit.require(-literal, made.asked)
    circuit.require(-made.asked, *answers)
    if made.question.kind is Kind.CHOICE:
        circuit.at_most_one(answers)
    elif NONE in made.has:
        none = made.has[NONE]
        for literal in answers:
            if literal != none:
                circuit.require(-none, -literal)


def _bounds(question: Question) -> tuple[int, int]:
    return question.minimum or 0, question.maximum or 0


def _number(atom: Atom) -> int:
    assert isinstance(atom.value, int)  # noqa: S101  the lowering compares numbers only
    return atom.value
