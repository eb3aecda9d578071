"""What the shipped protocol promises, held against many random people.

Each failure shows the answers, as `assessment decide` takes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment.engine.answers import Answer, Answers, parse
from assessment.engine.changes import would_change
from assessment.engine.decision import Decision, Engine
from assessment.engine.protocol import Case, Promise, Recommend
from assessment.engine.questions import NONE, NOT_SURE, Kind, Question, Safety
from assessment.engine.signs import cut_short
from assessment.protocols.load import load_protocol
from tests.engine.cutting import cut_short_at
from tests.engine.oracle import Oracle
from tests.engine.promises import Crowd, floor, in_words, tagged, worse_answers
from tests.proof.promised import tier, told

SHIPPED = Path(__file__).resolve().parents[2] / "rules" / "muscle_pain"
PROTOCOL = load_protocol(SHIPPED)
ENGINE = Engine(PROTOCOL)
PEOPLE = 5_000
LONGEST_PATH = 38
"""Without the lines that "not sure" brings one by one."""
TYPICAL_PATH = 15


def crowd(seed: int) -> Crowd:
    return Crowd(ENGINE, seed)


def said(answers: Answers, decision: Decision) -> str:
    return f"{decision.recommend.id} on {in_words(PROTOCOL, answers)}"


def test_whoever_answers_to_the_end_gets_a_decision_that_keeps_every_floor() -> None:
    people = crowd(1)
    seen = set()
    for _ in range(PEOPLE):
        answers = people.person()
        decision = ENGINE.decide(answers)
        seen.add(decision.recommend)

        assert decision.complete, said(answers, decision)
        assert not decision.fail_safe, said(answers, decision)
        assert decision.ignored == (), said(answers, decision)
        unsure = sum(PROTOCOL.question[name].line is not None for name in answers)
        assert len(answers) - unsure <= LONGEST_PATH, said(answers, decision)
        assert floor(PROTOCOL, answers).is_kept_by(decision), said(answers, decision)
    assert seen == set(Recommend)


OPTIONS = list(tagged(PROTOCOL))
EMERGENCIES = [
    (question, option)
    for question, option in OPTIONS
    if question.option(option).safety is Safety.EMERGENCY
]


def given(question: Question, option: str) -> Answer:
    return frozenset({option}) if question.kind.is_set else option


def in_short(value: Question | str) -> str:
    return value if isinstance(value, str) else value.id


@pytest.mark.parametrize(("question", "option"), OPTIONS, ids=in_short)
def test_a_tagged_option_keeps_its_floor_whatever_else_is_answered(
    question: Question, option: str
) -> None:
    people = crowd(2)
    for calm in [1.0] * 20 + [0.9] * 10:
        answers = people.asked(question, given(question, option), calm)
        decision = ENGINE.decide(answers)

        assert floor(PROTOCOL, answers).is_kept_by(decision), said(answers, decision)
        assert not decision.fail_safe, said(answers, decision)


@pytest.mark.parametrize(("question", "option"), EMERGENCIES, ids=in_short)
def test_an_emergency_ends_the_questions_at_once(question: Question, option: str) -> None:
    people = crowd(3)
    for _ in range(10):
        answers = people.asked(question, given(question, option), 1.0)
        asked = list(answers)
        so_far = {name: answers[name] for name in asked[: asked.index(question.id) + 1]}
        decision = ENGINE.decide(so_far)

        assert decision.recommend is Recommend.EMERGENCY, said(so_far, decision)
        assert ENGINE.most_urgent(so_far) is Recommend.EMERGENCY


def test_the_advice_would_change_by_every_single_answer_that_is_more_urgent_and_no_other() -> None:
    people = crowd(5)
    for _ in range(100):
        answers = people.person()
        decision = ENGINE.decide(answers)
        told = {
            (one.question, one.answer): one.recommend
            for one in would_change(ENGINE, answers, decision)
        }

        assert told == changed_one_by_one(answers, decision), said(answers, decision)


def changed_one_by_one(
    answers: Answers, decision: Decision
) -> dict[tuple[str, str | int], Recommend]:
    """What each other answer would lead to; of numbers the first that is more urgent."""
    found: dict[tuple[str, str | int], Recommend] = {}
    if decision.recommend is Recommend.EMERGENCY:
        return found
    for name in ENGINE.asked(answers):
        if name in PROTOCOL.private:
            continue
        for value, changed in instead(PROTOCOL.question[name], answers[name]):
            then = ENGINE.most_urgent({**answers, name: changed})
            if then is not None and then.urgency > decision.recommend.urgency:
                found[name, value] = then
                if isinstance(value, int):
                    break
    return found


def instead(question: Question, answer: Answer) -> Iterator[tuple[str | int, Answer]]:
    """Each other option, ticked as well on a list, and each higher number of a scale."""
    if question.kind is Kind.SCALE and isinstance(answer, int):
        yield from ((number, number) for number in range(answer + 1, 11))
    elif isinstance(answer, frozenset):
        ticked = answer - {NONE, NOT_SURE}
        others = [one for one in question.values if one != NONE and one not in answer]
        yield from ((one, ticked | {one}) for one in others)
    elif question.kind is Kind.CHOICE:
        yield from ((one, one) for one in question.values if one != answer)


def test_the_next_question_is_the_first_that_is_missing() -> None:
    people = crowd(7)
    for number in range(100):
        answers = dict(people.walk(calm=0.97 if number % 2 else 0.8))
        while answers:
            missing = ENGINE.missing(answers)
            assert ENGINE.next_question(answers) == (missing[0] if missing else None)
            answers.popitem()


def test_questions_are_cut_short_where_the_definition_says() -> None:
    people = crowd(6)
    seen = set()
    for number in range(600):
        answers = people.walk(calm=0.97 if number % 2 else 0.8)
        cut_at = cut_short_at(ENGINE, answers)
        seen.add((ENGINE.is_emergency(answers), cut_at is None))

        assert cut_short(ENGINE, answers) == cut_at, said(answers, ENGINE.decide(answers))
    assert len(seen) == 4


UNSURE = [question for question in PROTOCOL.questions if question.offers_not_sure]


@pytest.mark.parametrize("question", UNSURE, ids=in_short)
def test_not_sure_keeps_its_floor_alone_or_ticked_with_something(question: Question) -> None:
    people = crowd(4)
    for number in range(60):
        answer: Answer = NOT_SURE
        if question.kind.is_set:
            others = [option.id for option in question.options]
            ticked = people.random.sample(others, number % 3)
            answer = frozenset({NOT_SURE, *ticked})
        answers = people.asked(question, answer, 1.0)
        decision = ENGINE.decide(answers)

        assert floor(PROTOCOL, answers).is_kept_by(decision), said(answers, decision)
        assert not decision.fail_safe, said(answers, decision)


def check_worse(people: Crowd, answers: Answers, question: Question, worse: Answer) -> None:
    changed = people.worse(answers, question, worse)
    better, then = ENGINE.decide(answers), ENGINE.decide(changed)
    words = f"{said(answers, better)}\nbut with {question.id} worse {said(changed, then)}"

    assert then.recommend.urgency >= better.recommend.urgency, words
    if then.recommend.urgency == better.recommend.urgency:
        assert then.recommend.pressure <= better.recommend.pressure, words


def test_a_worse_answer_is_never_less_urgent_nor_presses_more() -> None:
    people = crowd(5)
    pairs = 0
    for _ in range(500):
        answers = people.person()
        for name, answer in answers.items():
            question = PROTOCOL.question[name]
            worse = list(worse_answers(question, answer))
            if worse:
                check_worse(people, answers, question, people.random.choice(worse))
                pairs += 1
    assert pairs > 3_500


@pytest.mark.parametrize(("question", "option"), OPTIONS, ids=in_short)
def test_ticking_a_tagged_option_never_makes_the_advice_milder(
    question: Question, option: str
) -> None:
    people = crowd(6)
    for _ in range(15):
        if not question.kind.is_set:
            plain = [one.id for one in question.options if one.safety is None]
            answers = people.asked(question, people.random.choice(plain))
            check_worse(people, answers, question, option)
            continue
        others = [one.id for one in question.options if one.id != option]
        before = frozenset(
            people.random.sample(others, min(len(others), people.random.choice((0, 0, 1, 2))))
        )
        answers = people.asked(question, before or frozenset({NONE}))
        check_worse(people, answers, question, (before - {NONE}) | {option})


@pytest.mark.parametrize(
    "promise", [one for one in PROTOCOL.promises if one.asked], ids=lambda promise: promise.id
)
def test_a_sign_is_asked_where_safety_yaml_says_so(promise: Promise) -> None:
    people = crowd(8)
    for _ in range(20):
        answers = people.whose(promise.when)
        decision = ENGINE.decide(answers)
        for sign in promise.asked:
            before = {name: each for name, each in answers.items() if name != sign.question}
            due = max(1, tier(PROTOCOL, sign))
            shown = sign.question in ENGINE.missing(before)
            assert shown or decision.recommend.urgency >= due, said(answers, decision)


@pytest.mark.parametrize("promise", PROTOCOL.promises, ids=lambda promise: promise.id)
def test_a_promise_of_safety_yaml_holds(promise: Promise) -> None:
    people = crowd(7)
    for _ in range(60):
        answers = people.whose(promise.when)
        decision = ENGINE.decide(answers)

        assert decision.recommend.urgency >= promise.urgency_at_least, said(answers, decision)
        assert decision.recommend.pressure <= promise.pressure_at_most, said(answers, decision)
        noted = [one.precaution for one in decision.precautions]
        for limit in promise.limits:
            for place in promise.places or [""]:
                assert told(noted, limit, place), said(answers, decision)


@pytest.mark.parametrize(
    ("ages", "more", "allowed"),
    [
        (range(16), {}, {0}),
        ((16, 17), {"guardian": "alone"}, {0}),
        ((16, 17), {"guardian": "agrees"}, {0, 1}),
    ],
)
def test_young_people_are_never_sent_to_massage_alone_nor_to_deep_work(
    ages: range, more: dict[str, str], allowed: set[int]
) -> None:
    people = crowd(8)
    pressures = set()
    for number in range(600):
        answers = people.person({"age": ages[number % len(ages)], **more}, calm=1.0)
        decision = ENGINE.decide(answers)
        pressures.add(decision.recommend.pressure)

        assert decision.recommend.pressure in allowed, said(answers, decision)
        if max(allowed) == 0:
            assert decision.recommend.urgency >= 1, said(answers, decision)
    assert pressures == allowed


def test_massage_and_self_care_need_every_answer() -> None:
    people = crowd(9)
    for _ in range(1_000):
        answers = people.person(calm=1.0)
        left_out = people.random.choice(list(answers))
        partial = {name: answer for name, answer in answers.items() if name != left_out}
        decision = ENGINE.decide(partial)

        if ENGINE.missing(partial):
            assert decision.recommend.is_medical, said(partial, decision)
        else:  # it could not matter any more
            assert decision.recommend is ENGINE.decide(answers).recommend, said(partial, decision)


@pytest.mark.parametrize("case", PROTOCOL.cases, ids=lambda case: case.id)
def test_a_case_gets_what_it_should(case: Case) -> None:
    answers = {name: parse(PROTOCOL.question[name], raw) for name, raw in case.answers.items()}
    decision = ENGINE.decide(answers)

    assert decision.recommend in {case.expected, *case.acceptable}
    assert decision.recommend not in case.never
    assert not decision.fail_safe
    if case.rule is not None:
        assert case.rule in {fired.rule.id for fired in decision.winning}


def test_every_rule_decides_in_a_case() -> None:
    deciding = set()
    for case in PROTOCOL.cases:
        answers = {name: parse(PROTOCOL.question[name], raw) for name, raw in case.answers.items()}
        deciding |= {fired.rule.id for fired in ENGINE.decide(answers).winning}

    assert [rule.id for rule in PROTOCOL.rules if rule.id not in deciding] == []


def test_somebody_with_little_to_say_has_a_short_path() -> None:
    little = {
        question.id: frozenset({NONE}) for question in PROTOCOL.questions if question.offers_none
    }
    answers = crowd(10).person(
        {**little, "where": frozenset({"neck_back"}), "age": 40, "pain": 3}, calm=1.0
    )

    assert len(answers) <= TYPICAL_PATH


def test_the_definition_decides_the_same() -> None:
    people, oracle = crowd(11), Oracle(PROTOCOL)
    for _ in range(300):
        answers = people.person()
        decision, expected = ENGINE.decide(answers), oracle.decide(answers)

        assert decision.recommend is expected.recommend, said(answers, decision)
        assert {one.rule.id for one in decision.fired} == {name for name, _, _ in expected.fired}
