"""Signs that a walk did not ask about, as the result tells them."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.engine.questions import Safety
from assessment.web.walk.result_pages import Group, NotAsked

MOST_OPEN = 10
"""Lines that stand open; the others are a press away."""
LEAD = "We did not ask you about these. Get help if you have any of them, now or later."
TO_DO = {
    Safety.EMERGENCY: "Call an emergency number now if {who} have",
    Safety.URGENT: "See a doctor today if {who} have",
    Safety.CLEARANCE: "Ask a doctor or physiotherapist before any massage if {who} have",
    Safety.NO_MASSAGE: "Don't have a massage for now if {who} have",
    Safety.NO_DEEP: "Tell the therapist if {who} have",
}


def not_asked_page(
    signs: Mapping[Safety, tuple[str, ...]], lead: str | None, who: str
) -> NotAsked | None:
    """Return what to show of these signs of `who` ("you"); None where every one was asked."""
    if not signs:
        return None
    headings = {safety: words.format(who=who) for safety, words in TO_DO.items()}
    lines = signs.get(Safety.EMERGENCY, ())
    opened, further = lines[:MOST_OPEN], lines[MOST_OPEN:]
    rest = {**signs, Safety.EMERGENCY: further}
    return NotAsked(
        lead=lead or LEAD,
        open=Group(headings[Safety.EMERGENCY], opened) if opened else None,
        rest=tuple(Group(headings[one], rest[one]) for one in Safety if rest.get(one)),
    )
