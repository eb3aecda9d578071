"""Many people walking at once, from one process: what was recorded is sent again for each.

Each person has an address of their own (127.0.0.0/8), cookies and a token. A page is fetched over
one connection, and the next page over a new one: it comes some ten seconds later, and the server
closes a connection after two.

Two ways to ask. At saturation so many people press at once, each as soon as their page is there.
On a schedule every press has its time, set beforehand: a page that comes late delays no later
press, and its time counts from when it was due.
"""

from __future__ import annotations

import heapq
import random
import select
import socket
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from bench.load import WrongAnswer
from bench.recorded import TOKEN, Recorded, Step
from bench.walker import BROWSER

GIVE_UP = 30
"""Seconds without any answer after which something is wrong."""
_HEAD_END = b"\r\n\r\n"
_COMMON = "".join(f"{name}: {value}\r\n" for name, value in BROWSER.items())
_FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
_LATE_PORT = 24
"""IP_BIND_ADDRESS_NO_PORT of Linux: the port is chosen on connecting, which is less to look for."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One step as it goes over the wire, but for a cookie and a token, and what must come of it."""

    step: Step
    head: bytes
    fields: bytes
    status: bytes
    leads_to: bytes

    @classmethod
    def of(cls, step: Step, host: str) -> _Line:
        method, form = ("GET", "") if step.fields is None else ("POST", _FORM)
        head = f"{method} {step.path} HTTP/1.1\r\nHost: {host}\r\n{_COMMON}{form}"
        fields = (step.fields or "").encode()
        return cls(step, head.encode(), fields, b"%d" % step.status, step.leads_to.encode())

    @property
    def asks_for_a_question(self) -> bool:
        return self.step.fields is None and self.step.path.startswith("/questions/")

    def request(self, cookie: bytes, token: bytes) -> bytes:
        """Return it whole."""
        head = b"%sCookie: %s\r\n" % (self.head, cookie) if cookie else self.head
        if self.step.fields is None:
            return head + b"\r\n"
        body = b"%s=%s&%s" % (TOKEN.encode(), token, self.fields)
        return b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)


_Script = tuple[tuple[_Line, ...], ...]


