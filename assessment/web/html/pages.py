"""What each page shows: one frozen context for each template.

A template reads one of these as `page`, and `site` (what every page shares). Templates hold no
logic beyond loops and "is it there?".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assessment.exports.dates import Calendar, server_calendar
from assessment.exports.numbers import Number
from assessment.exports.phones import dialled
from assessment.web.html.phone_links import Piece
from assessment.web.server.reference import PLACE

_IF_WRONG = "If this advice turns out to be wrong, please tell"
_OPERATOR = "whoever runs this site"


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A clinic's own words, a paragraph a line; shown beside ours, never in place of them."""

    welcome: tuple[str, ...] = ()
    before_visit: tuple[str, ...] = ()
    after_visit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """What every page shares. `home` is the address of the first page.

    `report_to` is the mail address for advice that was wrong. `of_clinic`: it is a clinic's own.
    `waiting_js` is the script of pages on the tablet of a waiting room, and empty elsewhere.
    """

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
    report_to: str | None = None
    of_clinic: bool = False
    words: OwnWords = OwnWords()
    waiting_js: str = ""

    @property
    def if_wrong(self) -> tuple[Piece, ...]:
        """Whom to tell of advice that was wrong: the clinic, and the address for it."""
        told: list[Piece] = []
        if self.phone:
            told += [Piece(f"{self.name} on "), Piece(self.phone, f"tel:{self.phone_tel}")]
        elif self.of_clinic:
            told.append(Piece(self.name))
        if self.report_to:
            told += [Piece(" and ")] if told else []
            told.append(Piece(self.report_to, f"mailto:{self.report_to}"))
        return (Piece(f"{_IF_WRONG} "), *(told or [Piece(_OPERATOR)]), Piece("."))

    @property
    def if_wrong_later(self) -> str:
        """The same for an emergency, in which there is one number to call and nothing to press."""
        ways = [self.name if self.of_clinic else "", self.report_to or ""]
        told = " and ".join(filter(None, ways)) or _OPERATOR
        return f"Once you have help: {_IF_WRONG[0].lower()}{_IF_WRONG[1:]} {told}."

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
    """`error.html`: what happened, what to do, and one way on.

    `or_else` is another way, behind what has to be known of it.
    """

    title: str
    status: int
    lines: tuple[str, ...]
    way_on: Link
    or_else: tuple[str, Link] | None = None

    @property
    def reference(self) -> str:
        """Where the reference goes, on a page about a fault of ours; empty on any other."""
        return PLACE if self.status >= 500 else ""
