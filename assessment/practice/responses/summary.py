"""What a therapist sees of a response in ten seconds: is a massage a good idea, what to avoid,
what to ask.

The decision is the stored one, never made anew; the words of the answers come from the protocol
that was answered. Where that cannot be loaded any more, everything that was stored is shown still.
"""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.protocol import Source
from assessment.exports.ages import Contradiction
from assessment.exports.dates import UTC, Calendar, day_in_words
from assessment.exports.phones import phone_in_words
from assessment.practice.name_search import may_be_one_name
from assessment.practice.responses.again import Again, Second, again_of
from assessment.practice.responses.cautions import PRIVATE, Cautions, Limited, ToAsk, with_places
from assessment.practice.responses.client_answers import (
    ClientAnswers,
)
from assessment.practice.responses.names import Names, named, names_of
from assessment.practice.responses.stored_decision import Decided, Fired, read_decision
from assessment.practice.responses.verdict import AFTER_VISIT, Verdict, verdict_today
from assessment.practice.responses.words import contradiction_in, in_words, stored_words
from assessment.records.model import Consent, Content, Line
from assessment.screening import Screening

URGENCIES = ("Not urgent", "Doctor first", "Urgent: today", "Emergency")
"""Each urgency, 0 to 3, in words."""

PRIVATE_NOT_CHECKED = "A private question could not be checked."
DO_NOT_PRESS = "They may tell you; don't press them."


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule counted, as the client read it; `leads_to` is what that rule asks for."""

    words: str
    leads_to: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Who answered. `born` is in words, `age` in years where it is known.

    `phone` is what they gave themselves, to be read.
    """

    name: str
    born: str
    age: int | None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """One response. `reasons` led to the recommendation, `others` point elsewhere, `told_reasons`
    led to what the client was told.

    `words_lost` says that the protocol of that day cannot be loaded: answers stand as they were
    stored then. `missing` are questions that were not reached, `not_asked` also those of everybody
    that could no longer matter. `changed` says that what stands
    unsealed beside the content is not what was decided. `invited_as` is the name of who was
    invited, where the answers name somebody else. `ages` are the age that was answered and the one
    by the date of birth, where they contradicted each other on the day. `again` is there where the
    rules of today are stricter than those that were answered: verdict, urgency, `recommended`
    and `reasons` are those of today then, `limited` and `to_ask` those of both days, and what the
    client was told stands in it. `for_notes` is what was told, to be copied; empty where the words
    of that day are lost.
    """

    decided: Decided
    verdict: Verdict
    recommended: str
    person: Person
    told: ClientAnswers
    reasons: tuple[Reason, ...]
    told_reasons: tuple[Reason, ...]
    others: tuple[Reason, ...]
    limited: tuple[Limited, ...]
    to_ask: tuple[ToAsk, ...]
    missing: tuple[str, ...]
    not_asked: tuple[str, ...]
    message: str
    consent: Consent
    protocol: str
    words_lost: bool
    changed: bool
    invited_as: str
    ages: Contradiction | None
    again: Again | None
    for_notes: str

    @property
    def level(self) -> int:
        """How urgent it is, 0 to 3."""
        return self.decided.urgency if self.again is None else self.again.decided.urgency

    @property
    def tone(self) -> int:
        """How grave it looks, 0 to 3: as urgent as it is, and never at ease with a doubt."""
        return max(self.level, 1 if self.ages is not None or self.again is not None else 0)

    @property
    def urgency(self) -> str:
        """How urgent it is, in words."""
        return urgency_in_words(self.level)

    @property
    def nothing_to_mind(self) -> bool:
        """Whether everything was asked and answered, and nothing of it limits a massage."""
        decided = self.decided
        open_questions = self.words_lost or self.to_ask or self.missing or not decided.complete
        doubted = self.changed or decided.doubtful or self.ages is not None
        doubted = doubted or self.again is not None
        limited = decided.noted or decided.private_limits
        return not (self.level or limited or open_questions or doubted)


