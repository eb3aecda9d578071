"""What a therapist reads about a response, on a page and on paper alike."""

from __future__ import annotations

from assessment.engine.protocol import Source
from assessment.exports.ages import Contradiction
from assessment.exports.dates import day_in_words
from assessment.practice.intake.for_clinic import Judged
from assessment.practice.responses.again import Advised, Again
from assessment.practice.responses.cautions import PRIVATE, limit_in_words
from assessment.practice.responses.stored_decision import Decided
from assessment.practice.responses.summary import PRIVATE_NOT_CHECKED, Summary, urgency_in_words
from assessment.records.model import Note, NoteKind, State

STATES = {
    State.NEW: "To review",
    State.REVIEWED: "Reviewed",
    State.CONTACTED: "Client contacted",
}
KINDS = {
    NoteKind.NOTE: "Note",
    NoteKind.REVIEWED: "Reviewed",
    NoteKind.CONTACTED: "Client contacted",
    NoteKind.REOPENED: "Moved back to review",
}
UNREADABLE = (
    "We can't read this response. It was changed in the database, or encrypted with a key "
    "that we don't have."
)
NOTE_LOST = "This note cannot be read."
NOWHERE = "No telephone number or email known"
OWN_HEADING = "Our own questions"
OWN_LOST = "What they answered to our own questions cannot be read."
WORDS_LOST = "We can't show the questions as they were that day. Here is what was stored."
STOPPED = "The questions stopped at an emergency sign, so not all of them were asked."
INCOMPLETE = "Not every question was answered."
NOBODY = "No rule applied, so we gave the cautious advice: a doctor or physiotherapist first."
DOUBTFUL = "Part of the decision is missing, or two parts disagree. The more cautious one is shown."
CHANGED = (
    "Someone changed this entry in the database, so it is shown as most urgent. The answers below "
    "are as the client sent them. Go by those, mark the response once you have dealt with it, and "
    "tell whoever runs your server."
)
ALTERED = "Changed in the database: open it now"
"""In a list, in place of a recommendation that anybody may have written."""
CARER = "Someone answered for them."


IF_WRONG = (
    "If this advice was wrong, report it to whoever runs this site. Give the version and the "
    "hashes, but not the client's name."
)

MOST_UNKNOWN = 6


def warnings(summary: Summary) -> tuple[str, ...]:
    """Return what a therapist has to know about the answers themselves."""
    decided = summary.decided
    lines = [] if summary.again is None else [again_in_words(summary.again, decided)]
    if summary.invited_as:
        invited, named = summary.invited_as, summary.person.name
        lines.append(f"Invited as {invited}; the answers name {named}. Ask who answered.")
    if summary.ages:
        lines.append(ages_in_words(summary.ages))
    if summary.changed:
        lines.append(CHANGED)
    if decided.doubtful:
        lines.append(DOUBTFUL)
    if decided.interrupted:
        lines.append(STOPPED)
    elif not decided.complete:
        lines.append(INCOMPLETE)
    if decided.fail_safe:
        lines.append(NOBODY)
    if summary.told.carer:
        lines.append(CARER)
    return tuple(lines)


def again_in_words(again: Again, decided: Decided) -> str:
    """Return every advice, and what the later ones did not know."""
    then = urgency_in_words(decided.urgency)
    later = " ".join(map(_advised_in_words, (again.lead, *again.others)))
    return (
        f"The questions they answered (version {decided.version}) had a fault and were withdrawn. "
        f"{later} They were told: {then}. {again.told}."
    )


def _advised_in_words(one: Advised) -> str:
    if not one.readable:
        return f"{one.recommended}."
    few, more = one.unknown[:MOST_UNKNOWN], len(one.unknown) - MOST_UNKNOWN
    rest = f"; and {more} more" if more > 0 else ""
    limits = f" New: {'; '.join(one.limits)}." if one.limits else ""
    unknown = (
        f" Not asked in today's words, so counted as “not sure”: {'; '.join(few)}{rest}."
        if few
        else ""
    )
    private = f" {PRIVATE_NOT_CHECKED}" if one.private_unchecked else ""
    return (
        f"Under the rules of {one.when} (version {one.version}): {urgency_in_words(one.urgency)}. "
        f"{one.recommended}.{limits}{unknown}{private}"
    )


def private_lines(judged: Judged) -> tuple[str, ...]:
    """Return what a clinic will read of a decision for which there are private reasons."""
    urgency = [urgency_in_words(judged.recommend.urgency)] if judged.private_reason else []
    limits = [limit_in_words(one, judged.places.get(one, ())) for one in judged.limits]
    return tuple(f"{one}. {PRIVATE}" for one in (*urgency, *limits))


def ages_in_words(ages: Contradiction) -> str:
    """Return what contradicts what, and what to do about it."""
    return (
        f"Ask their age first. The answers say {ages.said}, but the date of birth "
        f"({day_in_words(ages.born)}) says {ages.by_birth}. The suggestion goes by the answers."
    )


def protocol_lines(summary: Summary) -> tuple[str, ...]:
    """Return where the decision comes from."""
    decided = summary.decided
    return (
        f"{summary.protocol}, version {decided.version}, by {decided.author}",
        decided.review,
        f"Rules: {decided.rules_hash}",
        f"Wording: {decided.wording_hash}",
        IF_WRONG,
    )


def author_of(note: Note) -> str:
    """Return who wrote a note: their name of that time, which they chose, and their account."""
    return f"{note.author_name} ({note.account})" if note.account else note.author_name


def source_in_words(source: Source) -> str:
    """Return a row of the evidence on one line."""
    return f"{source.id}: {source.claim} ({source.source})" if source.claim else source.id
