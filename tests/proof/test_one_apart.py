"""Two answer sets that share what cannot differ show the same faults as two whole ones."""

from __future__ import annotations

import pytest

from assessment.engine.decision import Engine
from assessment.engine.questions import Question
from assessment.proof.monotone import monotone
from assessment.proof.one_apart import OneApart
from assessment.proof.pair import Pair
from assessment.proof.workbench import Workbench
from tests.proof.random_protocols import random_protocol


def whole(engine: Engine) -> Pair:
    return Pair(Workbench(engine))


def broken(pair: Pair, *questions: Question) -> list[tuple[str, str]]:
    """The claims of which the solver finds that they are true of some answers."""
    solver = pair.bench.solver
    return [
        (claim.code, claim.subject)
        for claim in monotone(pair, questions)
        if solver.find([claim.literal]) is not None
    ]


@pytest.mark.parametrize("seed", range(60))
def test_the_same_claims_fail(seed: int) -> None:
    engine = Engine(random_protocol(seed))
    questions = engine.protocol.questions
    beside = [broken(OneApart(Workbench(engine), one), one) for one in questions]

    assert [found for each in beside for found in each] == broken(whole(engine), *questions)


def test_some_of_them_do_fail() -> None:
    """Or the comparison above would compare nothing with nothing."""
    engines = [Engine(random_protocol(seed)) for seed in range(60)]

    assert sum(bool(broken(whole(engine), *engine.protocol.questions)) for engine in engines) > 20
