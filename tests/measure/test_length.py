"""Screens, words and minutes: counted on every page that a person sees, by a model of reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.engine.answers import Answer, Answers
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NOT_SURE
from assessment.measure.length import Length, Reading
from assessment.measure.slowest import SlowestWays
from assessment.screening import Screening
from tests import tiny
from tests.measure import small

MORE = tiny.QUESTIONS + (
    """
- id: last
  type: choice
  ask: And one that only some are asked, with many words?
  short: Last
  options:
    - {id: fine, label: Fine}
    - {id: bad, label: Bad}
  enable_when: {any: [{more: little}, {duration: weeks}]}
"""
)
RULES = f"""{small.RULES}
  - id: at_last
    when: {{last: bad}}
    recommend: medical_clearance_first
    because: You told us of something bad.
    evidence: [T1]
"""


@pytest.fixture
def protocol(tmp_path: Path) -> Protocol:
    return tiny.load(tmp_path, questions=MORE, rules=RULES)


WARM = """
  - id: warm
    when: {any: [{calf: warm}, {place: [left_calf, neck_back], calf: warm}]}
    recommend: urgent_medical
    because: You told us of a warm calf.
    if_unsure: urgent_medical
    evidence: [T1]
"""


def every_way(screening: Screening, answers: Answers) -> list[Answers]:
    """All ways to the end, with each option alone, none, a number and not sure."""
    question = screening.position(answers).question
    if question is None:
        return [answers]
    values: list[Answer] = [*question.values, *([3] if question.kind.is_numeric else [])]
    values += [NOT_SURE] if question.offers_not_sure else []
    given = [frozenset({str(value)}) if question.kind.is_set else value for value in values]
    return [way for one in given for way in every_way(screening, {**answers, question.id: one})]


def test_minutes_are_words_at_238_a_minute_and_4_seconds_a_screen() -> None:
    assert Length(15, 476).minutes == pytest.approx(2 + 1)


def test_every_word_that_is_seen_is_counted_once(protocol: Protocol) -> None:
    reading = Reading(Screening(protocol))
    # "Which of these?", A, B, C, "None of these", "Not sure", "This is not a diagnosis."
    assert reading.pages["signs"] == Length(1, 3 + 3 + 3 + 2 + 5)
    assert reading.of(["signs", "pain"]).screens == 3


@pytest.mark.parametrize("weigh", [lambda one: one.words, lambda one: one.screens])
def test_the_slowest_way_is_the_longest_of_all_ways(
    protocol: Protocol, weigh: Callable[[Length], int]
) -> None:
    screening = Screening(protocol)
    reading = Reading(screening)
    ways = every_way(screening, {})
    assert len(ways) > 40
    for doubts in (True, False):
        allowed = [way for way in ways if doubts or not opened_by_doubt(way)]
        longest = max(weigh(reading.of(way)) for way in allowed)
        found = SlowestWays(reading).most(weigh, doubts=doubts)
        assert weigh(found.length) == longest
        assert found.is_walked


def opened_by_doubt(way: Answers) -> bool:
    """Whether "Not sure" brought another question."""
    return any(NOT_SURE in str(way.get(name)) for name in ("signs", "duration", "more"))


def test_a_page_that_can_no_longer_matter_is_no_part_of_the_slowest_way(tmp_path: Path) -> None:
    """The last question would be asked only where a doctor is certain already."""
    questions = MORE.replace("{any: [{more: little}, {duration: weeks}]}", "{flag: amber}")
    reading = Reading(Screening(tiny.load(tmp_path, questions=questions, rules=RULES)))
    found = SlowestWays(reading).most(lambda one: one.words, doubts=False)
    assert found.is_walked
    assert "last" not in found.shown


def test_the_spread_is_that_of_the_persons(tmp_path: Path, protocol: Protocol) -> None:
    answers = small.ANSWERS + "  last.fine: otherwise\n"
    filled = list(small.filling(tmp_path, protocol, answers=answers).all())
    spread = Reading(Screening(protocol)).spread(filled)
    screens = sorted(1 + len(one.answers) for one in filled)
    assert spread.median.screens == screens[150]
    assert screens[-20] <= spread.most.screens <= screens[-1]


def test_a_clean_way_ticks_nothing_but_the_place(tmp_path: Path) -> None:
    where = """
- id: place
  type: areas
  ask: Where?
  short: Where
  options:
    - {id: left_calf, label: Left calf, side: back}
    - {id: neck_back, label: Neck, side: back}
  none: All over
- id: calf
  type: choices
  ask: In the calf?
  short: Calf
  options: [{id: warm, label: Warm}]
  none: true
  enable_when: {place: left_calf}
"""
    rules = small.RULES + WARM
    protocol = tiny.load(tmp_path, questions=tiny.QUESTIONS + where, rules=rules)
    answers = small.ANSWERS + "  place.neck_back: {knot: true}\n"
    filled = list(small.filling(tmp_path, protocol, answers=answers).all())
    clean = dict(Reading(Screening(protocol)).clean(filled))
    assert list(clean) == ["left_calf", "neck_back", "none"]
    assert clean["left_calf"].screens == clean["neck_back"].screens + 1
    assert clean["none"] == clean["neck_back"]


def test_the_places_of_the_body_map_are_not_counted(tmp_path: Path) -> None:
    where = """
- id: place
  type: areas
  ask: Where?
  short: Where
  options:
    - {id: left_calf, label: A label with very many words, side: back}
  none: All over
"""
    protocol = tiny.load(tmp_path, questions=tiny.QUESTIONS + where)
    assert Reading(Screening(protocol)).pages["place"] == Length(1, 1 + 2 + 5)


def test_the_command_says_that_minutes_are_a_model(tmp_path: Path, protocol: Protocol) -> None:
    assert protocol
    small.population(tmp_path)
    (tmp_path / "population_answers.yaml").write_text(small.ANSWERS + "  last.fine: otherwise\n")
    result = CliRunner().invoke(main, ["length", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "a model" in result.output
    found = json.loads(CliRunner().invoke(main, ["length", str(tmp_path), "--json"]).output)
    assert found["median"]["screens"] <= found["percentile_95"]["screens"]
    assert found["most_words"]["words"] <= found["most_words_not_sure"]["words"]
    assert "a model" in found["model"]


def test_the_start_page_says_the_minutes_that_the_protocol_gives(tmp_path: Path) -> None:
    given = tiny.load(tmp_path, protocol=f"{tiny.PROTOCOL}minutes: 7\n")
    assert Screening(given).minutes() == 7
    silent = tiny.load(tmp_path)
    assert Screening(silent).minutes() == 1
    assert given.wording_hash != silent.wording_hash
