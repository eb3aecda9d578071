"""Which answers to one version of a protocol count for another.

An answer belongs to the words that it was given to. So it counts where a person reads and may tick
the same, and is spoken to in the same voice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assessment.engine.conditions import Condition, FindingRef, parts_of
from assessment.engine.protocol import Protocol


def still_asks(before: Protocol, after: Protocol, question_id: str) -> bool:
    """Whether a question means in the one version what it meant in the other."""
    was, now = before.question.get(question_id), after.question.get(question_id)
    if was is None or now is None or not was.means_the_same(now):
        return False
    return _voice(before) == _voice(after)


def carried(before: Protocol, after: Protocol, answers: Mapping[str, object]) -> dict[str, object]:
    """Return those answers to the one version that count for the other."""
    return {name: one for name, one in answers.items() if still_asks(before, after, name)}


def _voice(protocol: Protocol) -> tuple[Condition, ...]:
    """Return what decides whether somebody is spoken to as a carer, findings included."""
    return () if protocol.carer_when is None else tuple(_parts(protocol, protocol.carer_when))


def _parts(protocol: Protocol, condition: Condition) -> Iterator[Condition]:
    yield condition
    if isinstance(condition, FindingRef):
        yield from _parts(protocol, protocol.finding[condition.finding].when)
    for part in parts_of(condition):
        yield from _parts(protocol, part)
