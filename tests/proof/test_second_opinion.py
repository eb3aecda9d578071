"""Another solver, given the written definition, finds exactly what `prove` finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.prove import prove
from assessment.proof.report import Code
from assessment.protocols.load import load_protocol
from tests.proof.random_protocols import random_protocol
from tests.proof.second_opinion import SecondOpinion

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(1000, 1200))
def test_z3_agrees_on_random_protocols(seed: int) -> None:
    protocol = random_protocol(seed, questions=6, rules=8)
    assert _found(protocol) == SecondOpinion(protocol).failures()


def test_z3_agrees_on_the_shipped_protocol(shipped: Path) -> None:
    protocol = load_protocol(shipped)
    assert _found(protocol) == SecondOpinion(protocol).failures()


def _found(protocol: Protocol) -> set[tuple[Code, str]]:
    """Return what `prove` finds, but for what only looks at names."""
    return {
        (failure.code, failure.subject)
        for failure in prove(Engine(protocol)).failures
        if failure.code not in (Code.FINDING_UNUSED, Code.CASE_FAILS)
    }
