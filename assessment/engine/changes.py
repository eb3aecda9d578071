""" "This advice would change if ...": single answers that would lead to more urgent care."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessment.engine.answers import Answer, Answers
from assessment.engine.decision import Decision, Engine
from assessment.engine.protocol import Recommend
from assessment.engine.questions import NONE, NOT_SURE, Kind, Question


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that, given instead (or ticked as well), would lead to more urgent care."""

    question: str
    answer: str | int
    recommend: Recommend


def would_change(engine: Engine, answers: Answers, decision: Decision) -> tuple[Change, ...]:
    """List the changes, in the order of the questions; none on an emergency.

    Only what is certain with the one change counts, and private questions are left out. Where
    something goes wrong there are none: the advice itself must never be lost to it.
    """
    try:
        return tuple(_changes(engine, answers, decision.recommend))
    except Exception:
        return ()


def _changes(engine: Engine, answers: Answers, now: Recommend) -> Iterator[Change]:
    if now is Recommend.EMERGENCY:
        return
    questions, private = engine.protocol.question, engine.protocol.private
    tried = [
        (question_id, *alternative)
        for question_id in engine.asked(answers)
        if question_id in answers and question_id not in private
        for alternative in _alternatives(questions[question_id], answers[question_id])
    ]
    changes = [(question_id, changed) for question_id, _, changed in tried]
    then = engine.more_urgent(now.urgency, answers, changes)
    numbers: set[str] = set()
    for (question_id, value, _), recommend in zip(tried, then, strict=True):
        if recommend is None or question_id in numbers:
            continue
        if questions[question_id].kind.is_numeric:
            numbers.add(question_id)  # its first number says it all
        yield Change(question_id, value, recommend)


def _alternatives(question: Question, answer: Answer) -> Iterator[tuple[str | int, Answer]]:
    if isinstance(answer, frozenset):
        for value in question.values:
            if value not in answer and value != NONE:
                yield value, (answer - {NONE, NOT_SURE}) | {value}
    elif question.kind is Kind.SCALE:
        if isinstance(answer, int):
            for number in range(answer + 1, 11):
                yield number, number
    elif question.kind is Kind.CHOICE:
        for value in question.values:
            if value != answer:
                yield value, value
