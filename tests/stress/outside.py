"""What a clinic sends to: a mail server, and a program that takes webhooks. Both stand-ins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from assessment.practice.post.mail import Mailer
from assessment.practice.post.mail import MailServer as MailServerAddress
from tests.practice import mail_server
from tests.practice.hooks import stand_in
from tests.practice.hooks.stand_in import StandIn
from tests.practice.mail_server import MailServer
from tests.stress import faster
from tests.stress.canary import Search

_FROM = "desk@clinic.example"
_PAUSE = 0.002


@dataclass(frozen=True)
class Outside:
    """Both stand-ins. `settings` tell a server in a hurry (`faster.py`) of them."""

    mail: MailServer
    program: StandIn
    settings: dict[str, str]

    @property
    def mailer(self) -> Mailer:
        """What puts mails down without that server."""
        return Mailer(MailServerAddress("127.0.0.1", self.mail.port, _FROM))

    def look(
        self, search: Search, allowed: Callable[[EmailMessage], list[str]] = lambda _: []
    ) -> None:
        """Look at all that arrived but for the fields that are `allowed` in a mail."""
        for mail in self.mail.mails:
            search.look(mail.as_bytes(), "a mail", allowed(mail))
            search.look(str(mail.get_content()), "a mail", allowed(mail))
        for call in self.program.taken:
            search.look(call.body + repr((call.path, call.headers)).encode(), "a webhook")


@contextmanager
def running(folder: Path) -> Iterator[Outside]:
    """Give stand-ins that run; their certificate lies in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shows, _ = mail_server.certificate(folder, stand_in.HOST)
    with (
        mail_server.running(MailServer(pause=_PAUSE)) as mail,
        stand_in.running(shows) as program,
    ):
        settings = {
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mail.port), "SMTP_FROM": _FROM,
            "SMTP_SECURITY": "none",
            faster.HOOKS: f"{program.port} {folder / stand_in.HOST}.pem",
        }  # fmt: skip
        yield Outside(mail, program, settings)
