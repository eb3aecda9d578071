"""Two answer sets that share what cannot differ show the same faults as two whole ones."""

from __future__ import annotations

import pytest

from assessment.engine.decision import Engine
from assessment.proof.beside import Beside
from assessment.proof.monotone import monotone
from assessment.proof.pair import Pair
from assessment.proof.workbench import Workbench
from tests.proof.random_protocols import random_protocol


def broken(pair: Pair) -> list[tuple[str, str]]:
    """The claims of which the solver finds that they are true of some answers."""
    solver = pair.bench.solver
    return [
        (claim.code, claim.subject)
        for claim in monotone(pair)
        if solver.find([claim.literal]) is not None
    ]


@pytest.mark.parametrize("seed", range(60))
def test_the_same_claims_fail(seed: int) -> None:
    engine = Engine(random_protocol(seed))
    beside = (Beside(Workbench(engine), one) for one in engine.protocol.questions)

    assert [found for pair in beside for found in broken(pair)] == broken(Pair(Workbench(engine)))


def test_some_of_them_do_fail() -> None:
    """Or the comparison above would compare nothing with nothing."""
    engines = [Engine(random_protocol(seed)) for seed in range(60)]

    assert sum(bool(broken(Pair(Workbench(engine)))) for engine in engines) > 20
