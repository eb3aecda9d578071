"""Invitations: links that a therapist gives to clients, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from assessment.exports.dates import calendar_of
from assessment.practice import events
from assessment.practice.following import may_go_out
from assessment.practice.name_search import index
from assessment.practice.post import outbox
from assessment.practice.post.calls import Call, alone_with, made_before, made_for
from assessment.practice.post.guest_list import Guest
from assessment.practice.post.issuing import NO_DETAILS, Details, Issued, Made, issue
from assessment.practice.post.mail import Mailer
from assessment.practice.post.outbox import Outbox
from assessment.practice.post.stages import Stage, stage_of
from assessment.practice.staff.accounts import SignedIn
from assessment.records import audit, clients, invitations, responses
from assessment.records import outbox as mails
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import (
    ClientId,
    InvitationId,
    ResponseId,
    id_from,
    new_id,
)
from assessment.records.model import Client, Envelope, Invitation, Mail
from assessment.records.refusals import Taken
from assessment.records.transactions import Transaction
from assessment.records.whose import is_client_of

TRIAL = "Test: "
"""How the name of a client begins who is one of the staff, trying out a link."""
TRIAL_NOTE = "This is a test, with no real client. Erase it when you have seen enough."
Cursor = tuple[int, str]
LinkTo = Callable[[str], str]
"""Gives the address of a link from its secret."""


class LinkEnded(Exception):
    """This link has come to its end, so nothing was changed; `stage` says what became of it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.value)
        self.stage = stage


class Unknown(Exception):
    """They have no such invitation or client, or its words cannot be read."""


