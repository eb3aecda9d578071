"""What a therapist has to mind and to ask, from the precautions of a stored decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assessment.engine.answers import Answer, is_unsure
from assessment.engine.conditions import every_test
from assessment.engine.protocol import Limit, Source
from assessment.engine.questions import Kind, Question
from assessment.engine.words import answer_in_words
from assessment.practice.responses.stored_decision import Decided, Noted
from assessment.screening import Screening

LIMITS = {
    Limit.NO_MASSAGE: "No massage for now",
    Limit.ASK_FIRST: "Ask first",
    Limit.TRAINING: "Special training needed",
    Limit.NO_DEEP: "No deep pressure",
    Limit.HEAT: "No heat",
    Limit.AREA: "Avoid an area",
    Limit.NOTE: "Note",
}
"""What each limit means to a therapist, the gravest first."""


_OF_A_PLACE = frozenset({Limit.AREA, Limit.NOTE})
OF_PLACES = "Because of where it hurts"
OTHERWISE_UNSURE = "Also not certain"
PRIVATE = "The reason is private."


def with_places(decided: Decided, screening: Screening | None) -> Decided:
    """Return a decision that says which of its precautions go with a place, whoever has it.

    These rest on the body map alone, and do no more than keep off a part of it. What is not sure
    is none of them, nor is anything where the rules of that day are lost.
    """
    if screening is None:
        return decided
    protocol = screening.protocol
    findings = {finding.id: finding.when for finding in protocol.findings}
    maps = {question.id for question in protocol.questions if question.kind is Kind.AREAS}
    of_place = {
        one.id
        for one in protocol.precautions
        if maps.issuperset(test.question for test in every_test(one.when, findings))
    }
    return replace(
        decided,
        noted=tuple(
            replace(noted, of_place=True)
            if noted.id in of_place and not noted.unsure and _OF_A_PLACE.issuperset(noted.limits)
            else noted
            for noted in decided.noted
        ),
    )


def limit_in_words(limit: Limit, places: Iterable[str] = ()) -> str:
    """Return what a limit means to a therapist, and where, if not everywhere."""
    return f"{LIMITS[limit]}: {where}" if (where := ", ".join(places)) else LIMITS[limit]


@dataclass(frozen=True, slots=True)
class Cause:
    """The answer that something rests on."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """One precaution; `also` are its further limits."""

    says: str
    also: tuple[str, ...]
    causes: tuple[Cause, ...]
    sources: tuple[Source, ...]

    @property
    def because(self) -> str:
        """The answers that it rests on, in words; empty where they are not known."""
        told = "; ".join(answer for one in self.causes for answer in one.answers)
        return f"They said: {told}" if told else ""


@dataclass(frozen=True, slots=True)
class Limited:
    """The precautions whose gravest limit is this one; `limit` is its id.

    Those that go with every pain in a place stand together, last, whatever they limit.
    """

    limit: str
    heading: str
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A question that was answered with "not sure".

    `about` are the things that it asks for, `may_mean` the precautions that may apply.
    """

    question: str
    about: tuple[str, ...]
    may_mean: tuple[str, ...]


class Cautions:
    """Says what to mind and to ask; `screening` is None where the words of that day are lost."""

    def __init__(
        self,
        decided: Decided,
        screening: Screening | None,
        answers: Mapping[str, Answer],
        noted: tuple[Noted, ...] | None = None,
    ) -> None:
        """`noted` are more precautions than those that were `decided`, with these among them."""
        self._decided = decided
        self._noted = decided.noted if noted is None else noted
        self._answers = answers
        self._questions: Mapping[str, Question] = {}
        self._sources: Mapping[str, Source] = {}
        self._rests_on: Mapping[str, Mapping[str, Answer]] = {}
        self._carer = False
        if screening is not None:
            self._questions = screening.protocol.question
            self._sources = screening.protocol.sources
            self._rests_on = screening.engine.noted_for(answers)
            self._carer = screening.engine.is_carer(answers)

    def limited(self) -> tuple[Limited, ...]:
        """Return what surely applies, each precaution once, under its gravest limit.

        What is limited for a private reason stands among it with its places, if it has some, and
        with no word of that reason.
        """
        grouped: dict[Limit, list[Caution]] = {limit: [] for limit in LIMITS}
        of_places: list[Caution] = []
        for noted in self._noted:
            if not noted.unsure:
                gravest, *also = sorted(noted.limits, key=list(LIMITS).index) or [Limit.NOTE]
                found = of_places if noted.of_place else grouped[gravest]
                found.append(self._caution(noted, also))
        for limit in self._decided.private_limits:
            where = ", ".join(self._decided.private_places.get(limit, ()))
            says = f"{where[:1].upper()}{where[1:]}. {PRIVATE}" if where else PRIVATE
            grouped[limit].append(Caution(says, (), (), ()))
        limited = [
            Limited(limit.value, LIMITS[limit], tuple(cautions))
            for limit, cautions in grouped.items()
        ]
        limited.append(Limited(Limit.NOTE.value, OF_PLACES, tuple(of_places)))
        return tuple(one for one in limited if one.cautions)

    def to_ask(self) -> tuple[ToAsk, ...]:
        """Return every question that was answered with "not sure", and what it may mean.

        What may apply because a question was never reached is left out: the summary says which
        these are. So is a list whose lines were asked instead.
        """
        may_mean: dict[str, list[str]] = {
            name: []
            for name, answer in self._answers.items()
            if is_unsure(answer) and not self._questions[name].clarify
        }
        others: list[str] = []
        for noted in self._noted:
            if noted.unsure:
                because = [name for name in self._causes(noted) if name in may_mean]
                for name in because:
                    may_mean[name].append(noted.says)
                if not because and (self._decided.complete or not self._is_of_the_day(noted)):
                    others.append(noted.says)
        asked = [
            ToAsk(self._short(name), self._about(name), tuple(says))
            for name, says in may_mean.items()
        ]
        return (*asked, *([ToAsk(OTHERWISE_UNSURE, (), tuple(others))] if others else []))

    def sources(self, ids: Iterable[str]) -> tuple[Source, ...]:
        """Return the rows of the evidence with these ids; of one that is lost, the id alone."""
        return tuple(self._sources.get(one) or Source(one, "", "") for one in ids)

    def _caution(self, noted: Noted, also: Iterable[Limit]) -> Caution:
        causes = self._causes(noted)
        return Caution(
            says=noted.says,
            also=tuple(LIMITS[limit] for limit in also if limit is not Limit.NOTE),
            causes=tuple(self._cause(name, answer) for name, answer in causes.items()),
            sources=self.sources(noted.evidence),
        )

    def _is_of_the_day(self, noted: Noted) -> bool:
        return noted in self._decided.noted

    def _causes(self, noted: Noted) -> Mapping[str, Answer]:
        """Return the answers that a precaution of the day rests on, by the rules of that day."""
        return self._rests_on.get(noted.id, {}) if self._is_of_the_day(noted) else {}

    def _cause(self, name: str, answer: Answer) -> Cause:
        words = answer_in_words(self._questions[name], answer, carer=self._carer)
        return Cause(self._short(name), words)

    def _about(self, name: str) -> tuple[str, ...]:
        """Return what a question asks for, but for what was ticked."""
        answer = self._answers[name]
        ticked = answer if isinstance(answer, frozenset) else frozenset()
        return tuple(
            option.says.to(carer=self._carer)
            for option in self._questions[name].options
            if option.says is not None and option.id not in ticked
        )

    def _short(self, name: str) -> str:
        return self._questions[name].short.to(carer=self._carer)
