"""What clients do with a clinic: open a link, and send their answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from assessment.engine.answers import Answers
from assessment.engine.protocol import Protocol
from assessment.practice.consent import Asked
from assessment.practice.for_clinic import ForClinic
from assessment.practice.words import hashes_of
from assessment.records import clients, clinics, invitations, responses, therapists
from assessment.records.database import Database, Transaction, Unavailable
from assessment.records.ids import ClientId, ClinicId, InvitationId, ResponseId, hash_of, new_id
from assessment.records.model import (
    Client,
    Clinic,
    Content,
    Invitation,
    Line,
    Response,
    State,
)

URGENT = 2
"""The urgency from which on therapists are told at once: a doctor today, or an emergency."""
PAUSE = 60.0
"""Seconds for which a database that was away is not told how far people got."""

Keep = Callable[[Transaction], str]
Notify = Callable[[ClinicId, int, ResponseId], None]

log = logging.getLogger("assessment")


@dataclass(frozen=True, slots=True)
class Link:
    """A link that somebody holds. Once `used`, nothing can be sent with it any more."""

    clinic: Clinic
    invitation: Invitation
    used: bool


class Refusal(StrEnum):
    """Why answers were not taken."""

    ALREADY_SENT = "already sent"
    LINK_GONE = "link gone"


class NotTaken(Exception):  # noqa: N818  an answer to the client, not an error of ours
    """Nothing was stored: somebody sent answers with this link before, or it was withdrawn."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Parcel:
    """What somebody sends: their answers, and what they wrote beside them.

    `visit` is the secret of their walk: what is sent twice with it is stored once. `birth` is
    a date (YYYY-MM-DD) or empty. `agreed` are the words that they agreed to.
    """

    clinic: ClinicId
    invitation: InvitationId | None
    visit: str
    answers: Answers
    name: str
    birth: str
    message: str
    agreed: Asked


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was stored, and when (Unix seconds); `is_new` is False for a second press."""

    clinic: ClinicId
    response: ResponseId
    urgency: int
    sent_at: int
    is_new: bool


class _Twice(Exception):  # noqa: N818  undoes a transaction
    """The same walk was sent by two presses at once, and the other one was first."""


def nobody(clinic: ClinicId, urgency: int, response: ResponseId) -> None:
    """Tell nobody."""


class Intake:
    """The client's side of a clinic.

    `clock` gives Unix time. `keep` stores the protocol that is served and returns its version;
    `notify` is told of each new urgent response. Every method raises Unavailable when the database
    is away, unless it says something else.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        protocol: Protocol,
        keep: Keep,
        notify: Notify = nobody,
    ) -> None:
        self.for_clinic = ForClinic(protocol)
        """What a clinic may know of answers."""
        self._database = database
        self._clock = clock
        self._keep = keep
        self._notify = notify
        self._paused_until = 0.0

    def link(self, token: str) -> Link | None:
        """Return what this token opens, and change nothing.

        There is no telling apart what never was, what has run out and what was withdrawn: all
        three are None.
        """
        with self._database.reading() as tx:
            return self._link(tx, token)

    def open_link(self, token: str) -> Link | None:
        """Return what this token opens, and note that it was opened."""
        with self._database.writing() as tx:
            found = self._link(tx, token)
            if found is not None and not found.used:
                invitations.opened(tx, found.clinic.id, found.invitation.id, self._now())
            return found

    def follows(self, clinic: ClinicId, new: InvitationId, old: InvitationId) -> bool:
        """Whether an invitation is the old one, or took its place."""
        if new == old:
            return True
        with self._database.reading() as tx:
            before = invitations.get(tx, clinic, old)
        return before is not None and before.replaced_by == new

    def therapist_name(self, clinic: ClinicId, invitation: InvitationId) -> str | None:
        """Return who invited somebody; None when that is not known any more."""
        with self._database.reading() as tx:
            found = invitations.get(tx, clinic, invitation)
            who = None if found is None else therapists.get(tx, clinic, found.therapist)
        return None if who is None else who.name

    def tell_progress(self, clinic: ClinicId, invitation: InvitationId, answers: Answers) -> None:
        """Store how far somebody got, as counts; raises nothing.

        Nobody waits for a database that is away because of this: it is left alone for a while.
        """
        if self._clock() < self._paused_until:
            return
        extent = self.for_clinic.extent(answers)
        try:
            with self._database.writing() as tx:
                invitations.progress(tx, clinic, invitation, extent.answered, extent.of_about)
        except Unavailable:
            self._paused_until = self._clock() + PAUSE

    def send(self, parcel: Parcel) -> Receipt:
        """Store what somebody sends, all of it or nothing, and once only; raises NotTaken."""
        try:
            with self._database.writing() as tx:
                return self._earlier(tx, parcel) or self._stored(tx, parcel)
        except _Twice:
            with self._database.reading() as tx:
                earlier = self._earlier(tx, parcel)
        if earlier is None:
            raise Unavailable("a response was sent twice and is not there")
        return earlier

    def announce(self, receipt: Receipt) -> None:
        """Tell of a new urgent response; whatever goes wrong with that is logged as its type."""
        if not receipt.is_new or receipt.urgency < URGENT:
            return
        try:
            self._notify(receipt.clinic, receipt.urgency, receipt.response)
        except Exception as error:
            log.error("urgent response not announced: %s", type(error).__qualname__)

    def _link(self, tx: Transaction, token: str) -> Link | None:
        found = invitations.by_token(tx, hash_of(token))
        if found is None or found.revoked_at is not None:
            return None
        used = found.used_at is not None
        if not used and found.expires_at <= self._now():
            return None
        clinic = clinics.get(tx, found.clinic)
        return None if clinic is None else Link(clinic, found, used)

    def _earlier(self, tx: Transaction, parcel: Parcel) -> Receipt | None:
        """Return what the same walk has sent before."""
        response = responses.by_send_key(tx, parcel.clinic, hash_of(parcel.visit))
        line = None if response is None else responses.line(tx, parcel.clinic, response)
        if line is None:
            return None
        return Receipt(parcel.clinic, line.id, line.urgency, line.received_at, is_new=False)

    def _stored(self, tx: Transaction, parcel: Parcel) -> Receipt:
        now = self._now()
        client = self._client(tx, parcel, now)
        response = self._response(parcel, client, self._keep(tx), now)
        if not responses.add(tx, parcel.clinic, response, hash_of(parcel.visit)):
            raise _Twice
        line = response.line
        return Receipt(parcel.clinic, line.id, line.urgency, now, is_new=True)

    def _client(self, tx: Transaction, parcel: Parcel, now: int) -> ClientId:
        """Return whose response it is: the invited client's, or a new one's."""
        names = [parcel.name]
        if parcel.invitation is None:
            client = ClientId(new_id())
            clients.add(tx, Client(client, parcel.clinic, parcel.name, "", now))
        else:
            client = self._use(tx, parcel, parcel.invitation, now)
            invited = clients.get(tx, parcel.clinic, client)
            names += [invited.name] if invited else []
        clients.set_words(
            tx, parcel.clinic, client, hashes_of(tx.vault, parcel.clinic, " ".join(names))
        )
        return client

    def _use(self, tx: Transaction, parcel: Parcel, invitation: InvitationId, now: int) -> ClientId:
        """Use up the invitation: of several at once only one gets past this."""
        if not invitations.use(tx, parcel.clinic, invitation, now):
            if self._earlier(tx, parcel) is not None:
                raise _Twice
            found = invitations.get(tx, parcel.clinic, invitation)
            used = found is not None and found.used_at is not None
            raise NotTaken(Refusal.ALREADY_SENT if used else Refusal.LINK_GONE)
        used_now = invitations.get(tx, parcel.clinic, invitation)
        if used_now is None:
            raise NotTaken(Refusal.LINK_GONE)
        return used_now.client

    def _response(self, parcel: Parcel, client: ClientId, version: str, now: int) -> Response:
        judged = self.for_clinic.judge(parcel.answers)
        line = Line(
            id=ResponseId(new_id()),
            client=client,
            client_name=parcel.name,
            urgency=judged.recommend.urgency,
            recommendation=judged.recommend.id,
            complete=judged.complete,
            state=State.NEW,
            received_at=now,
            read_at=None,
        )
        content = Content(
            answers=self.for_clinic.stored(parcel.answers),
            decision=judged.stored,
            name=parcel.name,
            birth=parcel.birth,
            message=parcel.message,
            consent=parcel.agreed.given(now),
        )
        return Response(line, parcel.invitation, version, content)

    def _now(self) -> int:
        return int(self._clock())
