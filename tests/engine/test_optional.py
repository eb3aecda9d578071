"""Optional questions: nobody is asked them on the way, and whoever answers one is heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.decision import Engine
from assessment.engine.protocol import Recommend
from assessment.exports.machine import questions_json
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.screening import Screening
from tests import tiny

QUESTIONS = """
- id: who
  type: choice
  ask: Who is it for?
  short: Who
  options: [{id: me, label: Me}, {id: someone, label: Somebody else}]
  optional: true
- id: signs
  type: choices
  ask: Which of these?
  short: Signs
  options: [{id: a, label: A}, {id: b, label: B}]
  none: true
- id: mood
  type: choice
  ask: How is your mood?
  short: Mood
  options: [{id: low, label: Low}, {id: good, label: Good}]
  not_sure: true
  optional: true
  private: true
- id: since
  type: scale
  ask: How low?
  short: How low
  enable_when: {mood: low}
- id: after
  type: number
  ask: How many days?
  short: Days
  minimum: 0
  maximum: 9
  enable_when: {signs: a}
  optional: true
"""

RULES = """
rules:
  - id: low
    when: {mood: low}
    recommend: urgent_medical
    if_unsure: medical_clearance_first
    because: You told us about your mood.
    evidence: [T1]
  - id: very_low
    when: {since: {at_least: 9}}
    recommend: emergency
    because: You told us how low.
    evidence: [T1]
  - {id: rest, when: {signs: none}, recommend: self_care, because: No sign., evidence: [T1]}
  - id: many
    when: {all: [{signs: a}, {not: {after: {at_least: 5}}}]}
    recommend: regular_plan
    because: Not for long.
    evidence: [T1]
"""
START = f"{tiny.PROTOCOL}carer_when: {{who: someone}}\nstart_asks: who\n"


def engine(folder: Path) -> Engine:
    return Engine(tiny.load(folder, protocol=START, questions=QUESTIONS, rules=RULES))


def test_an_optional_question_that_nobody_answered_is_neither_missing_nor_unknown(
    tmp_path: Path,
) -> None:
    made = engine(tmp_path)
    decision = made.decide(tiny.answers(made.protocol, signs=["none"]))

    assert decision.complete
    assert decision.missing == ()
    assert [one.rule.id for one in decision.fired] == ["rest"]
    assert decision.recommend is Recommend.SELF_CARE


def test_the_walk_never_leads_to_an_optional_question(tmp_path: Path) -> None:
    screening = Screening(engine(tmp_path).protocol)
    first = screening.position({})
    last = screening.position(tiny.answers(screening.protocol, signs=["a"]))

    assert first.question is not None
    assert first.question.id == "signs"
    assert last.question is None


def test_an_answer_to_an_optional_question_counts_at_once(tmp_path: Path) -> None:
    made = engine(tmp_path)
    answers = tiny.answers(made.protocol, signs=["none"], mood="not_sure", since=2)

    assert made.decide(answers).recommend is Recommend.MEDICAL_CLEARANCE_FIRST
    assert made.decide({**answers, "mood": "low"}).recommend is Recommend.URGENT_MEDICAL
    assert made.decide({**answers, "mood": "good"}).recommend is Recommend.SELF_CARE


def test_what_an_optional_answer_opens_is_asked(tmp_path: Path) -> None:
    screening = Screening(engine(tmp_path).protocol)
    position = screening.position(tiny.answers(screening.protocol, signs=["none"], mood="low"))

    assert position.question is not None
    assert position.question.id == "since"


def test_an_unanswered_optional_number_is_not_applicable(tmp_path: Path) -> None:
    made = engine(tmp_path)
    answers = tiny.answers(made.protocol, signs=["a"])

    assert made.decide(answers).recommend is Recommend.REGULAR_PLAN
    assert made.decide({**answers, "after": 7}).fail_safe


def test_an_optional_question_whose_condition_is_no_is_ignored(tmp_path: Path) -> None:
    made = engine(tmp_path)
    decision = made.decide(tiny.answers(made.protocol, signs=["b"], after=7))

    assert decision.ignored == ("after",)


def test_the_result_offers_what_is_optional_but_not_what_the_start_page_asked(
    tmp_path: Path,
) -> None:
    made = engine(tmp_path)

    assert made.offered(tiny.answers(made.protocol, signs=["none"])) == ["mood"]
    assert made.offered(tiny.answers(made.protocol, signs=["a"])) == ["mood", "after"]
    assert made.offered(tiny.answers(made.protocol, signs=["a"], mood="good")) == ["after"]


def test_the_start_page_says_who_answers(tmp_path: Path) -> None:
    made = engine(tmp_path)

    assert made.protocol.start_asks == "who"
    assert not made.is_carer({})
    assert made.is_carer(tiny.answers(made.protocol, who="someone"))


def test_a_slip_is_never_corrected_on_a_page_that_nobody_can_open(tmp_path: Path) -> None:
    rule = (
        "  - {id: carer, when: {who: someone}, recommend: emergency, because: X., evidence: [T1]}\n"
    )
    protocol = tiny.load(tmp_path, protocol=START, questions=QUESTIONS, rules=RULES + rule)
    screening = Screening(protocol)
    answers = tiny.answers(protocol, who="someone", signs=["none"])
    decision = screening.decide(answers)

    assert decision.recommend is Recommend.EMERGENCY
    assert screening.last_cause(answers, decision) is None


def test_a_machine_reads_which_questions_are_optional(tmp_path: Path) -> None:
    listed = {one["id"]: one["optional"] for one in questions_json(engine(tmp_path).protocol)}

    assert listed == {"who": True, "signs": False, "mood": True, "since": False, "after": True}


@pytest.mark.parametrize("name", ["signs", "mood", "unheard_of"])
def test_the_start_page_can_ask_only_the_first_question_and_an_optional_choice(
    tmp_path: Path, name: str
) -> None:
    start = START.replace("start_asks: who", f"start_asks: {name}")

    with pytest.raises(BrokenProtocol, match=r"protocol.yaml:10:13: .*start page|unknown-question"):
        tiny.load(tmp_path, protocol=start, questions=QUESTIONS, rules=RULES)
