"""The rule language as `docs/rule-language.md` writes it, read a second time and slowly.

Nothing of the engine's lowering or compiler is used here: three values, answer by answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.answers import Answer, Answers
from assessment.engine.conditions import All, Any, Condition, Count, FindingRef, Not, Operator, Test
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import Kind

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
            return _test(protocol, condition, answers.get(condition.question))
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
    if question.kind is Kind.TEXT:
        return False
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
    if advice is None or advice.requires is None:
        return True
    return value(protocol, advice.requires, answers) is True


def _test(protocol: Protocol, test: Test, answer: Answer | None) -> Value:
    negative = test.operator is Operator.NONE_OF
    if answer is None:  # complete answers: the question is not asked
        return negative
    if isinstance(answer, frozenset):
        held = _of_set(test, answer)
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


def _of_set(test: Test, ticked: frozenset[str]) -> Value:
    """A ticked option is yes; the others are no, or unknown beside "not sure"."""
    other = None if "not_sure" in ticked else False
    values: list[Value] = [True if each in ticked else other for each in test.operand]
    if test.operator is Operator.ALL_OF:
        return False if False in values else None if None in values else True
    return True if True in values else other


def _compares(test: Test, found: int, operand: list[int]) -> bool:
    match test.operator:
        case Operator.AT_LEAST:
            return found >= operand[0]
        case Operator.AT_MOST:
            return found <= operand[0]
        case _:
            return operand[0] <= found <= operand[-1]
