"""Whether a massage is a good idea, in the words of a therapist's page."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.protocol import Limit, Recommend
from assessment.exports.ages import Contradiction
from assessment.practice.responses.again import UNREADABLE_AGAIN, Again
from assessment.practice.responses.stored_decision import Decided

_YOURS = "make your own assessment."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a massage is a good idea, in a few words, and what that means."""

    words: str
    then: str


AFTER_VISIT = Verdict("No warning sign ticked", "This is about how they are since the visit.")
"""The verdict on what came after a visit, where no sign of harm was told."""


def verdict_today(decided: Decided, second: Again | None, ages: Contradiction | None) -> Verdict:
    """Return the verdict; where there is a second advice, what the client has not been told."""
    if second is None:
        return verdict(decided, ages)
    if not second.lead.readable:
        if decided.urgency >= Recommend.EMERGENCY.urgency:  # no advice is stricter than that
            return verdict(decided, ages)
        until = "today" if decided.urgency >= Recommend.URGENT_MEDICAL.urgency else "yet"
        return Verdict(f"No massage {until}", f"{UNREADABLE_AGAIN}.")
    less = "urgent" if second.decided.urgency > decided.urgency else "strict"
    words = verdict(second.decided, ages).words
    return Verdict(words, f"They were told something less {less}: contact them.")


def verdict(decided: Decided, ages: Contradiction | None = None) -> Verdict:
    """Return whether a massage is a good idea, from the recommendation and what it is limited by.

    No words of it clear anybody: the therapist's own check comes after it. Where the ages
    contradict each other, it is never a yes.
    """
    if decided.urgency >= Recommend.EMERGENCY.urgency:
        return Verdict("No massage", "They were told to get emergency help. Ask if they did.")
    if decided.urgency >= Recommend.URGENT_MEDICAL.urgency:
        ask = "if they did" if decided.private_reason else "what the doctor said"
        return Verdict("No massage today", f"They were told to speak to a doctor. Ask {ask}.")
    if not decided.is_known:
        return Verdict("No massage yet", "We can't read what was suggested. Ask them.")
    if decided.urgency:
        ask = "if they did" if decided.private_reason else "what the answer was"
        told = "They were told to ask a doctor or physiotherapist first."
        return Verdict("No massage yet", f"{told} Ask {ask}.")
    if Limit.NO_MASSAGE in decided.limits:
        return Verdict("Not this week", "There may be a reason to wait: see below. Then ask again.")
    if ages is not None:
        return Verdict(
            "Ask the age first", "What was suggested may not fit their age: see what they said."
        )
    if not decided.pressure:
        return Verdict("No massage needed now", "Self-care is suggested.")
    return _suits(decided)


def _suits(decided: Decided) -> Verdict:
    """Return what a massage that may suit somebody depends on."""
    limits = decided.personal_limits
    if Limit.ASK_FIRST in limits:
        return Verdict("Ask first", "A massage may suit them once you have asked: see below.")
    if Limit.TRAINING in limits:
        return Verdict(
            "Special training needed",
            "A massage may suit them from someone trained for it: see below.",
        )
    if limits - {Limit.NOTE}:
        return Verdict("Massage may suit them, with precautions", f"Read them, then {_YOURS}")
    found = "Read the notes" if decided.noted else "Read the answers"
    if not (decided.noted or decided.doubtful) and decided.complete:
        found = f"No precautions found. {found}"
    return Verdict("Massage may suit them", f"{found}, then {_YOURS}")
