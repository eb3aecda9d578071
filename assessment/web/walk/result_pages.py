"""What is shown after the questions: one frozen context for each template, as in `pages`."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.exports.numbers import Number
from assessment.web.html.pages import Link
from assessment.web.html.phone_links import Piece
from assessment.web.walk.cookie import Undone

Line = tuple[Piece, ...]
"""A line of text with the numbers and addresses in it to be tapped."""


@dataclass(frozen=True, slots=True)
class Row:
    """One answered question, with its way to change it, if any; `private` ones are not printed."""

    id: str
    question: str
    answers: tuple[str, ...]
    change: str | None
    private: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class CheckPage:
    """`check.html`: everything answered, each with Change.

    `send_to` is the clinic that the answers can be sent to after the result. `was_emergency`: what
    undid an emergency, if something did.
    """

    title: str
    sections: tuple[Section, ...]
    csrf: str
    back: str
    notice: str | None
    send_to: str | None = None
    was_emergency: Undone | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Signs that were not asked about: emergencies that stand open, and the `rest`."""

    lead: str
    open: Group | None
    rest: tuple[Group, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """All of them, each heading once."""
        if self.open is None:
            return self.rest
        lines = [one.lines for one in self.rest if one.heading == self.open.heading]
        others = [one for one in self.rest if one.heading != self.open.heading]
        return (Group(self.open.heading, sum(lines, self.open.lines)), *others)


@dataclass(frozen=True, slots=True)
class SupportLines:
    """Private support, shown on the screen only."""

    headline: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ResultPage:
    """`result.html`: one sentence, one action, when to get help sooner, then why, and the rest.

    `recommendation` is the id, `urgency` 0 to 3. `action` is the first thing to do, `steps` are
    the others. `booking` is there on massage results only, and for nobody who is `invited`.
    `phone` is the clinic's number, to book or to tell them. `precautions` are what to tell or wait
    for before a massage. `offered` are questions that may still be answered, `sections` the answers
    with their ways to change them. `said` and `said_not` complete "You said you have ..." and "You
    said you do not have ...". `can_keep`: there is a copy to save. `send_to` is the clinic that the
    answers can be sent to. `was_emergency`: what undid an emergency, if something did.
    """

    title: str
    recommendation: str
    urgency: int
    headline: str
    action: str
    numbers: tuple[Number, ...]
    booking: str | None
    phone: str | None
    sooner: tuple[str, ...]
    precautions: tuple[str, ...]
    support: tuple[SupportLines, ...]
    reasons: tuple[str, ...]
    steps: tuple[str, ...]
    not_asked: NotAsked | None
    help_lines: tuple[Line, ...]
    offered: tuple[Link, ...]
    expect: tuple[str, ...]
    tell: tuple[str, ...]
    changes: tuple[Group, ...]
    said: Group
    said_not: Group
    sections: tuple[Section, ...]
    guide: tuple[Link, ...]
    disclaimer: tuple[str, ...]
    invited: bool
    csrf: str
    printed: str
    can_keep: bool
    back: str = "/check"
    send_to: str | None = None
    was_emergency: Undone | None = None


@dataclass(frozen=True, slots=True)
class EmergencyPage:
    """`emergency.html`: the number first, what to say, the way back to correct a slip.

    `lead` is the heading over what to say. `send_to` is the clinic that the answers can be sent
    to.
    """

    title: str
    headline: str
    numbers: tuple[Number, ...]
    lead: str
    say: tuple[str, ...]
    do_now: tuple[str, ...]
    reasons: tuple[str, ...]
    correct: Link
    support: tuple[SupportLines, ...]
    disclaimer: tuple[str, ...]
    csrf: str
    send_to: str | None = None


@dataclass(frozen=True, slots=True)
class CrisisPage:
    """`crisis.html`: people to talk to now, and nothing else.

    `asked_by` is the clinic that invited the person and could remind them; `closed` says that it
    never will. `result` leads to the result behind it; an emergency has none, since its page
    speaks of other things than these. So only then `send_to` is the clinic that the answers can be
    sent to: else the result offers that. `carer`: it is read by somebody who cares for the person.
    """

    title: str
    headline: str
    lines: tuple[Line, ...]
    numbers: tuple[Number, ...]
    correct: str
    result: str | None
    asked_by: str | None
    closed: bool
    carer: bool
    csrf: str
    send_to: str | None = None
