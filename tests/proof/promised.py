"""The written definition of what promises of signs and of precautions speak of."""

from __future__ import annotations

from dataclasses import replace

from assessment.engine.answers import Answers
from assessment.engine.conditions import Condition, Operator, Test, every_test
from assessment.engine.operators import bounds, values_in_range
from assessment.engine.protocol import Limit, Precaution, Protocol, Sign
from assessment.engine.questions import Question, Safety
from tests.engine.left_out import NO, View, Walk
from tests.engine.oracle import Oracle

URGENCY = {Safety.EMERGENCY: 3, Safety.URGENT: 2, Safety.CLEARANCE: 1}
LOWER = {0: 0, 1: 1, 2: 1, 3: 2}
"""What is left of an urgency for somebody who is not sure."""


def owed(protocol: Protocol, sign: Sign, answers: Answers) -> int:
    """Return the urgency of the gravest promise that an answer to the question could bring about.

    Every other answer stays as it is, but for those to questions that this one opens.
    """
    oracle = Oracle(
        replace(
            protocol,
            questions=tuple(
                replace(one, enable_when=None) if one.id == sign.question else one
                for one in protocol.questions
            ),
        )
    )
    family = opened(protocol, sign.question)
    view = View(oracle, answers, len(protocol.questions), family)
    least = max(1, tier(protocol, sign))
    for promise in protocol.promises:
        may = view.may(promise.when)
        if may != NO and family & Walk(Oracle(protocol), {}).reads(promise.when):
            least = max(least, LOWER[promise.urgency_at_least])
            least = max(least, promise.urgency_at_least if True in may else 0)
    return least


def opened(protocol: Protocol, name: str) -> frozenset[str]:
    """Return the question, and every one that its answer helps to ask."""
    walk = Walk(Oracle(protocol), {})
    later = (one.id for one in protocol.questions if name in walk.reads(one.enable_when))
    return frozenset((name, *later))


def tier(protocol: Protocol, sign: Sign) -> int:
    """Return the urgency of the gravest sign that this one is, or that only its answer leads to."""
    question = protocol.question[sign.question]
    whole = sign.option in ("", "not_sure")
    every = [
        URGENCY.get(one.safety, 0) if one.safety else 0
        for one in question.options
        if whole or one.id == sign.option
    ]
    findings = {finding.id: finding.when for finding in protocol.findings}
    for later in protocol.questions:
        if later.line is None and later.enable_when is not None:
            tests = every_test(later.enable_when, findings)
            read = [values_tested(question, test) for test in tests if test.question == question.id]
            if (whole and read) or any(sign.option in values for values in read):
                every.append(tier(protocol, Sign(later.id)))
    return max(every, default=0)


def told(precautions: list[Precaution], limit: Limit, place: str) -> bool:
    """Whether one of these gives the limit to the place, or to the whole body where none is named.

    "Keep off it", said of no place, says nothing of a place by name.
    """
    for one in precautions:
        whole = not one.places and (not place or limit is not Limit.AREA)
        if limit in one.limits and (whole or place in one.places):
            return True
    return False


def reads_private(protocol: Protocol, when: Condition) -> bool:
    """Whether a condition reads an answer that only the person sees."""
    findings = {finding.id: finding.when for finding in protocol.findings}
    return any(protocol.question[test.question].private for test in every_test(when, findings))


def values_tested(question: Question, test: Test) -> tuple[str, ...]:
    if question.kind.is_numeric:
        return ()
    if test.operator in (Operator.AT_LEAST, Operator.AT_MOST, Operator.BETWEEN):
        return values_in_range(question, *bounds(test.operator, test.operand))
    return tuple(map(str, test.operand))
