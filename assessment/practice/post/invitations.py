"""Invitations: links that a therapist gives to clients, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from assessment.exports.dates import calendar_of
from assessment.practice.name_search import index
from assessment.practice.post.letters import invitation_letter
from assessment.practice.post.mail import Mailer
from assessment.practice.post.mail_quota import count_invitation
from assessment.practice.staff.accounts import SignedIn
from assessment.records import clients, invitations, responses
from assessment.records.database import Database
from assessment.records.ids import (
    ClientId,
    InvitationId,
    ResponseId,
    new_id,
    new_token,
)
from assessment.records.model import Client, Invitation
from assessment.records.refusals import Unavailable
from assessment.records.transactions import Transaction

Cursor = tuple[int, str]


class Stage(StrEnum):
    """What has become of an invitation."""

    MADE = "made"
    MAILED = "mailed"
    OPENED = "opened"
    ANSWERING = "answering"
    SENT_BACK = "sent back"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"
    CLOSED = "closed by the client"

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return self in (Stage.MADE, Stage.MAILED, Stage.OPENED, Stage.ANSWERING)

    @property
    def can_resend(self) -> bool:
        """Whether a new link can take its place."""
        return self.is_open or self is Stage.EXPIRED


class LinkEnded(Exception):  # noqa: N818  an answer to the therapist, not an error of ours
    """This link has come to its end, so nothing was changed; `stage` says what became of it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.value)
        self.stage = stage


class Unknown(Exception):  # noqa: N818  an answer to the therapist, not an error of ours
    """This clinic has no such invitation or client, or its words cannot be read."""


class NoMailServer(Exception):  # noqa: N818  an answer to the therapist, not an error of ours
    """Mail cannot be sent: no mail server is set up."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A new invitation with the secret of its link, which is told this once."""

    invitation: Invitation
    token: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some invitations, newest first; `older` is where the next ones start, if there are any."""

    invitations: tuple[Invitation, ...]
    older: Cursor | None


class Invitations:
    """What a therapist can do with invitations; `who` is always the therapist who asks.

    `clock` gives Unix time. `mailer` is None where no mail server is set up. Every method raises
    Unavailable when the database is away; then nothing was changed.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float], mailer: Mailer | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._mailer = mailer

    @property
    def can_mail(self) -> bool:
        """Whether a mail server is set up."""
        return self._mailer is not None

    def stage(self, invitation: Invitation) -> Stage:
        """Return what has become of an invitation by now."""
        return stage_of(invitation, self._now())

    def invite(
        self,
        who: SignedIn,
        name: str,
        email: str,
        days: int,
        note: str,
        client: ClientId | None = None,
    ) -> Issued:
        """Make a link that can be opened for `days`, until the end of the last one.

        With `client` it is for somebody who is known, by the name that is known; else a new
        client is made. Raises Unknown when this clinic has no such client.
        """
        now = self._now()
        with self._database.writing() as tx:
            if client is None:
                person = _new_client(tx, who, name, email, now)
            else:
                person = _known(tx, who, client)
            return _issue(tx, who, replace(person, email=email), days, note, now)

    def resend(self, who: SignedIn, invitation: InvitationId) -> Issued:
        """Make a new link in place of this one, which stops working in the same moment.

        It lasts as long as the first one did. Raises Unknown, or LinkEnded when it was sent back,
        revoked or replaced.
        """
        now = self._now()
        with self._database.writing() as tx:
            old = _found(tx, who, invitation)
            if not old.readable:
                raise Unknown
            days = calendar_of(who.clinic.time_zone).days_until(old.created_at, old.expires_at)
            person = Client(old.client, old.clinic, old.name, old.email, now)
            issued = _issue(tx, who, person, max(1, days), old.note, now)
            if not invitations.revoke(tx, old.clinic, old.id, now, issued.invitation.id):
                raise LinkEnded(stage_of(_found(tx, who, invitation), now))
        return issued

    def revoke(self, who: SignedIn, invitation: InvitationId) -> None:
        """Make a link stop working.

        Raises Unknown, or LinkEnded when it was sent back, or does not work any more anyway.
        """
        now = self._now()
        with self._database.writing() as tx:
            stage = stage_of(_found(tx, who, invitation), now)
            if not stage.is_open or not invitations.revoke(tx, who.clinic.id, invitation, now):
                raise LinkEnded(stage_of(_found(tx, who, invitation), now))

    def get(self, who: SignedIn, invitation: InvitationId) -> Invitation:
        """Return one invitation; raises Unknown."""
        with self._database.reading() as tx:
            return _found(tx, who, invitation)

    def response(self, who: SignedIn, invitation: InvitationId) -> ResponseId | None:
        """Return what came back with this link; None when nothing did, or it was erased."""
        with self._database.reading() as tx:
            return responses.of_invitation(tx, who.clinic.id, invitation)

    def client(self, who: SignedIn, client: ClientId) -> Client:
        """Return somebody to invite again; raises Unknown."""
        with self._database.reading() as tx:
            return _known(tx, who, client)

    def listed(self, who: SignedIn, before: Cursor | None = None, limit: int = 50) -> Batch:
        """Return up to `limit` invitations of the clinic, made before the cursor."""
        with self._database.reading() as tx:
            found = invitations.listed(tx, who.clinic.id, before=before, limit=limit + 1)
        shown = found[:limit]
        more = len(found) > limit
        return Batch(shown, (shown[-1].created_at, shown[-1].id) if more else None)

    def mail(self, who: SignedIn, invitation: InvitationId, to: str, link: str) -> None:
        """Send the link to an address.

        Raises Unknown, LinkEnded when the link does not work any more, NoMailServer, TooMany,
        MailFailed when the mail server did not take it, ValueError when `to` is no address. The
        mail goes out between two transactions: a slow mail server must not hold the database.
        """
        if self._mailer is None:
            raise NoMailServer
        found = self.get(who, invitation)
        stage = self.stage(found)
        if not stage.is_open:
            raise LinkEnded(stage)
        with self._database.writing() as tx:
            count_invitation(tx, who.clinic, invitation, self._now())
        self._mailer.send(to, invitation_letter(who.clinic, found, link))
        with suppress(Unavailable), self._database.writing() as tx:  # the mail is out already
            invitations.mailed(tx, who.clinic.id, invitation, self._now())

    def _now(self) -> int:
        return int(self._clock())


