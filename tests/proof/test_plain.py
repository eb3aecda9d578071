"""What is settled question by question is what the whole protocol says, whatever the protocol."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.engine.conditions import All
from assessment.engine.decision import Engine
from assessment.engine.protocol import Advice, Protocol, Recommend, Rule
from assessment.proof.beside import ways
from assessment.proof.floors import total
from assessment.proof.monotone import monotone, not_plain
from assessment.proof.moves import Shapes
from assessment.proof.pair import Pair
from assessment.proof.solver import CONFLICTS
from assessment.proof.touched import Touching
from assessment.proof.workbench import Workbench
from tests.bare import WORDS
from tests.proof.random_protocols import random_protocol

SEEDS = st.integers(0, 10**6)
ALWAYS = Rule("always", All(()), Recommend.SELF_CARE, WORDS, ())
"""With it, some rule decides on all answers."""


def _decided(seed: int) -> Protocol:
    protocol = random_protocol(seed)
    advice = {**protocol.advice, ALWAYS.recommend: Advice(ALWAYS.recommend, WORDS, ())}
    return replace(protocol, rules=(*protocol.rules, ALWAYS), advice=advice)


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_a_question_that_is_plain_has_no_worse_answer_with_milder_advice(seed: int) -> None:
    engine = Engine(_decided(seed))
    left = not_plain(engine, CONFLICTS)
    plain = [one for one in engine.protocol.questions if one not in left]
    pair = Pair(Workbench(engine))

    assert not pair.bench.refute(total(pair.bench))
    assert not pair.bench.refute(monotone(pair, plain), pair)


def test_most_questions_that_keep_their_promise_are_plain() -> None:
    kept = plain = 0
    for seed in range(60):
        engine = Engine(_decided(seed))
        pair = Pair(Workbench(engine))
        claims = monotone(pair, engine.protocol.questions)
        failed = {one.subject for one in pair.bench.refute(claims, pair)}
        left = not_plain(engine, CONFLICTS)
        for question in filter(ways, engine.protocol.questions):
            subjects = {question.id, *(f"{question.id}.{one.id}" for one in question.options)}
            if not failed & subjects:
                kept += 1
                plain += question not in left

    assert plain > 0.9 * kept > 50


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_no_expression_moves_but_as_its_shape_says(seed: int) -> None:
    engine = Engine(_decided(seed))
    meanings = engine.meanings
    exprs = [*meanings.asked.values(), *meanings.requires.values(), *meanings.support]
    exprs += [each for one in meanings.rules for each in (one.surely, one.possibly)]
    pair, shapes, touching = Pair(Workbench(engine)), Shapes(meanings.asked), Touching(engine)
    conj, find = pair.circuit.conj, pair.bench.solver.find
    for question in engine.protocol.questions:
        for option, worse in pair.worse(question):
            moves = shapes.worse(question, option, touching.opened(question))
            for expr in exprs:
                before, after = pair.one.literal(expr), pair.other.literal(expr)
                move = moves.of(expr)
                assert move.rises or find([conj((worse, -before, after))]) is None
                assert move.falls or find([conj((worse, before, -after))]) is None


def test_less_urgent_recommendations_come_later_and_among_massage_those_with_less_pressure() -> (
    None
):
    """The order that lets the proof look at rules one by one."""
    order = [(one.urgency, one.pressure) for one in Recommend]

    assert order == sorted(order, reverse=True)
