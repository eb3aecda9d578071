"""No gate on a shipped question hides an emergency or same-day sign without notice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.conditions import All, Condition, Operator, Test, every_test
from assessment.engine.decision import Engine
from assessment.engine.opens import opening_of
from assessment.engine.protocol import Protocol
from assessment.proof.asked import Asking
from assessment.proof.covered import uncovered
from assessment.proof.workbench import Workbench
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.load import load_protocol
from tests.proof.cheap_proof import passes_by
from tests.proof.parsed_once import parsed_once

SHIPPED = load_protocol(Path(__file__).resolve().parents[2] / "rules" / "muscle_pain")
WITH_SIGNS = tuple(dict.fromkeys(sign.question for sign in opening_of(SHIPPED).signs()))
"""The questions that have, or open, a sign of an emergency or of the same day."""
GATES: dict[str, Condition] = {
    "whoever answers for themselves": Test("who", Operator.IS, ("me",)),
    "from age 12": Test("age", Operator.AT_LEAST, (12,)),
    "up to age 69": Test("age", Operator.AT_MOST, (69,)),
    "without pain in the chest": Test("where", Operator.NONE_OF, ("chest",)),
    "who hurts somewhere": Test("where", Operator.NONE_OF, ("none",)),
    "from three days on": Test("how_long", Operator.NONE_OF, ("under_3_days",)),
    "without an injury": Test("signs", Operator.NONE_OF, ("injury",)),
    "without cancer": Test("health", Operator.NONE_OF, ("cancer",)),
}
HIDES_NOTHING = {
    ("child_walk", "up to age 69"),  # a child is younger
    ("foot", "who hurts somewhere"),  # it is asked of places alone
    ("clot_risk", "who hurts somewhere"),
}


def may_carry(question: str, gate: Condition) -> bool:
    """Whether the gate reads only what is asked before the question."""
    before = [one.id for one in SHIPPED.questions]
    return all(
        before.index(test.question) < before.index(question) for test in every_test(gate, {})
    )


def gated(question: str, gate: Condition) -> Protocol:
    questions = [
        replace(one, enable_when=gate if one.enable_when is None else All((one.enable_when, gate)))
        if one.id == question
        else one
        for one in SHIPPED.questions
    ]
    return replace(SHIPPED, questions=tuple(questions))


def missed(protocol: Protocol) -> set[str]:
    """Return the signs, with their promises, that are not asked."""
    asking = Asking(Workbench(Engine(protocol)))
    return {
        claim.subject
        for claim in asking.claims()
        if asking.bench.solver.find([claim.literal]) is not None
    }


def test_every_sign_is_promised_to_everybody_who_is_asked_today() -> None:
    assert uncovered(Workbench(Engine(SHIPPED))).signs == ()


def test_nothing_is_missed_without_a_gate() -> None:
    assert missed(SHIPPED) == set()
    assert not passes_by(SHIPPED, WITH_SIGNS)


@pytest.fixture(scope="module", autouse=True)
def _kept() -> Iterator[None]:
    with parsed_once():
        yield


@pytest.mark.parametrize("question", WITH_SIGNS)
def test_a_gate_that_hides_a_sign_from_children_is_refused(question: str) -> None:
    gate = GATES["from age 12" if question != "age" else "whoever answers for themselves"]
    assert passes_by(gated(question, gate), {question})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "gate"),
    [(one, gate) for one in WITH_SIGNS for gate in GATES if may_carry(one, GATES[gate])],
)
def test_every_gate_that_hides_a_sign_is_refused(question: str, gate: str) -> None:
    hides = (question, gate) not in HIDES_NOTHING
    assert bool(missed(gated(question, GATES[gate]))) is hides


@pytest.mark.parametrize(
    "question",
    [name for name in WITH_SIGNS if SHIPPED.question[name].offers_not_sure],
)
def test_not_sure_cannot_be_taken_off_a_shipped_list_of_signs(
    question: str, shipped: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "protocol"
    shutil.copytree(shipped, folder)
    file = folder / "questions.yaml"
    before, start, rest = file.read_text("utf-8").partition(f"\n- id: {question}\n")
    own, end, after = rest.partition("\n- id: ")
    own = own.replace("\n  not_sure: true", "").replace("\n  clarify: true", "")
    file.write_text(f"{before}{start}{own}{end}{after}", "utf-8")

    with pytest.raises(BrokenProtocol, match=rf"unknown-option: found `{question}\.not_sure`"):
        load_protocol(folder)
