"""Which answers are shown as the reason of a rule, and what would change the advice."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.changes import Change, would_change
from assessment.engine.decision import Decision, Engine
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.words import because_in_words, in_words, offered, value_in_words
from assessment.screening import Screening
from tests import tiny

ANSWERS: dict[str, object] = {
    "flag": "absent",
    "signs": ["a", "b"],
    "pain": 7,
    "duration": "weeks",
    "more": "lots",
}


def decided(folder: Path, rules: str, **changed: object) -> tuple[Engine, Decision]:
    protocol = tiny.load(folder, rules=rules)
    engine = Engine(protocol)
    return engine, engine.decide(tiny.answers(protocol, **{**ANSWERS, **changed}))


@pytest.mark.parametrize(
    ("condition", "changed", "counts"),
    [
        ("{signs: a}", {}, {"signs": frozenset("a")}),
        ("{signs: [a, b, c]}", {}, {"signs": frozenset("ab")}),
        ("{signs: {all_of: [a, b]}}", {}, {"signs": frozenset("ab")}),
        ("{any: [{signs: a}, {signs: b}]}", {}, {"signs": frozenset("ab")}),
        ("{any: [{signs: a}, {signs: c}]}", {}, {"signs": frozenset("a")}),
        ("{duration: {at_least: weeks}}", {}, {"duration": "weeks"}),
        ("{pain: {between: [5, 8]}}", {}, {"pain": 7}),
        ("{pain: {at_most: 0}}", {"pain": 0}, {"pain": 0}),
        ("{any: [{pain: {at_most: 2}}, {pain: {at_least: 6}}]}", {}, {"pain": 7}),
        ("{any: [{pain: {at_most: 2}}, {signs: a}]}", {}, {"signs": frozenset("a")}),
        ("{finding: any_sign}", {}, {"signs": frozenset("ab")}),
        ("{signs: {none_of: [c]}}", {}, {}),
        ("{not: {signs: c}}", {}, {}),
        ("{any: [{not: {signs: a}}, {pain: {at_least: 5}}]}", {}, {"pain": 7}),
        ("{any: [{signs: {none_of: [a]}}, {pain: {at_least: 5}}]}", {}, {"pain": 7}),
        ("{not: {signs: {none_of: [a]}}}", {}, {"signs": frozenset("a")}),
        ("{not: {not: {pain: {at_least: 5}}}}", {}, {"pain": 7}),
        ("{pain: {at_least: 5}, flag: absent}", {}, {"pain": 7, "flag": "absent"}),
        (
            "{count: {at_least: 1, of: [{flag: red}, {duration: weeks}]}}",
            {},
            {"duration": "weeks"},
        ),
        ("{signs: a}", {"signs": ["a", "not_sure"]}, {"signs": frozenset("a")}),
        ("{signs: c}", {"signs": ["a", "not_sure"]}, {"signs": frozenset({"not_sure"})}),
        ("{signs: [b, c]}", {"signs": "not_sure"}, {"signs": frozenset({"not_sure"})}),
        ("{pain: {at_least: 5}}", {"pain": "not_sure"}, {"pain": "not_sure"}),
        ("{flag: red}", {"flag": "not_sure"}, {"flag": "not_sure"}),
        (
            "{flag: red, signs: a}",
            {"flag": "not_sure"},
            {"flag": "not_sure", "signs": frozenset("a")},
        ),
    ],
)
def test_the_answers_that_count_are_the_reason(
    tmp_path: Path, condition: str, changed: dict[str, object], counts: dict[str, object]
) -> None:
    _, decision = decided(tmp_path, tiny.rules(condition), **changed)

    [fired] = decision.fired
    assert dict(fired.answers) == counts


def test_the_most_urgent_stand_first(tmp_path: Path) -> None:
    _, decision = decided(tmp_path, tiny.RULES, flag="not_sure")

    assert [fired.recommend.id for fired in decision.fired] == [
        "urgent_medical",
        "medical_clearance_first",
        "certified_therapist",
    ]
    assert [fired.rule.id for fired in decision.winning] == ["red_flag"]


PRIVATE = tiny.QUESTIONS.replace("short: Pain", "short: Pain\n  private: true")


def test_a_rule_that_rests_on_a_private_answer_is_private(tmp_path: Path) -> None:
    rules = tiny.rules("{signs: a, pain: {at_least: 5}}", "{signs: a}")
    protocol = tiny.load(tmp_path, questions=PRIVATE, rules=rules)

    decision = Engine(protocol).decide(tiny.answers(protocol, **ANSWERS))

    assert [fired.private for fired in decision.fired] == [True, False]


def test_a_private_finding_makes_a_rule_private(tmp_path: Path) -> None:
    questions = tiny.QUESTIONS.replace("short: Signs", "short: Signs\n  private: true")
    protocol = tiny.load(tmp_path, questions=questions, rules=tiny.rules("{finding: any_sign}"))

    [fired] = Engine(protocol).decide(tiny.answers(protocol, **ANSWERS)).fired

    assert fired.private


# what would change the advice

CHANGING = """
rules:
  - id: calm
    when: {flag: absent}
    recommend: self_care
    because: You told us so.
    evidence: [T1]
  - id: strong
    when: {pain: {at_least: 8}}
    recommend: medical_clearance_first
    because: You told us so.
    if_unsure: medical_clearance_first
    evidence: [T1]
  - id: ticked
    when: {signs: {all_of: [b, c]}}
    recommend: urgent_medical
    because: You told us so.
    if_unsure: medical_clearance_first
    evidence: [T1]
  - id: red_flag
    when: {flag: red}
    recommend: emergency
    because: You told us so.
    if_unsure: urgent_medical
    evidence: [T1]
