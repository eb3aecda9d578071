"""The fixed set that is measured: the protocol and answers to it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from assessment.engine.answers import Answer
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NONE, NOT_SURE, Question
from assessment.protocols.load import load_protocol
from bench.generate import FOLDER

SETS = 200
SEED = 7


def fixed_protocol() -> Protocol:
    return load_protocol(FOLDER)


def typical_answers(engine: Engine, number: int = SETS) -> list[dict[str, Answer]]:
    """Complete answers as people give them: every question that is asked, and no other."""
    draw = random.Random(SEED)
    return [_typical(engine, draw) for _ in range(number)]


def any_answers(protocol: Protocol, number: int = SETS) -> Iterator[dict[str, Answer]]:
    """Answers that may be missing, unsure or off the path, all options alike."""
    draw = random.Random(SEED)
    for _ in range(number):
        share = draw.random()
        yield {
            question.id: _answer(question, draw, ordinary=0.1, unsure=0.25)
            for question in protocol.questions
            if draw.random() < share
        }


def _typical(engine: Engine, draw: random.Random) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    # Settled questions too: the longest way, as it has been measured from the first.
    while missing := [name for name in engine.asked(answers) if name not in answers]:
        question = engine.protocol.question[missing[0]]
        answers[question.id] = _answer(question, draw, ordinary=0.65, unsure=0.05)
    return answers


def _answer(question: Question, draw: random.Random, *, ordinary: float, unsure: float) -> Answer:
    """One answer; the ordinary one is "none", or the last option of a choice without order."""
    if question.offers_not_sure and draw.random() < unsure:
        return frozenset({NOT_SURE}) if question.kind.is_set else NOT_SURE
    if question.kind.is_numeric:
        low, high = question.minimum or 0, question.maximum
        return draw.randint(low, 10 if high is None else min(high, 80))
    options = [option.id for option in question.options]
    if question.kind.is_set:
        if question.offers_none and draw.random() < ordinary:
            return frozenset({NONE})
        return frozenset(draw.sample(options, min(len(options), draw.choice([1, 1, 2]))))
    if not question.ordered and draw.random() < ordinary:
        return options[-1]
    return draw.choice(options)
