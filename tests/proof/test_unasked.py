"""A question that is not asked makes nothing certain that was not certain before it.

So whoever looks for the next question may pass it by. This holds of every protocol that is read
without faults, and of all answers, up to the first question that is left out without being settled,
which is the next one. By induction along the walk: q is a question that is not asked, R may be
noted as certain at its step, through a vote v, and everything before it was noted.

1. If q is private, or asked because of something private (`Protocol.private`), `Bounds` never knows
   it, and no bound moves at its step. Otherwise all that asks it is earlier (`_check_order`, and
   `ConditionReader` with `later`) and known: `private` takes in whatever reads a private question.
2. If the upper bound of what asks q is false before q, no bound moves either: every atom of q was
   false below and is false now; it had that upper bound, and as q is neither answered nor left out
   its upper bound is now false (`_atom`). All other bounds are made of these (`_made`).
3. Where no bound moves at q, R was noted already. What v and the needs of R read takes in q, hence
   what asks q (`reads`), and a condition reads something (`EMPTY_CONDITION`): let r be the last
   question before q that they read. No bound of theirs moved since r was behind. The step of r has
   v, too (`_depend`), so R was certain there: noted if r was asked, and by induction if not.
4. If the upper bound is true before q although q is not asked, some list L that brings its lines
   was left out, and a line was answered. For every other test the two agree on known questions, by
   the cases of `operators.py`: what is left out reads as "not sure", which is in `possibly` of
   every test and in `surely` of none; `all`, `any`, `not` and `count` pass that on.
5. L was settled, as the walk went past it. v or the needs of R read L, through q. So at L something
   as high as R was certain, or R was not possible (`once`). The latter stays so: bounds only close
   in on each other as questions come to be known, since a question that is asked had an upper
   bound of true on what asks it. Hence R, or what outranks it, was noted before.

Were it otherwise, passing q by could only make the walk longer: less would be certain, and
`settled` has `certain` without a negation. No question that matters could be lost.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.engine.decision import Engine
from assessment.engine.logic import TRUE
from assessment.engine.protocol import Protocol, Recommend
from assessment.proof.circuit import Literal
from assessment.proof.short import ShortSheet
from assessment.proof.workbench import Workbench
from assessment.protocols.load import load_protocol
from tests.conftest import ROOT
from tests.engine import strategies as some
from tests.engine.test_properties import random_examples
from tests.proof.random_protocols import random_protocol


def moved(short: ShortSheet) -> Iterator[Literal]:
    """Yield for each question that it is not asked, and something is certain by it alone."""
    circuit, engine = short.circuit, short.bench.engine
    settled, passed = short.settle(engine.short.steps), circuit.true
    for step in engine.short.steps:
        name = step.question
        asked = short.literal(engine.meanings.asked.get(name, TRUE))
        gained = circuit.disj(
            circuit.conj((short.literal(expr), -short.certain[name, place]))
            for place, expr in step.certain
        )
        yield circuit.conj((passed, -asked, gained))
        left = short.domains[name].left
        passed = circuit.conj((passed, circuit.disj((-left, settled[name]))))


def can_move(engine: Engine) -> bool:
    bench = Workbench(engine)
    short = ShortSheet(bench)
    return bench.solver.find([short.circuit.disj(moved(short))]) is not None


@pytest.mark.parametrize("folder", ["after_massage", "muscle_pain"])
def test_in_what_is_shipped_nothing_is_certain_by_what_is_not_asked(folder: str) -> None:
    assert not can_move(Engine(load_protocol(ROOT / "rules" / folder)))


@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_certain_by_what_is_not_asked(seed: int) -> None:
    assert not can_move(Engine(random_protocol(seed, questions=5, rules=5)))


@random_examples
@given(st.data(), some.protocols())
def test_on_the_way_to_the_next_question_nothing_is_certain_by_what_is_not_asked(
    data: st.DataObject, protocol: Protocol
) -> None:
    """Whatever is left out: also lists of which the lines are answered."""
    engine = Engine(protocol)
    answers = data.draw(some.answers(protocol, complete=True))
    left_out = data.draw(st.sets(st.sampled_from(sorted(answers)), max_size=3))
    given_so_far = {name: answers[name] for name in answers if name not in left_out}
    stop, holds = engine.next_question(given_so_far), engine.compiler.predicate
    certain = len(Recommend)
    for step in engine.short.steps:
        if step.question == stop:
            break
        for place, expr in step.certain:
            if certain > place and holds(expr)(given_so_far):
                assert holds(engine.meanings.asked.get(step.question, TRUE))(given_so_far)
                certain = place
