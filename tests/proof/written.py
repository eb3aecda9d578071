"""The rule language as `docs/rule-language.md` writes it, read a second time and slowly.

Nothing of the engine's lowering or compiler is used here: three values, answer by answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.engine.answers import Answers
from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Operator,
    Test,
    Unsure,
)
from assessment.engine.protocol import Limit, Protocol, Recommend
from assessment.engine.questions import Kind, Question

Value = bool | None  # None is unknown


@dataclass(frozen=True)
class Decided:
    """What the written definition decides: `yes` and `unsure` are the rules that count."""

    recommend: Recommend
    fail_safe: bool
    yes: tuple[str, ...]
    unsure: tuple[str, ...]


def value(protocol: Protocol, condition: Condition, answers: Answers) -> Value:
    """Return whether the condition holds on complete answers."""
    match condition:
        case Test():
            return _test(protocol, condition, answers)
        case Unsure(question, option):
            ticked = answers.get(question, frozenset())
            assert isinstance(ticked, frozenset)
            return "not_sure" in ticked and option not in ticked
        case FindingRef(finding):
            return value(protocol, protocol.finding[finding].when, answers)
        case Not(part):
            inner = value(protocol, part, answers)
            return None if inner is None else not inner
        case All(parts):
            values = [value(protocol, part, answers) for part in parts]
            return False if False in values else None if None in values else True
        case Any(parts):
            values = [value(protocol, part, answers) for part in parts]
            return True if True in values else None if None in values else False
        case Count(at_least, parts):
            values = [value(protocol, part, answers) for part in parts]
            if values.count(True) >= at_least:
                return True
            return False if values.count(True) + values.count(None) < at_least else None


def asks(protocol: Protocol, place: int, answers: Answers) -> bool:
    """Return whether the question at this place is asked, given answers to those before it."""
    question = protocol.questions[place]
    condition = question.enable_when
    return condition is None or value(protocol, condition, answers) is not False


def decided(protocol: Protocol, answers: Answers) -> Decided:
    """Return the decision on complete answers."""
    yes: list[str] = []
    unsure: list[str] = []
    best: list[Recommend] = []
    for rule in protocol.rules:
        held = value(protocol, rule.when, answers)
        gives = rule.recommend if held else rule.if_unsure if held is None else None
        if gives is None or not _meets(protocol, gives, answers):
            continue
        (yes if held else unsure).append(rule.id)
        best.append(gives)
    if not best:
        return Decided(Recommend.MEDICAL_CLEARANCE_FIRST, True, (), ())
    first = min(best, key=lambda recommend: recommend.place)
    return Decided(first, False, tuple(yes), tuple(unsure))


def _meets(protocol: Protocol, recommend: Recommend, answers: Answers) -> bool:
    advice = protocol.advice.get(recommend)
    if advice is None:
        return True
    if advice.requires is not None and value(protocol, advice.requires, answers) is not True:
        return False
    return not advice.places or any(_is_free(protocol, one, answers) for one in advice.places)


def _is_free(protocol: Protocol, place: str, answers: Answers) -> bool:
    """Whether a place is ticked and no precaution about it limits, or may limit, pressure."""
    here = any(
        question.kind is Kind.AREAS and place in answer
        for question in protocol.questions
        if isinstance(answer := answers.get(question.id), frozenset)
    )
    return here and not any(
        value(protocol, one.when, answers) is not False
        for one in protocol.precautions
        if place in one.places and (Limit.NO_DEEP in one.limits or Limit.NO_MASSAGE in one.limits)
    )


def _test(protocol: Protocol, test: Test, answers: Answers) -> Value:
    negative = test.operator is Operator.NONE_OF
    answer = answers.get(test.question)
    if answer is None:  # complete answers: the question is not asked
        return negative
    if isinstance(answer, frozenset):
        held = _of_set(test, _clarified(protocol.question[test.question], answer, answers))
    elif answer == "not_sure":
        held = None
    elif isinstance(answer, int):
        held = _compares(test, answer, [int(each) for each in test.operand])
    elif test.operator in (Operator.IS, Operator.NONE_OF):
        held = answer in test.operand
    else:
        question = protocol.question[test.question]
        places = [question.index(str(each)) for each in test.operand]
        held = _compares(test, question.index(answer), places)
    return not held if negative and held is not None else held


def _clarified(question: Question, ticked: frozenset[str], answers: Answers) -> Mapping[str, Value]:
    """A ticked option is yes; the others are no, beside "not sure" unknown or as a line says."""
    other = None if "not_sure" in ticked else False
    values: dict[str, Value] = {each: True if each in ticked else other for each in question.values}
    if other is False or not question.clarify:
        return values
    said = {"yes": True, "no": False, "not_sure": None}
    for option in question.options:
        if option.id not in ticked:
            values[option.id] = said[str(answers[f"{question.id}__{option.id}"])]
    rest = [values[option.id] for option in question.options]
    values["none"] = False if True in rest else None if None in rest else True
    return values


def _of_set(test: Test, held: Mapping[str, Value]) -> Value:
    values = [held[str(each)] for each in test.operand]
    if test.operator is Operator.ALL_OF:
        return False if False in values else None if None in values else True
    return True if True in values else None if None in values else False


def _compares(test: Test, found: int, operand: list[int]) -> bool:
    match test.operator:
        case Operator.AT_LEAST:
            return found >= operand[0]
        case Operator.AT_MOST:
            return found <= operand[0]
        case _:
            return operand[0] <= found <= operand[-1]
