"""What the inbox tells above its lines: what waits for a choice, and what goes soon."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.practice.keeping.notices import Going
from assessment.practice.keeping.purging import in_words
from assessment.practice.practice import Practice
from assessment.practice.staff.accounts import SignedIn
from assessment.records.ids import ResponseId


@dataclass(frozen=True, slots=True)
class InboxNotes:
    """What the inbox tells: that nobody has chosen, what goes soon, and whose consent is gone."""

    ask: bool
    going: Going | None
    how_many: str
    withdrawn: tuple[tuple[ResponseId, str], ...]


def inbox_notes(practice: Practice, who: SignedIn) -> InboxNotes:
    """Return what the inbox tells; only an owner is asked to choose."""
    going = practice.keeping.going(who)
    withdrawn = tuple((one.id, one.client_name) for one in practice.keeping.withdrawn(who))
    ask = who.therapist.is_owner and not who.clinic.has_periods
    return InboxNotes(ask, going, "" if going is None else in_words(going.goes), withdrawn)
