"""Everything that a clinic can do, in one place; made once at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assessment.engine.protocol import Protocol
from assessment.practice.day.day import Day
from assessment.practice.hooks.http_client import HttpClient
from assessment.practice.hooks.sending import Deliveries
from assessment.practice.hooks.webhooks import Webhooks
from assessment.practice.intake.intake import Intake
from assessment.practice.intake.links import Links
from assessment.practice.keeping.copying import Copies
from assessment.practice.keeping.notices import Keeping
from assessment.practice.keeping.purging import Purging
from assessment.practice.post.account_post import AccountPost
from assessment.practice.post.after_visit import AfterVisits
from assessment.practice.post.follow_up import FollowUps
from assessment.practice.post.invitations import Invitations
from assessment.practice.post.mail import Mailer
from assessment.practice.post.notices import Notices
from assessment.practice.post.outbox import Outbox
from assessment.practice.post.welcome import Welcome
from assessment.practice.responses.arrivals import Arrivals
from assessment.practice.responses.client_list import ClientList
from assessment.practice.responses.history import History
from assessment.practice.responses.inbox import Inbox
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.practice.returning import Returning
from assessment.practice.staff.account_mails import AccountMails
from assessment.practice.staff.accounts import Accounts
from assessment.practice.staff.audit_log import AuditLog
from assessment.practice.staff.clinics import Clinics
from assessment.practice.staff.colleagues import Colleagues
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.factors import Factors
from assessment.practice.staff.keys import Keys
from assessment.practice.staff.passkeys import Passkeys
from assessment.practice.staff.passwords import Passwords
from assessment.practice.staff.questionnaire import Questionnaire
from assessment.practice.staff.second_step import SecondStep
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
    links: Links
    returning: Returning
    invitations: Invitations
    after_visits: AfterVisits
    inbox: Inbox
    day: Day
    clients: ClientList
    history: History
    outbox: Outbox
    notices: Notices
    welcome: Welcome
    keys: Keys
    arrivals: Arrivals
    webhooks: Webhooks
    deliveries: Deliveries
    keeping: Keeping
    purging: Purging
    copies: Copies
    factors: Factors
    passkeys: Passkeys
    second_step: SecondStep
    account_post: AccountPost
    questionnaire: Questionnaire


def open_practice(
    database: Database,
    clock: Callable[[], float],
    protocol: Protocol,
    library: OldProtocols,
    *,
    inbox_url: str = "",
    mailer: Mailer | None = None,
    passwords: Passwords | None = None,
    webhooks_url: str = "",
    links_url: str = "",
    caller: HttpClient | None = None,
) -> Practice:
    """Return the practice over a database; nothing is read or written yet.

    `clock` gives Unix time, `protocol` is the one that is served, and `library` was made with it.
    `inbox_url` is the whole address of the inbox, for mails; `mailer` is None where no mail server
    is set up. `passwords` says what a guess costs. `webhooks_url` is the whole address of the page
    of webhooks, for mails; `caller` calls them. `links_url` is the address of a link to
    clients, but for its secret.
    """
    hashing = passwords or Passwords()
    notices = Notices(database, mailer, inbox_url, clock)
    sending = Invitations(database, clock, mailer)
    telling = AccountMails(can_mail=mailer is not None)
    accounts = Accounts(database, clock, hashing, telling)
    enrolment = Enrolment(database, clock, hashing, telling)
    calling = caller or HttpClient()
    follow_ups = FollowUps(links_url, can_mail=mailer is not None)
    inbox = Inbox(database, clock, library)
    return Practice(
        database=database,
        accounts=accounts,
        enrolment=enrolment,
        colleagues=Colleagues(database, clock, enrolment, telling),
        clinics=Clinics(database, clock),
        audit_log=AuditLog(database, clock),
        intake=Intake(database, clock, protocol, library.keep, notices.urgent, follow_ups.plan),
        links=Links(database, clock),
        returning=Returning(database, clock, library, sending.outbox),
        invitations=sending,
        after_visits=AfterVisits(database, clock),
        outbox=sending.outbox,
        inbox=inbox,
        day=Day(database, clock),
        clients=ClientList(database),
        history=History(database, library),
        notices=notices,
        welcome=Welcome(database, mailer, clock),
        keys=Keys(database, clock, telling),
        arrivals=Arrivals(database),
        webhooks=Webhooks(database, clock, calling),
        deliveries=Deliveries(database, clock, calling, mailer, webhooks_url),
        keeping=Keeping(database, clock, telling),
        purging=Purging(database, clock, mailer, f"{inbox_url.removesuffix('/inbox')}/going"),
        copies=Copies(database, clock, inbox),
        factors=Factors(database, clock, telling),
        passkeys=Passkeys(database, clock, telling),
        second_step=SecondStep(database, clock, telling),
        account_post=AccountPost(database, clock, mailer),
        questionnaire=Questionnaire(database, clock),
    )
