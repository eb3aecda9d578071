"""Responses that are more urgent by the rules of today than by a version that was withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assessment.exports.dates import Calendar
from assessment.practice.responses.names import Names, named
from assessment.practice.responses.stored_decision import Decided, read_decision
from assessment.records import rechecks, responses
from assessment.records.ids import ClinicId, ResponseId
from assessment.records.model import Line, Recheck, State
from assessment.records.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Again:
    """The second advice, beside the one that the client got; both in words.

    `unknown` is what was not known for it, in short; `when` is the day on which it was made.
    """

    decided: Decided
    recommended: str
    told: str
    unknown: tuple[str, ...]
    when: str


def again_of(
    recheck: Recheck | None, decided: Decided, names: Names, calendar: Calendar
) -> Again | None:
    """Return the second advice where it is more urgent than what was `decided` on the day."""
    if recheck is None or recheck.urgency <= decided.urgency:
        return None
    return Again(
        decided=read_decision(recheck.decision, recheck.urgency),
        recommended=named(names, recheck.recommendation),
        told=named(names, decided.recommendation),
        unknown=recheck.unknown,
        when=calendar.day(recheck.made_at),
    )


def more_urgent(
    tx: Transaction, clinic: ClinicId, lines: Sequence[Line]
) -> dict[ResponseId, Recheck]:
    """Return the last recheck of each of these that it made more urgent."""
    found = rechecks.newest(tx, clinic, [line.id for line in lines])
    urgency = {line.id: line.urgency for line in lines}
    return {id: one for id, one in found.items() if one.urgency > urgency[id]}


def to_review(tx: Transaction, clinic: ClinicId, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return lines as to be reviewed where nobody has seen to what a recheck said of them."""
    waiting = rechecks.waiting(tx, clinic, [line.id for line in lines])
    return tuple(replace(one, state=State.NEW) if one.id in waiting else one for one in lines)


def still_waiting(tx: Transaction, clinic: ClinicId) -> tuple[Line, ...]:
    """Return the lines of those that nobody has seen to since, the most urgent first."""
    found = (responses.line(tx, clinic, id) for id in rechecks.waiting(tx, clinic))
    return tuple(line for line in found if line is not None)
