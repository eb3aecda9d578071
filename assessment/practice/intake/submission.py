"""What clients send, and what they are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assessment.engine.answers import Answers
from assessment.practice.intake.consent import Asked
from assessment.records.ids import ClinicId, InvitationId, ResponseId
from assessment.records.measures import NOTHING, Measured
from assessment.records.model import Line
from assessment.records.own_answers import OwnAnswers


class Refusal(StrEnum):
    """Why answers were not taken."""

    ALREADY_SENT = "already sent"
    ALREADY_SENT_OTHERWISE = "already sent otherwise"
    LINK_GONE = "link gone"


class NotTaken(Exception):
    """Nothing was stored: somebody sent answers with this link before, or it was withdrawn.

    Of what the same walk sent before in other words, `sent_at` says when (Unix seconds).
    """

    def __init__(self, refusal: Refusal, sent_at: int | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.sent_at = sent_at


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody sends: their answers, and what they wrote beside them.

    `visit` is the secret of their walk: what is sent twice with it is stored once. `birth` is
    a date (YYYY-MM-DD) or empty, `phone` a number as exports/phones.py keeps it, or empty.
    `agreed` are the words that they agreed to, with the name that was typed to sign them, that of a
    `guardian` for a minor. `confirmed` are answers that they only confirmed, with when they were
    first told. `own` are answers to the clinic's own questions.
    `measured` is how their pain is and what they can do, None where that was not asked;
    `again`: they agreed to be asked once more after their visit.
    `waiting`: they sent it from the clinic's waiting room.
    """

    clinic: ClinicId
    invitation: InvitationId | None
    visit: str
    answers: Answers
    name: str
    birth: str
    message: str
    agreed: Asked
    signed_by: str = ""
    guardian: bool = False
    confirmed: Mapping[str, int] = field(default_factory=dict)
    own: OwnAnswers = ()
    measured: Measured | None = NOTHING
    again: bool = False
    waiting: bool = False
    phone: str = ""

    @property
    def is_asked_for(self) -> bool:
        """Whether the clinic asked for these answers, and expects the person."""
        return self.invitation is not None or self.waiting

    def receipt(self, line: Line, *, is_new: bool) -> Receipt:
        """Return what is told of this once it is stored as `line`."""
        return Receipt(
            clinic=self.clinic,
            response=line.id,
            urgency=line.urgency,
            sent_at=line.received_at,
            is_new=is_new,
            invited=self.is_asked_for,
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was stored, and when (Unix seconds); `is_new` is False for a second press.

    `invited`: it came with a link of the clinic, and not from its public page.
    """

    clinic: ClinicId
    response: ResponseId
    urgency: int
    sent_at: int
    is_new: bool
    invited: bool
