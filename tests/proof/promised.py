"""The written definition of what promises of signs and of precautions speak of."""

from __future__ import annotations

from assessment.engine.conditions import Condition, Operator, Test, every_test
from assessment.engine.operators import bounds, values_in_range
from assessment.engine.protocol import Limit, Precaution, Protocol, Sign
from assessment.engine.questions import Question, Safety

URGENCY = {Safety.EMERGENCY: 3, Safety.URGENT: 2, Safety.CLEARANCE: 1}


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
