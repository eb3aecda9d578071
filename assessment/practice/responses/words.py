"""What a response says in the words of the protocol that was answered."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.questions import AGE, Question
from assessment.exports.ages import Contradiction, contradiction
from assessment.exports.dates import UTC, Calendar
from assessment.practice.responses.client_answers import (
    ClientAnswers,
    Group,
    Said,
    as_stored,
    read_answers,
)
from assessment.practice.responses.confirmed import since_when
from assessment.practice.responses.handover import soap_note
from assessment.practice.responses.stored_decision import Decided
from assessment.records.model import Content
from assessment.screening import Screening

FEW = 3
"""Questions not asked that are told in full; of more, the labels are."""
WORDS_LOST_HEADING = "Answers as stored"


@dataclass(frozen=True, slots=True)
class Words:
    """What the protocol that was answered says of a response."""

    protocol: str
    told: ClientAnswers
    missing: tuple[str, ...]
    not_asked: tuple[str, ...]
    for_notes: str


def in_words(screening: Screening, content: Content, decided: Decided, calendar: Calendar) -> Words:
    """Return what is said in the words of the protocol that was answered."""
    confirmed = since_when(content, calendar)
    day = calendar.day(content.consent.given_at)
    return Words(
        screening.protocol.title.text,
        read_answers(screening, content.answers, confirmed, _known_by_birth(content)),
        tuple(one.id for one in _told_of(decided.missing, screening)),
        not_asked(decided, screening),
        soap_note(screening, content, decided, day, confirmed),
    )


def stored_words(content: Content, decided: Decided) -> Words:
    """Return what is left where the words of that day cannot be loaded any more."""
    said: tuple[Said, ...] = as_stored(content.answers)
    told = ClientAnswers(sections=(Group(WORDS_LOST_HEADING, said),)) if said else ClientAnswers()
    return Words(decided.protocol, told, decided.missing, decided.missing, "")


def contradiction_in(content: Content) -> Contradiction | None:
    """Return how age and date of birth contradicted each other on the day of a response."""
    return contradiction(content.answers, content.birth, content.consent.given_at)


def _known_by_birth(content: Content) -> tuple[str, ...]:
    """Return the question about the age, where the date of birth says the same."""
    told = isinstance(content.answers.get(AGE), int) and UTC.age(content.birth, 0) is not None
    return (AGE,) if told and contradiction_in(content) is None else ()


def not_asked(decided: Decided, screening: Screening) -> tuple[str, ...]:
    """Return what was missing, and of what was skipped the questions that everybody is asked.

    The others may not have come. A few are told as they are asked: the label of one alone, such as
    "Checked", tells a reader nothing.
    """
    questions = screening.protocol.question
    of_everybody = tuple(
        name
        for name in decided.skipped
        if name in questions and questions[name].enable_when is None
    )
    told = _told_of((*decided.missing, *of_everybody), screening)
    if len(told) > FEW:
        return tuple(one.short.to(carer=True) for one in told)
    return tuple(f"“{one.ask.to(carer=True)}”" for one in told)


def _told_of(names: tuple[str, ...], screening: Screening) -> tuple[Question, ...]:
    """Return those of these questions that a therapist is told of."""
    questions = screening.protocol.question
    return tuple(
        questions[name]
        for name in names
        if name in questions and name not in screening.protocol.private
    )