"""


def changes(folder: Path, questions: str = tiny.QUESTIONS, **given: object) -> list[Change]:
    protocol = tiny.load(folder, rules=CHANGING, questions=questions)
    engine = Engine(protocol)
    answers = tiny.answers(protocol, **{**ANSWERS, **given})
    return list(would_change(engine, answers, engine.decide(answers)))


STRONG = Change("pain", 8, Recommend.MEDICAL_CLEARANCE_FIRST)
RED = Change("flag", "red", Recommend.EMERGENCY)
TICKED = Change("signs", "c", Recommend.URGENT_MEDICAL)


def test_single_changes_are_listed_in_the_order_of_the_questions(tmp_path: Path) -> None:
    assert changes(tmp_path) == [RED, TICKED, STRONG]


def test_a_scale_names_the_first_value_that_changes_it(tmp_path: Path) -> None:
    assert changes(tmp_path, signs=["none"], pain=2) == [RED, STRONG]


def test_only_what_is_more_urgent_than_now_is_listed(tmp_path: Path) -> None:
    assert changes(tmp_path, pain=9) == [RED, TICKED]
    assert changes(tmp_path, pain=9, signs=["b", "c"]) == [RED]
    assert changes(tmp_path, flag="red") == []


def test_nothing_private_is_listed(tmp_path: Path) -> None:
    assert changes(tmp_path, PRIVATE) == [RED, TICKED]


def test_being_sure_may_change_the_advice(tmp_path: Path) -> None:
    """Not sure of the signs gives a doctor first; ticking one more as well gives a doctor today."""
    assert changes(tmp_path, signs=["b", "not_sure"]) == [RED, TICKED]


def test_what_is_ticked_then_stands_without_not_sure(tmp_path: Path) -> None:
    rules = CHANGING.replace("{all_of: [b, c]}", "{all_of: [b], none_of: [a]}")
    protocol = tiny.load(tmp_path, rules=rules)
    engine = Engine(protocol)
    answers = tiny.answers(protocol, **{**ANSWERS, "signs": "not_sure"})

    assert Change("signs", "b", Recommend.URGENT_MEDICAL) in would_change(
        engine, answers, engine.decide(answers)
    )


def test_a_question_that_is_not_asked_changes_nothing(tmp_path: Path) -> None:
    questions = tiny.QUESTIONS.replace("short: Pain", "short: Pain\n  enable_when: {signs: a}")

    assert changes(tmp_path, questions, signs=["b"]) == [RED, TICKED]


# in words


@pytest.fixture
def protocol(tmp_path: Path) -> Protocol:
    questions = (
        tiny.QUESTIONS
        + """
