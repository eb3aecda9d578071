"""Another solver, given the written definition of short walks, finds what `prove` finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.conditions import Operator, Test
from assessment.engine.decision import Engine
from assessment.proof.prove import prove
from assessment.proof.report import Code, Kind
from assessment.protocols.load import load_protocol
from tests.proof.random_protocols import random_protocol
from tests.proof.short_opinion import ShortOpinion
from tests.proof.test_short import settling, short_failures

pytestmark = pytest.mark.slow


def found(engine: Engine, kind: Kind) -> set[str]:
    [checked] = [one for one in prove(engine).checked if one.kind is kind]
    return {failure.subject for failure in checked.failures}


@pytest.mark.parametrize("seed", range(1000, 1100))
def test_z3_agrees_which_signs_are_not_asked(seed: int) -> None:
    protocol = random_protocol(seed, questions=5, rules=5)
    assert set(ShortOpinion(protocol).not_asked()) == found(Engine(protocol), Kind.ASKED)


@pytest.mark.parametrize("by_place", [True, False])
def test_z3_agrees_which_signs_the_shipped_protocol_asks(shipped: Path, *, by_place: bool) -> None:
    protocol = load_protocol(shipped)
    if not by_place:  # nobody is asked about the bladder but who ticks a gate
        gate = Test("signs", Operator.IS, ("below",))
        questions = tuple(
            replace(one, enable_when=gate) if one.id == "low" else one for one in protocol.questions
        )
        protocol = replace(protocol, questions=questions)
    missed = found(Engine(protocol), Kind.ASKED)
    assert bool(missed) is not by_place
    assert set(ShortOpinion(protocol).not_asked()) == missed


@pytest.mark.parametrize("seed", range(1000, 1100))
def test_z3_agrees_that_no_short_walk_differs(seed: int) -> None:
    protocol = random_protocol(seed, questions=4, rules=5)
    assert set(ShortOpinion(protocol).differ()) == found(Engine(protocol), Kind.SHORT) == set()


@pytest.mark.parametrize("seed", range(1000, 1050))
def test_z3_agrees_what_differs_where_a_question_is_settled_too_soon(seed: int) -> None:
    protocol = random_protocol(seed, questions=4, rules=5)
    first, *rest = protocol.questions
    if seed % 2:
        protocol = replace(protocol, questions=(replace(first, private=True), *rest))
    walking = [one.id for one in protocol.questions if not one.optional and one.line is None]
    for name in walking[:2]:
        failures = short_failures(settling(Engine(protocol), name))
        differ = {failure.subject for failure in failures}
        assert {failure.code for failure in failures} <= {Code.SHORT_WALK_DIFFERS}
        opinion = ShortOpinion(protocol, [name])
        assert set(opinion.differ()) == differ
        assert opinion.can_differ() is bool(differ)


def test_z3_agrees_that_no_short_walk_of_the_shipped_protocol_differs(shipped: Path) -> None:
    assert not ShortOpinion(load_protocol(shipped)).can_differ()


def test_there_is_something_to_agree_on() -> None:
    missed = [found(Engine(random_protocol(seed, 5, 5)), Kind.ASKED) for seed in range(1000, 1100)]
    assert sum(map(bool, missed)) > 3
