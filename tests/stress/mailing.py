"""Kills whoever sends mail, over and over, while several do and links are revoked."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assessment.practice.post.invitations import Invitations
from assessment.practice.post.mail import Mailer
from assessment.practice.post.mail import MailServer as MailServerAddress
from assessment.practice.staff.accounts import SignedIn
from assessment.records import outbox
from assessment.records.ids import InvitationId
from assessment.records.model import Mail, Outcome
from tests.conftest import ROOT
from tests.practice.mail_server import MailServer, running
from tests.stress.clinic import clinic_of
from tests.stress.server import PATIENCE, Server

AT_ONCE = 2
"""Processes that send."""
_PAUSE = 0.01


@dataclass(frozen=True)
class Figures:
    """What happened, and what was found afterwards. `broken` is empty when all promises hold."""

    kills: int
    mails: int
    arrived: int
    perhaps: int
    perhaps_arrived: int
    revoked: int
    broken: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.mails} mails, {self.kills} kills: {self.arrived} arrived, {self.perhaps} "
            f"perhaps sent ({self.perhaps_arrived} of them arrived), {self.revoked} revoked before"
        )


@dataclass(frozen=True)
class _Made:
    """An invitation with the link that its mail brings; `revoked` before its sending began."""

    id: InvitationId
    link: str
    revoked: bool = False


def run(folder: Path, url: str | None, protocol: str, mails: int, kills: int, seed: int) -> Figures:
    """Send so many mails while whoever sends is killed so often; return what was found."""
    draw = random.Random(seed)
    with running(MailServer(pause=_PAUSE)) as told:
        settings = {
            "PROTOCOL": protocol, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(told.port),
            "SMTP_FROM": "desk@clinic.example", "SMTP_SECURITY": "none",
        }  # fmt: skip
        server = Server(folder, **settings | ({"DATABASE_URL": url} if url else {}))
        with clinic_of(server, url, protocol) as clinic:
            mailer = Mailer(MailServerAddress("127.0.0.1", told.port, "desk@clinic.example"))
            desk, who = Invitations(clinic.database, time.time, mailer), clinic.owner()
            made = list(_invited(desk, who, mails))
            killed = 0
            for number in range(1, kills + 1):
                made = _revoked(desk, who, made, draw)
                killed += _killed_after(server, told, number * mails // (kills + 1), draw)
            last = server.run("clinic", "outbox", "--once")
            with clinic.database.reading() as tx:
                rows = {one.id: outbox.of_invitation(tx, who.clinic.id, one.id) for one in made}
    arrived = Counter(
        one.link for mail in told.mails for one in made if one.link in str(mail.get_content())
    )
    perhaps = [one for one in made if any(_is_untold(row) for row in rows[one.id])]
    last_fault = () if last.returncode == 0 else (f"the last round ended with {last.stderr}",)
    faults = (fault for one in made for fault in _faults(one, rows[one.id], arrived[one.link]))
    return Figures(
        kills=killed,
        mails=mails,
        arrived=sum(arrived.values()),
        perhaps=len(perhaps),
        perhaps_arrived=sum(arrived[one.link] for one in perhaps),
        revoked=sum(one.revoked for one in made),
        broken=(*last_fault, *faults),
    )


def _is_untold(mail: Mail) -> bool:
    """Whether nobody told what came of a mail: they were killed."""
    return mail.claimed_at is not None and mail.outcome is None


def _faults(made: _Made, mails: Sequence[Mail], copies: int) -> Iterator[str]:
    """Say which promises are broken for one invitation, whose link arrived in so many copies."""
    if copies > 1:
        yield f"{copies} copies of one mail"
    if made.revoked and copies:
        yield "a mail to a link that was revoked before"
    if not made.revoked and len(mails) != 1:
        yield f"{len(mails)} rows of one mail"
    for mail in mails:
        if mail.outcome is Outcome.SENT and copies != 1:
            yield "sent, it says, and did not arrive"
        if mail.claimed_at is None:
            yield "a mail that waits though nobody was kept from sending it"


def _invited(desk: Invitations, who: SignedIn, count: int) -> Iterator[_Made]:
    quiet = replace(who, clinic=replace(who.clinic, remind_after=None, remind_before=None))
    for number in range(count):
        links: list[str] = []

        def link(token: str, links: list[str] = links) -> str:
            links.append(f"https://clinic.example/i/{token}")
            return links[0]

        to = f"client{number}@mail.example"
        made = desk.invite(quiet, f"Client {number}", to, 7, "", link_to=link)
        yield _Made(made.invitation.id, links[0])


def _revoked(
    desk: Invitations, who: SignedIn, made: Sequence[_Made], draw: random.Random
) -> list[_Made]:
    """Revoke one whose mail waits; nobody is sending now."""
    waits = [
        one for one in made
        if any(mail.claimed_at is None for mail in desk.mails(who, one.id))
    ]  # fmt: skip
    if not waits:
        return list(made)
    chosen = draw.choice(waits)
    desk.revoke(who, chosen.id)
    return [replace(one, revoked=True) if one is chosen else one for one in made]


def _killed_after(server: Server, told: MailServer, count: int, draw: random.Random) -> int:
    """Send with several processes until so many mails were begun, and kill them all."""
    word = draw.choice(["MAIL", "RCPT", "DATA"])
    command = [sys.executable, "-m", "assessment.cli", "clinic", "outbox", "--once"]
    senders = [
        subprocess.Popen(
            command, cwd=ROOT, env=server.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for _ in range(AT_ONCE)
    ]  # fmt: skip
    end = time.monotonic() + PATIENCE
    while told.commands.count(word) < count and time.monotonic() < end:
        if all(one.poll() is not None for one in senders):
            break
        time.sleep(0.001)
    killed = sum(one.poll() is None for one in senders)
    for one in senders:
        one.kill()
        one.wait(PATIENCE)
    return killed