def summarise(
    content: Content,
    screening: Screening | None,
    now: int,
    *,
    line: Line | None = None,
    invited_as: str = "",
    names: Names | None = None,
    calendar: Calendar = UTC,
    again: Second | None = None,
) -> Summary:
    """Return the summary of a response, read at `now` (Unix seconds).

    `screening` is that of the version which was answered; None where it cannot be loaded. `line`
    is what stands unsealed beside the content, and `invited_as` the name of who was invited.
    `names` are those of the protocol that is served, for where the answered one is lost.
    `calendar` is the clinic's: it says on which day somebody becomes a year older. `again` is what
    the rules of today say.
    """
    # An altered line says nothing of what was sent; what is sealed does.
    listed = 0 if line is None or line.altered else line.urgency
    decided = with_places(read_decision(content.decision, listed), screening)
    words = stored_words(content, decided)
    if screening is not None:
        words, names = in_words(screening, content, decided, calendar), names_of(screening.protocol)
    names = names or {}
    ages, second = contradiction_in(content), again_of(again, decided, names, calendar)
    leading = decided if second is None else second.decided
    answers = {} if screening is None else screening.restore(content.answers)
    cautions = Cautions(decided, screening, answers, leading.noted)
    told_reasons = _reasons_given(decided, cautions, names)
    others = _reasons(decided.others, cautions, names)
    return Summary(
        decided=decided,
        verdict=_verdict(screening, decided, second, ages),
        recommended=named(names, decided.recommendation)
        if second is None
        else second.lead.recommended,
        person=_person(content, calendar.age(content.birth, now)),
        told=words.told,
        reasons=_reasons_given(leading, cautions, names),
        told_reasons=told_reasons,
        others=others if second is None else (*told_reasons, *others),
        limited=cautions.limited(),
        to_ask=cautions.to_ask(),
        missing=words.missing,
        not_asked=words.not_asked,
        message=content.message,
        consent=content.consent,
        protocol=words.protocol,
        words_lost=screening is None,
        changed=line is not None and _is_changed(line, content),
        invited_as="" if may_be_one_name(invited_as, content.name) else invited_as,
        ages=ages,
        again=second,
        for_notes=words.for_notes,
    )


def _verdict(
    screening: Screening | None, decided: Decided, second: Again | None, ages: Contradiction | None
) -> Verdict:
    leading = decided if second is None else second.decided
    if screening is not None and screening.is_after_visit and not leading.urgency:
        return AFTER_VISIT
    return verdict_today(decided, second, ages)


def urgency_in_words(urgency: int) -> str:
    """Return an urgency in words."""
    return URGENCIES[min(max(urgency, 0), len(URGENCIES) - 1)]


def _is_changed(line: Line, content: Content) -> bool:
    """Whether somebody else wrote the plain columns, or they differ from what is sealed."""
    sealed = content.decision
    return line.altered or any(
        sealed.get(name) != beside
        for name, beside in (
            ("recommendation", line.recommendation),
            ("urgency", line.urgency),
            ("complete", line.complete),
        )
    )


def _person(content: Content, age: int | None) -> Person:
    phone = phone_in_words(content.phone)
    return Person(content.name, day_in_words(content.birth), age, phone)


def _reasons(fired: tuple[Fired, ...], cautions: Cautions, names: Names) -> tuple[Reason, ...]:
    """Return each reason once, with the evidence of every rule that gives it."""
    evidence: dict[tuple[str, str], dict[str, None]] = {}
    for one in fired:
        key = (one.because, named(names, one.recommend))
        evidence.setdefault(key, {}).update(dict.fromkeys(one.evidence))
    return tuple(
        Reason(words, leads_to, cautions.sources(ids))
        for (words, leads_to), ids in evidence.items()
    )


def _reasons_given(decided: Decided, cautions: Cautions, names: Names) -> tuple[Reason, ...]:
    """Return why, or that it is private."""
    if decided.private_reason:
        leads_to = named(names, decided.recommendation)
        return (Reason(f"{PRIVATE} {DO_NOT_PRESS}", leads_to, ()),)
    if decided.private_unchecked and not decided.winning:
        return (Reason(PRIVATE_NOT_CHECKED, named(names, decided.recommendation), ()),)
    return _reasons(decided.winning, cautions, names)
