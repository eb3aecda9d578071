"""The shipped protocol: everything holds, soon, and would not hold if a rule were lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.cases import judged
from assessment.proof.figures import vignette_figures
from assessment.proof.prove import prove
from assessment.proof.report import Code, Kind
from assessment.proof.words import failure_in_words
from assessment.protocols.load import load_protocol

NEITHER_TAG_NOR_PROMISE = {
    "RF11": "leads to support lines, shown to the person alone; injuries have rows of their own",
    "CI26": "allergies: a note for the therapist",
}
"""Rows of the evidence of no tier: what each leads to instead."""


@pytest.fixture(scope="module")
def protocol(shipped: Path) -> Protocol:
    return load_protocol(shipped)


def test_everything_holds(protocol: Protocol) -> None:
    report = prove(Engine(protocol))
    lines = [line for failure in report.failures for line in failure_in_words(protocol, failure)]
    assert lines == []
    assert {checked.kind for checked in report.checked} == set(Kind)
    empty = {checked.kind for checked in report.checked if not checked.count}
    assert empty == {Kind.CONFIRMED}, "nothing of the shipped protocol lasts (decision 0035)"


def test_a_person_is_asked_neither_too_little_nor_too_much(protocol: Protocol) -> None:
    asked = prove(Engine(protocol)).questions_asked
    assert asked is not None
    few, most = asked
    assert 12 <= few <= most <= 40


def test_no_vignette_gets_unsafe_advice(protocol: Protocol) -> None:
    figures = {share.name: share for share in vignette_figures(judged(Engine(protocol)))}
    assert figures["unsafe"].part == 0
    assert figures["unsafe"].whole >= 40


def test_every_red_flag_and_contraindication_has_a_tag_or_a_promise(protocol: Protocol) -> None:
    kept = {row for promise in protocol.promises for row in promise.evidence}
    for question in protocol.questions:
        for option in question.options:
            if option.safety is not None:
                kept.update(option.evidence)
    rows = {row for row in protocol.sources if row.startswith(("RF", "CI"))}
    assert rows - kept <= set(NEITHER_TAG_NOR_PROMISE)


@pytest.mark.slow
def test_a_lost_emergency_or_same_day_rule_is_noticed(protocol: Protocol) -> None:
    for lost in protocol.rules:
        if lost.recommend.urgency >= 2:
            rest = tuple(rule for rule in protocol.rules if rule is not lost)
            failures = prove(Engine(replace(protocol, rules=rest))).failures
            codes = {failure.code for failure in failures}
            assert codes & {Code.BELOW_FLOOR, Code.PROMISE_BROKEN, Code.CASE_FAILS}, lost.id
