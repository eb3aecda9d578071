"""Sends while the server is killed, over and over, at random moments."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from assessment.records.ids import InvitationId
from tests.stress.clinic import Ledger, Link, Typed, is_acknowledged, press_send, typed_by
from tests.stress.person import Patience, Person
from tests.stress.phone import Cut, Phone
from tests.stress.server import Server

GIVE_UP = 0.3
"""The share of people who do not press Send again once the line went dead."""
IN_VAIN = 1
"""How many lives in a row may serve nobody: on a busy machine, all of them would."""


@dataclass
class Sender:
    """Somebody who was invited, what they typed, and what they were told."""

    link: Link
    person: Person
    typed: Typed
    patient: bool
    acknowledged: int = 0
    presses: int = 0
    cut: int = 0
    away: int = 0
    refused: str = ""
    took: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Figures:
    """What happened, and what was found afterwards. `broken` is empty when all promises hold."""

    kills: int
    senders: int
    presses: int
    cut: int
    away: int
    acknowledged: int
    stored_untold: int
    gave_up: int
    rows: int
    rows_of_given_up: int
    seconds: float
    median_ms: float
    slowest_ms: float
    broken: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.senders} Sends in {self.seconds:.1f} s, {self.kills} kills: "
            f"{self.presses} presses, {self.cut} cut off, {self.away} told to wait, "
            f"{self.stored_untold} stored when killed but not acknowledged yet, "
            f"{self.acknowledged} acknowledged, {self.gave_up} gave up; {self.rows} rows, "
            f"{self.rows_of_given_up} of them of who gave up; "
            f"a Send took {self.median_ms:.0f} ms (slowest {self.slowest_ms:.0f})"
        )


class Untold:
    """Finds responses that were stored when the server died, before their senders were told."""

    def __init__(self, senders: Sequence[Sender], ledger: Ledger) -> None:
        self._senders = senders
        self._ledger = ledger
        self.found: set[InvitationId] = set()

    def wait(self) -> None:
        """Wait until one more is stored, or for a moment in which none is."""
        before, end = self._ledger.count(), time.monotonic() + 1
        while self._ledger.count() == before and time.monotonic() < end:
            time.sleep(0.001)  # else it takes the time of those who send

    def look(self) -> None:
        """Compare what is stored with what was told; the server lies dead."""
        time.sleep(0.05)  # whoever was answered has noticed it by then
        stored = self._ledger.by_invitation()
        told = {one.link.invitation for one in self._senders if one.acknowledged}
        self.found |= {one for one in stored if one is not None and one not in told}


class Killer:
    """Kills the server and starts it again, at moments that only the seed knows.

    A kill waits for up to `most` people to have been served, so that every life of the server
    does some work; the last bit of waiting lets it die anywhere inside a request. With `watch`,
    every other kill comes the moment that something new is stored: somebody is about to be told.
    After `IN_VAIN` lives that served nobody, the next one lasts until somebody was.
    """

    def __init__(self, server: Server, seed: int, most: int, watch: Untold | None = None) -> None:
        self._server = server
        self._watch = watch
        self._most = most
        self._chance = random.Random(seed)
        self._stopped = threading.Event()
        self._news = threading.Semaphore(0)
        self.kills = 0

    def tell(self) -> None:
        """Hear that somebody was answered."""
        self._news.release()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Kill until the block ends; the server runs afterwards."""
        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(self._work)
            try:
                yield
            finally:
                self._stopped.set()
                work.result()

    def _work(self) -> None:
        in_vain = 0
        while not self._stopped.is_set():
            served = 0
            for _ in range(self._chance.randint(0, self._most)):
                served += self._news.acquire(timeout=0.2)
            while in_vain == IN_VAIN and not served and not self._stopped.is_set():
                served += self._news.acquire(timeout=0.2)
            aims = self._chance.random() < 0.5
            if self._watch is not None and aims:
                self._watch.wait()
            else:
                time.sleep(self._chance.uniform(0, 0.03))
            if self._stopped.is_set():
                return
            self._server.kill()
            self.kills += 1
            if self._watch is not None:
                self._watch.look()
            while self._news.acquire(blocking=False):
                served += 1
            in_vain = 0 if served else in_vain + 1
            self._server.start()


