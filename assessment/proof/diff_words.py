"""A difference of two protocols, in words for a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from assessment.engine.protocol import Protocol
from assessment.proof.changed import Changed, Detail
from assessment.proof.diff import Difference, LeadsTo, Move, Pair, direction
from assessment.proof.diff_fails import fails_in_words
from assessment.proof.inbox import seen_in_inbox
from assessment.proof.marked import marked, side_by_side
from assessment.proof.meetings import Beside
from assessment.proof.report import Failure
from assessment.proof.words import (
    answers_in_words,
    decision_in_words,
    out_of_the_ordinary,
)
from assessment.protocols.safety_texts import FILE

NOTHING = "No answer set changes its recommendation: proven."
NOTHING_SHARED = (
    "No answer set that both protocols offer changes its recommendation: proven. "
    "What only one of them offers is listed above."
)
SHORT = 100
"""Up to so many characters, before and after stand on one line."""

_MET = {"question": "asked", "precaution": "noted", "support": "shown"}

_OF_A_CASE = ("title", "expected")
"""What is told of a case that came or went: nobody is asked or told the rest."""


def difference_in_words(
    old: Protocol,
    new: Protocol,
    changed: Iterable[Changed],
    found: Difference,
    fails: Iterable[Failure],
    wording: Iterable[str] = (),
) -> Iterator[str]:
    """Yield the lines that tell what changed, what moves and what does not hold of the new one.

    `wording` is what `check` finds wrong with the safety texts of the new one.
    """
    for name, each in (("old", old), ("new", new)):
        hashes = f"rules {each.rules_hash[:12]}, wording {each.wording_hash[:12]}"
        yield f"{name}: {each.id} {each.version} ({hashes})"
    heading = "Changed, with [-words that are gone-] and {+words that are new+}"
    yield from _headed(heading, _changed(changed))
    yield from _headed("Does not hold in new", [*wording, *fails_in_words(new, fails)])
    yield from _headed("In the inbox", seen_in_inbox(old, new))
    heading = "Asked, noted or shown for others than before"
    yield from _headed(heading, (_beside(old, new, one) for one in found.beside))
    only = [_leads_to(one) for one in found.one_sided]
    yield from _headed("Answers that only one of them offers, and where they lead", only)
    yield from _headed("Answered in another way now, so taken as two questions", found.untied)
    for move in found.moves:
        yield ""
        yield from _move(old, new, move)
    yield from _headed("Not settled", found.open_)
    yield ""
    yield from _cases(found)
    yield _verdict(found)


def _headed(heading: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield ""
        yield f"{heading}:"
        yield from (f"  {line}" for line in listed)


def _changed(changed: Iterable[Changed]) -> Iterator[str]:
    """Yield the changes part by part; neighbours that changed alike are told together."""
    for (kind, how, details), alike in groupby(
        changed, lambda one: (one.kind, one.how, one.details)
    ):
        ids = ", ".join(one.id for one in alike if one.id)
        name = f"{kind} {ids}" if ids else kind
        if how != "changed":
            yield f"{name}: {how}"
            for each in details:
                if kind != "case" or each.field in _OF_A_CASE:
                    yield from (f"  {line}" for line in _whole(each))
            continue
        if kind == FILE:
            yield from _altered(details)
        for each in details:
            yield from _detail(name, each)


def _altered(details: Iterable[Detail]) -> Iterator[str]:
    """Yield which lines of review are not those that were written: they are only added to."""
    lines = (re.match(r"reviewed\.\d+(?=\.)", one.field) for one in details if one.before)
    for line in dict.fromkeys(found[0] for found in lines if found):
        yield f"{FILE}: {line}: line altered, not added"


def _whole(one: Detail) -> Iterator[str]:
    """Yield a leaf of a part that only one of them has."""
    words = one.before if one.after is None else one.after
    lines = (words or "").splitlines()
    yield f"{one.field}: {lines[0] if len(lines) == 1 else ''}".rstrip()
    if len(lines) > 1:
        yield from (f"  {line}".rstrip() for line in lines)


def _detail(name: str, one: Detail) -> Iterator[str]:
    before, after = one.before or "none", one.after or "none"
    if one.is_text:
        yield f"{name}: {one.field}:" if one.field else f"{name}:"
        yield from (f"  {line}" for line in side_by_side(one.before, one.after))
    elif len(before) + len(after) <= SHORT:
        yield f"{name}: {one.field}: {before} -> {after}"
    else:
        left, right = marked(before, after)
        yield f"{name}: {one.field}:"
        yield f"  old:  {left}"
        yield f"  new:  {right}"


def _beside(old: Protocol, new: Protocol, one: Beside) -> str:
    protocol, witness = (old, one.before) if one.only == "old" else (new, one.after)
    shown = out_of_the_ordinary(protocol, witness.answers)
    answers = "; ".join(line.strip() for line in answers_in_words(protocol, shown))
    verb = _MET[one.what.split()[0]]
    how = f"no longer {verb}" if one.only == "old" else f"{verb} now"
    return f"{one.what} is {how}, for example with {answers or 'nothing out of the ordinary'}"


def _leads_to(one: LeadsTo) -> str:
    where = ", ".join(each.id for each in one.recommend) or "never possible"
    return f"{one.only.question}: {one.only.answer} (only in {one.only.side}): {where}"


def _move(old: Protocol, new: Protocol, move: Move) -> Iterator[str]:
    before, after = move.before, move.after
    first, *others = move.pairs
    yield f"{_arrow(first)} ({_direction(first)})"
    yield f"  because of {move.cause}. For example:"
    earlier, later = before.answers, after.answers
    same = {name: answer for name, answer in later.items() if earlier.get(name) == answer}
    shown = out_of_the_ordinary(new, same)
    yield from answers_in_words(new, shown)
    only_old = {name: answer for name, answer in earlier.items() if name not in same}
    only_new = {name: answer for name, answer in later.items() if name not in same}
    for heading, protocol, answers in (("old", old, only_old), ("new", new, only_new)):
        if answers:
            yield f"  only in {heading}:"
            yield from answers_in_words(protocol, answers)
    if len(shown) < len(same):
        yield f"    and nothing out of the ordinary {'elsewhere' if shown else 'in the rest'}"
    yield f"  old: {decision_in_words(before.decision)}"
    yield f"  new: {decision_in_words(after.decision)}"
    if others:
        yield f"  It also moves others: {'; '.join(map(_arrow, others))}"


def _arrow(pair: Pair) -> str:
    return f"{pair[0].id} -> {pair[1].id}"


def _direction(pair: Pair) -> str:
    urgency, pressure = direction(pair)
    words = []
    if urgency:
        words.append("more urgent" if urgency > 0 else "less urgent")
    if pressure:
        words.append("more pressure" if pressure > 0 else "less pressure")
    return ", ".join(words) or "as urgent, as much pressure"


def _cases(found: Difference) -> Iterator[str]:
    yield f"{len(found.moved_cases)} of {found.compared} cases move."
    for one in found.moved_cases:
        source = "" if one.side == "new" else " (a case of old)"
        yield f"  {one.case.id}{source}: {one.before.id} -> {one.after.id}"
    if found.unfit:
        yield f"  fit only one of the protocols: {', '.join(found.unfit)}"


def _verdict(found: Difference) -> str:
    if found.open_:
        return "Not everything could be settled: more may move than is shown here."
    if found.moves:
        number = len({pair for move in found.moves for pair in move.pairs})
        pairs = "pair" if number == 1 else "pairs"
        return f"Recommendations move between {number} {pairs}; no answers move between others."
    return NOTHING_SHARED if found.one_sided else NOTHING
