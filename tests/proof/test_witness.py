"""Counterexamples: answers that a person could give, and as few out of the ordinary as can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.answers import Answers, parse, to_json
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.engine.questions import Kind, Question, Worse
from assessment.proof.domains import calm
from assessment.proof.prove import prove
from assessment.proof.report import Bounds, Code, Failure
from assessment.proof.words import failure_in_words
from tests.proof.brute_force import answer_sets
from tests.proof.proven import Change, load, proof
from tests.proof.random_protocols import random_protocol
from tests.proof.written import decided

NO_REST: Change = ("rules", "    if_unsure: self_care\n", "")
AMBER_IS_NOTHING: list[Change] = [
    ("rules", "    if_unsure: medical_clearance_first\n", "    if_unsure: self_care\n"),
    ("rules", "recommend: medical_clearance_first", "recommend: self_care"),
]
PAIN_ONLY_TO_NINE: list[Change] = [
    ("rules", "{pain: {at_least: 9}}", "{pain: {between: [8, 9]}}"),
    ("safety", "{at_least: 10}", "{between: [8, 9]}"),
]


def only(failures: tuple[Failure, ...]) -> Failure:
    (failure,) = failures
    return failure


def test_a_counterexample_is_minimal(tmp_path: Path) -> None:
    failure = only(proof(tmp_path, *AMBER_IS_NOTHING).failures)
    assert failure.witness is not None
    assert failure.witness.answers == {
        "flag": "amber",
        "signs": frozenset({"none"}),
        "pain": 0,
        "duration": "days",
    }


def test_both_answer_sets_of_a_pair_are_shown(tmp_path: Path) -> None:
    failure = only(proof(tmp_path, *PAIN_ONLY_TO_NINE).failures)
    assert failure.witness is not None
    assert failure.worse is not None
    assert (failure.witness.answers["pain"], failure.worse.answers["pain"]) == (8, 10)
    assert failure.witness.decision.recommend.urgency == 2
    assert failure.worse.decision.recommend.urgency == 0


def test_a_counterexample_in_words(tmp_path: Path) -> None:
    protocol = load(tmp_path, NO_REST)
    failure = only(prove(Engine(protocol)).failures)
    assert list(failure_in_words(protocol, failure)) == [
        "no-rule-decides rules: No rule decides; only the fail-safe answers.",
        "  With these answers:",
        "    Signs: Not sure",
        "    and nothing out of the ordinary elsewhere",
        "  the decision is medical_clearance_first, by the fail-safe alone.",
    ]


def test_a_pair_in_words(tmp_path: Path) -> None:
    protocol = load(tmp_path, *PAIN_ONLY_TO_NINE)
    failure = only(prove(Engine(protocol)).failures)
    assert list(failure_in_words(protocol, failure)) == [
        "worse-is-less-urgent pain: A worse answer to “Pain” makes the advice less urgent.",
        "  With these answers:",
        "    Pain: 8",
        "    and nothing out of the ordinary elsewhere",
        "  the decision is urgent_medical, by worst_pain.",
        "  With one worse answer:",
        "    Pain: 10",
        "  the decision is self_care, by rest.",
    ]


def test_a_pair_says_what_is_no_longer_asked(tmp_path: Path) -> None:
    protocol = load(
        tmp_path,
        ("questions", "{id: c, label: C}", "{id: c, label: C, safety: clearance}"),
        ("questions", "enable_when: {signs: a}", "enable_when: {signs: {none_of: [c]}}"),
        ("rules", "when: {flag: amber}", "when: {any: [{flag: amber}, {signs: c}]}"),
        ("rules", "when: {flag: red}", "when: {any: [{flag: red}, {more: lots}]}"),
        ("cases", "{flag: absent, signs", "{more: little, flag: absent, signs"),
    )
    failures = {failure.subject: failure for failure in prove(Engine(protocol)).failures}
    lines = list(failure_in_words(protocol, failures["signs.c"]))
    assert lines[0].startswith(Code.WORSE_IS_LESS_URGENT)
    assert "    no longer asked: More" in lines


@pytest.mark.parametrize(
    ("worse", "answer"), [(None, None), (Worse.UP, 0), (Worse.DOWN, 10)], ids=str
)
def test_the_calm_end_of_a_number(worse: Worse | None, answer: int | None) -> None:
    protocol = random_protocol(0)
    ask = protocol.questions[0].ask
    question = Question("q", Kind.SCALE, ask, ask, minimum=0, maximum=10, worse=worse)
    assert calm(question) == answer


@pytest.mark.parametrize("seed", range(40))
def test_every_counterexample_is_a_possible_answer_set_and_breaks_it(seed: int) -> None:
    protocol = random_protocol(seed)
    failures = prove(Engine(protocol)).failures
    shown = [one for failure in failures for one in (failure.witness, failure.worse) if one]
    sets = answer_sets(protocol, 3000)
    for witness in shown:
        assert sets is None or witness.answers in sets
        for name, answer in witness.answers.items():
            question = protocol.question[name]
            assert parse(question, to_json(answer, question)) == answer
        assert decided(protocol, witness.answers).recommend is witness.decision.recommend


@pytest.mark.parametrize("seed", range(100))
def test_no_counterexample_has_fewer_answers_out_of_the_ordinary(seed: int) -> None:
    protocol = random_protocol(seed, questions=3, rules=4)
    sets = answer_sets(protocol, 2000)
    assert sets is not None
    orders_numbers = any(each.kind.is_numeric and each.worse for each in protocol.questions)
    failures = prove(Engine(protocol)).failures
    for failure in failures if not orders_numbers else ():
        if failure.code is Code.NO_RULE_DECIDES:
            assert failure.witness is not None
            undecided = [answers for answers in sets if decided(protocol, answers).fail_safe]
            fewest = min(_away(protocol, answers) for answers in undecided)
            assert _away(protocol, failure.witness.answers) == fewest


def _away(protocol: Protocol, answers: Answers) -> int:
    """Count the answers out of the ordinary, each ticked one by itself.

    Numbers that get worse in one direction are left out.
    """
    far = 0
    for name, answer in answers.items():
        question = protocol.question[name]
        ticked = answer if isinstance(answer, frozenset) else {answer}
        if question.kind.is_numeric:
            far += answer == "not_sure"
        else:
            far += len(ticked - {"none", calm(question)})
    return far


# somebody typical


TYPICAL: list[Change] = [
    (
        "questions",
        "- id: flag",
        """- {id: age, type: number, ask: "How old?", short: Age, minimum: 0, maximum: 120}
