"""The versions of a protocol that people walk under: the one that is served, and older ones.

A walk keeps the version that it began with. Only where that is gone, for it was withdrawn or is
not proven any more, does a walk move on to what is served, with the answers that still hold. A
version that nobody here knows was begun with a newer program, during an update or before it was
taken back: such a walk waits, and is never decided by other rules. Decision 0047 says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from assessment.engine.answers import Answer
from assessment.engine.carrying import carried, still_asks
from assessment.engine.protocol import Protocol
from assessment.practice.intake.intake import Intake
from assessment.screening import Screening, reopened
from assessment.web.walk.forms import QuestionForm
from assessment.web.walk.theme import Themes


@dataclass(frozen=True)
class Version:
    """One version, with everything that the pages of a walk under it are made with.

    `forms` are those of its questions. `intake` takes what is sent, where there are clinics.
    """

    screening: Screening
    themes: Themes
    forms: Mapping[str, type[QuestionForm]]
    intake: Intake | None

    @property
    def protocol(self) -> Protocol:
        """What it says."""
        return self.screening.protocol

    @cached_property
    def name(self) -> str:
        """What cookies call it."""
        return name_of(self.protocol)


class Versions:
    """What is served, what walks keep, and what only tells what answers once meant."""

    def __init__(
        self,
        served: Version,
        older: tuple[Version, ...],
        gone: tuple[Protocol, ...],
        after: Version | None = None,
    ) -> None:
        self.served = served
        self.after = after
        """What the link after a visit asks, where there is one."""
        self.every = (served, *([] if after is None else [after]), *older)
        """Those that somebody may walk under."""
        self._by_name = {one.name: one for one in reversed(self.every)}
        known = (*(one.protocol for one in self.every), *gone)
        self._known = {name_of(one): one for one in reversed(known)}
        self._screenings: dict[str, Screening] = {}

    def of(self, name: str) -> Version | None:
        """Return the version that a cookie names; None when walks under it have to move on."""
        return self._by_name.get(name)

    def knows(self, name: str) -> bool:
        """Whether this program has, or had, the version that a cookie names."""
        return name in self._known

    def successor(self, name: str) -> Version:
        """Return what walks go on under whose version, of this name, is gone."""
        before = self._known.get(name)
        if self.after is None or before is None or before.id != self.after.protocol.id:
            return self.served
        return self.after

    def carried(self, name: str, answers: Mapping[str, object]) -> dict[str, Answer]:
        """Return those answers to a version that is gone that hold in what is served."""
        before, now = self._known.get(name), self.successor(name)
        hold = {} if before is None else carried(before, now.protocol, answers)
        return now.screening.restore(hold)

    def was_emergency(self, name: str, answers: Mapping[str, object]) -> bool:
        """Whether answers to a version that is gone, but for private ones, were an emergency."""
        before = self._known.get(name)
        if before is None:
            return False
        screening = self._screenings.get(name)
        if screening is None:
            screening = self._screenings[name] = Screening(before)
        return screening.seen_emergency(reopened(answers))

    def still_asks(self, name: str, question_id: str, now: Version) -> bool:
        """Whether a question means now what it meant in the version of this name.

        Where nobody knows what that version asked, none does.
        """
        before = self._known.get(name)
        return before is not None and still_asks(before, now.protocol, question_id)


def name_of(protocol: Protocol) -> str:
    """Return the name of a version in cookies, which have little room."""
    return protocol.rules_hash[:16] + protocol.wording_hash[:16]
