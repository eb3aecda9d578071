"""Monotone: a worse answer never leads to less urgent care, nor to more pressure."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.engine.decision import Engine
from assessment.engine.logic import TRUE
from assessment.engine.questions import Option, Question
from assessment.engine.words import value_in_words
from assessment.proof.beside import ways
from assessment.proof.circuit import Literal
from assessment.proof.moves import Moves, Shapes
from assessment.proof.pair import Pair
from assessment.proof.report import Code
from assessment.proof.sheet import Sheet
from assessment.proof.solver import NotFinishedError, Solver
from assessment.proof.touched import Change, Touching
from assessment.proof.workbench import Claim

URGENCIES, PRESSURES = (1, 2, 3), (1, 2)


def monotone(pair: Pair, questions: Sequence[Question]) -> list[Claim]:
    """Return the claims of decisions that get milder when the answer to one of these gets worse."""
    less_urgent, more_pressure = _milder(pair)
    found = []
    for question in questions:
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


def how_many(questions: Sequence[Question]) -> int:
    """Return how many claims `monotone` makes of these questions."""
    return sum(2 * len(ways(question)) for question in questions)


def not_plain(engine: Engine, conflicts: int) -> list[Question]:
    """Return the questions whose worse answers do not plainly keep the advice from getting milder.

    Each question is settled on its own, many times faster than all of them together. That is right
    where some rule decides on all answers: then advice that gets less urgent than so much was
    given by some rule before, and is given by none after; and advice with more pressure is given by
    some rule after and was by none before, while none gives medical care after.

    Rules that cannot move so, by their shape alone, are no such rule. So they are left out,
    but for those that read nothing but this question: they say what a sign alone leads to. Where
    any rule is left, the solver is asked about these. Leaving one out forbids nothing, so where
    nothing is found, there is nothing; what is found may be no fault, and wants the whole protocol.
    """
    plain = _Plain(engine)
    return [
        question
        for question in engine.protocol.questions
        if ways(question) and not plain.never_milder(question, conflicts)
    ]


class _Plain:
    def __init__(self, engine: Engine) -> None:
        self._rules, self._meanings = engine.protocol.rules, engine.meanings
        self._touching = Touching(engine)
        self._shapes = Shapes(engine.meanings.asked)

    def never_milder(self, question: Question, conflicts: int) -> bool:
        """Whether no worse answer to this question makes the advice milder."""
        touched = self._touching.rules(question)
        opened = self._touching.opened(question)
        moves = [self._shapes.worse(question, way, opened) for way in ways(question)]
        milder = [place for place in touched if any(self._is_milder(place, one) for one in moves)]
        if not milder:
            return True
        alone = [place for place in touched if self._touching.is_alone(place, question)]
        return any(
            _never_milder(self._touching.change(question, rules), question, conflicts)
            for rules in (sorted({*milder, *alone}), touched)
        )

    def _is_milder(self, place: int, moves: Moves) -> bool:
        """Whether a rule may give less urgent care, or more pressure, after than before."""
        rule, meaning = self._rules[place], self._meanings.rules[place]
        given = [rule.recommend, *([] if rule.if_unsure is None else [rule.if_unsure])]
        urgency = [one.urgency for one in given]
        surely, possibly = moves.of(meaning.surely), moves.of(meaning.possibly)
        if any(urgency):
            # The "yes" of a rule must be worth no less than its "not sure", nor have a condition.
            plain = urgency == sorted(urgency, reverse=True)
            plain = plain and not any(one in self._meanings.requires for one in given)
            if not plain or surely.falls or (len(given) > 1 and urgency[-1] and possibly.falls):
                return True
        if not any(one.pressure for one in given):
            return False
        if len(given) > 1 and given[1].pressure:
            return True
        needs = self._meanings.requires.get(rule.recommend, TRUE)
        return surely.rises or moves.of(needs).rises


def _never_milder(change: Change, question: Question, conflicts: int) -> bool:
    worse = change.circuit.disj(literal for _, literal in change.worse(question))
    milder = change.circuit.conj((worse, _perhaps_milder(change)))
    if milder == change.circuit.false:
        return True
    try:
        return Solver(change.circuit, conflicts).find([milder]) is None
    except NotFinishedError:
        return False


def _perhaps_milder(change: Change) -> Literal:
    conj, disj = change.circuit.conj, change.circuit.disj

    def urgent(sheet: Sheet, level: int) -> Literal:
        return disj(gives for one, gives in sheet.gives.items() if one.urgency >= level)

    def pressing(sheet: Sheet, level: int) -> Literal:
        return disj(gives for one, gives in sheet.gives.items() if one.pressure >= level)

    one, other = change.one, change.other
    less_urgent = disj(conj((urgent(one, each), -urgent(other, each))) for each in URGENCIES)
    more = disj(conj((-pressing(one, each), pressing(other, each))) for each in PRESSURES)
    return disj((less_urgent, conj((-urgent(other, 1), more))))


def _milder(pair: Pair) -> tuple[Literal, Literal]:
    conj, disj = pair.circuit.conj, pair.circuit.disj
    urgency = [
        (pair.one.urgency_at_least(level), pair.other.urgency_at_least(level))
        for level in URGENCIES
    ]
    pressure = [
        (pair.one.pressure_at_least(level), pair.other.pressure_at_least(level))
        for level in PRESSURES
    ]
    less_urgent = disj(conj((one, -other)) for one, other in urgency)
    as_urgent = [pair.circuit.same(one, other) for one, other in urgency]
    more = disj(conj((-one, other)) for one, other in pressure)
    return less_urgent, conj((*as_urgent, more))


def _in_words(question: Question, option: Option | None) -> str:
    if option is None:
        return f"A worse answer to “{question.short.text}”"
    return f"“{question.short.text}: {value_in_words(question, option.id)}”"
