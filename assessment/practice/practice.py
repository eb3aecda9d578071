"""Everything that a clinic can do, in one place; made once at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assessment.engine.protocol import Protocol
from assessment.practice.intake.intake import Intake
from assessment.practice.post.invitations import Invitations
from assessment.practice.post.mail import Mailer
from assessment.practice.post.notices import Notices
from assessment.practice.post.outbox import Outbox
from assessment.practice.post.welcome import Welcome
from assessment.practice.responses.inbox import Inbox
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.practice.staff.accounts import Accounts
from assessment.practice.staff.audit_log import AuditLog
from assessment.practice.staff.clinics import Clinics
from assessment.practice.staff.colleagues import Colleagues
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.passwords import Passwords
from assessment.records.database import Database


@dataclass(frozen=True, slots=True)
class Practice:
    """What the pages of clinics are made with. Each part owns its transactions."""

    database: Database
    accounts: Accounts
    enrolment: Enrolment
    colleagues: Colleagues
    clinics: Clinics
    audit_log: AuditLog
    intake: Intake
    invitations: Invitations
    inbox: Inbox
    outbox: Outbox
    notices: Notices
    welcome: Welcome


def open_practice(
    database: Database,
    clock: Callable[[], float],
    protocol: Protocol,
    library: OldProtocols,
    *,
    inbox_url: str = "",
    mailer: Mailer | None = None,
    passwords: Passwords | None = None,
) -> Practice:
    """Return the practice over a database; nothing is read or written yet.

    `clock` gives Unix time, `protocol` is the one that is served, and `library` was made with it.
    `inbox_url` is the whole address of the inbox, for mails; `mailer` is None where no mail server
    is set up. `passwords` says what a guess costs.
    """
    hashing = passwords or Passwords()
    notices = Notices(database, mailer, inbox_url, clock)
    sending = Invitations(database, clock, mailer)
    accounts = Accounts(database, clock, hashing)
    enrolment = Enrolment(database, clock, hashing)
    return Practice(
        database=database,
        accounts=accounts,
        enrolment=enrolment,
        colleagues=Colleagues(database, clock, accounts, enrolment),
        clinics=Clinics(database, clock),
        audit_log=AuditLog(database, clock),
        intake=Intake(database, clock, protocol, library.keep, notices.urgent),
        invitations=sending,
        outbox=sending.outbox,
        inbox=Inbox(database, clock, library),
        notices=notices,
        welcome=Welcome(database, mailer, clock),
    )
