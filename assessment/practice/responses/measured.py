"""Short measures side by side: before a visit, after it, and what changed, in words.

What a change means is said only as far as the evidence goes (rows M2 and M3 of it): how large one
has to be before people call it better, or before it is more than chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessment.records.ids import ResponseId
from assessment.records.measures import NOTHING, Measured
from assessment.records.model import Line

HEADING = "Pain and activities"
PAIN = "Pain, last 24 hours (0 to 10)"
LOST = "What they said about pain and activities cannot be read."
LEFT_OUT = "no number"
AVERAGE = "Average of these activities"
NOTES = (
    "Pain: 0 is none, 10 is the worst. In one study the smallest change that counted was 1 point, "
    "and people called 2 points less much better (Salaffi 2004).",
    "Activities: 0 is not at all, 10 is as well as before. A change under 3 points in one "
    "activity, or under 2 in the average, may be chance (Stratford 1995).",
)
"""What the numbers are, and the smallest change that counts."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was measured, as it was before and after; empty where it was not."""

    what: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class Pair:
    """What belongs to one visit; `before` and `after` are when it was sent (Unix seconds)."""

    before: int | None
    after: int | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """All that was measured of a client, the last visit first; `lost`: some cannot be read."""

    pairs: tuple[Pair, ...]
    lost: bool


def course_of(
    lines: Sequence[Line], measured: Mapping[ResponseId, Measured | None]
) -> Course | None:
    """Return what was measured with these responses, the newest first; None for nothing at all."""
    at = {line.id: line.received_at for line in lines}
    known = {id: one for id in at if (one := measured.get(id)) is not None}
    followed = {one.follows for one in known.values()}
    pairs = []
    for id, one in known.items():
        if one.follows:
            before = ResponseId(one.follows)
            pairs.append(Pair(at.get(before), at[id], _rows(known.get(before, NOTHING), one)))
        elif id not in followed:  # else it is told with what came after it
            pairs.append(Pair(at[id], None, _rows(one, NOTHING)))
    shown = tuple(pair for pair in pairs if pair.rows)
    lost = any(measured.get(id, NOTHING) is None for id in at)
    return Course(shown, lost) if shown or lost else None


def in_lines(measured: Measured) -> tuple[tuple[str, str], ...]:
    """Return what was measured with one response: each thing, and its number."""
    pain = () if measured.pain is None else ((PAIN, str(measured.pain)),)
    named = (
        (one.words, LEFT_OUT if one.score is None else str(one.score))
        for one in measured.activities
    )
    return (*pain, *named)


def _rows(before: Measured, after: Measured) -> tuple[Row, ...]:
    """Return pain, each activity by its words, and the average of those with both numbers."""
    pain = _row(PAIN, before.pain, after.pain)
    then, now = _by_words(before), _by_words(after)
    both = [
        (old, new)
        for name, (_, old) in then.items()
        if old is not None and (new := now.get(name, ("", None))[1]) is not None
    ]
    found = [
        _row(
            (then.get(name) or now[name])[0],
            then.get(name, ("", None))[1],
            now.get(name, ("", None))[1],
        )
        for name in {**then, **now}
    ]
    if len(both) > 1:
        means = [sum(scores) / len(both) for scores in zip(*both, strict=True)]
        found.append(_row(AVERAGE, means[0], means[1]))
    return (*([] if before.pain is None and after.pain is None else [pain]), *found)


def _by_words(measured: Measured) -> dict[str, tuple[str, int | None]]:
    """Return activities by what tells them apart: the words, however they are written."""
    return {one.words.casefold(): (one.words, one.score) for one in measured.activities}


def _row(what: str, before: float | None, after: float | None) -> Row:
    return Row(what, _number(before), _number(after), _change(before, after))


def _number(score: float | None) -> str:
    return "" if score is None else f"{score:.1f}".removesuffix(".0")


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None:
        return ""
    by = round(after - before, 1)
    if not by:
        return "no change"
    size = _number(abs(by))
    return f"{size} point{'' if size == '1' else 's'} {'more' if by > 0 else 'less'}"
