"""The second link made by hand, where none goes out by itself: the therapist gives it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assessment.practice.following import may_go_out, second_link
from assessment.practice.intake.consent import may_ask_again
from assessment.practice.post.follow_up import following
from assessment.practice.post.issuing import Issued
from assessment.practice.staff.accounts import SignedIn
from assessment.records import audit, invitations, responses
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import InvitationId, ResponseId, new_token
from assessment.records.model import Invitation, Line
from assessment.records.refusals import Taken
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable


@dataclass(frozen=True, slots=True)
class SecondLink:
    """The link after a visit: the one that was `made`, or None where one may be made now."""

    made: InvitationId | None


@dataclass(frozen=True, slots=True)
class _Before:
    """What came before a visit, and with which link."""

    line: Line
    first: Invitation


class AfterVisits:
    """Second links of a clinic; `who` is always the therapist who asks.

    `clock` gives Unix time. Every method raises Unavailable when the database is away.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def of(self, who: SignedIn, response: ResponseId) -> SecondLink | None:
        """Return the second link of a response that they see.

        None where there is none, and none may be made.
        """
        with self._database.reading() as tx:
            made = _made(tx, who, response)
            if made is not None:
                return SecondLink(made)
            return SecondLink(None) if _before(tx, who, response, self._now()) else None

    def make(self, who: SignedIn, response: ResponseId) -> Issued | None:
        """Make the second link of a response; None where none may be made, or one was."""
        now, token = self._now(), new_token()
        try:
            with self._database.writing() as tx:
                before = _before(tx, who, response, now)
                if before is None or _made(tx, who, response) is not None:
                    return None
                link = following(who.clinic, before.first, before.line, now, now)
                invitations.add(tx, link, token)
                audit.append(tx, who.by, Act.INVITED, now, link.id)
        except Taken:  # by another press at the same time
            return None
        return Issued(link, token)

    def _now(self) -> int:
        return int(self._clock())


def _made(tx: Transaction, who: SignedIn, response: ResponseId) -> InvitationId | None:
    link = second_link(tx, who.clinic.id, response)
    return link.id if link is not None and who.only in (None, link.therapist) else None


def _before(tx: Transaction, who: SignedIn, response: ResponseId, now: int) -> _Before | None:
    """Return what a second link may be made for: by the same rules as one that goes out by itself.

    The visit is not known, or it has begun: else nobody could say how they are after it.
    """
    clinic = who.clinic
    try:
        found = responses.get(tx, clinic.id, response)
    except Unreadable:
        return None
    if found is None or found.line.altered or found.line.urgency or found.invitation is None:
        return None
    first = invitations.get(tx, clinic.id, found.invitation)
    if first is None or first.follows or who.only not in (None, first.therapist):
        return None
    is_over = first.visit_at is None or first.visit_at <= now
    if not (is_over and may_ask_again(found.content.consent)):
        return None
    link = following(clinic, first, found.line, now, now)
    return _Before(found.line, first) if may_go_out(tx, clinic, link) else None
