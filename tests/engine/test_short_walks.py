"""Every short walk against the full one: what was left out moves nothing."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.engine.answers import Answer, Answers
from assessment.engine.decision import Decision, Engine
from assessment.engine.protocol import Protocol, Recommend
from assessment.protocols.load import load_protocol
from tests.conftest import ROOT
from tests.engine import strategies as some
from tests.engine.left_out import Walk
from tests.engine.oracle import Oracle
from tests.engine.promises import Crowd
from tests.engine.test_properties import few_examples, random_examples

SHIPPED = load_protocol(ROOT / "rules" / "muscle_pain")
ENGINE = Engine(SHIPPED)


def check_alike(engine: Engine, full: Answers, short: Answers) -> Decision:
    one, other = engine.decide(full), engine.decide(short)

    assert one.missing == one.skipped == ()
    assert other.missing == ()
    assert other.recommend is one.recommend
    assert other.fail_safe == one.fail_safe
    assert engine.support(short) == engine.support(full)
    assert engine.is_carer(short) == engine.is_carer(full)
    assert fired(other) <= fired(one)
    assert noted(other) <= noted(one)
    if one.recommend.urgency < 2:
        assert noted(other) == noted(one)
    return other


def fired(decision: Decision) -> set[tuple[str, bool]]:
    return {(one.rule.id, one.unsure) for one in decision.fired}


def noted(decision: Decision) -> set[tuple[str, bool]]:
    return {(one.precaution.id, one.unsure) for one in decision.precautions}


def settled_of(protocol: Protocol, full: Answers) -> list[str]:
    """The settled questions of a full walk, by the definition."""
    walk = Walk(Oracle(protocol), full)
    return [name for name in full if not protocol.question[name].optional and walk.is_settled(name)]


def without(answers: Answers, names: Collection[str]) -> dict[str, Answer]:
    return {name: answer for name, answer in answers.items() if name not in names}


def end_of_walk(engine: Engine, full: Answers) -> dict[str, Answer]:
    """What somebody has answered when the walk ends who would answer so."""
    given_so_far = {name: full[name] for name in full if engine.protocol.question[name].optional}
    while not engine.is_emergency(given_so_far) and (left := engine.missing(given_so_far)):
        given_so_far[left[0]] = full[left[0]]
    return given_so_far


@random_examples
@given(st.data(), some.protocols())
def test_leaving_any_settled_questions_out_moves_nothing(
    data: st.DataObject, protocol: Protocol
) -> None:
    engine = Engine(protocol)
    for _ in range(4):
        answers = data.draw(some.answers(protocol, complete=True))
        full = {name: answers[name] for name in engine.asked(answers)}
        settled = settled_of(protocol, full)
        left_out = [name for name in settled if data.draw(st.booleans())]

        check_alike(engine, full, without(full, left_out))
        check_alike(engine, full, without(full, settled))


@few_examples
@given(st.data(), some.protocols())
def test_a_walk_that_is_never_longer_than_needed_ends_as_the_full_one(
    data: st.DataObject, protocol: Protocol
) -> None:
    engine = Engine(protocol)
    answers = data.draw(some.answers(protocol, complete=True))
    full = {name: answers[name] for name in engine.asked(answers)}
    short = end_of_walk(engine, full)

    if engine.is_emergency(short):
        assert engine.decide(full).recommend is Recommend.EMERGENCY
    else:
        check_alike(engine, full, short)


@few_examples
@given(st.data(), some.protocols())
def test_what_is_settled_stays_so_as_answers_come_in(
    data: st.DataObject, protocol: Protocol
) -> None:
    engine = Engine(protocol)
    answers = data.draw(some.answers(protocol, complete=True))
    full = {name: answers[name] for name in engine.asked(answers)}
    given_so_far: dict[str, Answer] = {}
    still: set[str] = set()
    for name, answer in full.items():
        if not protocol.question[name].optional:
            missing = set(engine.missing(given_so_far))
            assert not still & missing
            still |= set(engine.asked(given_so_far)) - missing - given_so_far.keys()
            given_so_far[name] = answer


@pytest.mark.parametrize("seed", range(3))
def test_everybody_who_walks_the_shipped_protocol_gets_what_the_full_walk_gives(seed: int) -> None:
    people = Crowd(ENGINE, seed)
    shorter = 0
    for _ in range(300):
        full = people.person()
        short = end_of_walk(ENGINE, full)
        shorter += len(short) < len(full)
        if ENGINE.is_emergency(short):
            assert ENGINE.decide(full).recommend is Recommend.EMERGENCY
        else:
            check_alike(ENGINE, full, short)
        settled = [name for name in full if name not in ENGINE.missing(without(full, [name]))]
        left_out = [name for name in settled if people.random.random() < 0.5]
        check_alike(ENGINE, full, without(full, left_out))
    assert shorter > 100
