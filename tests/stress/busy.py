"""Sends while the server is killed, and while all that it does by itself is going on.

Mails and reminders go out, links are revoked, a webhook is called, what is old is purged, and keys
are changed by a command that is killed as well. Then the old keys are retired: all that is looked
at afterwards is looked at with the newest key alone.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from assessment.practice.events import Kind
from assessment.practice.staff.audit_log import AuditLog
from assessment.records.refusals import Unavailable
from assessment.records.tables import clients as clients_table
from assessment.web.server.rotation import CannotRetire, Rotation
from assessment.web.server.secret import RECORDS_KEY_FILE, read_or_create_ring
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import register_of
from tests.conftest import ROOT
from tests.stress import killing
from tests.stress.canary import Search
from tests.stress.clinic import (
    Clinic,
    Ledger,
    Link,
    clinic_of,
    is_acknowledged,
    patiently,
    press_send,
    typed_by,
)
from tests.stress.hooked import Hooks, Told
from tests.stress.old import Old, grown_old
from tests.stress.outside import Outside
from tests.stress.outside import running as outside_running
from tests.stress.person import PATIENCE, Person
from tests.stress.phone import Phone
from tests.stress.posted import DAY, Post, Posted
from tests.stress.server import Server

TYPED = {
    "a name": "Sender 000",
    "a message": "message 000",
    "a client": "Client 000",
    "old": "Canarymessage",
}
"""How what people type here begins; nothing of it may be outside of the sealed store."""


@dataclass(frozen=True)
class Size:
    """How much happens. `over` is for how many seconds reminders come due."""

    sends: int
    kills: int
    threads: int
    revoked: int
    rotations: int
    old: int
    over: float


@dataclass(frozen=True)
class Figures:
    """What happened, and what was found afterwards. `broken` is empty when all promises hold."""

    killed: killing.Figures
    posted: Posted
    revoked: int
    calls: int
    events: int
    keys: int
    rotations_killed: int
    purged: int
    broken: tuple[str, ...]

    def __str__(self) -> str:
        posted = self.posted
        return (
            f"{self.killed}; {posted.arrived} mails, {posted.reminders} of them reminders, "
            f"{posted.perhaps} perhaps sent; {self.revoked} links revoked; webhooks told "
            f"{self.events} events in {self.calls} calls; {self.keys} keys, changes of keys "
            f"killed {self.rotations_killed} times; {self.purged} purged"
        )


def run(folder: Path, url: str | None, protocol: str, size: Size, seed: int) -> Figures:
    """Let all of that go on at once on a server of its own; return what was found."""
    with ExitStack() as stack:
        outside = stack.enter_context(outside_running(folder / "outside"))
        settings = {"PROTOCOL": protocol, **outside.settings}
        if url:
            settings["DATABASE_URL"] = url
        server = Server(folder / "server", program="tests.stress.faster", **settings)
        clinic = stack.enter_context(clinic_of(server, url, protocol))
        return _Busy(server, clinic, outside, size, random.Random(seed)).run(seed)


@dataclass
class _Busy:
    server: Server
    clinic: Clinic
    outside: Outside
    size: Size
    chance: random.Random
    stopped: threading.Event = field(default_factory=threading.Event)
    rotations_killed: int = 0
    keys: int = 1

    def run(self, seed: int) -> Figures:
        """Do all of it."""
        size, outside = self.size, self.outside
        post = Post(self.clinic, outside.mail, outside.mailer)
        hooks, old = Hooks(self.clinic, outside.program), grown_old(self.clinic, size.old)
        links = post.invite(size.sends + size.revoked + 1, size.over)
        self.chance.shuffle(links)
        last, *links = links
        sending, revoked = links[: size.sends], links[size.sends :]
        ledger = self.clinic.ledger()
        ledger.aside = old.kept | old.due
        told: list[str] = []
        with self.server.running(), ThreadPoolExecutor(2) as pool:
            beside = [pool.submit(self._revoke, post, revoked), pool.submit(self._rotate)]
            killed = killing.run(
                self.server, sending, ledger, seed, size.threads, size.kills,
                lambda: told.extend(self._settled(beside, post, hooks, old, last, ledger)),
                post.ended,
            )  # fmt: skip
        posted, happened = post.found(), self._happened(old, revoked)
        broken = (*told, *posted.broken, *hooks.faults(happened), *self._faults(old))
        return Figures(
            killed=killed,
            posted=posted,
            revoked=len(revoked),
            calls=len(self.outside.program.taken),
            events=len(happened),
            keys=self.keys,
            rotations_killed=self.rotations_killed,
            purged=len(old.due) + len(old.due_links),
            broken=(*killed.broken, *broken),
        )

    def _revoke(self, post: Post, links: list[Link]) -> None:
        """Revoke links now and then; the program that is told has its moods meanwhile."""
        for link in links:
            self.stopped.wait(self.chance.uniform(0, 2 * self.size.over / len(links)))
            self.outside.program.status = self.chance.choice((200, 200, 503))
            post.revoke(link)

    def _rotate(self) -> None:
        """Change the keys over and over; most who do it are killed in the middle."""
        for number in range(self.size.rotations):
            command = [sys.executable, "-m", self.server.program, "clinic", "rotate-keys"]
            before = patiently(self._newest_sealed)
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.server.environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            while process.poll() is None and not self._goes_on(before):
                time.sleep(0.01)
            if number % 3 < 2:
                self.stopped.wait(self.chance.uniform(0, 0.3))
                self.rotations_killed += process.poll() is None
                process.kill()
            process.wait(PATIENCE)
            if self.stopped.is_set():
                return

    def _goes_on(self, before: tuple[bytes, int]) -> bool:
        newest, sealed = patiently(self._newest_sealed)
        return newest != before[0] or sealed > before[1]

    def _newest_sealed(self) -> tuple[bytes, int]:
        """Return the newest key, and how many clients are sealed with it."""
        table = clients_table
        with self.clinic.database.reading() as tx:
            newest = tx.vault.newest
            sealed = tx.connection.execute(select(table.c.sealed)).scalars()
            return newest, sum(one.startswith(newest) for one in sealed)

    def _settled(
        self,
        beside: list[Future[None]],
        post: Post,
        hooks: Hooks,
        old: Old,
        last: Link,
        ledger: Ledger,
    ) -> Iterator[str]:
        """Let everything come to its end on the server, which is killed no more."""
        self.stopped.set()
        for one in beside:
            one.result()
        self.outside.program.status = 200
        yield from self._retired()
        yield from self._sends_still(last, ledger)
        ends = {
            "a mail": post.is_waiting,
            "a webhook": hooks.is_waiting,
            "a purge": self._left(old),
        }
        for what, is_waiting in ends.items():
            end = time.monotonic() + PATIENCE
            while patiently(is_waiting):
                if time.monotonic() > end:
                    yield f"{what} did not come to its end"
                    break
                time.sleep(0.05)

    def _left(self, old: Old) -> Callable[[], bool]:
        def is_waiting() -> bool:
            with self.clinic.database.reading() as tx:
                return bool(old.left(tx))

        return is_waiting

    def _retired(self) -> Iterator[str]:
        """End the change of keys, and take the old ones out of use, as on the next day."""
        place, database = self.server.instance, self.clinic.database
        while True:
            try:
                while not Rotation(place, database, time.time).rotate().is_new:
                    pass  # that was the rest of an earlier change: now all is sealed anew
                self.keys = len(read_or_create_ring(place, RECORDS_KEY_FILE).keys)
                Rotation(place, database, lambda: time.time() + DAY + 60).retire()
            except Unavailable:  # an operator runs it again
                continue
            except CannotRetire as error:
                yield str(error)
            return

    def _sends_still(self, link: Link, ledger: Ledger) -> Iterator[str]:
        """Let one more Send, now that the server has nothing but the newest key."""
        person = Person(Phone(self.server.port), self.chance)
        person.walk(person.open_link(link.token))
        values = press_send(person.phone.get("/send"), typed_by(99, self.chance), person.given)
        if not is_acknowledged(person.phone.post("/send", values)):
            yield "with the old keys out of use, a Send was refused"
        rows = ledger.by_invitation().get(link.invitation, ())
        if len(rows) != 1:
            yield f"with the old keys out of use, a Send left {len(rows)} rows"
        ledger.aside |= {*rows}

    def _happened(self, old: Old, revoked: list[Link]) -> set[Told]:
        """Return what a webhook has to be told: what is stored, and what was revoked."""
        ledger = self.clinic.ledger()
        ledger.aside = old.kept | old.due
        came = [row for rows in ledger.by_invitation().values() for row in rows]
        return {
            *((Kind.RESPONSE_RECEIVED.value, row) for row in came),
            *((Kind.INVITATION_ENDED.value, one.invitation) for one in revoked),
        }

    def _faults(self, old: Old) -> Iterator[str]:
        """Say what is wrong with the clinic as a whole."""
        if len(read_or_create_ring(self.server.instance, RECORDS_KEY_FILE).keys) != 1:
            yield "an old key is still in use"
        lines = self.server.said().splitlines()
        for one in AuditLog(self.clinic.database, time.time).check(lines):
            yield from one.faults
        with self.clinic.database.reading() as tx:
            yield from old.faults(tx)
        register = register_of(read_settings(instance=self.server.instance))
        if register.replay(self.clinic.database):
            yield "something that was erased was there again"
        yield from self._leaks()

    def _leaks(self) -> Iterator[str]:
        """Say where there is what people typed, but for the store that is sealed."""
        search = Search(TYPED)
        search.look_at_folder(self.server.folder, "the server's folder")
        self.outside.look(search)
        yield from sorted({str(hit) for hit in search.hits})
