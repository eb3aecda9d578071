"""`assessment clinic`: what an operator does for clinics. Nobody chooses a password here.

What it needs is imported when a command runs, so that the other commands start fast.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, TYPE_CHECKING

import click

from assessment.cli_installation import Installation, opened
from assessment.one_line import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from assessment.engine.protocol import Protocol
    from assessment.practice.keeping.purging import ErasedCounts
    from assessment.practice.responses.recheck import Rechecker
    from assessment.records.model import Therapist


@click.group()
def clinic() -> None:
    """Manage clinics and staff accounts, and run what is due.

    It uses the installation that INSTANCE and DATABASE_URL point to, as `serve` does.
    """


@clinic.command(name="list")
def list_command() -> None:
    """List every clinic with its staff."""
    with opened() as here:
        everybody = here.enrolment.everybody()
    if not everybody:
        click.echo("There are no clinics yet. `assessment clinic new` makes a code for one.")
    for found, staff in everybody:
        click.echo(f"{found.slug}: {_shown(found.name)}")
        for one in staff:
            click.echo(f"  {_shown(one.email)}: {_shown(one.name)}{_roles(one)}")


@clinic.command()
def new() -> None:
    """Print a code for setting up another clinic."""
    with opened() as here:
        code = here.enrolment.new_setup_code()
    click.echo(f"To set up a clinic, go to {here.address}/clinic/setup and enter this code.")
    click.echo("It works once, for 24 hours; earlier ones no longer work.")
    click.echo(f"\n  {code}")


@clinic.command(name="add-therapist")
@click.argument("email")
@click.option("--name", required=True, help="Their name; clients see it.")
@click.option(
    "--clinic", "slug", help="Needed if there are several: the first word of its line in `list`."
)
def add_therapist(email: str, name: str, slug: str | None) -> None:
    """Add somebody to a clinic, and print the code they need to choose a password."""
    from assessment.practice.intake.clean_text import is_name, one_line
    from assessment.practice.post.addresses import cleaned, is_address

    email = cleaned(email)
    if not is_address(email):
        raise BadInput(f"`{email}` is not an email address; expected one such as name@example.org")
    called = one_line(name)
    if not is_name(called) or len(called) > 80:
        raise BadInput("--name must have 1 to 80 characters, with a letter among them")
    with opened() as here:
        code = here.enrolment.add_therapist(email, called, slug)
    _tell(here, called, code)


@clinic.command(name="reset-password")
@click.argument("email")
def reset_password(email: str) -> None:
    """Print a code for choosing a new password. The old one works until the code is used."""
    with opened() as here:
        code = here.enrolment.new_password_code(email)
    _tell(here, email, code)
    click.echo(
        "\nThis account will get no emails about urgent responses until they are turned on again."
    )


@clinic.command(name="reset-factors")
@click.argument("email")
def reset_factors(email: str) -> None:
    """Remove an account's second step, for someone who lost their phone and recovery codes."""
    with opened() as here:
        here.enrolment.reset_factors(email)
    click.echo(f"{_shown(email)} can sign in with just a password until they set up a second step.")


@clinic.command()
@click.argument("email", required=False)
def unlock(email: str | None) -> None:
    """Let someone sign in again after too many failed attempts. Without EMAIL, let everybody.

    Without EMAIL, it also unblocks networks with too many failed attempts.
    """
    with opened() as here:
        here.enrolment.unlock(email)
    click.echo(f"{'Everybody' if email is None else _shown(email)} can try again at once.")


@clinic.command()
@click.option("--dry-run", is_flag=True, help="Only count. Store nothing.")
def recheck(dry_run: bool) -> None:
    """Recheck responses that were decided by versions today's protocol withdraws.

    Those that come out stricter go to the top of their clinic's inbox, with both pieces of
    advice. What clients sent is not changed. If it stops early, run it again to do the rest.
    """
    with opened() as here:
        (first, withdraws), *more = _recheckers(here)
        counts = first.run(dry=dry_run)
        for rechecker, versions in more:
            withdraws += versions
            counts += replace(rechecker.run(dry=dry_run), others=0)  # the first counted those
        every = [found for found, _ in here.enrolment.everybody()] if counts.raised else []
    if not withdraws:
        click.echo("Today's protocol withdraws no version, so there is nothing to check again.")
        return
    click.echo(f"Withdrawn versions: {', '.join(withdraws)}")
    click.echo(f"Responses {'to check' if dry_run else 'checked'} again: {counts.decided}")
    click.echo(f"  stricter than what the clinic was told: {sum(counts.raised.values())}")
    for found in every:
        if found.id in counts.raised:
            click.echo(f"    {found.slug} ({_shown(found.name)}): {counts.raised[found.id]}")
    click.echo(f"  cannot be read: {counts.unreadable}")
    if counts.others:
        click.echo(f"Versions left out, of protocols with another id: {counts.others}")
    if counts.raised and not dry_run:
        click.echo("The stricter ones are now at the top of the inbox. Tell these clinics to look.")


