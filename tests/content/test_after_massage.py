"""The signs after a massage: everything holds, and no sign of the evidence is left out."""

from __future__ import annotations

import pytest
import yaml

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import Safety
from assessment.proof.prove import prove
from assessment.proof.words import failure_in_words
from assessment.protocols.load import RULES_FOLDER, load_protocol
from assessment.screening import AFTER_VISIT

EVIDENCE_2_3 = {
    "dark_pee": "RF44", "side": "RF25", "swollen": "RF41", "breath": "RF34", "bruise": "CI04",
}  # fmt: skip
"""The signs that the evidence names after a massage, each with a row that says why."""


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(RULES_FOLDER / AFTER_VISIT)


def test_everything_holds(protocol: Protocol) -> None:
    report = prove(Engine(protocol))
    lines = [line for failure in report.failures for line in failure_in_words(protocol, failure)]
    assert lines == []


def test_each_sign_of_the_evidence_needs_help_today_or_at_once(protocol: Protocol) -> None:
    options = {one.id: one for question in protocol.questions for one in question.options}
    for name, row in EVIDENCE_2_3.items():
        assert options[name].safety in (Safety.EMERGENCY, Safety.URGENT), name
        assert {"H23", row} <= set(options[name].evidence), name


def test_every_other_sign_has_help_of_its_own_too_and_none_ends_in_massage(
    protocol: Protocol,
) -> None:
    engine = Engine(protocol)
    assert {one.id for one in protocol.advice} == {
        "emergency", "urgent_medical", "medical_clearance_first", "self_care",
    }  # fmt: skip
    for first in protocol.question["at_once"].options:
        told = {"at_once": frozenset({first.id})}
        assert engine.decide(told).recommend is Recommend.EMERGENCY
    for one in protocol.question["today"].options:
        told = {"at_once": frozenset({"none"}), "today": frozenset({one.id})}
        assert engine.decide(told).recommend.urgency >= Recommend.URGENT_MEDICAL.urgency


def test_its_rows_say_what_those_of_the_self_assessment_say() -> None:
    def rows(name: str) -> dict[str, object]:
        text = (RULES_FOLDER / name / "evidence.yaml").read_text("utf-8")
        return {row["id"]: row for row in yaml.safe_load(text)}

    shipped = rows("muscle_pain")
    assert {id: shipped.get(id) for id in rows(AFTER_VISIT)} == rows(AFTER_VISIT)