- id: where
  type: areas
  ask: Where?
  short: Where
  none: All over
  options:
    - {id: neck, label: Neck, side: back}
    - {id: head, label: Head, side: front}
    - {id: arm, label: Arm, side: front}
- id: flag""",
    ),
    (
        "rules",
        "precautions:",
        """  - {id: old, when: {age: {at_least: 75}}, recommend: urgent_medical, because: Age.,
     evidence: [T1]}
  - {id: young, when: {age: {at_most: 15}}, recommend: urgent_medical, because: Age.,
     evidence: [T1]}
precautions:""",
    ),
    ("cases", "{flag: absent", "{age: 42, where: [neck], flag: absent"),
    ("cases", "{flag: red", "{age: 42, where: [neck], flag: red"),
]


def test_a_counterexample_is_somebody_of_42_with_one_sore_place(tmp_path: Path) -> None:
    protocol = load(tmp_path, *TYPICAL, *AMBER_IS_NOTHING)
    failures = [one for one in prove(Engine(protocol)).failures if one.subject == "flag.amber"]
    failure = only(tuple(failures))
    assert failure.witness is not None
    assert failure.witness.answers["age"] == 42
    assert failure.witness.answers["where"] == frozenset({"neck"})
    lines = list(failure_in_words(protocol, failure))
    assert lines[1:5] == [
        "  With these answers:",
        "    Age: 42",
        "    Where: Neck",
        "    Flag: Yes, an amber one",
    ]


@pytest.mark.parametrize(
    ("when", "age", "where"),
    [
        ("{age: {at_least: 60}}", 60, {"neck"}),
        ("{age: {at_most: 30}}", 30, {"neck"}),
        ("{where: head}", 42, {"head"}),
        ("{where: {all_of: [head, arm]}}", 42, {"head", "arm"}),
        ("{where: none}", 42, {"none"}),
    ],
)
def test_it_goes_from_the_typical_only_as_far_as_it_must(
    when: str, age: int, where: set[str], tmp_path: Path
) -> None:
    promise = f"- {{id: new, promise: Seen., when: {when}, then: {{urgency_at_least: emergency}}}}"
    failures = proof(tmp_path, *TYPICAL, ("safety", "", promise)).failures
    failure = only(tuple(one for one in failures if one.code is Code.PROMISE_BROKEN))
    assert failure.witness is not None
    assert failure.witness.answers["age"] == age
    assert failure.witness.answers["where"] == frozenset(where)


def test_an_age_that_cannot_be_42_is_the_nearest(tmp_path: Path) -> None:
    ask = random_protocol(0).questions[0].ask
    for low, high, expected in ((0, 120, 42), (50, 120, 50), (0, 17, 17)):
        question = Question("age", Kind.NUMBER, ask, ask, minimum=low, maximum=high)
        assert calm(question) == expected


# what it should have been, as a sentence


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds(3), "be told to get emergency help now"),
        (Bounds(2), "at least be told to speak to a doctor today"),
        (Bounds(1, 0), "at least be told to see a doctor or physiotherapist before any massage and "
         "be kept from massage"),
        (Bounds(0, 1), "be kept from deep tissue work"),
    ],
)  # fmt: skip
def test_bounds_are_said_as_what_a_person_must_be_told(bounds: Bounds, words: str) -> None:
    assert bounds.asked_for == words
