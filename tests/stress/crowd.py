"""One link on many phones, and one phone whose owner presses Send over and over."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus

from assessment.records.ids import ResponseId
from tests.stress.clinic import ADDRESS, Ledger, Link, Typed, is_acknowledged, press_send, typed_by
from tests.stress.person import Person
from tests.stress.phone import Filled, Phone, Reply
from tests.stress.server import Server

SHORT = ("already", "sent")
MOST_PRESSES = 50


@dataclass(frozen=True)
class Figures:
    """What they were told. `broken` is empty when all promises hold."""

    phones: int
    statuses: Counter[int]
    presses: int
    press_statuses: Counter[int]
    rows: int
    broken: tuple[str, ...]

    def __str__(self) -> str:
        told = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        again = ", ".join(
            f"{count} x {status}" for status, count in sorted(self.press_statuses.items())
        )
        return (
            f"{self.phones} phones with one link: {told}; "
            f"{self.presses} presses on one phone with a link, and on one without: {again}; "
            f"{self.rows} rows"
        )


def run(server: Server, many: Link, one: Link, ledger: Ledger, seed: int, size: int) -> Figures:
    """Send one link from `size` phones at once, another `size` times from one phone.

    The same presses are then made by somebody without a link, on the clinic's public page.
    """
    before = sum(map(len, ledger.by_invitation().values()))
    chance = random.Random(seed)
    people = [Person(Phone(server.port), random.Random(seed + n)) for n in range(size)]
    typed = [typed_by(number, chance) for number in range(size)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda person: person.walk(person.open_link(many.token)), people))
    filled = [
        (person.phone, press_send(person.phone.get("/send"), what, person.given))
        for person, what in zip(people, typed, strict=True)
    ]
    replies = _at_once(filled)

    rows = ledger.by_invitation()
    broken = [*_many_faults(replies, typed, people, rows.get(many.invitation, ()), ledger)]
    pressed: list[Reply] = []
    for link in (one, None):
        told, faults = _often(server, link, ledger, chance, size)
        pressed += told
        broken += faults
    return Figures(
        size,
        Counter(reply.status for reply in replies),
        size,
        Counter(reply.status for reply in pressed),
        sum(map(len, ledger.by_invitation().values())) - before,
        tuple(broken),
    )


def _often(
    server: Server, link: Link | None, ledger: Ledger, chance: random.Random, size: int
) -> tuple[list[Reply], list[str]]:
    """Press Send `size` times at once on one phone; without a link on the clinic's public page."""
    alone = Person(Phone(server.port), chance)
    alone.walk(alone.open_clinic(ADDRESS) if link is None else alone.open_link(link.token))
    typed = typed_by(size, chance)
    values = press_send(alone.phone.get("/send"), typed, alone.given)
    copies = [alone.phone.copy() for _ in range(size)]
    told = _at_once([(phone, values) for phone in copies])
    shown = Counter(phone.get("/sent").status for phone in copies)
    rows = ledger.by_invitation().get(None if link is None else link.invitation, ())
    broken = [*_one_faults(told, rows, ledger, typed, alone.given)]
    if set(shown) != {200}:
        broken.append(f"/sent of who pressed often: {shown}")
    return told, broken


def _at_once(filled: list[tuple[Phone, Filled]]) -> list[Reply]:
    """Press every Send in the same moment, and again where too many wait for the database."""
    gate = threading.Barrier(len(filled))

    def press(phone: Phone, values: Filled) -> Reply:
        gate.wait()
        reply = phone.post("/send", values)
        for _ in range(MOST_PRESSES):
            if reply.status != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.2)
            reply = phone.post("/send", values)
        return reply

    with ThreadPoolExecutor(len(filled)) as pool:
        return list(pool.map(lambda one: press(*one), filled))


def _many_faults(
    replies: list[Reply],
    typed: list[Typed],
    people: list[Person],
    rows: tuple[ResponseId, ...],
    ledger: Ledger,
) -> Iterator[str]:
    winners = [place for place, reply in enumerate(replies) if is_acknowledged(reply)]
    if len(winners) != 1 or len(rows) != 1:
        yield f"one link on many phones: {len(winners)} acknowledged, {len(rows)} rows"
    for place in winners:
        for row in rows:
            yield from ledger.unlike(row, typed[place], people[place].given)
    for place, reply in enumerate(replies):
        if place in winners:
            continue
        words = reply.body.lower()
        if reply.status != 409 or not all(word in words for word in SHORT):
            yield f"a phone that came late: {reply.status}"
        others = [what for n, what in enumerate(typed) if n != place]
        if any(is_shown(what, reply) for what in others):
            yield "a phone that came late was shown what another one sent"


def is_shown(typed: Typed, reply: Reply) -> bool:
    """Whether a page holds what somebody typed."""
    number = typed.name.split()[-1]
    return f"sender {number}" in reply.body.lower() or f"message {number}" in reply.body


def _one_faults(
    replies: list[Reply],
    rows: tuple[ResponseId, ...],
    ledger: Ledger,
    typed: Typed,
    given: dict[str, list[str]],
) -> Iterator[str]:
    told = sum(is_acknowledged(reply) for reply in replies)
    if told != len(replies) or len(rows) != 1:
        yield f"one phone pressed often: {told} of {len(replies)} told, {len(rows)} rows"
    for row in rows:
        yield from ledger.unlike(row, typed, given)
