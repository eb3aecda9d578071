"""What the engine promises of every protocol and all answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Never

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assessment.engine.answers import Answer, AnswerProblem, Answers, parse, to_json
from assessment.engine.changes import would_change
from assessment.engine.decision import Decision, Engine
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import NONE, NOT_SURE, Question
from assessment.engine.signs import cut_short
from tests import tiny
from tests.engine import strategies as some
from tests.engine.cutting import cut_short_at
from tests.engine.oracle import Oracle

random_examples = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
few_examples = settings(random_examples, max_examples=60)


def counted(decision: Decision) -> set[tuple[str, Recommend, bool]]:
    return {(one.rule.id, one.recommend, one.unsure) for one in decision.fired}


@random_examples
@given(st.data(), some.protocols())
def test_the_engine_decides_as_the_definition_says(data: st.DataObject, protocol: Protocol) -> None:
    engine, oracle = Engine(protocol), Oracle(protocol)
    for complete in (True, True, False, False):
        answers = data.draw(some.answers(protocol, complete=complete))

        decision, expected = engine.decide(answers), oracle.decide(answers)

        assert engine.asked(answers) == oracle.asked(answers)
        assert counted(decision) == expected.fired
        assert decision.recommend is expected.recommend
        assert decision.complete == expected.complete
        assert decision.fail_safe == expected.fail_safe
        assert decision.interrupted == expected.interrupted
        assert decision.missing == expected.missing
        assert decision.skipped == expected.skipped
        assert decision.ignored == expected.ignored


@random_examples
@given(st.data(), some.protocols())
def test_whatever_else_reads_conditions_reads_them_as_the_definition_says(
    data: st.DataObject, protocol: Protocol
) -> None:
    engine, oracle = Engine(protocol), Oracle(protocol)
    answers = data.draw(some.answers(protocol))

    noted = {(one.precaution.id, one.unsure) for one in engine.decide(answers).precautions}
    truth = {one.id: oracle.surely(one.when, answers) for one in protocol.precautions}
    helped = {one.id for one in engine.support(answers)}

    assert noted == {(name, value is None) for name, value in truth.items() if value is not False}
    assert helped == {one.id for one in protocol.support if oracle.truth(one.when, answers) is True}
    assert engine.is_carer(answers) == (
        protocol.carer_when is not None and oracle.truth(protocol.carer_when, answers) is True
    )


@few_examples
@given(st.data(), some.protocols())
def test_the_order_of_rules_and_findings_never_matters(
    data: st.DataObject, protocol: Protocol
) -> None:
    answers = data.draw(some.answers(protocol))
    shuffled = replace(
        protocol,
        rules=tuple(data.draw(st.permutations(protocol.rules))),
        findings=tuple(data.draw(st.permutations(protocol.findings))),
    )

    first, second = Engine(protocol).decide(answers), Engine(shuffled).decide(answers)

    assert counted(first) == counted(second)
    assert replace(first, fired=()) == replace(second, fired=())


@few_examples
@given(st.data(), some.protocols())
def test_a_rule_without_if_unsure_never_fires_from_what_is_unknown(
    data: st.DataObject, protocol: Protocol
) -> None:
    protocol = replace(
        protocol, rules=tuple(replace(rule, if_unsure=None) for rule in protocol.rules)
    )
    oracle = Oracle(protocol)
    answers = data.draw(some.answers(protocol, complete=True))

    fired = Engine(protocol).decide(answers).fired

    assert all(oracle.truth(one.rule.when, answers) is True for one in fired)
    assert not any(one.unsure for one in fired)


@few_examples
@given(st.data(), some.protocols())
def test_the_next_question_is_the_first_that_is_missing(
    data: st.DataObject, protocol: Protocol
) -> None:
    engine = Engine(protocol)
    answers = data.draw(some.answers(protocol, complete=True))
    while answers:
        assert engine.next_question(answers) == next(iter(engine.missing(answers)), None)
        answers.popitem()


@few_examples
@given(st.data(), some.protocols())
def test_on_partial_answers_only_an_emergency_counts(
    data: st.DataObject, protocol: Protocol
) -> None:
    answers = data.draw(some.answers(protocol))
    decision = Engine(protocol).decide(answers)
    assume(decision.missing)

    assert not decision.complete
    assert not any(one.unsure for one in decision.fired)
    if decision.interrupted:
        assert decision.recommend is Recommend.EMERGENCY
        assert {one.recommend for one in decision.fired} == {Recommend.EMERGENCY}
    else:
        assert decision.recommend is Recommend.MEDICAL_CLEARANCE_FIRST
        assert decision.fail_safe
        assert decision.fired == ()


@few_examples
@given(st.data(), some.protocols())
def test_the_most_urgent_rule_that_is_yes_is_the_one_that_ends_the_questions(
    data: st.DataObject, protocol: Protocol
) -> None:
    answers = data.draw(some.answers(protocol))
    engine = Engine(protocol)
    decision = engine.decide(answers)

    is_emergency = any(
        one.recommend is Recommend.EMERGENCY and not one.unsure for one in decision.fired
    )

    assert engine.is_emergency(answers) == is_emergency
    assert (engine.most_urgent(answers) is Recommend.EMERGENCY) == is_emergency


@few_examples
@given(st.data(), some.protocols())
def test_the_reasons_of_a_rule_are_answers_that_were_given(
    data: st.DataObject, protocol: Protocol
) -> None:
    engine = Engine(protocol)
    answers = data.draw(some.answers(protocol, complete=True))
    asked = engine.asked(answers)

    for fired in engine.decide(answers).fired:
        for name, counts in fired.answers.items():
            given_answer = answers[name]
            assert name in asked
            if isinstance(counts, frozenset):
                assert isinstance(given_answer, frozenset)
                assert counts
                assert counts <= given_answer
            else:
                assert counts == given_answer
            if not fired.unsure:
                assert counts != NOT_SURE
                assert not isinstance(counts, frozenset) or NOT_SURE not in counts


@random_examples
@given(st.data(), some.protocols(), st.integers(0, 3))
def test_what_a_change_makes_more_urgent_is_the_most_urgent_rule_that_is_then_yes(
    data: st.DataObject, protocol: Protocol, than: int
) -> None:
    engine = Engine(protocol)
    answers = data.draw(some.answers(protocol))
    changes = [
        (question.id, data.draw(some.answer(question)))
        for question in data.draw(st.lists(st.sampled_from(protocol.questions), max_size=40))
    ]

    most = [engine.most_urgent({**answers, name: changed}) for name, changed in changes]
    expected = [one if one is not None and one.urgency > than else None for one in most]
    assert engine.more_urgent(than, answers, changes) == expected


@few_examples
@given(st.data(), some.protocols())
def test_this_advice_would_change_lists_what_is_true_and_more_urgent(
    data: st.DataObject, protocol: Protocol
) -> None:
    engine, oracle = Engine(protocol), Oracle(protocol)
    answers = data.draw(some.answers(protocol, complete=True))
    decision = engine.decide(answers)

    changes = would_change(engine, answers, decision)

    if decision.recommend is Recommend.EMERGENCY:
        assert changes == ()
    for change in changes:
        question = protocol.question[change.question]
        changed = {**answers, change.question: given_instead(answers, question, change.answer)}
        replayed = oracle.decide(changed)
        assert change.question in engine.asked(answers)
        assert not question.private
        assert change.recommend.urgency > decision.recommend.urgency
        if replayed.complete:
            assert replayed.recommend.place <= change.recommend.place
            assert change.recommend in {recommend for _, recommend, _ in replayed.fired}


@random_examples
@given(st.data(), some.protocols())
def test_questions_are_cut_short_where_the_definition_says(
    data: st.DataObject, protocol: Protocol
) -> None:
    engine = Engine(protocol)
    for complete in (True, False):
        answers = data.draw(some.answers(protocol, complete=complete))

        assert cut_short(engine, answers) == cut_short_at(engine, answers)


def given_instead(
    answers: Answers, question: Question, value: str | int
) -> frozenset[str] | str | int:
    """The answer that a change speaks of: ticked as well, or given instead."""
    answer = answers[question.id]
    if isinstance(answer, frozenset):
        return (answer - {NONE, NOT_SURE}) | {str(value)}
    return value


@few_examples
@given(st.data(), some.protocols())
def test_answers_travel_as_json_and_come_back_the_same(
    data: st.DataObject, protocol: Protocol
) -> None:
    for name, answer in data.draw(some.answers(protocol, complete=True)).items():
        question = protocol.question[name]
        travelled = json.loads(json.dumps(to_json(answer, question)))

        assert parse(question, travelled) == answer


PROBLEMS = {
    "missing",
    "unknown",
    "exclusive",
    "not_a_number",
    "out_of_range",
    "wrong_type",
}
LIKELY = st.sampled_from(
    ["a", "b", "none", "not_sure", "", "7", "-1", "1e3", 7, 10**400, "9" * 5000, ["a", "none"]]
)
JSON_VALUES = LIKELY | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | LIKELY,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(random_examples, max_examples=500)
@given(some.questions("q", some.Scope()), JSON_VALUES)
def test_any_json_value_is_an_answer_or_an_answer_problem(question: Question, raw: object) -> None:
    kind = None
    try:
        answer = parse(question, raw)
    except AnswerProblem as problem:
        kind = problem.kind

    assert kind in PROBLEMS if kind else in_domain(question, answer)


def in_domain(question: Question, answer: object) -> bool:
    unsure = {NOT_SURE} if question.offers_not_sure else set()
    if question.kind.is_set:
        return (
            isinstance(answer, frozenset)
            and bool(answer)
            and answer <= {*question.values, *unsure}
            and (NONE not in answer or answer == {NONE})
        )
    if answer in unsure:
        return True
    if question.kind.is_numeric:
        assert question.minimum is not None
        assert question.maximum is not None
        return type(answer) is int and question.minimum <= answer <= question.maximum
    return answer in question.values


def failing(*_: object) -> Never:
    raise RuntimeError("a fault of ours")


class BrokenAnswers(dict[str, Answer]):
    """Answers that cannot be read."""

    def get(self, *_: object) -> Never:
        raise RuntimeError("a fault of ours")


def in_care(decision: Decision) -> bool:
    return (
        decision.recommend is Recommend.MEDICAL_CLEARANCE_FIRST
        and decision.fail_safe
        and not decision.complete
        and decision.fired == ()
    )


def test_whatever_goes_wrong_inside_ends_in_care(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(tiny.load(tmp_path))
    monkeypatch.setattr(engine, "_decide", failing)

    assert in_care(engine.decide({}))


@few_examples
@given(st.data(), some.protocols())
def test_answers_that_nobody_parsed_never_raise(data: st.DataObject, protocol: Protocol) -> None:
    raw = st.dictionaries(st.sampled_from([*protocol.question, "unheard_of"]), JSON_VALUES)
    answers = data.draw(raw)

    assert Engine(protocol).decide(answers).recommend in Recommend  # type: ignore[arg-type]  # what nobody parsed


def test_answers_that_cannot_be_read_end_in_care(tmp_path: Path) -> None:
    protocol = tiny.load(tmp_path)
    answers = tiny.answers(protocol, flag="absent", signs=["none"], pain=1, duration="days")
    assert Engine(protocol).decide(answers).recommend is Recommend.SELF_CARE

    assert in_care(Engine(protocol).decide(BrokenAnswers(answers)))


def test_a_fault_leaves_no_change_to_speak_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    protocol = tiny.load(tmp_path)
    engine = Engine(protocol)
    answers = tiny.answers(protocol, flag="absent", signs=["none"], pain=1, duration="days")
    assert would_change(engine, answers, engine.decide(answers)) != ()

    monkeypatch.setattr(engine, "more_urgent", failing)

    assert would_change(engine, answers, engine.decide(answers)) == ()
