"""A difference of two protocols, as JSON for a machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assessment.engine.protocol import Protocol
from assessment.proof.changed import Changed
from assessment.proof.diff import Difference, LeadsTo, Move
from assessment.proof.inbox import seen_in_inbox
from assessment.proof.meetings import Beside
from assessment.proof.renamed import Renamer
from assessment.proof.report import Failure, Witness
from assessment.proof.words import Json, failure_json, protocol_json, witness_json


def difference_json(
    changed: Iterable[Changed],
    found: Difference,
    fails: Iterable[Failure],
    renamer: Renamer,
    new: Protocol,
) -> Json:
    """Return the difference as `assessment diff --json` prints it.

    `renamer` made the old one with the ids of the new one; answers are told with those of its own.
    `fails` is what does not hold of the new one.
    """
    old = renamer.protocol()
    return {
        "old": protocol_json(old),
        "new": protocol_json(new),
        "nothing_moves": found.nothing_moves,
        "seconds": round(found.seconds, 6),
        "fails": [failure_json(new, one) for one in fails],
        "changed": [_changed(one) for one in changed],
        "inbox": list(seen_in_inbox(old, new)),
        "one_sided": [_one_sided(one) for one in found.one_sided],
        "untied": list(found.untied),
        "moves": [_move(one, new, renamer) for one in found.moves],
        "beside": [_beside(one, new, renamer) for one in found.beside],
        "not_settled": list(found.open_),
        "cases": _cases(found),
    }


def _changed(one: Changed) -> Json:
    fields = {
        each.field: {"before": each.before, "after": each.after}
        for each in one.details
        if each.differs
    }
    return {"kind": one.kind, "id": one.id, "how": one.how, "fields": fields}


def _one_sided(one: LeadsTo) -> Json:
    return {
        "in": one.only.side,
        "question": one.only.question,
        "answer": one.only.answer,
        "recommendations": [each.id for each in one.recommend],
    }


def _move(one: Move, new: Protocol, renamer: Renamer) -> Json:
    return {
        "because": list(one.cause.edits),
        "part": one.cause.part,
        "pairs": [{"before": before.id, "after": after.id} for before, after in one.pairs],
        "before": witness_json(renamer.before, _original(renamer, one.before)),
        "after": witness_json(new, one.after),
    }


def _beside(one: Beside, new: Protocol, renamer: Renamer) -> Json:
    return {
        "what": one.what,
        "only_in": one.only,
        "before": witness_json(renamer.before, _original(renamer, one.before)),
        "after": witness_json(new, one.after),
    }


def _original(renamer: Renamer, witness: Witness) -> Witness:
    return replace(witness, answers=renamer.original(witness.answers))


def _cases(found: Difference) -> Json:
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
