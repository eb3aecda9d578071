"""A clinic with invitations, what people type on the Send page, and what is stored afterwards."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select

from assessment.engine.protocol import Protocol
from assessment.practice.post.invitations import Invitations
from assessment.practice.staff.accounts import Accounts, SignedIn
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.passwords import Cost, Passwords
from assessment.protocols.load import find_protocol, load_protocol
from assessment.records import clients, invitations, responses
from assessment.records.database import Database
from assessment.records.ids import ClinicId, InvitationId, ResponseId
from assessment.records.model import Response
from assessment.records.refusals import Unavailable
from assessment.records.tables import responses as responses_table
from assessment.records.vault import Unreadable
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
from tests.stress.outages import is_sound
from tests.stress.phone import Form, Reply
from tests.stress.server import Server

ADDRESS = "/c/the-clinic"
EMAIL = "owner@clinic.example"
PASSWORD = "eleven slow otters swim past midnight"
NAMES = ("Zoë", "Ann-Marié", "Łukasz", "O'Neill", "李")
LINES = ("It's my <left> side", '"since" Monday', "50% & more", "two  spaces", "—")
T = TypeVar("T")
CHEAP = Passwords(Cost(memory=8, rounds=1, lanes=1))


@dataclass(frozen=True, slots=True)
class Link:
    """An invitation, with the secret of its link."""

    invitation: InvitationId
    token: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody types on the Send page; `birth` as it is stored, YYYY-MM-DD."""

    name: str
    birth: str
    message: str


class Clinic:
    """A clinic in the database of a server, made without the server."""

    def __init__(
        self, server: Server, url: str | None = None, protocol: str = "muscle_pain"
    ) -> None:
        self.file = None if url else server.instance / "clinic.db"
        self.url = url or f"sqlite:///{self.file}"
        self.database = open_database(
            read_settings(instance=server.instance, database_url=self.url)
        )
        self.protocol = load_protocol(find_protocol(protocol))
        self._accounts = Accounts(self.database, time.time, CHEAP)
        self._invitations = Invitations(self.database, time.time)
        enrolment = Enrolment(self.database, time.time, CHEAP)
        enrolment.set_up(enrolment.new_setup_code(), "The Clinic", "Otto Owner", EMAIL, PASSWORD)

    def owner(self) -> SignedIn:
        """Return the owner, newly signed in."""
        token = self._accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1", "a test")
        who = self._accounts.session(token)
        assert who is not None
        return who

    def invite(self, count: int) -> list[Link]:
        """Make invitations."""
        who = self.owner()
        issued = [
            self._invitations.invite(who, f"Client {n}", f"client{n}@mail.example", 7, f"note {n}")
            for n in range(count)
        ]
        return [Link(one.invitation.id, one.token) for one in issued]

    def ledger(self) -> Ledger:
        """Return what is stored of this clinic."""
        return Ledger(self.database, self.owner().clinic.id, self.protocol, self.file)

    def close(self) -> None:
        """Let the database go."""
        self.database.close()


