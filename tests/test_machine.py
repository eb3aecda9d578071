"""The machine contract: what is in a decision for others, and what never is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.engine.decision import Engine
from assessment.exports.machine import decision_json
from tests import tiny

PRIVATE = tiny.QUESTIONS.replace("short: Pain", "short: Pain\n  private: true")
PRECAUTIONS = """
precautions:
  - id: strong
    when: {pain: {at_least: 7}}
    limits: [note]
    therapist: Strong pain.
    evidence: [T1]
  - id: open
    when: {flag: absent}
    limits: [note]
    therapist: No flag.
    person: Say so.
    evidence: [T1]
"""
ANSWERS = {"flag": "absent", "signs": ["none"], "pain": 8, "duration": "days"}


def told(decision: dict[str, object]) -> list[str]:
    precautions = decision["precautions"]
    assert isinstance(precautions, list)
    return [precaution["id"] for precaution in precautions]


@pytest.mark.parametrize("pain", [8, "not_sure"])
def test_a_precaution_on_a_private_answer_is_told_to_nobody(tmp_path: Path, pain: object) -> None:
    protocol = tiny.load(tmp_path, questions=PRIVATE, rules=tiny.RULES + PRECAUTIONS)
    engine = Engine(protocol)
    answers = tiny.answers(protocol, **{**ANSWERS, "pain": pain})
    decision = engine.decide(answers)

    assert {noted.precaution.id for noted in decision.precautions} == {"open", "strong"}
    assert told(decision_json(engine, answers, decision)) == ["open"]


def test_a_precaution_on_other_answers_is_told(tmp_path: Path) -> None:
    protocol = tiny.load(tmp_path, rules=tiny.RULES + PRECAUTIONS)
    engine = Engine(protocol)
    answers = tiny.answers(protocol, **ANSWERS)

    assert told(decision_json(engine, answers, engine.decide(answers))) == ["strong", "open"]


def test_a_precaution_is_given_in_its_words_for_the_therapist_and_for_the_person(
    tmp_path: Path,
) -> None:
    engine = Engine(tiny.load(tmp_path, rules=tiny.RULES + PRECAUTIONS))
    answers = tiny.answers(engine.protocol, **ANSWERS)

    given = decision_json(engine, answers, engine.decide(answers))["precautions"]

    assert isinstance(given, list)
    assert [(one["therapist"], one["person"]) for one in given] == [
        ("Strong pain.", None),
        ("No flag.", "Say so."),
    ]


@pytest.mark.parametrize("form", [["--json"], []])
def test_the_command_prints_no_precaution_on_a_private_answer(
    tmp_path: Path, form: list[str]
) -> None:
    folder = tiny.write(tmp_path, questions=PRIVATE, rules=tiny.RULES + PRECAUTIONS)
    arguments = ["decide", str(folder), "--answers", "-", *form]

    result = CliRunner().invoke(main, arguments, input=json.dumps(ANSWERS))

    assert result.exit_code == 0
    assert "Strong pain" not in result.stdout
    assert "strong" not in result.stdout
    if form:
        assert told(json.loads(result.stdout)) == ["open"]


def test_a_reason_that_rests_on_a_private_answer_is_not_in_words_either(tmp_path: Path) -> None:
    rules = tiny.rules("{pain: {at_least: 7}}")
    folder = tiny.write(tmp_path, questions=PRIVATE, rules=rules)
    arguments = ["decide", str(folder), "--answers", "-"]

    result = CliRunner().invoke(main, arguments, input=json.dumps(ANSWERS))

    assert "because (r0): A private answer, shown to the person only." in result.stdout
    assert "You told us so." not in result.stdout