def run(
    server: Server,
    links: Sequence[Link],
    ledger: Ledger,
    seed: int,
    threads: int,
    kills: int,
    settle: Callable[[], None] = lambda: None,
    sent: Callable[[Link], None] = lambda _: None,
) -> Figures:
    """Let everybody walk and Send; return what came of it. The server is running.

    It is killed about `kills` times while people Send, and a quarter of that while they answer.
    `settle` is called when all have sent, before anybody looks at what is stored, and `sent`
    whenever somebody was told that theirs has arrived.
    """
    chance = random.Random(seed)
    senders = [
        Sender(
            link,
            Person(Phone(server.port), random.Random(chance.random())),
            typed_by(number, chance),
            patient=chance.random() >= GIVE_UP,
        )
        for number, link in enumerate(links)
    ]
    began = time.monotonic()
    served = 2 * len(senders) // kills
    untold = Untold(senders, ledger)
    walking = Killer(server, seed + 1, 4 * served)
    sending = Killer(server, seed + 2, served, untold)
    with ThreadPoolExecutor(threads) as pool:
        with walking.at_work():
            list(pool.map(lambda one: _walk(one, walking), senders))
        with sending.at_work():
            list(pool.map(lambda one: press_until_told(one, sending.tell, sent), senders))
    seconds = time.monotonic() - began
    settle()
    kills = walking.kills + sending.kills
    return _figures(senders, ledger, kills, seconds, len(untold.found))


def _figures(
    senders: Sequence[Sender], ledger: Ledger, kills: int, seconds: float, untold: int
) -> Figures:
    found = ledger.by_invitation()
    took = [each for one in senders for each in one.took]
    return Figures(
        kills=kills,
        senders=len(senders),
        presses=sum(one.presses for one in senders),
        cut=sum(one.cut for one in senders),
        away=sum(one.away + one.person.tries.away for one in senders),
        acknowledged=sum(one.acknowledged > 0 for one in senders),
        stored_untold=untold,
        gave_up=sum(one.acknowledged == 0 for one in senders),
        rows=sum(len(rows) for rows in found.values()),
        rows_of_given_up=sum(
            len(found.get(one.link.invitation, ())) for one in senders if not one.acknowledged
        ),
        seconds=seconds,
        median_ms=statistics.median(took) * 1000,
        slowest_ms=max(took) * 1000,
        broken=(*faults(senders, ledger), *ledger.faults()),
    )


def _walk(sender: Sender, killer: Killer) -> None:
    sender.person.walk(sender.person.open_link(sender.link.token))
    killer.tell()


def press_until_told(
    sender: Sender, answered: Callable[[], None], sent: Callable[[Link], None] = lambda _: None
) -> None:
    """Press Send until it is acknowledged, or until they lose patience."""
    person = sender.person
    page = person.patiently(lambda: person.phone.get("/send"))
    values = press_send(page, sender.typed, person.given)
    reply = None
    patience, refused = Patience(), False
    while patience.lasts(refused=refused) and (reply is None or reply.status == 503):
        if sender.presses:
            time.sleep(0.1)
        sender.presses += 1
        refused = False
        try:
            reply = person.phone.post("/send", values)
        except Cut as cut:
            refused = not cut.sent
            sender.cut += cut.sent
            if cut.sent and not sender.patient:
                return
            continue
        sender.away += reply.status == 503
    if reply is None or not is_acknowledged(reply):
        sender.refused = "no answer" if reply is None else str(reply.status)
        return
    sender.acknowledged += 1
    sender.took.append(reply.took)
    sent(sender.link)
    answered()
    shown = person.patiently(lambda: person.phone.get("/sent"))
    assert shown.status == 200, f"/sent: {shown.status}"


def faults(senders: Sequence[Sender], ledger: Ledger) -> Iterator[str]:
    """Say of every sender whose response is not exactly what it should be."""
    found = ledger.by_invitation()
    known = {sender.link.invitation for sender in senders}
    for invitation in found:
        if invitation not in known:
            yield f"a response of an unknown invitation {invitation}"
    for sender in senders:
        rows = found.get(sender.link.invitation, ())
        who = f"sender {sender.typed.name}"
        if sender.refused:
            yield f"{who}: pressed Send and was told {sender.refused}"
        if sender.acknowledged and len(rows) != 1:
            yield f"{who}: acknowledged, but {len(rows)} rows"
        if len(rows) > 1:
            yield f"{who}: {len(rows)} rows"
        if bool(rows) != ledger.is_used(sender.link.invitation):
            yield f"{who}: {len(rows)} rows, but used is {not rows}"
        for row in rows:
            yield from (
                f"{who}: {fault}" for fault in ledger.unlike(row, sender.typed, sender.person.given)
            )