def stage_of(invitation: Invitation, now: int) -> Stage:
    """Return what has become of an invitation, from what is stored and the time."""
    happened = (
        (invitation.used_at is not None, Stage.SENT_BACK),
        (invitation.closed_at is not None, Stage.CLOSED),
        (invitation.replaced_by is not None, Stage.REPLACED),
        (invitation.revoked_at is not None, Stage.REVOKED),
        (invitation.expires_at <= now, Stage.EXPIRED),
        (invitation.answered > 0, Stage.ANSWERING),
        (invitation.opened_at is not None, Stage.OPENED),
        (invitation.mailed_at is not None, Stage.MAILED),
    )
    return next((stage for true, stage in happened if true), Stage.MADE)


def _new_client(tx: Transaction, who: SignedIn, name: str, email: str, now: int) -> Client:
    person = Client(ClientId(new_id()), who.clinic.id, name, email, now)
    clients.add(tx, person)
    index(tx, who.clinic.id, person.id, [name])
    return person


def _known(tx: Transaction, who: SignedIn, client: ClientId) -> Client:
    known = clients.get(tx, who.clinic.id, client)
    if known is None or not known.readable:
        raise Unknown
    return known


def _issue(
    tx: Transaction, who: SignedIn, client: Client, days: int, note: str, now: int
) -> Issued:
    token = new_token()
    made = Invitation(
        id=InvitationId(new_id()),
        clinic=who.clinic.id,
        client=client.id,
        therapist=who.therapist.id,
        created_at=now,
        expires_at=calendar_of(who.clinic.time_zone).end_of_day(now, days),
        name=client.name,
        email=client.email,
        note=note,
    )
    invitations.add(tx, made, token)
    return Issued(made, token)


def _found(tx: Transaction, who: SignedIn, invitation: InvitationId) -> Invitation:
    found = invitations.get(tx, who.clinic.id, invitation)
    if found is None:
        raise Unknown
    return found
