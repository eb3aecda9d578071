"""Long counts: enough of very many answers is proven as enough of a few is."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from assessment.engine.conditions import Count, Not, Operator, Test
from assessment.engine.decision import Engine
from assessment.engine.protocol import Promise, Protocol, Recommend, Rule
from assessment.engine.questions import Kind, Option, Question
from assessment.engine.text import Text
from assessment.proof.circuit import Circuit
from assessment.proof.prove import prove
from assessment.proof.report import Code
from assessment.proof.solver import Solver
from tests.bare import BARE, WORDS


def _counting(enough: int, of: int) -> Protocol:
    """Who says yes to so many of these questions sees a doctor; a promise says so."""
    options = (Option("yes", WORDS), Option("no", WORDS))
    questions = tuple(
        Question(f"q{place}", Kind.CHOICE, WORDS, Text(f"q{place}"), options=options)
        for place in range(of)
    )
    many = Count(enough, tuple(Test(one.id, Operator.IS, ("yes",)) for one in questions))
    return replace(
        BARE,
        questions=questions,
        rules=(
            Rule("many", many, Recommend.MEDICAL_CLEARANCE_FIRST, WORDS, ()),
            Rule("few", Not(many), Recommend.SELF_CARE, WORDS, ()),
        ),
        promises=(Promise("enough", WORDS, many, 1, 0),),
    )


@pytest.mark.parametrize("enough", [40, pytest.param(60, marks=pytest.mark.slow)])
def test_half_of_very_many_answers_is_proven(enough: int) -> None:
    report = prove(Engine(_counting(enough, of=2 * enough)))

    assert report.failures == ()


def test_one_too_few_of_many_answers_is_found() -> None:
    protocol = _counting(20, of=40)
    many = protocol.rules[0].when
    assert isinstance(many, Count)
    promise = replace(protocol.promises[0], when=Count(19, many.parts))
    report = prove(Engine(replace(protocol, promises=(promise,))))

    [broken] = [one for one in report.failures if one.code is Code.PROMISE_BROKEN]
    assert broken.witness is not None
    assert list(broken.witness.answers.values()).count("yes") == 19


def test_comparing_two_counts_forbids_nothing() -> None:
    circuit = Circuit()
    some, others = ([circuit.fresh() for _ in range(3)] for _ in range(2))
    counts = [circuit.counts(each, 3) for each in (some, others)]
    circuit.compare(some, others, 3)
    solver = Solver(circuit)

    for values in product((True, False), repeat=6):
        both = zip([*some, *others], values, strict=True)
        model = solver.find([each if value else -each for each, value in both])
        assert model is not None
        for count, ticked in zip(counts, (values[:3], values[3:]), strict=True):
            assert [model.holds(each) for each in count] == [
                sum(ticked) >= number for number in range(4)
            ]
