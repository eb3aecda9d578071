"""Ordinary clients are not sent away, nor kept long: the bars, on the protocol that is shipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.engine.questions import Safety
from assessment.measure.facts import Among, Behaviour
from assessment.measure.figures import figures
from assessment.measure.fill import Filled, Filling
from assessment.measure.length import Reading
from assessment.measure.length_command import Lengths, lengths
from assessment.measure.read_answering import read_answering
from assessment.measure.read_population import read_population
from assessment.protocols.load import RULES_FOLDER, load_kept, load_protocol
from assessment.screening import Screening

SHIPPED = RULES_FOLDER / "muscle_pain"
DOCUMENT = Path(__file__).parents[2] / "docs" / "length-and-population.md"
VERSION_1 = Path(__file__).parents[1] / "content" / "muscle_pain_1_0_0"
POPULATION = read_population(SHIPPED / "population.yaml")
DOUBTS = POPULATION.behaviour.not_sure
MISSED = pytest.mark.xfail(reason="missed: docs/version-2.md has the figures", strict=True)
PUBLISHED = {
    (Among.WITHOUT, 1): 31,
    (Among.ALL, 1): 51.5,
    (Among.ALL, 2): 16,
    (Among.ALL, 3): 4,
}
"""What docs/version-2.md owns up to, in percent: it may shrink, and never grow unnoticed."""


@cache
def shipped() -> Sequence[Filled]:
    return filled(load_protocol(SHIPPED), SHIPPED, POPULATION.persons)


def filled(protocol: Protocol, folder: Path, persons: int) -> Sequence[Filled]:
    answering = read_answering(folder / "population_answers.yaml", protocol, POPULATION)
    filling = Filling(Screening(protocol), replace(POPULATION, persons=persons), answering)
    return list(filling.all())


@pytest.mark.parametrize("number", range(len(POPULATION.budgets)))
def test_no_more_ordinary_clients_are_sent_away_than_was_published(number: int) -> None:
    kept = figures(shipped(), POPULATION.budgets).kept[number]
    assert kept.percent <= PUBLISHED[kept.budget.among, kept.budget.urgency]


@MISSED
@pytest.mark.parametrize("number", range(len(POPULATION.budgets)))
def test_ordinary_clients_are_not_sent_away(number: int) -> None:
    kept = figures(shipped(), POPULATION.budgets).kept[number]
    assert kept.holds, f"{kept.budget}: {kept.percent:.1f} %"


def test_the_budgets_are_those_that_were_agreed() -> None:
    assert [(one.among, one.urgency, one.at_most) for one in POPULATION.budgets] == [
        (Among.WITHOUT, 1, 8),
        (Among.ALL, 1, 20),
        (Among.ALL, 2, 4),
        (Among.ALL, 3, 1),
    ]


def test_version_1_sent_most_ordinary_clients_to_a_doctor() -> None:
    """So the measure can fail. An earlier simulation found 65 to 80 and 35 to 58 %."""
    ends = figures(filled(load_kept(VERSION_1), VERSION_1, POPULATION.persons), ()).ends
    of_all = [f"{ends[Among.ALL].percent(urgency):.1f}" for urgency in (1, 2, 3)]
    of_some = f"{ends[Among.WITHOUT].percent(1):.1f}"
    first, *rest = of_all
    told = f"sent {first}, {' and '.join(rest)} % of all, and {of_some} % of those without any"
    assert told in DOCUMENT.read_text(encoding="utf-8")
    assert float(first) > 65
    assert float(of_some) > 35


def test_nobody_ticks_a_sign_of_an_emergency_but_by_misreading() -> None:
    behaviour = Behaviour(0, dict.fromkeys(DOUBTS, 0.0))
    sure = replace(POPULATION, behaviour=behaviour, persons=3000)
    protocol = load_protocol(SHIPPED)
    answering = read_answering(SHIPPED / "population_answers.yaml", protocol, sure)
    emergencies = {
        (question.id, option.id)
        for question in protocol.questions
        for option in question.options
        if option.safety is Safety.EMERGENCY
    }
    for one in Filling(Screening(protocol), sure, answering).all():
        if Among.CAREFUL in one.among:
            ticked = {
                (name, option)
                for name, answer in one.answers.items()
                for option in (answer if isinstance(answer, frozenset) else [str(answer)])
            }
            assert not ticked & emergencies


ARMS = ("neck_back", "left_shoulder_back", "right_shoulder_front", "right_arm")
"""Not the left arm: from 40 its list of the heart is one screen more, and no sign is cut."""


@cache
def shipped_lengths() -> Lengths:
    return lengths(load_protocol(SHIPPED), shipped())


@pytest.mark.parametrize(
    ("place", "words", "minutes"), [*((arm, 490, 3.0) for arm in ARMS), ("lower_back", 560, 3.3)]
)
def test_who_ticks_nothing_is_done_in_three_minutes(place: str, words: int, minutes: float) -> None:
    way = shipped_lengths().clean[place]
    assert way.words <= words
    assert way.minutes <= minutes
    if place in ARMS:
        assert way.screens <= 14


def test_the_population_reads_at_most_650_words_in_the_median() -> None:
    assert shipped_lengths().spread.median.words <= 650


def test_no_way_is_longer_than_the_one_that_is_listed_with_its_reason() -> None:
    """26 screens and 1,100 words are the bar; docs/version-2.md says who reads more, and why."""
    found = shipped_lengths()
    assert found.most_words.is_walked
    assert found.most_words.length.words <= 1749
    assert found.most_screens.length.screens <= 36
    assert found.spread.most.words <= 1100
    assert found.spread.most.screens <= 26


def test_the_start_page_says_the_median_that_was_counted() -> None:
    protocol = load_protocol(SHIPPED)
    assert protocol.minutes == round(shipped_lengths().spread.median.minutes)


def test_the_start_page_has_at_most_80_words_before_its_buttons() -> None:
    assert Reading(Screening(load_protocol(SHIPPED))).start.words <= 80
