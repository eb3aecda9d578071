"""Responses as an accessible PDF (PDF/UA-1), each on pages of its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from assessment.exports.pdf import TEMPLATE as RESULT
from assessment.exports.typeset import typeset

TEMPLATE = RESULT.with_name("response.typ")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under a heading; each line has words, and smaller ones that explain them."""

    heading: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One response as a therapist keeps it on paper.

    `facts` are pairs of a name and what it is. `fault` says what of it cannot be shown.
    """

    heading: str
    urgency: int
    verdict: str
    then: str
    fault: str
    facts: tuple[tuple[str, str], ...]
    summary: tuple[Block, ...]
    answers: tuple[Block, ...]
    notes: Block
    protocol: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pile:
    """Sheets in one file. `made` is when, in words."""

    title: str
    language: str
    clinic: str
    made: str
    sheets: tuple[Sheet, ...]


def responses_pdf(pile: Pile) -> bytes:
    """Return the sheets as a PDF of A4 pages; raises RuntimeError when its template is broken."""
    return typeset(TEMPLATE, "pile", asdict(pile))
