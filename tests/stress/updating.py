"""People walk and Send while a newer program takes over beside the older one, and is taken back."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assessment.protocols.load import load_protocol
from assessment.records import clinics
from assessment.records.ids import InvitationId
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
from tests.stress.clinic import Ledger, Link, typed_by
from tests.stress.killing import Sender, faults, press_until_told
from tests.stress.person import Person
from tests.stress.phone import Phone, Reply
from tests.stress.server import Server

THREADS = 4
ASKED_AGAIN = 40
"""How often somebody agrees again: each program shows its own form to what the other one's said."""
OPEN_A_CLINIC = """
import json, sys
from pathlib import Path
from tests.stress.clinic import Clinic
from tests.stress.server import Server
folder, url, protocol, count = sys.argv[1:]
clinic = Clinic(Server(Path(folder)), url or None, protocol)
print(json.dumps([[one.invitation, one.token] for one in clinic.invite(int(count))]))
"""
"""Run by the older program: the tables are its own, with its own data in them."""


@dataclass(frozen=True)
class Programs:
    """The two programs, as trees, and the protocol of each.

    `knows_newer`: the older one starts over newer tables, and lets walks of newer questions wait.
    """

    older: Path
    newer: Path
    older_protocol: Path
    newer_protocol: Path
    knows_newer: bool


@dataclass(frozen=True)
class Figures:
    """How many sent in each part, how often they had to wait, and what was broken."""

    sent: dict[str, int]
    waited: int
    broken: tuple[str, ...]


class Roaming(Phone):
    """A phone whose requests reach one of several servers, as behind a proxy that takes turns."""

    def __init__(self, ports: Sequence[int], chance: random.Random) -> None:
        super().__init__(ports[0])
        self.ports = [*ports]
        self._chance = chance

    def _request(self, method: str, path: str, body: str | None) -> Reply:
        self.port = self._chance.choice(self.ports)
        return super()._request(method, path, body)


@dataclass
class _Update:
    programs: Programs
    older: Server
    newer: Server
    links: list[Link]
    chance: random.Random
    each: int
    pool: ThreadPoolExecutor
    senders: list[Sender] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)

    def run(self, stack: ExitStack) -> None:
        """Update and take it back; the older program runs already."""
        self._send("on the older alone", self._people(self.older))
        with ThreadPoolExecutor(1) as beside:
            starting = beside.submit(self.newer.start)
            stack.callback(self.newer.stop)
            while not starting.done() and len(self.links) > 5 * self.each:
                self._send("while the newer one starts", self._people(self.older))
            starting.result()
        by_turns, back = self._begun(), self._begun()
        for one in by_turns:
            self._to(one, self.older, self.newer)
        self._send("on both by turns", by_turns)
        self.newer.stop()
        if self.programs.knows_newer:
            self.older.stop()
            self.older.start()
        for one in back:
            self._to(one, self.older)
        self._send("after the newer one was taken back", back)
        self._send("on the older alone again", self._people(self.older))

    def _begun(self) -> list[_Somebody]:
        """Have people begin on each of the two, where the older one can bear it."""
        newer = self.newer if self.programs.knows_newer else self.older
        made = self._people(self.older) + self._people(newer)
        for one, at in zip(made, self.pool.map(_begin, made), strict=True):
            one.at = at
        return made

    def _people(self, server: Server) -> list[_Somebody]:
        made = []
        for _ in range(self.each):
            chance = random.Random(self.chance.random())
            person = Person(Roaming([server.port], chance), chance)
            typed = typed_by(len(self.senders), self.chance)
            self.senders.append(Sender(self.links.pop(), person, typed, patient=True))
            made.append(_Somebody(self.senders[-1]))
        return made

    def _to(self, one: _Somebody, *servers: Server) -> None:
        phone = one.sender.person.phone
        assert isinstance(phone, Roaming)
        phone.ports = [each.port for each in servers]

    def _send(self, part: str, people: list[_Somebody]) -> None:
        list(self.pool.map(_walk_and_send, people))
        told = sum(one.sender.acknowledged > 0 for one in people)
        self.sent[part] = self.sent.get(part, 0) + told


@dataclass
class _Somebody:
    """Who sends, and the address that they go on from; empty where they have not begun."""

    sender: Sender
    at: str = ""


def _begin(one: _Somebody) -> str:
    person = one.sender.person
    return person.answer(person.open_link(one.sender.link.token))


def _walk_and_send(one: _Somebody) -> None:
    one.sender.person.walk(one.at or one.sender.person.open_link(one.sender.link.token))
    for _ in range(ASKED_AGAIN):
        one.sender.refused = ""
        press_until_told(one.sender, lambda: None)
        if one.sender.refused != "422":
            return


def run(folder: Path, url: str | None, programs: Programs, each: int, seed: int) -> Figures:
    """Let `each` people Send in every part of an update; return what came of it."""
    settings = {"DATABASE_URL": url} if url else {}
    older = Server(folder, PROTOCOL=str(programs.older_protocol), **settings)
    newer = Server(folder / "newer", PROTOCOL=str(programs.newer_protocol), **settings)
    older.root, newer.root, newer.instance = programs.older, programs.newer, older.instance
    links = _opened(older, url, programs.older_protocol, each * 12)
    chance = random.Random(seed)
    with ThreadPoolExecutor(THREADS) as pool, ExitStack() as stack:
        update = _Update(programs, older, newer, links, chance, each, pool)
        older.start()
        stack.callback(older.stop)
        update.run(stack)
    with _ledger(older, url, programs.older_protocol) as ledger:
        broken = [*faults(update.senders, ledger), *ledger.faults()]
    for one in update.senders:
        if one.person.asked_again:
            broken.append(f"{one.typed.name}: asked {one.person.asked_again} questions again")
    waited = sum(one.away + one.person.tries.away for one in update.senders)
    return Figures(update.sent, waited, tuple(broken))


def _opened(server: Server, url: str | None, protocol: Path, count: int) -> list[Link]:
    """Have the older program make its tables, and a clinic with invitations."""
    about = str(server.folder), url or "", str(protocol), str(count)
    made = subprocess.run(
        [sys.executable, "-c", OPEN_A_CLINIC, *about],
        cwd=server.root, env=server.environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return [Link(InvitationId(id), token) for id, token in json.loads(made.stdout)]


@contextmanager
def _ledger(server: Server, url: str | None, protocol: Path) -> Iterator[Ledger]:
    """Give what is stored, as the program of these tests reads it."""
    file = None if url else server.instance / "clinic.db"
    address = url or f"sqlite:///{file}"
    database = open_database(read_settings(instance=server.instance, database_url=address))
    try:
        with database.reading() as tx:
            [clinic] = clinics.every(tx)
        yield Ledger(database, clinic.id, load_protocol(protocol), file)
    finally:
        database.close()
