"""What clients answered to a clinic's own questions: beside their answers, never among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlalchemy import insert, select

from assessment.records.ids import ClinicId, ResponseId
from assessment.records.own_questions import Kind
from assessment.records.own_tables import own_answers
from assessment.records.sealed import seal, unseal
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """An answer with the `question` in the words in which it was asked.

    `id` is the question's. `answers` are what was chosen, in its words of that day, or what was
    typed.
    """

    id: str
    kind: Kind
    question: str
    answers: tuple[str, ...]


OwnAnswers = tuple[OwnAnswer, ...]


def add(
    tx: Transaction, clinic: ClinicId, response: ResponseId, answers: Sequence[OwnAnswer]
) -> None:
    """Add what was answered with a response, in order; raises Misfit without the response."""
    values = {"answers": [asdict(one) for one in answers]}
    sealed = seal(tx, own_answers, (clinic, response), values)
    tx.connection.execute(insert(own_answers).values(clinic=clinic, id=response, sealed=sealed))


def of_responses(
    tx: Transaction, clinic: ClinicId, ids: Iterable[ResponseId]
) -> dict[ResponseId, OwnAnswers | None]:
    """Return what was answered with these responses, of those that have any; None: unreadable."""
    rows = tx.connection.execute(
        select(own_answers).where(own_answers.c.clinic == clinic, own_answers.c.id.in_([*ids]))
    )
    return {row.id: _opened(tx, clinic, row.id, row.sealed) for row in rows}


def _opened(tx: Transaction, clinic: ClinicId, id: str, sealed: bytes) -> OwnAnswers | None:
    try:
        opened = unseal(tx, own_answers, (clinic, id), sealed)
    except Unreadable:
        return None
    rows = cast("list[dict[str, Any]]", opened["answers"])
    return tuple(
        OwnAnswer(one["id"], Kind(one["kind"]), one["question"], tuple(one["answers"]))
        for one in rows
    )
