"""Another solver, given the written definition, finds exactly what `prove` finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.prove import prove
from assessment.proof.report import Code
from assessment.protocols.load import load_protocol
from tests.proof.random_protocols import random_protocol
from tests.proof.second_opinion import SecondOpinion
from tests.proof.test_interrupts import OF_INTERRUPTS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(1000, 1200))
def test_z3_agrees_on_random_protocols(seed: int) -> None:
    protocol = random_protocol(seed, questions=6, rules=8)
    assert _found(protocol) == SecondOpinion(protocol).failures()


@pytest.mark.parametrize("lost", [None, 0, 3])
def test_z3_agrees_on_the_shipped_protocol(shipped: Path, lost: int | None) -> None:
    protocol = load_protocol(shipped)
    if lost is not None:  # every fourth rule is gone, so that much fails
        rules = tuple(rule for place, rule in enumerate(protocol.rules) if place % 4 != lost)
        protocol = replace(protocol, rules=rules)
    found = _found(protocol)
    assert bool(found) is (lost is not None)
    assert found == SecondOpinion(protocol).failures()


def _found(protocol: Protocol) -> set[tuple[Code, str]]:
    """Return what `prove` finds, but for what only looks at names, or at the walk.

    Short walks, and what is asked on them, are compared in `test_short_opinion.py`; those that an
    emergency ends in `test_interrupts.py`.
    """
    elsewhere = {Code.FINDING_UNUSED, Code.CASE_FAILS, Code.SIGN_NOT_ASKED, *OF_INTERRUPTS}
    return {
        (failure.code, failure.subject)
        for failure in prove(Engine(protocol)).failures
        if failure.code not in elsewhere
    }
