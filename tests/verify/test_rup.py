"""The checker of refutations takes what follows by unit propagation, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from random import Random

import pytest
from pysat.solvers import Glucose3, Minisat22

from tests.verify.verifier import VERIFY, rup

ALL_FOUR = [[1, 2], [1, -2], [-1, 2], [-1, -2]]


def checked(clauses: list[list[int]], *lemmas: list[int], unit: int | None = None) -> str | None:
    largest = max(abs(literal) for clause in clauses for literal in clause)
    wrong: str | None = rup.Checker(clauses, largest).refutes([unit] if unit else [], lemmas)
    return wrong


def test_lemmas_that_follow_refute() -> None:
    assert checked(ALL_FOUR, [1], []) is None


def test_a_contradiction_of_units_needs_no_lemma() -> None:
    assert checked([[1, 2], [1, -2]], [], unit=-1) is None


def test_a_lemma_that_does_not_follow_is_refused() -> None:
    assert checked([[1, 2], [1, -2]], [2], [1], []) == "lemma 1 does not follow"


def test_a_contradiction_that_propagation_does_not_find_is_refused() -> None:
    assert checked(ALL_FOUR, []) == "lemma 1 does not follow"


def test_lemmas_without_the_empty_one_are_no_refutation() -> None:
    assert checked(ALL_FOUR, [1]) == "it ends before the empty clause"
    assert checked(ALL_FOUR) == "it ends before the empty clause"


def test_clauses_that_can_be_true_are_never_refuted() -> None:
    for literals in product((1, -1), (2, -2)):
        assert checked([[1, 2]], list(literals), []) is not None


def test_nothing_is_left_of_a_refutation_for_the_next_one() -> None:
    checker = rup.Checker([[1, 2], [-1, 3], [-2, 3]], 3)

    assert checker.refutes([-3], [[]]) is None
    assert checker.refutes([3], [[]]) == "lemma 1 does not follow"
    assert checker.refutes([-3], [[1], []]) is None
    assert checker.refutes([], [[3], [-1], []]) == "lemma 2 does not follow"
    assert checker.refutes([], [[1], []]) == "lemma 1 does not follow"


def test_nothing_is_left_of_a_refutation_that_cannot_be_read_to_its_end() -> None:
    checker = rup.Checker([[1, 2], [-1, 2]], 2)

    with pytest.raises(KeyError):
        checker.refutes([-2], rup.read("1 0\n9 0", {1: 1}))
    assert checker.refutes([1], [[]]) == "lemma 1 does not follow"


@pytest.mark.parametrize("seed", range(40))
def test_it_agrees_with_solvers_on_random_clauses(seed: int) -> None:
    random = Random(seed)
    for _ in range(20):
        clauses = [
            [random.choice((1, -1)) * random.randint(1, 12) for _ in range(3)] for _ in range(58)
        ]
        with Minisat22(bootstrap_with=clauses) as solver:
            can_be = solver.solve()
        with Glucose3(bootstrap_with=clauses, with_proof=True) as solver:
            solver.solve()
            proof = "\n".join(solver.get_proof() or [])
        same = {literal: literal for literal in range(-12, 13)}
        lemmas = [lemma for lemma in rup.read(proof, same) if lemma]
        assert (checked(clauses, *lemmas, []) is None) is not can_be


def test_a_line_that_does_not_end_is_refused() -> None:
    known = {1: 1, -1: -1, 2: 2, -2: -2}

    with pytest.raises(ValueError, match="does not end with 0"):
        list(rup.read("1 2", known))
    assert list(rup.read("c words\n1 -2 0\nd 1 -2 0\n0\n", known)) == [[1, -2], []]


def test_a_variable_is_named_once_and_only_from_what_is_known() -> None:
    def conj(literals: list[int]) -> int:
        return min(literals)

    assert rup.names("5 a\n6 and 5 -1\n", {"a": 3}, conj)[-6] == 1
    for text in ("5 b", "6 and 7 5", "5 a\n5 a", "1 a", "0 a", "-5 a"):
        with pytest.raises((KeyError, ValueError)):
            rup.names(text, {"a": 3}, conj)


def test_it_stands_on_the_standard_library_and_is_short() -> None:
    text = (VERIFY / "rup.py").read_text()
    program = "import sys, rup; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", program],
        cwd=VERIFY,
        capture_output=True,
        text=True,
        check=True,
    )

    assert len(text.splitlines()) <= 150
    assert set(loaded.stdout.split()) - set(sys.stdlib_module_names) <= {"rup", "__main__"}
