"""How long a protocol is: screens, words and minutes of the ways through it.

Counted is every word that is seen before a press (`exports/seen.py`); buttons, the bar of progress
and the places of the body map are not. Minutes are a model, measured with nobody: silent reading of
plain texts takes a minute for 238 words (Brysbaert 2019, Journal of Memory and Language
109:104047), and choosing and pressing is taken as 4 seconds a screen.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assessment.engine.answers import Answer
from assessment.engine.questions import NONE, Kind, Question
from assessment.exports.seen import question_page, start_page, texts_of
from assessment.measure.fill import Filled
from assessment.screening import SECONDS_A_SCREEN, WORDS_A_MINUTE, Screening


@dataclass(frozen=True, slots=True)
class Length:
    """A way through a protocol: the start page and every question that it shows."""

    screens: int
    words: int

    @property
    def minutes(self) -> float:
        """How long it takes, by the model."""
        return self.words / WORDS_A_MINUTE + self.screens * SECONDS_A_SCREEN / 60

    def __add__(self, other: Length) -> Length:
        return Length(self.screens + other.screens, self.words + other.words)


@dataclass(frozen=True, slots=True)
class Spread:
    """What half of the persons are within, and what 95 of 100 are within."""

    median: Length
    most: Length


class Reading:
    """Counts what there is to read on the ways through one protocol."""

    def __init__(self, screening: Screening) -> None:
        self.screening = screening
        self._protocol = screening.protocol

    @cached_property
    def start(self) -> Length:
        """The start page."""
        return _length(texts_of(start_page(self._protocol, self.screening.minutes())))

    @cached_property
    def pages(self) -> Mapping[str, Length]:
        """The page of each question."""
        return {
            question.id: _length(texts_of(question_page(self._protocol, question, carer=False)))
            for question in self._protocol.questions
        }

    def of(self, shown: Iterable[str]) -> Length:
        """Return the length of a way that shows these questions."""
        start = self._protocol.start_asks
        return sum((self.pages[name] for name in shown if name != start), self.start)

    def spread(self, filled: Sequence[Filled]) -> Spread:
        """Return how long the ways of a population are."""
        lengths = [self.of(one.answers) for one in filled]
        screens = [length.screens for length in lengths]
        words = [length.words for length in lengths]
        return Spread(
            Length(round(statistics.median(screens)), round(statistics.median(words))),
            Length(_within_95(screens), _within_95(words)),
        )

    def clean(self, filled: Sequence[Filled]) -> Iterator[tuple[str, Length]]:
        """Yield for each place of the body the way of somebody who ticks nothing.

        Whatever else is asked they answer as most of the population do.
        """
        usual = _usual(filled)
        places = [
            (question.id, place)
            for question in self._protocol.questions
            if question.kind is Kind.AREAS
            for place in question.values
        ]
        for name, place in places:
            answers: dict[str, Answer] = {}
            while (question := self.screening.position(answers).question) is not None:
                is_map = question.id == name
                answers[question.id] = (
                    frozenset({place}) if is_map else _untroubled(question, usual)
                )
            yield place, self.of(answers)


def _usual(filled: Iterable[Filled]) -> Mapping[str, Answer]:
    """Return the most common answer to each question, of numbers the one in the middle."""
    given: dict[str, list[Answer]] = {}
    for one in filled:
        for name, answer in one.answers.items():
            given.setdefault(name, []).append(answer)
    return {name: _middle(answers) for name, answers in given.items()}


def _middle(answers: list[Answer]) -> Answer:
    numbers = [answer for answer in answers if isinstance(answer, int)]
    return statistics.median_low(numbers) if numbers else Counter(answers).most_common(1)[0][0]


def _untroubled(question: Question, usual: Mapping[str, Answer]) -> Answer:
    """Return "none of these", or the usual answer where there is no such thing."""
    if question.offers_none:
        return frozenset({NONE})
    if question.id in usual:
        return usual[question.id]
    calm = [option.id for option in question.options if option.safety is None]
    return calm[0] if calm else question.minimum or 0


def _within_95(numbers: Sequence[int]) -> int:
    return round(statistics.quantiles(numbers, n=20, method="inclusive")[-1])


def _length(texts: Iterable[str]) -> Length:
    return Length(1, sum(len(text.split()) for text in texts))
