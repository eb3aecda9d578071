"""Invitations whose mails and reminders come due while a clinic is at work, and what arrived."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assessment.practice.post.invitations import Invitations
from assessment.practice.post.issuing import NO_DETAILS, Details
from assessment.practice.post.mail import Mailer
from assessment.practice.staff.accounts import SignedIn
from assessment.records import clinics, invitations, outbox
from assessment.records.ids import InvitationId
from assessment.records.model import Invitation, Mail, MailKind, Outcome
from tests.practice.mail_server import MailServer
from tests.stress.clinic import Clinic, Link, patiently

DAY = 86_400
_SOON = 3.0
"""Seconds until the first reminder is due: the server starts meanwhile."""
_SITE = "https://clinic.example/i/"


@dataclass(frozen=True)
class Posted:
    """How many mails arrived. `broken` is empty when all promises hold."""

    arrived: int
    reminders: int
    perhaps: int
    broken: tuple[str, ...]


@dataclass
class Post:
    """The post of a clinic. `begun`: of links that ended, whether a reminder, or not, had begun."""

    clinic: Clinic
    told: MailServer
    mailer: Mailer
    links: list[Link] = field(default_factory=list)
    begun: dict[InvitationId, set[bool]] = field(default_factory=dict)
    who: SignedIn = field(init=False)

    def __post_init__(self) -> None:
        """Let it be noon where the clinic is, so that it reminds."""
        who = self.clinic.owner()
        hour = time.gmtime().tm_hour - 12
        chosen = replace(
            who.clinic, time_zone=f"Etc/GMT{hour:+}", remind_after=1, remind_before=True
        )
        with self.clinic.database.writing() as tx:
            self.who = replace(who, clinic=clinics.update(tx, chosen))

    def invite(self, count: int, over: float) -> list[Link]:
        """Invite as if it were yesterday: reminders come due one by one, for `over` seconds.

        Every third has a visit tomorrow, and is reminded of that.
        """
        now = time.time()
        made = []
        for number in range(count):
            then = now - DAY + _SOON + over * number / count
            desk = Invitations(self.clinic.database, lambda then=then: then, self.mailer)  # type: ignore[misc]  # mypy knows no lambda with a default
            visit = NO_DETAILS if number % 3 else Details(visit_at=int(now) + DAY)
            issued = desk.invite(
                self.who, f"Client 000{number}", f"client{number}@mail.example", 7, "note",
                details=visit, link_to=lambda token: _SITE + token,
            )  # fmt: skip
            made.append(Link(issued.invitation.id, issued.token))
        self.links += made
        return made

    def revoke(self, link: Link) -> None:
        """Revoke a link."""
        desk = Invitations(self.clinic.database, time.time)
        patiently(lambda: desk.revoke(self.who, link.invitation))
        self.ended(link)

    def ended(self, link: Link) -> None:
        """Remember what had been begun to be sent of a link that has just come to its end."""
        mails = patiently(lambda: self._mails(link))
        self.begun[link.invitation] = {_reminds(one) for one in mails if one.claimed_at}

    def is_waiting(self) -> bool:
        """Whether a mail is due that nobody has begun to send."""
        with self.clinic.database.reading() as tx:
            return bool(outbox.due(tx, int(time.time()), 1))

    def found(self) -> Posted:
        """Compare what arrived with what is stored."""
        by_token = {link.token: link for link in self.links}
        copies: Counter[tuple[InvitationId, bool]] = Counter()
        for mail in self.told.mails:
            token = str(mail.get_content()).partition(_SITE)[2].split("\n")[0].strip()
            if token:
                copies[by_token[token].invitation, mail["Subject"].startswith("Reminder")] += 1
        rows = {link.invitation: self._mails(link) for link in self.links}
        broken = (fault for link in self.links for fault in self._faults(link, rows, copies))
        return Posted(
            arrived=sum(copies.values()),
            reminders=sum(many for (_, reminds), many in copies.items() if reminds),
            perhaps=sum(
                one.claimed_at is not None and one.outcome is None
                for mails in rows.values()
                for one in mails
            ),
            broken=tuple(broken),
        )

    def _faults(
        self,
        link: Link,
        rows: Mapping[InvitationId, Sequence[Mail]],
        copies: Mapping[tuple[InvitationId, bool], int],
    ) -> Iterator[str]:
        with self.clinic.database.reading() as tx:
            invitation = invitations.get(tx, self.who.clinic.id, link.invitation)
        assert invitation is not None
        for reminds in (False, True):
            mails = [one for one in rows[link.invitation] if _reminds(one) is reminds]
            arrived = copies.get((link.invitation, reminds), 0)
            what = "a reminder" if reminds else "the mail with a link"
            yield from (f"{what}: {fault}" for fault in _faults(invitation, mails, arrived))
            begun = self.begun.get(link.invitation)
            is_late = begun is not None and reminds not in begun
            if is_late and (arrived or any(one.claimed_at for one in mails)):
                yield f"{what}: begun after its link came to its end"

    def _mails(self, link: Link) -> tuple[Mail, ...]:
        with self.clinic.database.reading() as tx:
            return outbox.of_invitation(tx, self.who.clinic.id, link.invitation)


def _faults(invitation: Invitation, mails: Sequence[Mail], arrived: int) -> Iterator[str]:
    if arrived > 1:
        yield f"{arrived} copies"
    begun = [one for one in mails if one.claimed_at is not None]
    if len(begun) > 1:
        yield f"begun {len(begun)} times"
    if arrived and not begun:
        yield "arrived though nobody began to send it"
    if any(one.outcome is Outcome.SENT for one in begun) and not arrived:
        yield "sent, it says, and did not arrive"
    ended = invitation.used_at or invitation.revoked_at
    if any(one.claimed_at is None and one.due_at <= time.time() for one in mails):
        yield "waits though it is due and nobody is kept from sending it"
    if not ended and not mails:
        yield "lost"


def _reminds(mail: Mail) -> bool:
    return mail.kind in (MailKind.REMINDER, MailKind.BEFORE_VISIT)