- {id: age, type: number, minimum: 0, maximum: 120, unit: years, ask: Age?, short: Age}
"""
    )
    return tiny.load(tmp_path, questions=questions)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("{flag: absent}", "“Flag” is “No”"),
        ("{signs: [a, b]}", "“Signs” is “A” or “B”"),
        ("{signs: none}", "“Signs” is “None of these”"),
        ("{signs: {all_of: [a, b]}}", "“Signs” includes “A” and “B”"),
        ("{signs: {none_of: [a, b]}}", "“Signs” is not “A” or “B”"),
        ("{pain: {at_least: 7}}", "“Pain” is “7” or more"),
        ("{duration: {at_most: weeks}}", "“How long” is “Weeks” or less"),
        ("{pain: {between: [4, 6]}}", "“Pain” is between “4” and “6”"),
        ("{finding: any_sign}", "a sign"),
        ("{not: {signs: a}}", "not (“Signs” is “A”)"),
        ("{all: [{signs: a}, {signs: b}]}", "“Signs” is “A” and “Signs” is “B”"),
        (
            "{any: [{signs: a}, {all: [{signs: b}, {signs: c}]}]}",
            "“Signs” is “A” or (“Signs” is “B” and “Signs” is “C”)",
        ),
        (
            "{count: {at_least: 1, of: [{signs: a}, {signs: b}]}}",
            "at least 1 of: “Signs” is “A”; “Signs” is “B”",
        ),
    ],
)
def test_a_condition_reads_as_words(tmp_path: Path, condition: str, words: str) -> None:
    protocol = tiny.load(tmp_path, rules=tiny.rules(condition))

    assert in_words(protocol.rules[0].when, protocol) == words


def test_a_value_reads_as_the_person_saw_it(protocol: Protocol) -> None:
    question = protocol.question

    assert value_in_words(question["flag"], "amber") == "Yes, an amber one"
    assert value_in_words(question["flag"], "not_sure") == "Not sure"
    assert value_in_words(question["signs"], "none") == "None of these"
    assert value_in_words(question["pain"], 3) == "3"
    assert value_in_words(question["age"], 40) == "40 years"


def test_what_may_be_answered_reads_as_files_write_it(protocol: Protocol) -> None:
    question = protocol.question

    assert offered(question["signs"]) == "a, b, c, none, not_sure"
    assert offered(question["pain"]) == "a whole number from 0 to 10, not_sure"
    assert offered(question["age"]) == "a whole number from 0 to 120"


def test_a_reason_says_what_was_told_or_what_was_not_sure(tmp_path: Path) -> None:
    engine, sure = decided(tmp_path, tiny.RULES, flag="red")
    _, unsure = decided(tmp_path, tiny.RULES, flag="not_sure")

    def because(decision: Decision, *, carer: bool) -> str:
        return because_in_words(decision.fired[0], engine.protocol, carer=carer)

    assert because(sure, carer=False) == "You told us about a red flag."
    assert because(unsure, carer=False) == "You were not sure about this: Flag."
    assert because(unsure, carer=True) == "They were not sure about this: Flag."


OPENED = """
- id: since
  type: choice
  ask: Since when?
  short: Since
  options:
    - {id: long, label: Long, says: a secret, safety: urgent, evidence: [T1]}
    - {id: lately, label: Lately}
  enable_when: {pain: {at_least: 3}}
"""


def test_what_a_private_answer_opens_is_private_too(tmp_path: Path) -> None:
    """Else a printed copy would name it, and the reader would know what led there."""
    protocol = tiny.load(
        tmp_path,
        questions=PRIVATE + OPENED,
        rules=tiny.RULES
        + "  - {id: since, when: {since: long}, recommend: urgent_medical, because: Long.,"
        + " evidence: [T1]}\n"
        + "  - {id: pain, when: {pain: {at_least: 3}}, recommend: self_care, because: Pain.,"
        + " evidence: [T1]}\n",
        safety="- {id: since, promise: It is asked., when: {pain: {at_least: 3}}, "
        "asked: [since.long], evidence: [T1]}\n",
    )
    screening = Screening(protocol)
    answers = tiny.answers(
        protocol, flag="absent", signs=["none"], pain=5, duration="days", since="long"
    )
    decision = screening.decide(answers)

    assert protocol.private == {"pain", "since"}
    assert [fired.private for fired in decision.winning] == [True]
    why = screening.why(answers, decision)
    assert (why.reasons, why.private) == ((), ("Long.",))
    assert "since" not in screening.without_private(answers)
    assert screening.said(answers)[0] == ()
    assert "a secret" not in str(screening.not_asked({}))
