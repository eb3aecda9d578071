"""How urgent care a protocol promises at most, and which of its options no promise speaks of."""

from __future__ import annotations

from assessment.engine.conditions import every_test
from assessment.engine.opens import options_read
from assessment.engine.protocol import Protocol, Recommend, Sign


def nothing_promised(protocol: Protocol) -> bool:
    """Whether no tag and no promise asks for medical care, so that no proof speaks of it."""
    return _most_urgent(protocol) == 0


def no_emergency_promised(protocol: Protocol) -> bool:
    """Whether no tag and no promise asks for emergency care: crushing chest pain may get a plan."""
    return _most_urgent(protocol) < Recommend.EMERGENCY.urgency


def _most_urgent(protocol: Protocol) -> int:
    tags = (option.safety for question in protocol.questions for option in question.options)
    asked = [tag.urgency_at_least for tag in tags if tag is not None]
    return max((*asked, *(one.urgency_at_least for one in protocol.promises)), default=0)


def unpromised(protocol: Protocol) -> tuple[Sign, ...]:
    """Return the options without a tag that no promise reads or names, in order."""
    findings = {finding.id: finding.when for finding in protocol.findings}
    named = {sign for promise in protocol.promises for sign in promise.asked}
    for promise in protocol.promises:
        for test in every_test(promise.when, findings):
            question = protocol.question[test.question]
            named |= {Sign(question.id, each) for each in options_read(question, test)}
    return tuple(
        sign
        for sign, tagged in options(protocol)
        if not tagged and named.isdisjoint((Sign(sign.question), sign))
    )


def options(protocol: Protocol) -> list[tuple[Sign, bool]]:
    """Return every option that an author wrote, and whether it has a safety tag."""
    return [
        (Sign(question.id, option.id), option.safety is not None)
        for question in protocol.questions
        if question.line is None
        for option in question.options
    ]