@dataclass(slots=True)
class _Person:
    """Somebody on the way: what they send next, and what they were given."""

    pages: _Script
    address: str
    server: tuple[str, int]
    due: float = 0.0
    cookie: bytes = b""
    token: bytes = b""
    page: int = 0
    step: int = 0
    connection: socket.socket | None = None
    received: bytes = b""

    @property
    def now(self) -> _Line:
        return self.pages[self.page][self.step]

    @property
    def is_there(self) -> bool:
        """Whether the walk is over."""
        return self.page == len(self.pages)

    def send(self) -> socket.socket:
        """Ask for what comes next; return the connection on which the answer comes."""
        if self.connection is None:
            self.connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.connection.setsockopt(socket.IPPROTO_IP, _LATE_PORT, 1)
            self.connection.bind((self.address, 0))
            self.connection.connect(self.server)
        self.connection.sendall(self.now.request(self.cookie, self.token))
        return self.connection

    def hear(self) -> bool:
        """Take in what came; say whether the answer is whole. Raises WrongAnswer if it is wrong."""
        assert self.connection is not None
        part = self.connection.recv(65536)
        if not part:
            raise WrongAnswer(f"{self.now.step.path}: closed before all of it was there")
        self.received = self.received + part if self.received else part
        end = self.received.find(_HEAD_END)
        if end < 0:
            return False
        head = self.received[:end]
        if len(self.received) < end + len(_HEAD_END) + int(_header(head, b"Content-Length") or 0):
            return False
        self._take(head, self.received[end + len(_HEAD_END) :])
        self.received = b""
        return True

    def turn(self) -> bool:
        """Go on to the next request; say whether it is on the same page."""
        self.step += 1
        if self.step < len(self.pages[self.page]):
            return True
        self.page, self.step = self.page + 1, 0
        self.hang_up()
        return False

    def hang_up(self) -> None:
        """Close the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _take(self, head: bytes, body: bytes) -> None:
        line = self.now
        status, leads_to = head[9:12], _header(head, b"Location")
        if status != line.status or leads_to != line.leads_to:
            found = f"{status.decode()} {leads_to.decode()}"
            raise WrongAnswer(f"{line.step.path}: {found}, not {line.step}")
        if line.step.fields is not None:
            self.cookie = _header(head, b"Set-Cookie").partition(b";")[0] or self.cookie
        elif not self.token and line.asks_for_a_question:
            self.token = _token(head, body)
        if _header(head, b"Connection").lower() == b"close":
            self.hang_up()


def at_once(url: str, walks: Sequence[Recorded], number: int, people: int) -> float:
    """Have so many people walk at a time, until `number` walks are done; return the seconds."""
    herd = _Herd(url, walks)
    left = iter(range(number))

    def next_walk() -> None:
        if next(left, None) is not None:
            herd.press(herd.person())

    def turned(person: _Person, _: float) -> None:
        if person.is_there:
            next_walk()
        else:
            herd.press(person)

    begun = time.perf_counter()
    for _ in range(people):
        next_walk()
    herd.run(turned)
    return time.perf_counter() - begun


def on_schedule(
    url: str,
    walks: Sequence[Recorded],
    number: int,
    per_second: float,
    think: float,
    chance: random.Random,
) -> list[float]:
    """Begin walks at this rate, each with a press every `think` seconds: both are drawn by chance.

    At even times the presses of all walks would fall together at some rates, and never at others.
    Returns how long each page took, in seconds from when it was due until all of it was there.
    """
    herd = _Herd(url, walks)
    took: list[float] = []
    due = time.perf_counter()
    for _ in range(number):
        herd.press_at(due, herd.person())
        due += chance.expovariate(per_second)

    def turned(person: _Person, now: float) -> None:
        took.append(now - person.due)
        if not person.is_there:
            herd.press_at(person.due + think * chance.uniform(0.5, 1.5), person)

    herd.run(turned)
    return took


class _Herd:
    """Everybody who is on the way. `walks` are walked in turn."""

    def __init__(self, url: str, walks: Sequence[Recorded]) -> None:
        host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
        self._server = (host, int(port))
        self._walks = [_script(walk, f"{host}:{port}") for walk in walks]
        self._poll = select.epoll()
        self._asked: dict[int, _Person] = {}
        self._due: list[tuple[float, int, _Person]] = []
        self._order = count()

    def person(self) -> _Person:
        """Return somebody new, with an address that nobody had before."""
        number = next(_NUMBERS)
        address = f"127.{1 + number // 62500 % 254}.{number // 250 % 250}.{1 + number % 250}"
        return _Person(self._walks[number % len(self._walks)], address, self._server)

    def press(self, person: _Person) -> None:
        """Ask now."""
        connection = person.send()
        self._asked[connection.fileno()] = person
        self._poll.register(connection, select.EPOLLIN)

    def press_at(self, due: float, person: _Person) -> None:
        """Ask at this time; late where all is late, but never counted from later."""
        person.due = due
        heapq.heappush(self._due, (due, next(self._order), person))

    def run(self, turned: Callable[[_Person, float], None]) -> None:
        """Go on until nobody is on the way; `turned` is told of each page that is there."""
        try:
            while self._asked or self._due:
                for person in self._ready():
                    self._listen(person, turned)
                while self._due and self._due[0][0] <= time.perf_counter():
                    self.press(heapq.heappop(self._due)[2])
        finally:
            self._poll.close()
            for person in self._asked.values():
                person.hang_up()

    def _ready(self) -> Iterator[_Person]:
        wait = max(0.0, self._due[0][0] - time.perf_counter()) if self._due else float(GIVE_UP)
        found = self._poll.poll(wait)
        if not found and not self._due:
            raise WrongAnswer(f"no answer in {GIVE_UP} seconds")
        return (self._asked[number] for number, _ in found)

    def _listen(self, person: _Person, turned: Callable[[_Person, float], None]) -> None:
        assert person.connection is not None
        connection = person.connection
        number = connection.fileno()
        if not person.hear():
            return
        same_page = person.turn()
        if same_page and person.connection is connection:
            person.send()
            return
        del self._asked[number]  # a closed connection leaves the poll by itself
        if same_page:
            self.press(person)
        else:
            turned(person, time.perf_counter())


_NUMBERS = count()


def _script(walk: Recorded, host: str) -> _Script:
    return tuple(tuple(_Line.of(step, host) for step in page) for page in walk.pages)


def _header(head: bytes, name: bytes) -> bytes:
    start = head.find(b"\r\n%s: " % name)
    if start < 0:
        return b""
    start += len(name) + 4
    end = head.find(b"\r\n", start)
    return head[start:] if end < 0 else head[start:end]


def _token(head: bytes, body: bytes) -> bytes:
    text = zlib.decompress(body, 31) if _header(head, b"Content-Encoding") == b"gzip" else body
    return text.partition(b'name="csrf_token" value="')[2].partition(b'"')[0]
