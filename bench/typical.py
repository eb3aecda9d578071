"""The typical self-assessment: of the persons of the shipped protocol, the usual length.

Its walks are those of the first persons drawn who see as many screens as half of them do at most.
What they answer, and where it leads, differs from person to person.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from itertools import islice

from assessment.engine.protocol import Protocol
from assessment.measure.fill import Filling
from assessment.measure.length import Reading
from assessment.measure.read_answering import FILE as ANSWERING
from assessment.measure.read_answering import read_answering
from assessment.measure.read_population import FILE as POPULATION
from assessment.measure.read_population import read_population
from assessment.protocols.load import find_protocol, load_protocol
from assessment.screening import Screening
from assessment.web.walk.question_view import shown

PERSONS = 200
"""Drawn to find the usual length: the median of so many is that of all of them."""

Typed = Mapping[str, tuple[str, ...]]
"""What somebody ticks or types on the page of each question, as a form sends it."""


def typical_walks(protocol: Protocol, persons: int = PERSONS) -> list[Typed]:
    """Return what each person types whose walk is as long as is usual."""
    folder = find_protocol(protocol.id)
    screening = Screening(protocol)
    population = read_population(folder / POPULATION)
    answering = read_answering(folder / ANSWERING, protocol, population)
    filled = list(islice(Filling(screening, population, answering).all(), persons))
    reading = Reading(screening)
    screens = [reading.of(one.answers).screens for one in filled]
    usual = statistics.median_low(screens)
    return [
        {name: tuple(sorted(shown(answer).values)) for name, answer in one.answers.items()}
        for one, many in zip(filled, screens, strict=True)
        if many == usual
    ]


def shipped_walks() -> list[Typed]:
    """Return those of the shipped protocol."""
    return typical_walks(load_protocol(find_protocol("muscle_pain")))
