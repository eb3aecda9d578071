from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.decision import Engine
from assessment.proof.cases import Judged, judged
from assessment.proof.figures import coverage, vignette_figures, wilson
from tests.proof.proven import Change, load

CALM = "answers: {flag: absent, signs: [none], pain: 1, duration: days}"
MORE: Change = (
    "cases",
    "",
    f"""
- {{id: dev_a, title: A, {CALM}, expected: certified_therapist, acceptable: [self_care]}}
- {{id: dev_b, title: B, {CALM}, expected: urgent_medical, never: [self_care]}}
- {{id: no_vignette, title: C, {CALM}, expected: certified_therapist}}
- id: dev_over
  title: Over
  answers: {{flag: amber, signs: [none], pain: 1, duration: days}}
  expected: self_care
  never: [deep_tissue]
""",
)


def cases(folder: Path, *changes: Change) -> tuple[Judged, ...]:
    return judged(Engine(load(folder, *changes)))


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (40, 40, 0.9124, 1.0),
        (57, 100, 0.4721, 0.6627),
        (0, 0, 0.0, 1.0),
    ],
)
def test_wilson_gives_the_known_intervals(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=1e-4)


def test_the_figures_of_the_vignettes(tmp_path: Path) -> None:
    figures = {share.name: share for share in vignette_figures(cases(tmp_path, MORE))}
    parts = {name: share.part for name, share in figures.items()}
    assert {share.whole for share in figures.values()} == {4}  # `nothing` is a plain case
    assert parts == {
        "exact": 1,
        "acceptable": 2,
        "over-triage": 1,
        "under-triage": 1,
        "safe": 3,
        "unsafe": 1,
    }
    assert figures["acceptable"].share == pytest.approx(0.5)


def test_coverage_names_what_no_case_uses(tmp_path: Path) -> None:
    protocol = load(tmp_path)
    covered = {each.share.name: each for each in coverage(protocol, judged(Engine(protocol)))}
    assert covered["rules"].missed == ("amber_flag", "worst_pain", "deep")
    assert covered["questions"].missed == ()
    assert covered["options"].missed == (
        "flag.amber",
        "signs.b",
        "signs.c",
        "duration.weeks",
        "more.little",
    )
    assert covered["not sure"].missed == ("flag.not_sure", "pain.not_sure")
    assert covered["questions"].share.share == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([], ()),
        ([("cases", "expected: self_care", "expected: regular_plan")],
         ("expected regular_plan, got self_care",)),
        ([("cases", "rule: red_flag", "rule: amber_flag")],
         ("expected rule amber_flag, got red_flag",)),
        ([("cases", ", duration: days}", "}")],
         ("expected self_care, got medical_clearance_first", "no answer to duration")),
        ([("rules", "    if_unsure: self_care\n", ""),
          ("cases", "signs: [none]", "signs: [not_sure], more: little"),
          ("cases", "expected: self_care", "expected: medical_clearance_first")],
         ("no rule decides",)),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_case(
    tmp_path: Path, changes: list[Change], says: tuple[str, ...]
) -> None:
    wrong = [line for one in cases(tmp_path, *changes) for line in one.wrong]
    assert tuple(wrong) == says
