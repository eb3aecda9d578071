"""Monotone: a worse answer never leads to less urgent care, nor to more pressure."""

from __future__ import annotations

from assessment.engine.questions import Option, Question
from assessment.engine.words import value_in_words
from assessment.proof.circuit import Literal
from assessment.proof.pair import Pair
from assessment.proof.report import Code
from assessment.proof.workbench import Claim


def monotone(pair: Pair) -> list[Claim]:
    """Return the claims of decisions that get milder when one answer gets worse."""
    less_urgent, more_pressure = _milder(pair)
    found = []
    for question in pair.bench.protocol.questions:
        if question.id not in pair.differs:
            continue
        for option, change in pair.worse(question):
            subject = question.id if option is None else f"{question.id}.{option.id}"
            what = _in_words(question, option)
            for code, result, words in (
                (Code.WORSE_IS_LESS_URGENT, less_urgent, "less urgent"),
                (
                    Code.WORSE_HAS_MORE_PRESSURE,
                    more_pressure,
                    "no less urgent, but with more pressure",
                ),
            ):
                literal = pair.circuit.conj((change, result))
                found.append(Claim(code, subject, f"{what} makes the advice {words}.", literal))
    return found


def _milder(pair: Pair) -> tuple[Literal, Literal]:
    conj, disj = pair.circuit.conj, pair.circuit.disj
    urgency = [
        (pair.one.urgency_at_least(level), pair.other.urgency_at_least(level))
        for level in (1, 2, 3)
    ]
    pressure = [
        (pair.one.pressure_at_least(level), pair.other.pressure_at_least(level)) for level in (1, 2)
    ]
    less_urgent = disj(conj((one, -other)) for one, other in urgency)
    as_urgent = [pair.circuit.same(one, other) for one, other in urgency]
    more = disj(conj((-one, other)) for one, other in pressure)
    return less_urgent, conj((*as_urgent, more))


def _in_words(question: Question, option: Option | None) -> str:
    if option is None:
        return f"A worse answer to “{question.short.text}”"
    return f"“{question.short.text}: {value_in_words(question, option.id)}”"
