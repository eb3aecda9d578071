"""On protocols small enough to try every answer, the solver says what brute force says."""

from __future__ import annotations

import pytest

from assessment.engine.decision import Engine
from assessment.proof.prove import prove
from assessment.proof.report import Code
from tests.proof.brute_force import BruteForce, answer_sets
from tests.proof.random_protocols import random_protocol
from tests.proof.test_interrupts import OF_INTERRUPTS

MOST = 150


@pytest.fixture(params=["as small", "as large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prove as a small protocol is proven, or as a large one is."""
    if request.param == "as large":
        monkeypatch.setattr("assessment.proof.prove.MANY", 0)


@pytest.mark.usefixtures("size")
@pytest.mark.parametrize("seed", range(150))
def test_prove_finds_exactly_what_brute_force_finds(seed: int) -> None:
    protocol = random_protocol(seed)
    sets = answer_sets(protocol, MOST)
    if sets is None:
        protocol = random_protocol(seed, questions=2, rules=3)
        sets = answer_sets(protocol, 10 * MOST)
        assert sets is not None
    report = prove(Engine(protocol))
    found = {
        (failure.code, failure.subject)
        for failure in report.failures
        if failure.code not in (Code.FINDING_UNUSED, *OF_INTERRUPTS)
    }
    brute = BruteForce(protocol, sets)
    assert found == brute.failures()
    required = {
        question.id
        for question in protocol.questions
        if not question.optional and question.line is None
    }
    sizes = [len(answers.keys() & required) for answers in brute.calm_sets()]
    assert report.questions_asked == ((min(sizes), max(sizes)) if sizes else None)
