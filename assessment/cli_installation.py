"""The installation that a command of an operator works on, as INSTANCE and DATABASE_URL name it.

What it needs is imported when it is opened, so that the other commands start fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assessment.one_line import BadInput

if TYPE_CHECKING:
    from assessment.practice.hooks.sending import Deliveries
    from assessment.practice.keeping.purging import Purging
    from assessment.practice.post.account_post import AccountPost
    from assessment.practice.post.outbox import Outbox
    from assessment.practice.staff.audit_log import AuditLog
    from assessment.practice.staff.enrolment import Enrolment
    from assessment.practice.staff.refusals import Refused
    from assessment.records.database import Database
    from assessment.web.server.rotation import Rotation
    from assessment.web.server.settings import Settings


@dataclass(frozen=True, slots=True)
class Installation:
    """What an operator can do for clinics, each thing with the database that all of them share."""

    enrolment: Enrolment
    outbox: Outbox
    account_post: AccountPost
    audit_log: AuditLog
    deliveries: Deliveries
    purging: Purging
    rotation: Rotation
    address: str
    database: Database
    settings: Settings


@contextmanager
def opened() -> Iterator[Installation]:
    """Open the installation that the environment names; say in one line what is wrong."""
    from assessment.web.server.settings import read_settings
    from assessment.web.server.storage import open_database

    with _in_one_line():
        settings = read_settings()
        with closing(open_database(settings)) as database:
            yield _put_together(settings, database)


def _put_together(settings: Settings, database: Database) -> Installation:
    import time

    from assessment.practice.hooks.http_client import HttpClient
    from assessment.practice.hooks.sending import Deliveries
    from assessment.practice.keeping.purging import Purging
    from assessment.practice.post.account_post import AccountPost
    from assessment.practice.post.outbox import Outbox
    from assessment.practice.staff.account_mails import AccountMails
    from assessment.practice.staff.audit_log import AuditLog
    from assessment.practice.staff.enrolment import Enrolment
    from assessment.practice.staff.passwords import Passwords
    from assessment.web.server.mail_server import mailer_of
    from assessment.web.server.rotation import Rotation

    mailer, address = mailer_of(settings), settings.site_address()
    telling = AccountMails(can_mail=mailer is not None)
    webhooks = f"{address}/clinic/settings/webhooks"
    return Installation(
        Enrolment(database, time.time, Passwords(), telling),
        Outbox(database, time.time, mailer),
        AccountPost(database, time.time, mailer),
        AuditLog(database, time.time),
        Deliveries(database, time.time, HttpClient(), mailer, webhooks),
        Purging(database, time.time, mailer, f"{address}/clinic/going"),
        Rotation(settings.instance, database, time.time),
        address,
        database,
        settings,
    )


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Say what an operator has to put right in one line, and not as a traceback."""
    from assessment.practice.staff.refusals import Refused
    from assessment.records.refusals import Unavailable
    from assessment.web.server.secret import BadSecret
    from assessment.web.server.settings import BadSettings
    from assessment.web.server.storage import BadDatabase

    try:
        yield
    except BadSettings as error:
        raise BadInput("; ".join(str(error).splitlines())) from None
    except (BadSecret, BadDatabase) as error:
        raise BadInput(str(error)) from None
    except Unavailable as error:
        raise BadInput(f"DATABASE_URL: the database cannot be opened: {error}") from None
    except Refused as refused:
        raise BadInput(_why(refused)) from None


def _why(refused: Refused) -> str:
    from assessment.practice.staff.refusals import Refusal

    return {
        Refusal.NO_CLINIC: "there is no such clinic; `assessment clinic list` shows all",
        Refusal.WHICH_CLINIC: "there are several clinics; choose one with --clinic",
        Refusal.EMAIL_TAKEN: "somebody already uses this email address",
        Refusal.NO_ACCOUNT: "nobody uses this email address; `assessment clinic list` shows all",
    }[refused.kind]
