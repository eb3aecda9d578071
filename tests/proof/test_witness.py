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
from assessment.proof.report import Code, Failure
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
