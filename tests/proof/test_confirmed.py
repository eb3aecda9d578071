"""That no care today rests on a confirmed answer alone, held against trying all answers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from assessment.engine.answers import Answer, Answers
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.engine.questions import Kind, Question
from assessment.engine.tree import Trees, Value
from assessment.proof.prove import prove
from assessment.proof.report import Code
from assessment.proof.report import Kind as Check
from assessment.proof.words import failure_in_words
from tests.proof.proven import load

OLD = """
- id: old
  type: choice
  lasts: true
  ask: Long-term illness?
  short: Illness
  options: [{id: some, label: Some}, {id: bad, label: Bad}, {id: well, label: None at all}]
  not_sure: true
- id: ways
  type: choice
  ask: Which way?
  short: Way
  options: [{id: left, label: Left}, {id: right, label: Right}]
"""
PROMISE = """
- id: seen_today
  promise: It is seen today.
  when: {when}
  then: {urgency_at_least: urgent_medical}
"""
RULE = """  - id: seen_today
    when: {when}
    recommend: {recommend}
    because: You told us so.
    if_unsure: {if_unsure}
    evidence: [T1]
precautions:
"""
ALONE = (
    "{old: bad}",
    "{old: [some, bad]}",
    "{not: {old: well}}",
    "{any: [{old: bad}, {signs: a}]}",
)
WITH_TODAY = ("{old: bad, signs: a}", "{signs: a}", "{all: [{old: bad}, {duration: months}]}")


def protocol(folder: Path, when: str, if_unsure: str = "medical_clearance_first") -> Protocol:
    promise = PROMISE.replace("{when}", when)
    recommend = "emergency" if if_unsure == "urgent_medical" else "urgent_medical"
    rule = RULE.replace("{when}", when).replace("{if_unsure}", if_unsure)
    rule = rule.replace("{recommend}", recommend)
    return load(
        folder, ("questions", "", OLD), ("rules", "precautions:\n", rule), ("safety", "", promise)
    )


def failed(of: Protocol) -> list[str]:
    report = prove(Engine(of), kinds=[Check.CONFIRMED])
    assert {one.code for one in report.failures} <= {Code.RESTS_ON_CONFIRMED}
    return [one.subject for one in report.failures]


def rests(of: Protocol, value: Value) -> bool:
    """Whether some confirmed answer gives the condition this value, whatever else is answered."""
    trees, when = Trees(Engine(of)), of.promises[-1].when
    today = list(every([one for one in of.questions if not one.lasts]))
    confirmed = every([one for one in of.questions if one.lasts])
    return any(
        all(trees.value(when, {**told, **rest}) is value for rest in today) for told in confirmed
    )


def every(questions: list[Question]) -> Iterator[Answers]:
    """Yield all answers to some questions, of each list and number a few."""
    for values in product(*map(some_of, questions)):
        yield {one.id: value for one, value in zip(questions, values, strict=True)}


def some_of(question: Question) -> list[Answer]:
    unsure: list[Answer] = ["not_sure"] if question.offers_not_sure else []
    if question.kind is Kind.CHOICE:
        return [*question.values, *unsure]
    if question.kind is Kind.CHOICES:
        return [frozenset({value}) for value in (*question.values, *map(str, unsure))]
    return [0, 10, *unsure]


@pytest.mark.parametrize("when", ALONE)
def test_a_promise_of_today_that_rests_on_a_confirmed_answer_is_found(
    tmp_path: Path, when: str
) -> None:
    made = protocol(tmp_path, when)

    assert failed(made) == ["seen_today"]
    assert rests(made, Value.YES)


@pytest.mark.parametrize("when", WITH_TODAY)
def test_one_that_also_needs_an_answer_of_today_holds(tmp_path: Path, when: str) -> None:
    made = protocol(tmp_path, when)

    assert failed(made) == []
    assert not rests(made, Value.YES)


def test_not_sure_about_what_was_confirmed_is_no_reason_for_today_either(tmp_path: Path) -> None:
    made = protocol(tmp_path, "{old: bad}", if_unsure="urgent_medical")

    assert failed(made) == ["seen_today", "seen_today"]
    assert rests(made, Value.UNKNOWN)


def test_a_witness_shows_the_confirmed_answer_in_words(tmp_path: Path) -> None:
    made = protocol(tmp_path, "{old: bad}")
    [failure] = prove(Engine(made), kinds=[Check.CONFIRMED]).failures

    lines = list(failure_in_words(made, failure))

    assert lines[0].startswith("rests-on-confirmed seen_today: “It is seen today.” rests on")
    assert "    Illness: Bad" in lines


def test_nothing_is_checked_where_nothing_lasts(tmp_path: Path) -> None:
    [checked] = prove(Engine(load(tmp_path)), kinds=[Check.CONFIRMED]).checked

    assert checked.count == 0
