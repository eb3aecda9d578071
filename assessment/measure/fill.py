"""Persons fill a protocol, question by question, as they would on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from assessment.engine.answers import Answer, Answers
from assessment.engine.conditions import Unsure
from assessment.engine.decision import Decision
from assessment.engine.questions import NO, NONE, NOT_SURE, YES, Kind, Question
from assessment.measure.facts import Among, Person, Population
from assessment.measure.read_answering import Answering
from assessment.screening import Screening

LINE = "line"
"""The kind of doubt about one line of a list."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One person, the answers they gave on their way, and what these led to."""

    person: Person
    among: frozenset[Among]
    answers: Answers
    decision: Decision


class Filling:
    """Fills one protocol with persons of one population."""

    def __init__(self, screening: Screening, population: Population, answering: Answering) -> None:
        self._screening = screening
        self._population = population
        self._answering = answering

    def all(self) -> Iterator[Filled]:
        """Yield every person with their answers and what these led to."""
        for number, person in enumerate(self._population.draw()):
            answers = self.walk(person, f"{self._population.seed}.{number}")
            among = self._population.among(person)
            yield Filled(person, among, answers, self._screening.decide(answers))

    def walk(self, person: Person, reader: str) -> dict[str, Answer]:
        """Return the answers that a person gives to each page that they are shown.

        How they read a page depends on the `reader` and the page, not on the pages before it.
        Raises ValueError when no line says how they answer a question.
        """
        answers: dict[str, Answer] = {}
        if (start := self._screening.protocol.start_question) is not None:
            answers[start.id] = self._answer(start, person, reader)
        questions = self._screening.protocol.question
        return self._screening.engine.walk(
            lambda name: self._answer(questions[name], person, reader), answers
        )

    def _answer(self, question: Question, person: Person, reader: str) -> Answer:
        random = Random(f"{reader}.{question.id}")
        if question.kind.is_numeric:
            number = person[self._answering.numbers[question.id]]
            assert isinstance(number, int)  # noqa: S101  facts of numbers are numbers
            return number
        if question.line is not None:
            return self._line(question.line, person, random)
        ticked = self._ticked(question, person)
        if question.kind.is_set:
            return self._set(question, ticked, random)
        if self._is_unsure(question, random):
            return NOT_SURE
        if not ticked:
            raise ValueError(f"no line of `{question.id}` fits a person; end it with `otherwise`")
        return ticked[0]

    def _ticked(self, question: Question, person: Person) -> list[str]:
        lines = self._answering.ticks.get(question.id, ())
        return [option for option, who in lines if who(person)]

    def _set(self, question: Question, ticked: list[str], random: Random) -> frozenset[str]:
        chosen = set(ticked)
        if question.kind is Kind.CHOICES:
            slip = self._population.behaviour.slip
            chosen |= {one.id for one in question.options if _happens(slip, random)}
        if chosen:
            return frozenset(chosen)
        return frozenset({NOT_SURE if self._is_unsure(question, random) else NONE})

    def _is_unsure(self, question: Question, random: Random) -> bool:
        doubt = self._answering.doubt.get(question.id, 0.0)
        return question.offers_not_sure and _happens(doubt, random)

    def _line(self, line: Unsure, person: Person, random: Random) -> str:
        """Answer one line of a list that somebody was not sure of."""
        lines = dict(self._answering.ticks.get(line.question, ()))
        if line.option in lines and lines[line.option](person):
            return YES
        doubt = self._population.behaviour.not_sure.get(LINE, 0.0)
        return NOT_SURE if _happens(doubt, random) else NO


def _happens(percent: float, random: Random) -> bool:
    return random.random() * 100 < percent
