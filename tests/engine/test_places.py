"""Limits of a place: a sore jaw does not rule out deep work on the calf."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.decision import Engine
from assessment.engine.protocol import Recommend
from assessment.engine.words import headline
from assessment.exports.machine import decision_json
from assessment.proof.prove import prove
from tests import tiny

QUESTIONS = """
- id: where
  type: areas
  ask: Where does it hurt?
  short: Where
  none: true
  not_sure: true
  options:
    - {id: jaw, label: Jaw, side: front}
    - {id: left_calf, label: {text: Your left calf, carer: Their left calf}, side: back}
    - {id: neck, label: Neck, side: back}
    - {id: tummy, label: Tummy, side: front}
- id: skin
  type: choice
  ask: Any broken skin?
  short: Skin
  not_sure: true
  options:
    - {id: jaw, label: On the jaw}
    - {id: calf, label: On the calf}
    - {id: whole, label: Nowhere}
- id: thinner
  type: choice
  ask: Do you take a blood thinner?
  short: Thinner
  options: [{id: taken, label: I do}, {id: not_taken, label: I do not}]
"""
RULES = """
rules:
  - id: deep
    when: {where: {none_of: none}}
    recommend: deep_tissue
    because: It hurts.
    if_unsure: deep_tissue
    evidence: [T1]
  - {id: rest, when: {where: none}, recommend: self_care, because: It is well., evidence: [T1]}
  - {id: plan, when: {skin: [jaw, calf, whole]}, recommend: regular_plan, because: You said so.,
     if_unsure: regular_plan, evidence: [T1]}
precautions:
  - {id: on_jaw, when: {skin: jaw}, places: [jaw], limits: [no_massage],
     therapist: Broken skin on the jaw., evidence: [T1]}
  - {id: on_calf, when: {skin: calf}, places: [left_calf, neck], limits: [no_deep_pressure],
     therapist: Broken skin on the calf., evidence: [T1]}
  - {id: warm_calf, when: {skin: jaw}, places: [left_calf], limits: [no_heat],
     therapist: No heat on the calf., evidence: [T1]}
  - {id: whole_body, when: {thinner: taken}, limits: [no_deep_pressure],
     therapist: Takes a thinner., evidence: [T1]}
