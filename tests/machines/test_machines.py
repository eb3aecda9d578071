"""Many machines are one site: whatever dies, nothing acknowledged is lost, and nobody waits long.

Each part of the site goes while people walk, send and meet emergencies. It takes some minutes.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.machines.network import PHONES, Missing, network, run
from tests.machines.site import HOSTS, FrontPhone, Site, Urgent, lacking
from tests.stress.clinic import ADDRESS, is_acknowledged, press_send, typed_by
from tests.stress.person import Person
from tests.stress.phone import Cut
from tests.web.conftest import waived

pytestmark = pytest.mark.slow

SENDERS, EACH, WORRIED = 4, 4, 2
BREATH = 0.2
"""Seconds between two people at a phone, so that the machine that runs all of this keeps up."""
LONGEST = 1.0
"""Seconds that nobody with an emergency may wait for a page."""
PATIENCE = 180.0


@dataclass
class Told:
    """What people were told while something went wrong."""

    acknowledged: list[str] = field(default_factory=list)
    urgent: list[Urgent] = field(default_factory=list)
    emergencies: int = 0


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    if lack := lacking():
        pytest.skip(lack)
    try:
        with TemporaryDirectory(prefix="clinic-machines-") as name, network() as machines:
            folder = Path(name)
            folder.chmod(0o711)  # the database runs as somebody else
            site = Site(folder, machines, waived(folder))
            site.start()
            yield site
    except Missing as missing:
        pytest.skip(str(missing))


class Crowd:
    """People at phones: some send, some have signs of an emergency, over and over."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._numbers = iter(range(1, 1_000_000))
        self._lock = threading.Lock()

    def meets(self, fault: Callable[[], None]) -> Told:
        """Have them go on while something happens, once some were through; return what came."""
        told, some_sent, all_sent = Told(), threading.Semaphore(0), threading.Event()
        people = self._site.machines["people"]
        with ThreadPoolExecutor(SENDERS + WORRIED, initializer=people.enter) as pool:
            sending = [pool.submit(self._sends, told, some_sent) for _ in range(SENDERS)]
            worrying = [pool.submit(self._worries, told, all_sent) for _ in range(WORRIED)]
            try:
                for _ in range(SENDERS):
                    assert some_sent.acquire(timeout=PATIENCE), "nobody gets through"
                fault()
                for one in sending:
                    one.result()
            finally:
                all_sent.set()
            for one in worrying:
                one.result()
        return told

    def _next(self) -> tuple[int, FrontPhone]:
        """Return the number of the next person, and their phone."""
        with self._lock:
            number = next(self._numbers)
        return number, FrontPhone(PHONES[number % len(PHONES)])

    def _sends(self, told: Told, sent: threading.Semaphore) -> None:
        for _ in range(EACH):
            number, phone = self._next()
            chance = random.Random(number)
            person = Person(phone, chance)
            person.walk(person.open_clinic(ADDRESS), who="me", age="40", signs=["none"])
            typed = typed_by(number, chance)
            page = person.patiently(lambda one=phone: one.get("/send"))  # type: ignore[misc]  # mypy knows no lambda with a default
            values = press_send(page, typed, person.given)
            self._press(phone, values)
            told.acknowledged.append(typed.name)
            told.urgent += phone.urgent
            sent.release()
            time.sleep(BREATH)

    def _press(self, phone: FrontPhone, values: dict[str, list[str]]) -> None:
        """Press Send until it is acknowledged, as the page says."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                reply = phone.post("/send", values)
            except Cut:
                continue
            if is_acknowledged(reply):
                return
            assert reply.status == 503, f"{reply.status}: {reply.body[-1000:]}"
            time.sleep(0.1)
        raise AssertionError("Send is never acknowledged")

    def _worries(self, told: Told, over: threading.Event) -> None:
        while not over.is_set():
            number, phone = self._next()
            person = Person(phone, random.Random(number))
            end = person.walk(person.begin(), who="me", age="40", signs=["chest"])
            page = phone.get(end)
            assert page.status == 200, [one for one in self._site.asked() if " 503 " in one]
            assert "112" in page.body
            told.urgent += phone.urgent
            told.emergencies += 1
            time.sleep(BREATH)


def check(told: Told) -> None:
    """Fail unless everybody with an emergency was told in time."""
    assert told.emergencies > 0
    assert [one for one in told.urgent if one.status >= 400] == []
    slow = [one for one in told.urgent if one.took > LONGEST]
    assert slow == [], f"of {len(told.urgent)} pages"


def test_nothing_that_dies_loses_a_send_or_keeps_an_emergency_waiting(site: Site) -> None:
    crowd, machines, every = Crowd(site), site.machines, list[Told]()

    def part(fault: Callable[[], None]) -> None:
        every.append(crowd.meets(fault))
        check(every[-1])

    part(lambda: None)
    assert site.served_by(0) == set(HOSTS)

    part(machines["one"].die)
    run("ip", "-n", machines["one"].name, "link", "set", "eth0", "up")
    site.start_host("one")
    site.wait_for("one")

    part(lambda: machines["two"].signal(signal.SIGSTOP))
    machines["two"].signal(signal.SIGCONT)

    part(machines["cache"].die)
    assert any("each process counts for itself" in site.said(name) for name in HOSTS)
    run("ip", "-n", machines["cache"].name, "link", "set", "eth0", "up")
    site.start_cache()

    part(site.databases.fail_over)

    before = len(site.asked())
    part(lambda: None)
    assert site.served_by(before) == set(HOSTS), "all came back by themselves"

    acknowledged = [name for told in every for name in told.acknowledged]
    assert len(acknowledged) == SENDERS * EACH * len(every)
    assert Counter(site.arrived("second")) == Counter(acknowledged)
