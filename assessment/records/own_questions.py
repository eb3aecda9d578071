"""The questions that a clinic asks of its own accord. No rule knows them.

An id stands for one wording: a question whose words change gets another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy import update as updating

from assessment.records.ids import ClinicId, new_id
from assessment.records.own_tables import own_questions
from assessment.records.sealed import seal, unseal
from assessment.records.transactions import Transaction, add_new
from assessment.records.vault import Unreadable

_SHORT_ID = 8


class Kind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    ONE = "one"
    SEVERAL = "several"
    NUMBER = "number"

    @property
    def has_options(self) -> bool:
        """Whether one chooses from some options."""
        return self in (Kind.ONE, Kind.SEVERAL)


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question; `options` are what can be chosen, in order."""

    id: str
    kind: Kind
    words: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnQuestions:
    """What a clinic asks, in order; `retired` were asked before, the latest last.

    Who has a page open with a retired one may still answer it. What is not `readable` asks nothing,
    and nothing may be written in its place.
    """

    asked: tuple[OwnQuestion, ...] = ()
    retired: tuple[OwnQuestion, ...] = ()
    readable: bool = True


def question_id() -> str:
    """Return an id for a question: short, since it stands in a page several times."""
    return new_id()[:_SHORT_ID]


def of_clinic(tx: Transaction, clinic: ClinicId) -> OwnQuestions:
    """Return what a clinic asks; nothing where that cannot be read."""
    found = tx.connection.execute(
        select(own_questions.c.sealed).where(own_questions.c.clinic == clinic)
    ).scalar_one_or_none()
    if found is None:
        return OwnQuestions()
    try:
        opened = unseal(tx, own_questions, (clinic,), found)
    except Unreadable:
        return OwnQuestions(readable=False)
    return OwnQuestions(_read(opened["asked"]), _read(opened["retired"]))


def put(tx: Transaction, clinic: ClinicId, questions: OwnQuestions) -> None:
    """Write what a clinic asks in place of what it asked before."""
    values = {"asked": _written(questions.asked), "retired": _written(questions.retired)}
    sealed = seal(tx, own_questions, (clinic,), values)
    if not add_new(tx, own_questions, ("clinic",), clinic=clinic, sealed=sealed):
        mine = own_questions.c.clinic == clinic
        tx.connection.execute(updating(own_questions).where(mine).values(sealed=sealed))


def _written(questions: Iterable[OwnQuestion]) -> list[dict[str, Any]]:
    return [asdict(one) for one in questions]


def _read(stored: object) -> tuple[OwnQuestion, ...]:
    rows = cast("list[dict[str, Any]]", stored)
    return tuple(
        OwnQuestion(one["id"], Kind(one["kind"]), one["words"], tuple(one["options"]))
        for one in rows
    )
