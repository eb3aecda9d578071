"""What each page shows: one frozen context for each template.

A template reads one of these as `page`, and `site` (what every page shares). Templates hold no
logic beyond loops and "is it there?".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assessment.exports.dates import Calendar, server_calendar
from assessment.exports.numbers import Number
from assessment.exports.phones import dialled
from assessment.web.walk.progress import Progress


@dataclass(frozen=True, slots=True)
class Site:
    """What every page shares. `home` is the address of the first page."""

    name: str
    language: str
    stylesheet: str
    logo: str | None
    phone: str | None
    emergency_numbers: tuple[Number, ...]
    same_day_numbers: tuple[Number, ...]
    disclaimer_short: str
    review: str
    author: str
    version: str
    home: str = "/"
    calendar: Calendar = field(default_factory=server_calendar)

    @property
    def phone_tel(self) -> str:
        """The clinic's number for a `tel:` link."""
        return dialled(self.phone or "")


@dataclass(frozen=True, slots=True)
class Link:
    """A link within the product, or the clinic's own booking address."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """A case that can be walked."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button that starts, with the answer that it gives to the first question."""

    name: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class StartPage:
    """`start.html`: the signs to stop for, then the buttons that start.

    `stop` are signs for which to call for help now. `minutes` and `kept` are phrases ("About 4
    minutes", "60 minutes"). Without `buttons` there is one that only starts. `audience` says whom
    it is for, where the protocol does. `resume` leads to the place where an earlier start stopped.
    `clinic` is the name of the clinic whose page it is, if it is one's. `cases` can be walked, in
    local mode.
    """

    title: str
    stop: tuple[str, ...]
    minutes: str
    buttons: tuple[Button, ...]
    purpose: str
    audience: str | None
    kept: str
    disclaimer: tuple[str, ...]
    csrf: str
    resume: Link | None
    clinic: str | None = None
    cases: tuple[CaseChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio button or checkbox; `id` is the element's id."""

    id: str
    value: str
    label: str
    hint: str | None
    checked: bool
    area: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """`question.html`.

    `kind` is choice, choices, areas, scale or number. `exclusive` holds "None of these" and
    `unsure` "Not sure", shown after an "or". `first_input` is the id that the error summary
    links to; for a number it is the id of its text field. A scale has its numbers as `choices`.
    `progress` is missing on questions that are not on the way. `notice` tells that the questions
    changed while the person was answering. `changing`: one answer of many is being changed.
    """

    title: str
    id: str
    kind: str
    ask: str
    hint: str | None
    why: str | None
    choices: tuple[Choice, ...]
    exclusive: Choice | None
    unsure: Choice | None
    value: str
    minimum: int | None
    maximum: int | None
    unit: str | None
    low: str | None
    high: str | None
    error: str | None
    first_input: str
    csrf: str
    progress: Progress | None
    back: str
    notice: str | None
    changing: bool


@dataclass(frozen=True, slots=True)
class GuidePage:
    """`guide.html`: `body` is HTML made from the protocol's own Markdown."""

    title: str
    body: str
    others: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One cited row of the evidence."""

    id: str
    claim: str
    source: str


@dataclass(frozen=True, slots=True)
class ProofNote:
    """What is proven of this version: when, what holds, and the command that repeats it."""

    when: str
    holds: tuple[str, ...]
    command: str


@dataclass(frozen=True, slots=True)
class AboutPage:
    """`about.html`: intended purpose, author, review, version, sources."""

    title: str
    purpose: str
    protocol: str
    date: str
    rules_hash: str
    wording_hash: str
    disclaimer: tuple[str, ...]
    sources: tuple[SourceRow, ...]
    guide: tuple[Link, ...]
    proof: ProofNote | None


@dataclass(frozen=True, slots=True)
class TextPage:
    """`privacy.html` and `accessibility.html`: the words are in the template.

    `sends` says whether answers can be sent to a clinic here.
    """

    title: str
    kept_minutes: int
    sends: bool


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`error.html`: what happened, what to do, and one way on."""

    title: str
    status: int
    lines: tuple[str, ...]
    way_on: Link
