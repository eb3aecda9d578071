"""Conditions in plain words, for people who read rules."""

from __future__ import annotations

from assessment.engine.answers import Answer, is_unsure, to_json
from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Test,
    parts_of,
)
from assessment.engine.decision import FiredRule
from assessment.engine.operators import OPERATORS
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NONE, NOT_SURE, Kind, Question


def in_words(condition: Condition, protocol: Protocol) -> str:
    """Return the condition as an English phrase."""
    match condition:
        case Test(question_id, operator, operand):
            question = protocol.question[question_id]
            names = [f"“{value_in_words(question, value)}”" for value in operand]
            return OPERATORS[operator].words.format(
                short=f"“{question.short.text}”",
                any=" or ".join(names),
                all=" and ".join(names),
                first=names[0],
                last=names[-1],
            )
        case FindingRef(finding):
            return protocol.finding[finding].says.text
        case Not(part):
            return f"not ({in_words(part, protocol)})"
        case All():
            return _joined(" and ", condition, protocol)
        case Any():
            return _joined(" or ", condition, protocol)
        case Count(at_least, _):
            return f"at least {at_least} of: {_joined('; ', condition, protocol)}"


def value_in_words(question: Question, value: str | int, *, carer: bool = False) -> str:
    """Return one value of an answer as the person sees it."""
    if isinstance(value, int):
        return str(value) if question.unit is None else f"{value} {question.unit.to(carer=carer)}"
    if value == NOT_SURE:
        label = question.not_sure_label
    elif value == NONE:
        label = question.none_label
    else:
        label = question.option(value).label
    return value if label is None else label.to(carer=carer)


def answer_in_words(question: Question, answer: Answer, *, carer: bool = False) -> tuple[str, ...]:
    """Return an answer as the person sees it, one phrase for each thing ticked."""
    values = to_json(answer, question)
    listed = values if isinstance(values, list) else [values]
    return tuple(value_in_words(question, value, carer=carer) for value in listed)


def because_in_words(fired: FiredRule, protocol: Protocol, *, carer: bool) -> str:
    """Say why a rule counts; where "Not sure" made it count, name what was unsure."""
    unsure = [
        protocol.question[name].short.to(carer=carer)
        for name, answer in fired.answers.items()
        if is_unsure(answer)
    ]
    if fired.unsure and unsure:
        who = "They were" if carer else "You were"
        return f"{who} not sure about this: {'; '.join(unsure)}."
    return fired.rule.because.to(carer=carer)


def offered(question: Question) -> str:
    """Return what may be answered, as files and the command line write it."""
    if question.kind is Kind.TEXT:
        return "words"
    unsure = [NOT_SURE] if question.offers_not_sure else []
    numbers = f"a whole number from {question.minimum} to {question.maximum}"
    return ", ".join([*(question.values or [numbers]), *unsure])


def _joined(between: str, condition: Condition, protocol: Protocol) -> str:
    return between.join(
        f"({in_words(part, protocol)})" if parts_of(part) else in_words(part, protocol)
        for part in parts_of(condition)
    )
