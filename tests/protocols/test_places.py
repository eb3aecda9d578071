"""Places of precautions and of deep work: what is read, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.protocol import Recommend
from assessment.protocols.diagnostics import BrokenProtocol
from tests import tiny

AREAS = """
- id: where
  type: areas
  ask: Where?
  short: Where
  options:
    - {id: jaw, label: Jaw, side: front}
    - {id: left_calf, label: Left calf, side: back}
"""
PRECAUTION = """
precautions:
  - {id: sore, when: {signs: a}, limits: [note], places: [jaw, jaw], therapist: A., evidence: [T1]}
"""


def deep(more: str) -> str:
    """recommendations.yaml with more keys for deep tissue."""
    return tiny.RECOMMENDATIONS.replace("id: deep_tissue,", f"id: deep_tissue, {more},")


def report(folder: Path, **files: str) -> list[str]:
    with pytest.raises(BrokenProtocol) as broken:
        tiny.load(folder, **{"questions": tiny.QUESTIONS + AREAS, **files})
    return str(broken.value).splitlines()[:-1]


def test_places_are_read_each_once(tmp_path: Path) -> None:
    protocol = tiny.load(
        tmp_path,
        questions=tiny.QUESTIONS + AREAS,
        rules=tiny.RULES + PRECAUTION,
        recommendations=deep("places: [left_calf, jaw]"),
    )

    assert protocol.precautions[0].places == ("jaw",)
    assert protocol.advice[Recommend.DEEP_TISSUE].places == ("left_calf", "jaw")


def test_an_unknown_area_is_reported_with_the_nearest(tmp_path: Path) -> None:
    rules = tiny.RULES + PRECAUTION.replace("[jaw, jaw]", "[jaw, left_half]")
    recommendations = deep("places: [jawbone]")

    assert report(tmp_path, rules=rules, recommendations=recommendations) == [
        "recommendations.yaml:5:30: unknown-option: found `jawbone`; expected an area: jaw, "
        "left_calf. Did you mean `jaw`?",
        "rules.yaml:31:64: unknown-option: found `left_half`; expected an area: jaw, left_calf. "
        "Did you mean `left_calf`?",
    ]


def test_places_need_a_question_about_areas(tmp_path: Path) -> None:
    lines = report(tmp_path, questions=tiny.QUESTIONS, rules=tiny.RULES + PRECAUTION)

    assert lines == [
        "rules.yaml:31:50: unknown-option: found `places`, though no question has areas; "
        "expected a question of type areas."
    ]


def test_only_deep_work_has_places(tmp_path: Path) -> None:
    recommendations = tiny.RECOMMENDATIONS.replace(
        "id: self_care,", "id: self_care, places: [jaw],"
    )

    assert report(tmp_path, recommendations=recommendations) == [
        "recommendations.yaml:8:19: key-not-for-type: found `places` on `self_care`; "
        "expected it only on deep_tissue."
    ]


@pytest.mark.parametrize(
    "headline", ["'Work on {places}.'", "{text: Try., carer_invited: 'Work on {places}.'}"]
)
def test_a_headline_that_names_places_needs_some(tmp_path: Path, headline: str) -> None:
    recommendations = tiny.RECOMMENDATIONS.replace("Try deeper work.", headline)

    assert report(tmp_path, recommendations=recommendations) == [
        "recommendations.yaml:5:31: bad-value: found `{places}` without `places`; "
        "expected `places: [...]` beside it."
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"rules": tiny.RULES + PRECAUTION.replace("[jaw, jaw]", "[left_calf]")},
        {"rules": tiny.RULES + PRECAUTION.replace("places: [jaw, jaw], ", "")},
        {"recommendations": deep("places: [jaw]")},
    ],
    ids=["other places", "no places", "places of deep work"],
)
def test_places_belong_to_the_rules(tmp_path: Path, changed: dict[str, str]) -> None:
    files = {"questions": tiny.QUESTIONS + AREAS, "rules": tiny.RULES + PRECAUTION}
    before, after = tiny.load(tmp_path, **files), tiny.load(tmp_path, **{**files, **changed})

    assert before.rules_hash != after.rules_hash
    assert before.wording_hash == after.wording_hash