class Ledger:
    """What is stored of a clinic, read row by row."""

    def __init__(
        self, database: Database, clinic: ClinicId, protocol: Protocol, file: Path | None
    ) -> None:
        self._database = database
        self._clinic = clinic
        self.protocol = protocol
        self._file = file
        self.aside: frozenset[ResponseId] = frozenset()
        """Responses that nobody sent here."""
        self._private = {one.id for one in protocol.questions if one.private}

    def by_invitation(self) -> dict[InvitationId | None, tuple[ResponseId, ...]]:
        """Return every response of the clinic, by the invitation that it came through."""
        columns = (responses_table.c.invitation, responses_table.c.id)
        found: dict[InvitationId | None, tuple[ResponseId, ...]] = {}
        with self._database.reading() as tx:
            rows = tx.connection.execute(
                select(*columns).where(responses_table.c.clinic == self._clinic)
            )
            for invitation, response in rows:
                if response in self.aside:
                    continue
                found[invitation] = (*found.get(invitation, ()), response)
        return found

    def count(self) -> int:
        """Return how many responses there are."""
        with self._database.reading() as tx:
            counted = select(func.count()).select_from(responses_table)
            return tx.connection.execute(counted).scalar_one()

    def is_used(self, invitation: InvitationId) -> bool:
        """Whether a link has been used up."""
        with self._database.reading() as tx:
            found = invitations.get(tx, self._clinic, invitation)
        assert found is not None
        return found.used_at is not None

    def unlike(
        self, row: ResponseId, typed: Typed, given: Mapping[str, list[str]]
    ) -> Iterator[str]:
        """Say in what a response differs from what was typed and answered."""
        with self._database.reading() as tx:
            try:
                response = responses.get(tx, self._clinic, row)
            except Unreadable as error:
                yield str(error)
                return
            if response is None:
                yield f"{row}: no whole response"
                return
            client = clients.get(tx, self._clinic, response.line.client)
        if client is None or not client.readable or not client.name:
            yield f"{row}: its client cannot be read"
        yield from self._unlike(response, typed, given)

    def _unlike(
        self, response: Response, typed: Typed, given: Mapping[str, list[str]]
    ) -> Iterator[str]:
        row, content = response.line.id, response.content
        kept = Typed(content.name, content.birth, content.message)
        if kept != typed:
            yield f"{row}: {kept} stands where {typed} was typed"
        expected = {
            name: sorted(value) for name, value in given.items() if name not in self._private
        }
        answers = {name: _as_sent(value) for name, value in content.answers.items()}
        if answers != expected:
            yield f"{row}: answers {answers}, given {expected}"
        if not content.consent.version or not content.consent.text or not content.consent.given_at:
            yield f"{row}: no consent"
        decided = content.decision.get("recommendation"), content.decision.get("urgency")
        if decided != (response.line.recommendation, response.line.urgency):
            yield f"{row}: decided {decided}, listed as {response.line.recommendation}"

    def faults(self) -> Iterator[str]:
        """Say what is wrong with the database as a whole."""
        if self._file is not None and not is_sound(self._file):
            yield "SQLite finds its file damaged"


def patiently(ask: Callable[[], T]) -> T:
    """Ask a database again, as people do, for as long as it does not answer."""
    while True:
        with contextlib.suppress(Unavailable):
            return ask()


def typed_by(number: int, chance: random.Random) -> Typed:
    """Return what somebody types: letters of many scripts, quotes, several lines.

    No name and no first line of a message is the beginning of another one's.
    """
    name = f"{chance.choice(NAMES)} Sender {number:06}"
    birth = f"{chance.randint(1930, 2005)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    lines = chance.choices(LINES, k=3)
    return Typed(name, birth, f"message {number:06}\n" + "\n".join(lines) + "\nend")


def send_form(page: Reply) -> Form:
    """Return the form of the Send page."""
    return page.form("csrf_token", "consent", "name", "message", "signed")


def press_send(
    page: Reply, typed: Typed, given: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Fill in the Send page as a browser would; return what pressing Send sends.

    Nobody here is as old as the answers that were `given` say, and they say that they are sure.
    """
    assert page.status in (200, 503), f"{page.path}: {page.status} {page.body[-1500:]}"
    form = send_form(page)
    year, month, day = typed.birth.split("-")
    sure = " ".join([*given.get("age", ()), typed.birth])
    filled = form.filled(
        consent=form.offered["consent"],
        name=typed.name,
        signed=typed.name,
        message=typed.message.replace("\n", "\r\n"),
        day=day,
        month=month,
        year=year,
    )
    return {**filled, "sure": [sure]}


def is_acknowledged(reply: Reply) -> bool:
    """Whether somebody was told that their answers have arrived."""
    return reply.status == 303 and reply.headers.get("location", "").split("?")[0] == "/sent"


def _as_sent(value: object) -> list[str]:
    """Return a stored answer as a form sends it."""
    values = value if isinstance(value, list) else [value]
    return sorted(map(str, values))


@contextlib.contextmanager
def clinic_of(
    server: Server, url: str | None = None, protocol: str = "muscle_pain"
) -> Iterator[Clinic]:
    """Give a new clinic of a server."""
    clinic = Clinic(server, url, protocol)
    try:
        yield clinic
    finally:
        clinic.close()
