"""What each page shows: one frozen context for each template.

A template reads one of these as `page`, and `site` (what every page shares). Templates hold no
logic beyond loops and "is it there?".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assessment.exports.dates import Calendar, server_calendar
from assessment.exports.numbers import Number
from assessment.exports.phones import dialled


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
