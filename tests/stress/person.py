"""Somebody who answers quickly, and who tries again when a page does not come."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from assessment.engine.protocol import Protocol
from assessment.engine.questions import Safety
from tests.stress.phone import Cut, Form, Phone, Reply

MOST_PAGES = 60
PATIENCE = 180.0
"""Seconds for which people try again. Those in which nobody listens do not count: under load a
server that is killed over and over spends most of its time starting."""
LONGEST = 10 * PATIENCE


class Patience:
    """Says how long somebody tries again."""

    def __init__(self) -> None:
        self._left = PATIENCE
        self._seen = time.monotonic()
        self._end = self._seen + LONGEST

    def lasts(self, *, refused: bool) -> bool:
        """Return whether they try once more; `refused`: nobody listened the last time."""
        now = time.monotonic()
        if not refused:
            self._left -= now - self._seen
        self._seen = now
        return self._left > 0 and now < self._end


@dataclass
class Tries:
    """How often the line went dead, before and after the whole request had left.

    `away`: how often they were told to try again, since the database did not answer.
    """

    refused: int = 0
    cut: int = 0
    away: int = 0


@dataclass
class Person:
    """Somebody with a phone. `given` is what they answered, by question, as it was sent.

    `asked_again` is how many questions they had to answer once more.
    """

    phone: Phone
    chance: random.Random
    given: dict[str, list[str]] = field(default_factory=dict)
    tries: Tries = field(default_factory=Tries)
    asked_again: int = 0

    def begin(self) -> str:
        """Start the self-assessment; return the address of the first question."""
        return self.press("/", self.patiently(lambda: self.phone.get("/")).forms[0])

    def open_link(self, token: str) -> str:
        """Open an invitation and press Start; return the address of the first question."""
        page = self.patiently(lambda: self.phone.get(f"/i/{token}"))
        assert page.status == 200, f"{page.status}: {page.body[-1500:]}"
        return self.press(page.path, page.forms[0])

    def open_clinic(self, address: str) -> str:
        """Start on a clinic's public page; return the address of the first question."""
        page = self.patiently(lambda: self.phone.get(address))
        return self.press(page.path, page.forms[0])

    def press(self, path: str, form: Form) -> str:
        """Send a form as it is; return where it leads."""
        return self.patiently(lambda: self.phone.post(form.action or path, form.values)).goes_to

    def walk(self, path: str, **wanted: str | list[str]) -> str:
        """Answer every question, at random unless it is wanted otherwise; return the end.

        Whatever is wanted must be asked and offered: a name that the protocol no longer has would
        change nothing, and nobody would notice.
        """
        for _ in range(MOST_PAGES):
            if not path.startswith("/questions/"):
                never = wanted.keys() - self.given.keys()
                assert not never, f"never asked: {sorted(never)}, of {sorted(self.given)}"
                return path
            path = self.answer(path, wanted)
        raise AssertionError("the questions never end")

    def answer(
        self, path: str, wanted: Mapping[str, str | list[str]] = MappingProxyType({})
    ) -> str:
        """Answer the question at this address; return where that leads."""
        question = path.removeprefix("/questions/").partition("?")[0]
        page = self.patiently(lambda: self.phone.get(path))
        form = page.form("answer")
        wish = wanted.get(question)
        answer = [wish] if isinstance(wish, str) else wish or self._choose(form)
        offered = form.offered.get("answer", [])
        known = set(answer) <= set(offered) or answer[0].isdecimal()  # a number is typed
        assert known, f"{question} offers {offered}, not {answer}"
        values = form.filled(answer=answer)
        reply = self.patiently(lambda: self.phone.post(path, values))
        self.asked_again += question in self.given
        self.given[question] = answer
        return reply.goes_to

    def _choose(self, form: Form) -> list[str]:
        offered = form.offered.get("answer", [])
        if form.kinds["answer"] == "radio":
            return [self.chance.choice(offered)]
        if not offered or form.values.get("answer") == [""]:
            return [str(self.chance.randint(16, 90))]
        if "none" in offered:  # most say so, else nearly every walk would end in an emergency
            return ["none"] if self.chance.random() < 0.9 else [self.chance.choice(offered)]
        return [self.chance.choice(offered)]

    def patiently(self, ask: Callable[[], Reply]) -> Reply:
        """Ask again, as people do, while no page comes."""
        patience, refused = Patience(), False
        while patience.lasts(refused=refused):
            refused = False
            try:
                reply = ask()
                if reply.status != 503:
                    return reply
                self.tries.away += 1
            except Cut as cut:
                refused = not cut.sent
                self.tries.cut += cut.sent
                self.tries.refused += refused
            time.sleep(0.1)
        raise AssertionError("the server never came back")


def emergency(protocol: Protocol) -> tuple[str, str]:
    """Return a question that everybody is asked, and an answer to it that is an emergency."""
    return next(
        (question.id, option.id)
        for question in protocol.questions
        if question.enable_when is None and not (question.optional or question.private)
        for option in question.options
        if option.safety is Safety.EMERGENCY
    )
