"""The database goes away and comes back, while people answer, Send and sign in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from assessment.engine.protocol import Protocol
from tests.stress.clinic import Ledger, Link, Typed, is_acknowledged, press_send, typed_by
from tests.stress.outages import Outage
from tests.stress.person import Person, emergency
from tests.stress.phone import Filled, Phone, Reply
from tests.stress.server import Server

SEVERAL = 4
"""How many press Send in the same moment: twice as many as there are workers."""
TOO_LONG = 8.0
"""Seconds that nobody may wait for a page of the self-assessment while others Send."""


@dataclass(frozen=True)
class Figures:
    """How long people waited, in seconds. `broken` is empty when all promises hold."""

    outage: str
    sends: int
    waited_to_be_told: float
    slowest_page: float
    slowest_link_page: float
    slowest_page_beside_sends: float
    broken: tuple[str, ...]

    @property
    def too_slow(self) -> tuple[str, ...]:
        """What took too long; a figure, since it depends on the machine."""
        slowest = max(self.slowest_page, self.slowest_page_beside_sends)
        if slowest <= TOO_LONG:
            return ()
        return (f"a page of the self-assessment took {slowest:.1f} s",)

    def __str__(self) -> str:
        return (
            f"{self.outage}: {self.sends} Sends told to wait after at most "
            f"{self.waited_to_be_told:.1f} s; self-assessment pages at most "
            f"{self.slowest_page:.2f} s, of a link {self.slowest_link_page:.2f} s, beside "
            f"{self.sends} Sends {self.slowest_page_beside_sends:.1f} s; all sent afterwards"
        )


class Timed(Phone):
    """A phone that knows its slowest page."""

    slowest = 0.0

    def _request(self, method: str, path: str, body: str | None) -> Reply:
        reply = super()._request(method, path, body)
        self.slowest = max(self.slowest, reply.took)
        return reply


@dataclass
class Waiting:
    """Somebody with a filled-in form."""

    link: Link
    person: Person
    typed: Typed
    values: Filled


def run(
    server: Server, links: list[Link], ledger: Ledger, name: str, outage: Outage, seed: int
) -> Figures:
    """Go through one outage with unopened links; all but two people press Send during it."""
    *sending, halfway, unopened = links
    chance = random.Random(seed)
    waiting = [_at_the_form(server, link, chance, n) for n, link in enumerate(sending)]
    half = Person(Timed(server.port), chance)
    path = half.open_link(halfway.token)
    workers = server.workers
    broken: list[str] = []
    with outage():
        alone = _self_assessment(server, ledger.protocol, chance)
        broken += alone.broken
        broken += _seen(half.phone, half.walk(path), "who was half way")
        with ThreadPoolExecutor(len(sending)) as pool:
            pressed = [pool.submit(one.person.phone.post, "/send", one.values) for one in waiting]
            beside = _self_assessment(server, ledger.protocol, chance)
            replies = [each.result() for each in pressed]
        broken += beside.broken
        broken += _all_told_to_wait(waiting, replies)
        broken += _staff(server)
        broken += _stranger_with_link(server, unopened)
    broken += _afterwards(waiting, replies, ledger)
    fresh = Person(Phone(server.port), chance)
    fresh.walk(fresh.open_link(unopened.token))
    if server.workers != workers:
        broken.append("the server did not stay up")
    return Figures(
        name,
        len(sending),
        max(reply.took for reply in replies),
        alone.slowest,
        half.phone.slowest if isinstance(half.phone, Timed) else 0,
        beside.slowest,
        tuple(broken),
    )


def _at_the_form(server: Server, link: Link, chance: random.Random, number: int) -> Waiting:
    person = Person(Phone(server.port), chance)
    person.walk(person.open_link(link.token))
    typed = typed_by(number, chance)
    return Waiting(link, person, typed, press_send(person.phone.get("/send"), typed, person.given))


@dataclass(frozen=True)
class _Alone:
    slowest: float
    broken: list[str]


def _self_assessment(server: Server, protocol: Protocol, chance: random.Random) -> _Alone:
    """Answer without any link: to a result, and to an emergency."""
    broken: list[str] = []
    phone = Timed(server.port)
    person = Person(phone, chance)
    broken += _seen(phone, person.walk(person.begin()), "a self-assessment")
    urgent = Timed(server.port)
    person = Person(urgent, chance)
    question, sign = emergency(protocol)
    end = person.walk(person.begin(), **{question: [sign]})
    page = urgent.get(end)
    if end != "/result" or page.status != 200 or "112" not in page.body:
        broken.append(f"an emergency page: {end} {page.status}")
    return _Alone(max(phone.slowest, urgent.slowest), broken)


def _seen(phone: Phone, end: str, who: str) -> Iterator[str]:
    if end not in ("/check", "/result"):
        yield f"{who}: ended at {end}"
    for path in {end, "/result"}:
        page = phone.get(path)
        if page.status != 200 or "not a diagnosis" not in page.body.lower():
            yield f"{who}: {path} is {page.status}"


def _all_told_to_wait(waiting: list[Waiting], replies: list[Reply]) -> Iterator[str]:
    for one, reply in zip(waiting, replies, strict=True):
        yield from _told_to_wait(one, reply)


def _told_to_wait(one: Waiting, reply: Reply) -> Iterator[str]:
    """Say what is wrong with the page that tells somebody to press Send again."""
    if reply.status != 503:
        yield f"Send without a database: {reply.status}"
        return
    if not reply.headers.get("retry-after", "").isdecimal():
        yield "503 without Retry-After"
    if "112" not in reply.body:
        yield "503 without the emergency numbers"
    forms = [form for form in reply.forms if one.values.keys() <= form.kinds.keys()]
    if not forms:
        yield "503 without the form"
        return
    shown, typed = forms[0].values, one.values
    lost = [name for name in typed if _lines(shown.get(name)) != _lines(typed[name])]
    if lost:
        yield f"503 has lost what was typed: {sorted(lost)}"


def _lines(values: list[str] | None) -> list[str]:
    """Return values with their line ends as a page has them; a form sends others."""
    return [value.replace("\r\n", "\n") for value in values or []]


def _staff(server: Server) -> Iterator[str]:
    phone = Phone(server.port)
    page = phone.get("/clinic/sign-in")
    if page.status == 200:
        form = page.form("email")
        page = phone.post(
            form.action or page.path, form.filled(email="a@b.example", password="x" * 20)
        )
    if page.status != 503 or "retry-after" not in page.headers:
        yield f"signing in without a database: {page.status}"


def _stranger_with_link(server: Server, link: Link) -> Iterator[str]:
    """Opening a link needs the database: a friendly page, whichever way it is said."""
    phone = Phone(server.port)
    page = phone.get(f"/i/{link.token}")
    if page.status == 200:
        page = phone.post(page.forms[0].action or page.path, page.forms[0].values)
    if page.status not in (303, 503):
        yield f"opening a link without a database: {page.status}"


def _afterwards(waiting: list[Waiting], replies: list[Reply], ledger: Ledger) -> Iterator[str]:
    """Press Send once more, with the form as the 503 page showed it."""
    for one, told in zip(waiting, replies, strict=True):
        values = press_send(told, one.typed, one.person.given) if told.status == 503 else one.values
        again = one.person.phone.post("/send", values)
        if not is_acknowledged(again):
            yield f"Send after the outage: {again.status}"
    rows = ledger.by_invitation()
    for one in waiting:
        found = rows.get(one.link.invitation, ())
        if len(found) != 1:
            yield f"after the outage: {len(found)} rows of one Send"
        for row in found:
            yield from ledger.unlike(row, one.typed, one.person.given)
