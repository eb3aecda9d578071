"""What was confirmed counts as if it had been answered today, whatever else is answered."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.answers import Answer, Answers
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NONE, Kind, Question
from assessment.protocols.load import load_protocol
from assessment.screening import Screening
from assessment.web.walk.confirmed import left_aside

SHIPPED = load_protocol(Path(__file__).parents[3] / "rules" / "muscle_pain")
LASTING = "illness"
GATE = "health"


def with_lasting(protocol: Protocol) -> Protocol:
    """The shipped protocol, as if its list of long-term illnesses could be confirmed."""
    questions = tuple(
        replace(one, lasts=True) if one.id == LASTING else one for one in protocol.questions
    )
    return replace(protocol, questions=questions)


SCREENING = Screening(with_lasting(SHIPPED))
LINES = [one.id for one in SHIPPED.question[LASTING].options]


class Today:
    """Somebody who mostly has nothing to tell today, and says the same of a question each time."""

    def __init__(self, rolls: random.Random, calm: float) -> None:
        self._rolls = rolls
        self._calm = calm

    def answer(self, question: Question) -> Answer:
        if question.kind.is_numeric:
            return question.minimum or 0 if question.id != "age" else 40
        is_calm = self._rolls.random() < self._calm
        if not question.kind.is_set:
            mild = [one.id for one in question.options if one.safety is None]
            return self._rolls.choice(mild if is_calm and mild else list(question.values))
        if is_calm and question.offers_none and question.kind is not Kind.AREAS:
            return frozenset({NONE})
        return frozenset({self._rolls.choice([one.id for one in question.options])})


def walked(confirmed: Answers, today: Today) -> Answers:
    """Answer until there is a result; at a gate that is asked again, choose what it asks for."""
    answers: dict[str, Answer] = dict(confirmed)
    for _ in range(200):
        position = SCREENING.position(answers)
        if position.question is not None:
            answers[position.question.id] = today.answer(position.question)
            continue
        aside = left_aside(dict.fromkeys(confirmed, 0), SCREENING, position, answers)
        if aside is None:
            return answers
        assert aside.gate.id == GATE
        answers[GATE] = with_gate(answers)
    raise AssertionError("the questions never end")


def with_gate(answers: Answers) -> frozenset[str]:
    before = answers.get(GATE, frozenset())
    ticked = before if isinstance(before, frozenset) else frozenset()
    return (ticked - {NONE}) | {LASTING}


@pytest.mark.parametrize("calm", [1.0, 0.95, 0.8])
def test_a_confirmed_list_never_softens_the_advice(calm: float) -> None:
    for seed in range(40):
        rolls = random.Random(seed)
        told = frozenset(rolls.sample(LINES, rolls.randint(1, 3)))
        answers = walked({LASTING: told}, Today(rolls, calm))
        asked_today = {**answers, LASTING: told, GATE: with_gate(answers)}

        confirmed = SCREENING.decide(answers).recommend.urgency
        assert confirmed >= SCREENING.decide(asked_today).recommend.urgency, (seed, told)
        assert SCREENING.decide(answers).recommend is SCREENING.decide(asked_today).recommend or (
            SCREENING.position(answers).emergency
        )


def test_without_the_gate_the_advice_would_be_softer() -> None:
    """The fault that this keeps away: a confirmed illness that no answer of today leads to."""
    confirmed = {LASTING: frozenset({"organs"})}
    answers = walked(confirmed, Today(random.Random(1), 1.0))
    aside = {**answers, GATE: frozenset({NONE})}

    assert SCREENING.decide(aside).recommend.urgency < SCREENING.decide(answers).recommend.urgency
    found = left_aside({LASTING: 0}, SCREENING, SCREENING.position(aside), aside)
    assert found is not None
    assert "please choose “Diabetes, epilepsy" in found.notice


def test_nothing_lasts_in_the_shipped_protocol() -> None:
    """Its lists have lines that change from one visit to the next, or that are urgent."""
    assert [one.id for one in SHIPPED.questions if one.lasts] == []