def _recheckers(here: Installation) -> Iterator[tuple[Rechecker, tuple[str, ...]]]:
    """Give what decides again by each protocol that is served, and what that withdraws.

    That is the one of the self-assessment, then the one of the link after a visit.
    """
    import time

    from assessment.practice.responses.old_protocols import OldProtocols
    from assessment.practice.responses.recheck import Rechecker
    from assessment.proof.kept import NotProven, proof_of
    from assessment.protocols.diagnostics import BrokenProtocol
    from assessment.protocols.load import RULES_FOLDER, find_protocol, load_protocol
    from assessment.screening import AFTER_VISIT, Screening

    served: dict[str, tuple[Protocol, Path]] = {}
    try:
        for folder in (find_protocol(here.settings.protocol), RULES_FOLDER / AFTER_VISIT):
            protocol = load_protocol(folder)
            proof_of(protocol, None, "")
            served.setdefault(protocol.id, (protocol, folder))
    except (BrokenProtocol, NotProven) as report:
        raise BadInput(str(report)) from None
    for id, (protocol, folder) in served.items():
        screening = Screening(protocol)
        library = OldProtocols(screening, folder)
        named = f"{id} " if id == AFTER_VISIT else ""
        withdraws = tuple(f"{named}{version}" for version in protocol.withdraws)
        yield Rechecker(here.database, time.time, screening, library, served), withdraws


@clinic.command()
@click.option("--once", is_flag=True, help="Send what is due, then stop. For cron.")
def outbox(once: bool) -> None:
    """Say how many emails to clients are waiting. `serve` sends them automatically.

    With --once, emails about accounts and webhooks are sent too.
    """
    with opened() as here:
        if once:
            here.deliveries.send_due()
            _send_mails(here)
        waiting, due = here.outbox.counts()
    click.echo(f"{waiting} waiting, {due} of them due")


@clinic.command()
@click.option("--check", is_flag=True, help="Fail if a log was changed or cut short.")
@click.option(
    "--log", type=click.File("r", errors="replace"), help="The security log, or - for stdin."
)
def audit(check: bool, log: IO[str] | None) -> None:
    """Say how long each clinic's audit log is. With --check, go through all of it.

    With --log, also compare it with the server's log, which notes the length every hour.
    """
    with opened() as here:
        found = here.audit_log.check(log or ()) if check or log else here.audit_log.lengths()
    for one in found:
        state = "" if not (check or log) else ", damaged" if one.faults else ", intact"
        click.echo(f"{_shown(one.clinic)}: {one.entries} entries{state}")
        for fault in one.faults:
            click.echo(f"  {_shown(fault)}")
    if any(one.faults for one in found):
        sys.exit(1)


def _send_mails(here: Installation) -> None:
    from assessment.practice.post.stages import MailStage

    if not here.outbox.can_mail:
        click.echo("No emails were sent: no mail server is set up (SMTP_HOST, SMTP_FROM)")
        return
    about_accounts, done = here.account_post.send_due(), here.outbox.send_due()
    ends = (MailStage.SENT, MailStage.PERHAPS_SENT, MailStage.NOT_SENT)
    click.echo(", ".join(f"{done[stage]} {stage.value}" for stage in ends))
    click.echo(f"{about_accounts} about accounts sent")


@clinic.command()
@click.option("--dry-run", is_flag=True, help="Only count. Erase and announce nothing.")
def purge(dry_run: bool) -> None:
    """Erase what has been kept as long as its clinic chose. `serve` does this automatically.

    Nothing is erased until a week or more after it was announced, or before an owner has
    chosen how long to keep things.
    """
    from assessment.practice.keeping.purging import ErasedCounts

    with opened() as here:
        would_go = here.purging.would_go()
        done = {} if dry_run else here.purging.run()
        every = [found for found, _ in here.enrolment.everybody()]
    for found in every:
        click.echo(f"{found.slug} ({_shown(found.name)})")
        if not found.has_periods:
            click.echo("  has not chosen how long to keep things, so nothing is erased")
            continue
        now, later = would_go[found.id]
        if dry_run:
            click.echo(f"  would be erased now: {_counts(now)}")
            click.echo(f"  will be due for erasing in two weeks: {_counts(later)}")
        else:
            click.echo(f"  erased: {_counts(done.get(found.id, ErasedCounts()))}")


def _counts(gone: ErasedCounts) -> str:
    """Return counts; those of `--dry-run` stop at a thousand."""
    return f"{gone.responses} responses, {gone.invitations} links"


def _tell(here: Installation, whom: str, code: str) -> None:
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