"""
DEEP = "id: deep_tissue, places: [jaw, left_calf, neck], headline: 'Try deeper work on {places}.'"
RECOMMENDATIONS = tiny.RECOMMENDATIONS.replace("id: deep_tissue, headline: Try deeper work.", DEEP)
WELL = {"where": ["left_calf"], "skin": "whole", "thinner": "not_taken"}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(
        tiny.load(tmp_path, questions=QUESTIONS, rules=RULES, recommendations=RECOMMENDATIONS)
    )


def decided(engine: Engine, **changed: object) -> Recommend:
    return engine.decide(tiny.answers(engine.protocol, **{**WELL, **changed})).recommend


@pytest.mark.parametrize(
    ("changed", "recommend"),
    [
        ({}, Recommend.DEEP_TISSUE),
        ({"where": ["tummy"]}, Recommend.REGULAR_PLAN),
        ({"where": ["not_sure"]}, Recommend.REGULAR_PLAN),
        ({"where": ["jaw"], "skin": "jaw"}, Recommend.REGULAR_PLAN),
        ({"where": ["jaw", "left_calf"], "skin": "jaw"}, Recommend.DEEP_TISSUE),
        ({"where": ["left_calf", "neck"], "skin": "calf"}, Recommend.REGULAR_PLAN),
        ({"where": ["left_calf", "jaw"], "skin": "calf"}, Recommend.DEEP_TISSUE),
        ({"where": ["left_calf", "jaw"], "skin": "not_sure"}, Recommend.REGULAR_PLAN),
        ({"thinner": "taken"}, Recommend.DEEP_TISSUE),
    ],
    ids=[
        "a place without limits",
        "a place where it is never suggested",
        "a place that may be ticked is not ticked",
        "the only place is limited",
        "another place is free, and a limit of heat is none of pressure",
        "both places are limited",
        "one of two is limited",
        "not sure limits as yes does",
        "a limit of the whole body is left to what the author requires",
    ],
)
def test_deep_work_is_suggested_where_some_place_is_free(
    engine: Engine, changed: dict[str, object], recommend: Recommend
) -> None:
    assert decided(engine, **changed) is recommend


def test_what_the_author_requires_holds_as_well(tmp_path: Path) -> None:
    requires = RECOMMENDATIONS.replace(DEEP, f"{DEEP}, requires: {{thinner: not_taken}}")
    engine = Engine(tiny.load(tmp_path, questions=QUESTIONS, rules=RULES, recommendations=requires))

    assert decided(engine) is Recommend.DEEP_TISSUE
    assert decided(engine, thinner="taken") is Recommend.REGULAR_PLAN
    assert decided(engine, where=["tummy"]) is Recommend.REGULAR_PLAN


@pytest.mark.parametrize(
    ("where", "skin", "words"),
    [
        (["left_calf"], "whole", "Try deeper work on your left calf."),
        (["jaw", "left_calf"], "jaw", "Try deeper work on your left calf."),
        (["jaw", "left_calf"], "whole", "Try deeper work on jaw and your left calf."),
        (["neck", "tummy", "left_calf", "jaw"], "whole",
         "Try deeper work on jaw, your left calf and neck."),
    ],
)  # fmt: skip
def test_the_headline_names_the_places_that_are_free(
    engine: Engine, where: list[str], skin: str, words: str
) -> None:
    answers = tiny.answers(engine.protocol, **{**WELL, "where": where, "skin": skin})

    decision = engine.decide(answers)
    assert headline(engine, decision.recommend, answers, carer=False) == words
    assert decision_json(engine, answers, decision)["headline"] == words


def test_the_headline_names_them_to_a_carer_too(engine: Engine) -> None:
    answers = tiny.answers(engine.protocol, **WELL)
    words = headline(engine, Recommend.DEEP_TISSUE, answers, carer=True)
    assert words == "Try deeper work on their left calf."


def test_a_precaution_tells_a_machine_its_places(engine: Engine) -> None:
    answers = tiny.answers(engine.protocol, **{**WELL, "skin": "jaw", "thinner": "taken"})
    noted = decision_json(engine, answers, engine.decide(answers))["precautions"]
    assert isinstance(noted, list)
    assert {one["id"]: one["places"] for one in noted} == {
        "on_jaw": ["jaw"], "warm_calf": ["left_calf"], "whole_body": [],
    }  # fmt: skip


def test_the_proof_sees_the_same_limits(tmp_path: Path) -> None:
    promises = """
- {id: jaw, promise: None on a sore jaw., when: {all: [{where: {none_of: [left_calf, neck, tummy]}},
   {skin: jaw}]}, then: {pressure_at_most: 1}}
- {id: broken, promise: None with a sore jaw., when: {skin: jaw}, then: {pressure_at_most: 1}}
"""
    engine = Engine(
        tiny.load(
            tmp_path,
            questions=QUESTIONS,
            rules=RULES,
            recommendations=RECOMMENDATIONS,
            safety=promises,
        )
    )
    failures = {one.subject: one for one in prove(engine).failures if one.code == "promise-broken"}

    assert list(failures) == ["broken"]
    witness = failures["broken"].witness
    assert witness is not None
    assert witness.decision.recommend is Recommend.DEEP_TISSUE


def test_a_place_limited_in_every_answer_keeps_deep_work_away(tmp_path: Path) -> None:
    always = RULES.replace(
        "{id: on_jaw, when: {skin: jaw}, places: [jaw]",
        "{id: on_jaw, when: {skin: [jaw, calf, whole]}, places: [jaw, left_calf, neck]",
    )
    engine = Engine(
        tiny.load(tmp_path, questions=QUESTIONS, rules=always, recommendations=RECOMMENDATIONS)
    )
    dead = {(one.code, one.subject) for one in prove(engine).failures}

    assert ("rule-never-counts", "deep") in dead
    assert ("recommendation-never-given", "deep_tissue") in dead
