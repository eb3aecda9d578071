"""A difference of two protocols, in words for a person and as JSON for a machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assessment.engine.protocol import Protocol
from assessment.proof.changed import Changed, NewWords, changed_parts, changed_words
from assessment.proof.diff import Difference, LeadsTo, Move
from assessment.proof.renamed import Renamer
from assessment.proof.report import Witness
from assessment.proof.words import (
    Json,
    answers_in_words,
    decision_in_words,
    out_of_the_ordinary,
    protocol_json,
    witness_json,
)

NOTHING = "No answer set changes its recommendation: proven."
NOTHING_SHARED = (
    "No answer set that both protocols offer changes its recommendation: proven. "
    "What only one of them offers is listed above."
)
LONGEST = 100


def difference_in_words(old: Protocol, new: Protocol, found: Difference) -> Iterator[str]:
    """Yield the lines that tell what changed and what moves."""
    for name, each in (("old", old), ("new", new)):
        hashes = f"rules {each.rules_hash[:12]}, wording {each.wording_hash[:12]}"
        yield f"{name}: {each.id} {each.version} ({hashes})"
    yield from _headed("Changed", map(_changed, changed_parts(old, new)))
    yield from _headed("Words changed", map(_words, changed_words(old, new)))
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


def difference_json(old: Protocol, new: Protocol, found: Difference, renamer: Renamer) -> Json:
    """Return the difference as `assessment diff --json` prints it.

    `renamer` made `old`, with the ids of the new one; answers are told with those of its own.
    """
    return {
        "old": protocol_json(old),
        "new": protocol_json(new),
        "nothing_moves": found.nothing_moves,
        "seconds": round(found.seconds, 6),
        "changed": [_changed_json(one) for one in changed_parts(old, new)],
        "words": [
            {"id": one.id, "before": one.before, "after": one.after}
            for one in changed_words(old, new)
        ],
        "one_sided": [_one_sided_json(one) for one in found.one_sided],
        "untied": list(found.untied),
        "moves": [
            {
                "before": witness_json(renamer.before, _original(renamer, move.before)),
                "after": witness_json(new, move.after),
            }
            for move in found.moves
        ],
        "not_settled": list(found.open_),
        "cases": _cases_json(found),
    }


def _changed_json(one: Changed) -> Json:
    fields = {each.field: {"before": each.before, "after": each.after} for each in one.details}
    return {"kind": one.kind, "id": one.id, "how": one.how, "fields": fields}


def _one_sided_json(one: LeadsTo) -> Json:
    return {
        "in": one.only.side,
        "question": one.only.question,
        "answer": one.only.answer,
        "recommendations": [each.id for each in one.recommend],
    }


def _original(renamer: Renamer, witness: Witness) -> Witness:
    return replace(witness, answers=renamer.original(witness.answers))


def _cases_json(found: Difference) -> Json:
    return {
        "compared": found.compared,
        "unfit": list(found.unfit),
        "moved": [
            {
                "in": one.side,
                "id": one.case.id,
                "before": one.before.id,
                "after": one.after.id,
                "expected": one.case.expected.id,
            }
            for one in found.moved_cases
        ],
    }


def _headed(heading: str, lines: Iterator[str] | list[str] | tuple[str, ...]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield ""
        yield f"{heading}:"
        yield from (f"  {line}" for line in listed)


def _changed(one: Changed) -> str:
    if not one.details:
        return f"{one.kind} {one.id}: {one.how}"
    details = "; ".join(f"{each.field}: {each.before} -> {each.after}" for each in one.details)
    return f"{one.kind} {one.id}: {details}"


def _words(one: NewWords) -> str:
    return f"{one.id}: {_quoted(one.before)} -> {_quoted(one.after)}"


def _quoted(text: str | None) -> str:
    if text is None:
        return "nothing"
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= LONGEST else f"“{line[:LONGEST]}...”"


def _leads_to(one: LeadsTo) -> str:
    where = ", ".join(each.id for each in one.recommend) or "never possible"
    return f"{one.only.question}: {one.only.answer} (only in {one.only.side}): {where}"


def _move(old: Protocol, new: Protocol, move: Move) -> Iterator[str]:
    before, after = move.before, move.after
    yield (
        f"{before.decision.recommend.id} -> {after.decision.recommend.id} ({_direction(move)}). "
        "For example:"
    )
    earlier, later = before.answers, after.answers
    same = {name: answer for name, answer in later.items() if earlier.get(name) == answer}
    telling = out_of_the_ordinary(new, same)
    yield from answers_in_words(new, telling)
    only_old = {name: answer for name, answer in earlier.items() if name not in same}
    only_new = {name: answer for name, answer in later.items() if name not in same}
    for heading, protocol, answers in (("old", old, only_old), ("new", new, only_new)):
        if answers:
            yield f"  only in {heading}:"
            yield from answers_in_words(protocol, answers)
    if len(telling) < len(same):
        yield f"    and nothing out of the ordinary {'elsewhere' if telling else 'in the rest'}"
    yield f"  old: {decision_in_words(before.decision)}"
    yield f"  new: {decision_in_words(after.decision)}"


def _direction(move: Move) -> str:
    urgency, pressure = move.direction
    words = []
    if urgency:
        words.append("more urgent" if urgency > 0 else "LESS URGENT")
    if pressure:
        words.append("MORE PRESSURE" if pressure > 0 else "less pressure")
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
        number = len(found.moves)
        pairs = "pair" if number == 1 else "pairs"
        return f"Recommendations move between {number} {pairs}; no answers move between others."
    return NOTHING_SHARED if found.one_sided else NOTHING
