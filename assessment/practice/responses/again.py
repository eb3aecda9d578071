"""Responses with which the rules of today are stricter than a version that was withdrawn.

Stricter is what is more urgent, allows less pressure, or limits what was not limited. What waits
for somebody leads until they have seen to it, the most urgent first; a newer and milder second
advice stands beside it. After that the newest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assessment.exports.dates import Calendar
from assessment.practice.responses.cautions import LIMITS
from assessment.practice.responses.names import Names, named
from assessment.practice.responses.stored_decision import Decided, Noted, read_decision
from assessment.practice.responses.strictness import Strictness, strictness
from assessment.records import rechecks, responses
from assessment.records.ids import ClinicId, ResponseId
from assessment.records.model import Content, Line, Recheck, State
from assessment.records.transactions import Transaction

UNREADABLE_AGAIN = "The second decision cannot be read: open the answers"
"""In place of a second advice that somebody changed, or that no key at hand opens."""


@dataclass(frozen=True, slots=True)
class Second:
    """The recheck that leads, and the `others` that count beside it."""

    lead: Recheck
    others: tuple[Recheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Advised:
    """One second advice in words; `when` is the day on which it was made, `limits` are new ones.

    `unknown` is what was not known for it, in short.
    """

    urgency: int
    recommended: str
    limits: tuple[str, ...]
    version: str
    unknown: tuple[str, ...]
    private_unchecked: bool
    when: str
    readable: bool


@dataclass(frozen=True, slots=True)
class Again:
    """The second advice, beside the one that the client got.

    `decided` is as strict as both together, with the precautions of both; its reasons are those of
    the second one. `today` are the precautions of the second one alone, `others` further advices.
    """

    decided: Decided
    today: tuple[Noted, ...]
    told: str
    lead: Advised
    others: tuple[Advised, ...]


def again_of(
    second: Second | None, decided: Decided, names: Names, calendar: Calendar
) -> Again | None:
    """Return the second advice, where there is one that counts, beside what was `decided`."""
    if second is None:
        return None
    lead, *others = (_read(one) for one in (second.lead, *second.others))
    today = tuple(noted for one in (lead, *others) for noted in one.noted)
    strict = strictness(decided)
    for one in (lead, *others):
        strict = strict.joined(strictness(one))
    both = replace(
        lead,
        urgency=strict.urgency,
        pressure=strict.pressure,
        noted=_merged((*decided.noted, *today)),
        private_limits=decided.private_limits,
    )

    def advised(recheck: Recheck) -> Advised:
        return _advised(recheck, decided, names, calendar)

    return Again(
        decided=both,
        today=today,
        told=named(names, decided.recommendation),
        lead=advised(second.lead),
        others=tuple(map(advised, second.others)),
    )


def second_of(found: Sequence[Recheck], told: Strictness) -> Second | None:
    """Return which of the rechecks of a response (the oldest first) count; None where none does."""
    waiting = [one for one in found if one.waits]
    newest = found[-1]
    if waiting:
        lead = max(reversed(waiting), key=_gravity)
        return Second(lead, tuple(one for one in found if one is not lead and _counts(one, newest)))
    return Second(newest) if strictness(_read(newest)).exceeds(told) else None


def stricter(tx: Transaction, clinic: ClinicId, lines: Iterable[Line]) -> dict[ResponseId, Second]:
    """Return what counts of the rechecks of each of these that has any that does."""
    by_id = {line.id: line for line in lines}
    found = rechecks.of_responses(tx, clinic, by_id)
    return seconds_of(found, responses.contents(tx, clinic, found), by_id)


def seconds_of(
    found: Mapping[ResponseId, Sequence[Recheck]],
    contents: Mapping[ResponseId, Content],
    lines: Mapping[ResponseId, Line],
) -> dict[ResponseId, Second]:
    """Return what counts of rechecks that were `found`, beside what is in the responses."""
    seconds = {
        id: second_of(every, _told(contents.get(id), lines[id])) for id, every in found.items()
    }
    return {id: second for id, second in seconds.items() if second is not None}


def to_review(tx: Transaction, clinic: ClinicId, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return lines as to be reviewed where nobody has seen to what a recheck said of them."""
    return reviewed(rechecks.of_responses(tx, clinic, [line.id for line in lines]), lines)


def reviewed(
    found: Mapping[ResponseId, Sequence[Recheck]], lines: Iterable[Line]
) -> tuple[Line, ...]:
    """Return the same by rechecks that were `found`."""
    waiting = {id for id, every in found.items() if any(one.waits for one in every)}
    return tuple(replace(one, state=State.NEW) if one.id in waiting else one for one in lines)


def _told(content: Content | None, line: Line) -> Strictness:
    """Return how strict that is which was told; where it cannot be read, its urgency counts."""
    if content is None:
        return Strictness(line.urgency, 0, frozenset(LIMITS))
    return strictness(read_decision(content.decision))


def _counts(one: Recheck, newest: Recheck) -> bool:
    return one.waits or one is newest


def _gravity(recheck: Recheck) -> tuple[int, int, int]:
    strict = strictness(_read(recheck))
    return strict.urgency, -strict.pressure, len(strict.limits)


def _read(recheck: Recheck) -> Decided:
    return read_decision(recheck.decision, recheck.urgency)


def _merged(noted: Iterable[Noted]) -> tuple[Noted, ...]:
    """Return each precaution once, as certain as it is anywhere."""
    merged: dict[tuple[object, ...], Noted] = {}
    for one in noted:
        key = (one.id, one.limits, one.says)
        if key not in merged or (merged[key].unsure and not one.unsure):
            merged[key] = one
    return tuple(merged.values())


def _advised(recheck: Recheck, told: Decided, names: Names, calendar: Calendar) -> Advised:
    decided = _read(recheck)
    known = recheck.readable
    new = strictness(decided).limits - strictness(told).limits
    return Advised(
        urgency=decided.urgency,
        recommended=named(names, recheck.recommendation) if known else UNREADABLE_AGAIN,
        limits=tuple(says for one, says in LIMITS.items() if one in new),
        version=decided.version,
        unknown=recheck.unknown,
        private_unchecked=decided.private_unchecked,
        when=calendar.day(recheck.made_at) if known else "",
        readable=known,
    )
