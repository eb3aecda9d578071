"""Conditions in plain words, for people who read rules."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.engine.answers import Answer, Answers, is_unsure, to_json
from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Test,
    Unsure,
    parts_of,
)
from assessment.engine.decision import Engine
from assessment.engine.firing import FiredRule
from assessment.engine.operators import OPERATORS
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import NONE, NOT_SURE, Kind, Question

PLACES = "{places}"
"""Stands in a headline for the places where a recommendation is suggested."""


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
        case Unsure(question_id, option):
            question = protocol.question[question_id]
            unsure, ticked = (value_in_words(question, value) for value in (NOT_SURE, option))
            return f"“{question.short.text}” is “{unsure}” and not “{ticked}”"
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


def because_in_words(
    fired: FiredRule, protocol: Protocol, *, carer: bool, invited: bool = False
) -> str:
    """Say why a rule counts; where "Not sure" made it count, name what was unsure."""
    unsure = [
        protocol.question[name].short.to(carer=carer)
        for name, answer in fired.answers.items()
        if is_unsure(answer)
    ]
    if fired.unsure and unsure:
        who = "They were" if carer else "You were"
        return f"{who} not sure about this: {'; '.join(unsure)}."
    return fired.rule.because.to(carer=carer, invited=invited)


def headline(
    engine: Engine, recommend: Recommend, answers: Answers, *, carer: bool, invited: bool = False
) -> str:
    """Return the headline of a recommendation, with the places that are free of limits named."""
    protocol = engine.protocol
    care = protocol.advice[Recommend.MEDICAL_CLEARANCE_FIRST]
    words = protocol.advice.get(recommend, care).headline.to(carer=carer, invited=invited)
    if PLACES not in words:
        return words
    labels = {
        option.id: option.label.to(carer=carer)
        for question in protocol.questions
        if question.kind is Kind.AREAS
        for option in question.options
    }
    free = [labels[place] for place in engine.free_places(recommend, answers)]
    return words.replace(PLACES, _listed([f"{label[:1].lower()}{label[1:]}" for label in free]))


def _listed(words: Sequence[str]) -> str:
    """Return words with commas between them, and "and" before the last."""
    return " and ".join([", ".join(words[:-1]), *words[-1:]] if words[1:] else words)


def short_name(protocol: Protocol, recommend: Recommend, *, carer: bool = False) -> str:
    """Return a recommendation in a few words: its `short`, or else its id."""
    advice = protocol.advice.get(recommend)
    if advice is None or advice.short is None:
        return recommend.id.replace("_", " ").capitalize()
    return advice.short.to(carer=carer)


def offered(question: Question) -> str:
    """Return what may be answered, as files and the command line write it."""
    unsure = [NOT_SURE] if question.offers_not_sure else []
    numbers = f"a whole number from {question.minimum} to {question.maximum}"
    return ", ".join([*(question.values or [numbers]), *unsure])


def _joined(between: str, condition: Condition, protocol: Protocol) -> str:
    return between.join(
        f"({in_words(part, protocol)})" if parts_of(part) else in_words(part, protocol)
        for part in parts_of(condition)
    )
