"""The verifier reads a protocol anew and comes to the same clauses as the prover."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from pysat.solvers import Minisat22

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.beside import ways
from assessment.proof.refuted import Part, parts
from assessment.protocols.load import RULES_FOLDER, load_protocol
from tests.engine import strategies as some
from tests.proof.random_protocols import random_protocol
from tests.verify import as_yaml
from tests.verify.verifier import check, encode


def same(part: Part, circuit: encode.Circuit, claims: list[tuple[str, str, int]]) -> None:
    """Gates and claims of the prover are those of the verifier, and the same answers count."""
    ours = {part.circuit.true: 1}

    def translated(literal: int) -> int:
        return ours[abs(literal)] * (1 if literal > 0 else -1)

    ours |= {literal: circuit.named[name] for name, literal in part.names.items()}
    for inside, gate in part.circuit.gates.items():
        ours[gate] = circuit.conj(map(translated, inside))
    for claim, (code, subject, literal) in zip(part.claims, claims, strict=True):
        assert (claim.code, claim.subject) == (code, subject)
        assert translated(claim.literal) == literal, (part.id, code, subject)
    theirs = [list(map(translated, clause)) for clause in part.circuit.take_clauses()]
    mine = list(circuit.clauses())
    assert follow(theirs, from_=mine)
    assert follow(circuit.required, from_=theirs)


def follow(clauses: list[list[int]], *, from_: list[list[int]]) -> bool:
    """Each clause is one of the others, or a consequence of them."""
    there = set(map(frozenset, from_))
    left = [clause for clause in clauses if frozenset(clause) not in there]
    with Minisat22(bootstrap_with=from_) as solver:
        return not any(solver.solve([-literal for literal in clause]) for clause in left)


def both_make_the_same(
    protocol: Protocol, folder: Path, only: Collection[str] | None = None
) -> None:
    ours = check.refuted(encode.Protocol(check.texts_of(folder).values()), only)
    for part, (name, circuit, claims) in zip(parts(Engine(protocol), only), ours, strict=True):
        assert part.id == name
        same(part, circuit, claims)


@pytest.mark.parametrize("seed", range(60))
def test_claims_of_random_protocols_are_the_same(seed: int, tmp_path: Path) -> None:
    protocol = random_protocol(seed)

    both_make_the_same(protocol, as_yaml.write(protocol, tmp_path))


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(some.protocols())
def test_claims_of_protocols_with_private_and_optional_questions_are_the_same(
    protocol: Protocol,
) -> None:
    with TemporaryDirectory() as folder:
        both_make_the_same(protocol, as_yaml.write(protocol, Path(folder)))


def test_claims_of_some_parts_of_the_shipped_protocol_are_the_same() -> None:
    """One answer set, interrupting, and every twenty-fifth pair of answer sets."""
    folder = RULES_FOLDER / "muscle_pain"
    protocol = load_protocol(folder)
    pairs = [f"worse-{one.id}" for one in protocol.questions if ways(one)]

    both_make_the_same(protocol, folder, {"one", "interrupts", *pairs[::25]})


@pytest.mark.slow
def test_claims_of_the_shipped_protocol_are_the_same() -> None:
    folder = RULES_FOLDER / "muscle_pain"

    both_make_the_same(load_protocol(folder), folder)
