"""`assessment clinic`: what an operator does for clinics. Nobody chooses a password here.

What it needs is imported when a command runs, so that the other commands start fast.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import click

from assessment.one_line import BadInput

if TYPE_CHECKING:
    from assessment.practice.post.outbox import Outbox
    from assessment.practice.responses.recheck import Rechecker
    from assessment.practice.staff.audit_log import AuditLog
    from assessment.practice.staff.enrolment import Enrolment
    from assessment.practice.staff.refusals import Refused
    from assessment.records.database import Database
    from assessment.records.model import Therapist
    from assessment.web.server.settings import Settings


@click.group()
def clinic() -> None:
    """Make codes for clinics and their staff, list them, lift locks, and send what is due.

    It works on the installation that INSTANCE and DATABASE_URL name, as `serve` does.
    """


@clinic.command(name="list")
def list_command() -> None:
    """List every clinic with its staff."""
    with _installation() as here:
        everybody = here.enrolment.everybody()
    if not everybody:
        click.echo("There is no clinic yet. `assessment clinic new` makes the code for one.")
    for found, staff in everybody:
        click.echo(f"{found.slug}: {_shown(found.name)}")
        for one in staff:
            click.echo(f"  {_shown(one.email)}: {_shown(one.name)}{_roles(one)}")


@clinic.command()
def new() -> None:
    """Print a code with which somebody sets up one more clinic."""
    with _installation() as here:
        code = here.enrolment.new_setup_code()
    click.echo(f"To set up a clinic, go to {here.address}/clinic/setup and enter this code.")
    click.echo("It works once, for 24 hours; earlier ones do not work any more.")
    click.echo(f"\n  {code}")


@clinic.command(name="add-therapist")
@click.argument("email")
@click.option("--name", required=True, help="What they are called; clients see it.")
@click.option("--clinic", "slug", help="Where there are several: the name that `list` begins with.")
def add_therapist(email: str, name: str, slug: str | None) -> None:
    """Add somebody to a clinic; print the code with which they choose their password."""
    from assessment.practice.intake.clean_text import is_name, one_line
    from assessment.practice.post.addresses import cleaned, is_address

    email = cleaned(email)
    if not is_address(email):
        raise BadInput(f"`{email}` is no e-mail address; expected one such as name@example.org")
    called = one_line(name)
    if not is_name(called) or len(called) > 80:
        raise BadInput("--name must have 1 to 80 characters, with a letter among them")
    with _installation() as here:
        code = here.enrolment.add_therapist(email, called, slug)
    _tell(here, called, code)


@clinic.command(name="reset-password")
@click.argument("email")
def reset_password(email: str) -> None:
    """Print a code with which somebody chooses a new password; the old one works until then."""
    with _installation() as here:
        code = here.enrolment.new_password_code(email)
    _tell(here, email, code)
    click.echo(
        "\nThis account gets no e-mails about urgent responses until they are asked for again."
    )


@clinic.command()
@click.argument("email", required=False)
def unlock(email: str | None) -> None:
    """Let somebody sign in again after too many wrong tries; without EMAIL, everybody.

    Without EMAIL it also frees a network from which somebody tried too often.
    """
    with _installation() as here:
        here.enrolment.unlock(email)
    click.echo(f"{'Everybody' if email is None else _shown(email)} can try again at once.")


@clinic.command()
@click.option("--dry-run", is_flag=True, help="Count only; store nothing.")
def recheck(dry_run: bool) -> None:
    """Decide again what was sent under versions that the protocol of today withdraws.

    What would be stricter comes first in the inbox of its clinic, with both advices. Nothing
    that was sent is changed. Run again, it does what is left to do.
    """
    with _installation() as here:
        rechecker, withdraws = _rechecker(here)
        counts = rechecker.run(dry=dry_run)
        every = [found for found, _ in here.enrolment.everybody()] if counts.raised else []
    if not withdraws:
        click.echo("The protocol of today withdraws no version: there is nothing to decide again.")
        return
    click.echo(f"Versions that are withdrawn: {', '.join(withdraws)}")
    click.echo(f"Responses {'to decide' if dry_run else 'decided'} again: {counts.decided}")
    click.echo(f"  stricter than what is known there: {sum(counts.raised.values())}")
    for found in every:
        if found.id in counts.raised:
            click.echo(f"    {found.slug} ({_shown(found.name)}): {counts.raised[found.id]}")
    click.echo(f"  cannot be read: {counts.unreadable}")
    if counts.others:
        click.echo(f"Versions of protocols with another id, left out: {counts.others}")
    if counts.raised and not dry_run:
        click.echo("The stricter ones now come first in the inbox. Tell these clinics to look.")


def _rechecker(here: _Installation) -> tuple[Rechecker, tuple[str, ...]]:
    """Return what decides again by the protocol that is served, and what that withdraws."""
    import time

    from assessment.practice.responses.old_protocols import OldProtocols
    from assessment.practice.responses.recheck import Rechecker
    from assessment.proof.kept import NotProven, proof_of
    from assessment.protocols.diagnostics import BrokenProtocol
    from assessment.protocols.load import find_protocol, load_protocol
    from assessment.screening import Screening

    try:
        folder = find_protocol(here.settings.protocol)
        protocol = load_protocol(folder)
        proof_of(protocol, None, "")
    except (BrokenProtocol, NotProven) as report:
        raise BadInput(str(report)) from None
    screening = Screening(protocol)
    rechecker = Rechecker(here.database, time.time, screening, OldProtocols(screening, folder))
    return rechecker, protocol.withdraws


@clinic.command()
@click.option("--once", is_flag=True, help="Send what is due, and end: for cron.")
def outbox(once: bool) -> None:
    """Tell how many e-mails to clients wait; `serve` sends them by itself."""
    with _installation() as here:
        if once:
            _send_due(here.outbox)
        waiting, due = here.outbox.counts()
    click.echo(f"{waiting} waiting, {due} of them due")


@clinic.command()
@click.option("--check", is_flag=True, help="Fail when anybody changed a log or cut it.")
@click.option("--log", type=click.File("r", errors="replace"), help="The security log; - is stdin.")
def audit(check: bool, log: IO[str] | None) -> None:
    """Tell how far the audit log of each clinic goes; with --check, look through all of it.

    With --log, the log of the server is compared, too: it was told every hour.
    """
    with _installation() as here:
        found = here.audit_log.check(log or ()) if check or log else here.audit_log.lengths()
    for one in found:
        state = "" if not (check or log) else ", damaged" if one.faults else ", whole"
        click.echo(f"{_shown(one.clinic)}: {one.entries} entries{state}")
        for fault in one.faults:
            click.echo(f"  {_shown(fault)}")
    if any(one.faults for one in found):
        sys.exit(1)


def _send_due(outbox: Outbox) -> None:
    from assessment.practice.post.stages import MailStage

    if not outbox.can_mail:
        raise BadInput("SMTP_HOST, SMTP_FROM: no mail server is set up")
    done = outbox.send_due()
    ends = (MailStage.SENT, MailStage.PERHAPS_SENT, MailStage.NOT_SENT)
    click.echo(", ".join(f"{done[stage]} {stage.value}" for stage in ends))


@dataclass(frozen=True, slots=True)
class _Installation:
    enrolment: Enrolment
    outbox: Outbox
    audit_log: AuditLog
    address: str
    database: Database
    settings: Settings


@contextmanager
def _installation() -> Iterator[_Installation]:
    """Open the installation that the environment names; say in one line what is wrong."""
    import time

    from assessment.practice.post.outbox import Outbox
    from assessment.practice.staff.audit_log import AuditLog
    from assessment.practice.staff.enrolment import Enrolment
    from assessment.practice.staff.passwords import Passwords
    from assessment.practice.staff.refusals import Refused
    from assessment.records.refusals import Unavailable
    from assessment.web.server.mail_server import mailer_of
    from assessment.web.server.secret import BadSecret
    from assessment.web.server.settings import BadSettings, read_settings
    from assessment.web.server.storage import BadDatabase, open_database

    try:
        settings = read_settings()
        database = open_database(settings)
        try:
            enrolment = Enrolment(database, time.time, Passwords())
            outbox = Outbox(database, time.time, mailer_of(settings))
            audit_log = AuditLog(database, time.time)
            yield _Installation(
                enrolment, outbox, audit_log, settings.site_address(), database, settings
            )
        finally:
            database.close()
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
        Refusal.EMAIL_TAKEN: "somebody uses this e-mail address already",
        Refusal.NO_ACCOUNT: "nobody uses this e-mail address; `assessment clinic list` shows all",
    }[refused.kind]


def _tell(here: _Installation, whom: str, code: str) -> None:
    click.echo(f"Give this code to {_shown(whom)}, in person or by telephone.")
    click.echo(f"They enter it at {here.address}/clinic/code and choose a password.")
    click.echo("It works once, for 24 hours.")
    click.echo(f"\n  {code}")


def _roles(one: Therapist) -> str:
    owner = ", owner" if one.is_owner else ""
    return owner if one.disabled_at is None else f"{owner}, disabled"


def _shown(text: str) -> str:
    """Return text without what could steer a terminal."""
    return "".join(one if one.isprintable() else "?" for one in text)
