"""One response as its page, its sheet of paper and its row of a table need it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assessment.exports.dates import calendar_of
from assessment.practice.intake.intake import URGENT
from assessment.practice.responses.again import Second, stricter, to_review
from assessment.practice.responses.names import named_in_list
from assessment.practice.responses.old_protocols import OldProtocols, VersionLost
from assessment.practice.responses.reach import UNKNOWN, Reach, reach_of
from assessment.practice.responses.seen import line_for
from assessment.practice.responses.summary import Summary, summarise
from assessment.practice.staff.accounts import SignedIn
from assessment.records import (
    invitations,
    measures,
    notes,
    own_answers,
    responses,
    withdrawals,
)
from assessment.records.ids import ResponseId
from assessment.records.measures import NOTHING, Measured
from assessment.records.model import Clinic, Invitation, Line, Note, Response
from assessment.records.own_answers import OwnAnswers
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable


@dataclass(frozen=True, slots=True)
class Opened:
    """One response. `response` and `summary` are None where its content cannot be read.

    `recommended` is the recommendation as the protocol that is served calls it. `again` is there
    when the rules of today are stricter. `withdrawn_at`: the client took their consent back then.
    `own` are answers to the clinic's own questions, None where they cannot be read; they say
    nothing of urgency. So it is with `measured`, pain and activities.
    """

    line: Line
    recommended: str
    response: Response | None
    summary: Summary | None
    notes: tuple[Note, ...]
    again: Second | None = None
    reach: Reach = UNKNOWN
    withdrawn_at: int | None = None
    own: OwnAnswers | None = ()
    measured: Measured | None = NOTHING

    @property
    def is_pressing(self) -> bool:
        """Whether they have to hear from the clinic before they come."""
        urgency = self.line.urgency if self.summary is None else self.summary.level
        return urgency >= URGENT or self.again is not None

    @property
    def is_out_of_reach(self) -> bool:
        """Whether they have to hear from the clinic, and nothing says how."""
        return self.is_pressing and self.reach == UNKNOWN


class Opener:
    """Reads responses in the words of the protocols that were answered. `clock`: Unix time."""

    def __init__(self, library: OldProtocols, clock: Callable[[], float]) -> None:
        self._library = library
        self._clock = clock

    def open(self, tx: Transaction, who: SignedIn, id: ResponseId) -> Opened | None:
        """Return one response that they see; None where there is none."""
        clinic = who.clinic
        line = line_for(tx, who, id)
        if line is None:
            return None
        try:
            response = responses.get(tx, clinic.id, id)
        except Unreadable:
            response = None
        [line] = to_review(tx, clinic.id, [line])
        again = stricter(tx, clinic.id, [line]).get(id)
        invited = None if response is None else _invitation(tx, clinic, response)
        summary = None
        if response is not None:
            summary = self._summary(tx, clinic, response, invited, again)
        return Opened(
            line=line,
            recommended=named_in_list(self._library.names, line, line.recommendation, line.urgency),
            response=response,
            summary=summary,
            notes=notes.of_response(tx, clinic.id, id),
            again=again,
            # An altered line may name somebody else's client, or invitation.
            reach=UNKNOWN if line.altered else reach_of(tx, who, line.client, invited),
            withdrawn_at=withdrawals.of_responses(tx, clinic.id, [id]).get(id),
            own=own_answers.of_responses(tx, clinic.id, [id]).get(id, ()),
            measured=measures.of_responses(tx, clinic.id, [id]).get(id, NOTHING),
        )

    def _summary(
        self,
        tx: Transaction,
        clinic: Clinic,
        response: Response,
        invited: Invitation | None,
        again: Second | None,
    ) -> Summary:
        try:
            screening = self._library.screening(tx, response.version)
        except VersionLost:
            screening = None
        return summarise(
            response.content,
            screening,
            int(self._clock()),
            line=response.line,
            invited_as="" if invited is None else invited.name,
            names=self._library.names,
            calendar=calendar_of(clinic.time_zone),
            again=again,
        )


def _invitation(tx: Transaction, clinic: Clinic, response: Response) -> Invitation | None:
    id = response.invitation
    return None if id is None else invitations.get(tx, clinic.id, id)
