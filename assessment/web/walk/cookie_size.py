"""Whether the longest answers to a protocol fit into the cookie; looked at once, at start."""

from __future__ import annotations

from assessment.engine.protocol import Protocol
from assessment.engine.questions import NOT_SURE
from assessment.web.walk.cookie import Seal, Visit

_ID = "-" * 22
TOO_LONG = (
    "with every option ticked, the answers do not fit into a cookie; use fewer or shorter ids"
)
LONGEST_NUMBERS = 300
"""Characters of a clinic's own emergency numbers, as its settings take them."""


def widest_visit(protocol: Protocol) -> Visit:
    """Return a visit with the longest answer to every question, invited by a clinic, and sent."""
    answers: dict[str, object] = {}
    for question in protocol.questions:
        options = [option.id for option in question.options]
        if question.kind.is_set:
            answers[question.id] = [*options, *([NOT_SURE] if question.offers_not_sure else [])]
        elif question.kind.is_numeric:
            answers[question.id] = question.maximum
        else:
            answers[question.id] = max((*options, NOT_SURE), key=len)
    return Visit(
        version=(protocol.rules_hash + protocol.wording_hash)[:32],
        answers=answers,
        token=_ID,
        updated=True,
        clinic=_ID,
        invitation=_ID,
        sent_at=10**10,
        confirmed={one.id: 10**10 for one in protocol.questions if one.lasts} or None,
        known=True,
        numbers="".join(chr(0x4E00 + place * 37) for place in range(LONGEST_NUMBERS)),
    )


def fits(seal: Seal, protocol: Protocol) -> bool:
    """Whether the cookie can hold whatever somebody answers."""
    try:
        seal.close(widest_visit(protocol))
    except ValueError:
        return False
    return True
