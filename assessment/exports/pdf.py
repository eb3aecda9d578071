"""A result as an accessible PDF (PDF/UA-1), made in memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from assessment.exports.typeset import typeset

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "result.typ"

PhoneNumber = tuple[str, str]
"""A number, and where it works."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A result as somebody keeps it, in words; nothing in it rests on private answers.

    For an emergency, `say_heading` and `say` tell what to say on the telephone. `not_asked` holds
    signs that no question asked about, under what to do about them.
    """

    title: str
    language: str
    clinic: str
    emergency: bool
    emergency_numbers: tuple[PhoneNumber, ...]
    numbers: tuple[PhoneNumber, ...]
    headline: str
    do_now: tuple[str, ...]
    reasons: tuple[str, ...]
    say_heading: str
    say: tuple[str, ...]
    sooner: tuple[str, ...]
    expect: tuple[str, ...]
    tell: tuple[str, ...]
    said_heading: str
    said: tuple[str, ...]
    said_not_heading: str
    said_not: tuple[str, ...]
    not_asked_lead: str
    not_asked: tuple[tuple[str, tuple[str, ...]], ...]
    disclaimer: tuple[str, ...]
    if_wrong: str
    author: str
    review: str
    version: str
    rules_hash: str
    wording_hash: str
    made: str


def result_pdf(copy: Copy) -> bytes:
    """Return the copy as a PDF of A4 pages; raises RuntimeError when its template is broken."""
    return typeset(TEMPLATE, "copy", asdict(copy))
