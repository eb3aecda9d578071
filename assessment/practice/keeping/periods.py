"""After how long things go, as an owner chooses it, and what follows from that for times."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.exports.dates import period_in_words
from assessment.records.model import Clinic

DAY = 86_400
NOTICE = 7 * DAY
"""Seconds between saying that something goes, and the first moment at which it may."""
AHEAD = 14 * DAY
"""Seconds ahead of which a notice speaks: so there is at most one a week."""
NEVER = 0
"""In place of days: nothing goes by itself."""

# Days that can be chosen for each.
ANSWERED = (90, 365, 1095, 3650, NEVER)
UNANSWERED = (30, 90, 365, NEVER)
ERASED = (90, 365, 1095, NEVER)


@dataclass(frozen=True, slots=True)
class Ends:
    """Until when something came that goes at a moment (Unix seconds); None for nothing at all."""

    responses: int | None
    invitations: int | None


def ends(clinic: Clinic, moment: int) -> Ends:
    """Return what of a clinic has been kept for its time at a moment."""
    return Ends(_before(moment, clinic.keep_answered), _before(moment, clinic.keep_unanswered))


def _before(moment: int, days: int | None) -> int | None:
    return moment - days * DAY if days else None


def in_words(days: int) -> str:
    """Return what a period is called."""
    return "No time limit" if days == NEVER else period_in_words(days)
