"""A gate of everyday words is never narrower, in time or place, than a sign behind it.

A gate is a list whose ticks open another list. Somebody who has a sign behind it must have had
reason to tick it: so it asks about at least as long a time, and wherever it hurts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.conditions import Operator, every_test
from assessment.engine.protocol import Protocol
from assessment.engine.questions import Kind, Question
from assessment.engine.text import Text
from assessment.protocols.load import load_protocol

DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
UNIT = rf"({'|'.join(DAYS)})s?\b"
WINDOW = re.compile(rf"\b(?:last|within|new in|under) (?:(\d+) )?{UNIT}", re.I)
EVER = 100 * DAYS["year"]


def windows(*texts: Text | None) -> list[int]:
    """The times that these texts ask about, in days: "in the last 4 weeks" is 28."""
    found = [match for text in texts if text for match in WINDOW.finditer(text.text)]
    return [int(match[1] or 1) * DAYS[match[2].lower()] for match in found]


def opened(protocol: Protocol) -> Iterator[tuple[Question, str, Question]]:
    """Every gate, with one of its options and a question that a tick of it can open."""
    findings = {finding.id: finding.when for finding in protocol.findings}
    for question in protocol.questions:
        if question.enable_when is None or question.line is not None:
            continue
        for test in every_test(question.enable_when, findings):
            gate = protocol.question[test.question]
            if gate.kind is Kind.CHOICES and test.operator is not Operator.NONE_OF:
                yield from ((gate, str(option), question) for option in test.operand)


def asked_about(gate: Question, option: str) -> int:
    """The days that an option of a gate asks about: its own, or those of the whole list."""
    named = [one for one in gate.options if one.id == option]
    own = windows(*(text for one in named for text in (one.label, one.hint)))
    return min(own or windows(gate.ask, gate.hint), default=EVER)


def longest(question: Question) -> int:
    """The longest time that a list, an option or a line of it asks about; 0 is now."""
    texts = [text for one in question.options for text in (one.label, one.hint, one.ask)]
    return max(windows(question.ask, question.hint, *texts), default=0)


def narrower(protocol: Protocol) -> set[tuple[str, str]]:
    """Every gate that asks about less time, with what it opens."""
    return {
        (f"{gate.id}.{option}", question.id)
        for gate, option, question in opened(protocol)
        if asked_about(gate, option) < longest(question)
    }


def only_somewhere(protocol: Protocol) -> set[str]:
    """Every list that opens by gates alone which not everybody is asked."""
    findings = {finding.id: finding.when for finding in protocol.findings}
    return {
        question.id
        for _, _, question in opened(protocol)
        if question.enable_when is not None
        and all(
            protocol.question[test.question].enable_when is not None
            for test in every_test(question.enable_when, findings)
        )
    }


def changed(protocol: Protocol, question: Question) -> Protocol:
    rest = [question if one.id == question.id else one for one in protocol.questions]
    return replace(protocol, questions=tuple(rest))


@pytest.fixture(scope="module")
def protocol(shipped: Path) -> Protocol:
    return load_protocol(shipped)


def test_no_gate_asks_about_less_time_than_a_sign_behind_it(protocol: Protocol) -> None:
    assert narrower(protocol) == set()


def test_no_list_opens_only_by_a_gate_that_some_places_do_not_bring(protocol: Protocol) -> None:
    assert only_somewhere(protocol) == set()


def test_a_gate_that_is_narrower_would_be_found(protocol: Protocol) -> None:
    signs = protocol.question["signs"]
    short = changed(protocol, replace(signs, ask=Text("In the last 2 weeks?")))
    assert ("signs.limb", "limb") in narrower(short)
    somewhere = changed(protocol, replace(signs, enable_when=protocol.question["foot"].enable_when))
    assert "nerves" in only_somewhere(somewhere)


def test_a_time_behind_a_gate_is_said_in_words_that_these_tests_read(protocol: Protocol) -> None:
    behind = {question.id: question for _, _, question in opened(protocol)}
    for question in (protocol.question["signs"], *behind.values()):
        assert bool(re.search(rf"\d+ {UNIT}", question.ask.text)) is bool(windows(question.ask))
    windowed = {name for name, question in behind.items() if windows(question.ask)}
    assert {"low", "head", "below", "limb", "ill"} <= windowed


def test_the_private_question_is_offered_to_everybody(protocol: Protocol) -> None:
    """It is asked on no page of the way: no promise can hold this, and `check` has to."""
    assert protocol.question["private"].enable_when is None
