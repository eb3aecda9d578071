from __future__ import annotations

import gc
from itertools import product

import pytest

from assessment.engine.decision import Engine
from assessment.proof.circuit import Circuit
from assessment.proof.prove import prove
from assessment.proof.solver import NotFinishedError, Solver
from tests.proof.random_protocols import random_protocol


def test_a_gate_that_was_built_before_is_the_same_literal() -> None:
    circuit = Circuit()
    one, other = circuit.fresh(), circuit.fresh()
    assert circuit.conj((one, other)) == circuit.conj((other, one, one))
    assert circuit.disj((one, other)) == -circuit.conj((-one, -other))


def test_constants_are_folded() -> None:
    circuit = Circuit()
    one = circuit.fresh()
    assert circuit.conj(()) == circuit.true
    assert circuit.disj(()) == circuit.false
    assert circuit.conj((one, circuit.true)) == one
    assert circuit.conj((one, circuit.false)) == circuit.false
    assert circuit.conj((one, -one)) == circuit.false
    assert circuit.disj((one, -one)) == circuit.true


def test_two_literals_are_together_what_all_of_these_two_are() -> None:
    circuit = Circuit()
    some = [circuit.fresh(), circuit.fresh(), circuit.true]
    every = [*some, *(-literal for literal in some)]
    for one, other in product(every, repeat=2):
        assert circuit.both(one, other) == circuit.conj((one, other))


@pytest.mark.parametrize("values", list(product((True, False), repeat=4)))
def test_gates_mean_what_they_say(values: tuple[bool, ...]) -> None:
    circuit = Circuit()
    inputs = [circuit.fresh() for _ in values]
    counts = circuit.counts(inputs, 4)
    same = circuit.same(inputs[0], inputs[1])
    either = circuit.disj(inputs)
    given = [each if value else -each for each, value in zip(inputs, values, strict=True)]
    model = Solver(circuit).find(given)
    assert model is not None
    assert [model.holds(each) for each in counts] == [sum(values) >= n for n in range(5)]
    assert model.holds(same) is (values[0] == values[1])
    assert model.holds(either) is any(values)
    assert model.holds(circuit.true)
    assert not model.holds(circuit.false)


def _seven_pigeons_in_six_holes() -> Circuit:
    circuit = Circuit()
    pigeons = [[circuit.fresh() for _ in range(6)] for _ in range(7)]
    for holes in pigeons:
        circuit.require(*holes)
    for hole in zip(*pigeons, strict=True):
        circuit.at_most_one(hole)
    return circuit


def test_what_takes_too_long_is_not_finished() -> None:
    with pytest.raises(NotFinishedError):
        Solver(_seven_pigeons_in_six_holes(), conflicts=10).find([])


def test_what_cannot_be_is_found_out_in_time() -> None:
    assert Solver(_seven_pigeons_in_six_holes()).find([]) is None


@pytest.mark.parametrize("number", [3, 30])
def test_at_most_one_allows_none_and_each_alone_but_no_two(number: int) -> None:
    circuit = Circuit()
    inputs = [circuit.fresh() for _ in range(number)]
    circuit.at_most_one(inputs)
    solver = Solver(circuit)

    def possible(*places: int) -> bool:
        given = [each if place in places else -each for place, each in enumerate(inputs)]
        return solver.find(given) is not None

    assert possible()
    assert all(possible(place) for place in range(number))
    assert not any(possible(one, other) for other in range(number) for one in range(other))


def test_a_proof_that_shows_no_answers_is_gone_at_its_end_without_the_collector() -> None:
    def circuits() -> int:
        return sum(isinstance(one, Circuit) for one in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = circuits()
        report = prove(Engine(random_protocol(40)))
        assert not any(failure.witness for failure in report.failures)
        assert circuits() == before
    finally:
        gc.enable()
