"""One answer, parsed in its question's domain."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.engine.questions import NONE, NOT_SURE, Question

Answer = str | int | frozenset[str]
"""An option id, a whole number, a set of option ids; "Not sure" is `not_sure` in each."""

Answers = Mapping[str, Answer]


class AnswerProblem(ValueError):
    """An answer outside its question's domain.

    `kind` is one of `missing`, `unknown`, `exclusive`, `not_a_number`, `out_of_range`,
    and `wrong_type`; `found` is what was given.
    """

    def __init__(self, question: Question, kind: str, found: object = None) -> None:
        super().__init__(f"{question.id}: {kind}")
        self.question = question
        self.kind = kind
        self.found = found


def parse(question: Question, raw: object) -> Answer:
    """Return the answer that `raw` (a JSON value) gives to the question.

    Raises AnswerProblem when it is none.
    """
    if raw == NOT_SURE and question.offers_not_sure:
        return frozenset({NOT_SURE}) if question.kind.is_set else NOT_SURE
    if question.kind.is_set:
        return _parse_set(question, raw)
    if question.kind.is_numeric:
        return _parse_number(question, raw)
    return _parse_choice(question, raw)


def to_json(answer: Answer, question: Question) -> str | int | list[str]:
    """Return the answer as it travels: sets as lists in the order of the question."""
    if isinstance(answer, frozenset):
        return [value for value in (*question.values, NOT_SURE) if value in answer]
    return answer


def all_to_json(
    answers: Answers, questions: Mapping[str, Question]
) -> dict[str, str | int | list[str]]:
    """Return answers as they travel, by question id."""
    return {name: to_json(answer, questions[name]) for name, answer in answers.items()}


def is_unsure(answer: Answer) -> bool:
    """Whether "Not sure" is (a part of) the answer."""
    return NOT_SURE in answer if isinstance(answer, frozenset) else answer == NOT_SURE


def _parse_choice(question: Question, raw: object) -> str:
    if raw is None or raw == "":
        raise AnswerProblem(question, "missing")
    if not isinstance(raw, str):
        raise AnswerProblem(question, "wrong_type", raw)
    if raw not in question.values:
        raise AnswerProblem(question, "unknown", raw)
    return raw


def _parse_set(question: Question, raw: object) -> frozenset[str]:
    ticked = [raw] if isinstance(raw, str) else raw
    if ticked is None:
        raise AnswerProblem(question, "missing")
    if not isinstance(ticked, list | tuple | frozenset):
        raise AnswerProblem(question, "wrong_type", raw)
    if not ticked:
        raise AnswerProblem(question, "missing")
    allowed = {*question.values, *([NOT_SURE] if question.offers_not_sure else [])}
    for value in ticked:
        if not isinstance(value, str):
            raise AnswerProblem(question, "wrong_type", value)
        if value not in allowed:
            raise AnswerProblem(question, "unknown", value)
    answer = frozenset(ticked)
    if NONE in answer and len(answer) > 1:
        raise AnswerProblem(question, "exclusive")
    return answer


def _parse_number(question: Question, raw: object) -> int:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        raise AnswerProblem(question, "missing")
    if isinstance(raw, str):
        digits = raw.strip().removeprefix("-")
        if not (digits.isdecimal() and len(digits) <= 6):  # in the digits of any script
            raise AnswerProblem(question, "not_a_number", raw)
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise AnswerProblem(question, "not_a_number", raw)
    low, high = question.minimum, question.maximum
    if (low is not None and raw < low) or (high is not None and raw > high):
        raise AnswerProblem(question, "out_of_range", raw)
    return raw