class NoMailServer(Exception):
    """Mail cannot be sent: no mail server is set up."""


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
        self.outbox = Outbox(database, clock, mailer)
        """What sends the mails."""

    def stage(self, invitation: Invitation) -> Stage:
        """Return what has become of an invitation by now."""
        return stage_of(invitation, self.now())

    def invite(
        self,
        who: SignedIn,
        name: str,
        email: str,
        days: int,
        note: str,
        client: ClientId | None = None,
        details: Details = NO_DETAILS,
        link_to: LinkTo | None = None,
        call: Call | None = None,
    ) -> Issued:
        """Make a link that can be opened for `days`, and at least on the day of the visit.

        With `client` it is for somebody who is known, by the name that is known; else a new
        client is made. With `link_to` and an address a mail with the link is put down, and
        reminders: `outbox` sends them. The same `call` makes one, however often and at once.
        Raises Unknown when this clinic has no such client, SaidOtherwise as `called` does.
        """
        now = self.now()
        with self._database.writing() as tx:
            if call is not None:
                alone_with(tx, call, who.clinic)
                if earlier := _called(tx, who, call):
                    return earlier
            if client is None:
                person = _new_client(tx, who, name, email, now)
            else:
                person = _known(tx, who, client)
            id, token = (None, None) if call is None else made_for(call, tx.vault, who.clinic)
            made = Made(replace(person, email=email), days, note, details, id, token)
            issued = issue(tx, who, made, now)
            if link_to is not None and email and self.outbox.can_mail:
                link = Envelope(email, link_to(issued.token))
                mail = outbox.put(tx, who.clinic, issued.invitation, link, now)
                issued = replace(issued, mail=mail)
            audit.append(tx, who.by, Act.INVITED, now, issued.invitation.id)
            return issued

    def called(self, who: SignedIn, call: Call) -> Issued | None:
        """Return what this call made before; raises SaidOtherwise when that one said else."""
        with self._database.reading() as tx:
            return _called(tx, who, call)

    def invite_all(
        self, who: SignedIn, guests: Sequence[Guest], batch: str, link_to: LinkTo
    ) -> bool:
        """Make a link for each of several new clients, and put down its mail: all, or none.

        `batch` names this list: of several presses, one makes them. Returns False when they are
        there already.
        """
        now = self.now()
        ids: list[InvitationId] = []
        try:
            with self._database.writing() as tx:
                for guest in guests:
                    person = _new_client(tx, who, guest.name, guest.email, now)
                    id = InvitationId(id_from(who.clinic.id, batch, str(guest.line)))
                    details = Details(guest.visit_at)
                    made = Made(person, who.clinic.invitation_days, "", details, id)
                    issued = issue(tx, who, made, now)
                    link = Envelope(guest.email, link_to(issued.token))
                    outbox.put(tx, who.clinic, issued.invitation, link, now)
                    ids.append(id)
                for id in ids:
                    audit.append(tx, who.by, Act.INVITED, now, id)
        except Taken:
            return False
        return True

    def resend(self, who: SignedIn, invitation: InvitationId) -> Issued:
        """Make a new link in place of this one, which stops working in the same moment.

        It lasts as long as the first one did. Raises Unknown, or LinkEnded when it was sent back,
        revoked or replaced.
        """
        now = self.now()
        with self._database.writing() as tx:
            old = _found(tx, who, invitation)
            if not old.readable:
                raise Unknown
            if not may_go_out(tx, who.clinic, old):
                raise LinkEnded(Stage.REVOKED)
            days = calendar_of(who.clinic.time_zone).days_until(old.created_at, old.expires_at)
            person = Client(old.client, old.clinic, old.name, old.email, now)
            details = Details(old.visit_at, old.phone, old.language, old.follows)
            issued = issue(tx, who, Made(person, max(1, days), old.note, details), now)
            if not invitations.revoke(tx, old.clinic, old.id, now, issued.invitation.id):
                raise LinkEnded(stage_of(_found(tx, who, invitation), now))
            audit.append(tx, who.by, Act.LINK_REPLACED, now, old.id)
            replaced, by = events.Ended.REPLACED, issued.invitation.id
            events.invitation_ended(tx, old.clinic, old.id, replaced, now, by)
        return issued

    def revoke(self, who: SignedIn, invitation: InvitationId) -> None:
        """Make a link stop working.

        Raises Unknown, or LinkEnded when it was sent back, or does not work any more anyway.
        """
        now = self.now()
        with self._database.writing() as tx:
            stage = stage_of(_found(tx, who, invitation), now)
            if not stage.is_open or not invitations.revoke(tx, who.clinic.id, invitation, now):
                raise LinkEnded(stage_of(_found(tx, who, invitation), now))
            audit.append(tx, who.by, Act.LINK_REVOKED, now, invitation)
            events.invitation_ended(tx, who.clinic.id, invitation, events.Ended.REVOKED, now)

    def get(self, who: SignedIn, invitation: InvitationId) -> Invitation:
        """Return one invitation; raises Unknown."""
        with self._database.reading() as tx:
            return _found(tx, who, invitation)

    def response(self, who: SignedIn, invitation: InvitationId) -> ResponseId | None:
        """Return what came back with this link; None when nothing did, or it was erased."""
        with suppress(Unknown), self._database.reading() as tx:
            _found(tx, who, invitation)
            return responses.of_invitation(tx, who.clinic.id, invitation)
        return None

    def client(self, who: SignedIn, client: ClientId) -> Client:
        """Return somebody to invite again; raises Unknown."""
        with self._database.reading() as tx:
            return _known(tx, who, client)

    def listed(self, who: SignedIn, before: Cursor | None = None, limit: int = 50) -> Batch:
        """Return up to `limit` invitations that they see, made before the cursor."""
        with self._database.reading() as tx:
            found = invitations.listed(
                tx, who.clinic.id, before=before, limit=limit + 1, only=who.only
            )
        shown = found[:limit]
        more = len(found) > limit
        return Batch(shown, (shown[-1].created_at, shown[-1].id) if more else None)

    def mail(self, who: SignedIn, invitation: InvitationId, to: str, link: str) -> bool:
        """Send the link to an address, and put down reminders.

        Returns False when another process is at it, so that we don't know yet. Raises Unknown,
        LinkEnded when the link does not work any more, NoMailServer, TooMany, MailFailed when the
        mail server did not take it, ValueError when `to` is no address.
        """
        if not self.outbox.can_mail:
            raise NoMailServer
        now = self.now()
        with self._database.writing() as tx:
            _found(tx, who, invitation)
            found = invitations.hold_open(tx, who.clinic.id, invitation, now)
            if found is None:
                raise LinkEnded(stage_of(_found(tx, who, invitation), now))
            if not may_go_out(tx, who.clinic, found):
                raise LinkEnded(Stage.REVOKED)
            mail = outbox.put(tx, who.clinic, found, Envelope(to, link), now)
            audit.append(tx, who.by, Act.LINK_MAILED, now, invitation)
        is_sent = self.outbox.send(mail)
        stage = self.stage(self.get(who, invitation))
        if not is_sent and not stage.is_open:
            raise LinkEnded(stage)
        return is_sent

    def mails(self, who: SignedIn, invitation: InvitationId) -> tuple[Mail, ...]:
        """Return the mails about an invitation that were sent, or wait, by their times.

        Raises Unknown.
        """
        with self._database.reading() as tx:
            _found(tx, who, invitation)
            return mails.of_invitation(tx, who.clinic.id, invitation)

    def now(self) -> int:
        """Return the time by which it is told what has become of an invitation."""
        return int(self._clock())


def _called(tx: Transaction, who: SignedIn, call: Call) -> Issued | None:
    made = made_before(tx, call, who.clinic)
    return None if made is None else Issued(*made, is_new=False)


def _new_client(tx: Transaction, who: SignedIn, name: str, email: str, now: int) -> Client:
    person = Client(ClientId(new_id()), who.clinic.id, name, email, now)
    clients.add(tx, person)
    index(tx, who.clinic.id, person.id, [name])
    return person


def _known(tx: Transaction, who: SignedIn, client: ClientId) -> Client:
    known = clients.get(tx, who.clinic.id, client)
    if known is None or not known.readable:
        raise Unknown
    if who.only is not None and not is_client_of(tx, who.clinic.id, client, who.only):
        raise Unknown
    return known


def _found(tx: Transaction, who: SignedIn, invitation: InvitationId) -> Invitation:
    found = invitations.get(tx, who.clinic.id, invitation)
    if found is None or who.only not in (None, found.therapist):
        raise Unknown
    return found
