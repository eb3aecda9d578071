"""What a protocol promises of its safety tags, and random people to hold it to them.

Nothing here reads rules: a promise is kept or broken by the decision alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

from assessment.engine.answers import Answer, Answers, to_json
from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Operator,
    Test,
)
from assessment.engine.decision import Decision, Engine
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NONE, NOT_SURE, Question, Safety, Worse
from tests.engine.oracle import Oracle


@dataclass(frozen=True)
class Floor:
    """The least urgency and the most pressure that a decision may have."""

    urgency: int = 0
    pressure: int = 2

    def __or__(self, other: Floor) -> Floor:
        return Floor(max(self.urgency, other.urgency), min(self.pressure, other.pressure))

    def is_kept_by(self, decision: Decision) -> bool:
        recommend = decision.recommend
        return recommend.urgency >= self.urgency and recommend.pressure <= self.pressure


FLOORS = {
    None: Floor(),
    Safety.EMERGENCY: Floor(urgency=3),
    Safety.URGENT: Floor(urgency=2),
    Safety.CLEARANCE: Floor(urgency=1),
    Safety.NO_MASSAGE: Floor(pressure=0),
    Safety.NO_DEEP: Floor(pressure=1),
}
NOT_SURE_FLOORS = {
    **FLOORS,
    Safety.EMERGENCY: Floor(urgency=2),
    Safety.URGENT: Floor(urgency=1),
}
NOTHING: Answers = {}
TIERS = [None, *reversed(Safety)]
"""Tags from none to the most severe."""


def floor(protocol: Protocol, answers: Answers) -> Floor:
    """The floor that these answers promise together; only answers to asked questions."""
    every = [
        one for name, answer in answers.items() for one in _floors(protocol.question[name], answer)
    ]
    return reduce(Floor.__or__, every, Floor())


def _floors(question: Question, answer: Answer) -> Iterator[Floor]:
    given = answer if isinstance(answer, frozenset) else {answer}
    for option in question.options:
        if option.id in given:
            yield FLOORS[option.safety]
        if NOT_SURE in given and not question.clarify:
            yield NOT_SURE_FLOORS[option.safety]


def tagged(protocol: Protocol) -> Iterator[tuple[Question, str]]:
    """Every option with a safety tag."""
    for question in protocol.questions:
        for option in question.options:
            if option.safety is not None:
                yield question, option.id


def worse_answers(question: Question, answer: Answer) -> Iterator[Answer]:
    """Every answer that is worse than this one in one step, by tags and by `worse`."""
    if isinstance(answer, frozenset):
        for option in question.options:
            if option.safety is not None and option.id not in answer:
                yield (answer - {NONE}) | {option.id}
    elif isinstance(answer, int):
        assert question.minimum is not None
        assert question.maximum is not None
        if question.worse is Worse.UP:
            yield from range(answer + 1, question.maximum + 1)
        elif question.worse is Worse.DOWN:
            yield from range(question.minimum, answer)
    elif answer != NOT_SURE:
        now = question.option(answer)
        for option in question.options:
            step = question.index(option.id) - question.index(answer)
            in_order = {Worse.UP: step > 0, Worse.DOWN: step < 0, None: False}[question.worse]
            if in_order or TIERS.index(option.safety) > TIERS.index(now.safety):
                yield option.id


class Crowd:
    """Random people who answer one protocol to its end; the same for the same seed."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine = engine
        self.protocol = engine.protocol
        self.oracle = Oracle(engine.protocol)
        self.random = random.Random(seed)

    def person(self, given: Answers = NOTHING, *, calm: float | None = None) -> Answers:
        """Answer what is asked, in order: as `given` where it says, else at random.

        `calm` is how often tagged options and "not sure" are left alone.
        """
        if calm is None:
            calm = self.random.choice((0.5, 0.9, 0.97, 1.0))
        answers: dict[str, Answer] = {}
        for question in self.protocol.questions:
            if question.optional:
                if question.id in given:
                    answers[question.id] = given[question.id]
            elif self._may_be_asked(question, answers) and question.id in self.engine.asked(
                answers
            ):
                known = given.get(question.id)
                answers[question.id] = self.answer(question, calm) if known is None else known
        return answers

    def walk(self, calm: float) -> Answers:
        """Answer what the pages ask, which leave out what is settled."""
        question = self.protocol.question
        return self.engine.walk(lambda name: self.answer(question[name], calm), {})

    def _may_be_asked(self, question: Question, answers: Answers) -> bool:
        """Spare the engine the lines of every list that nobody is unsure about."""
        if question.line is None:
            return True
        ticked = answers.get(question.line.question, frozenset())
        return isinstance(ticked, frozenset) and NOT_SURE in ticked

    def answer(self, question: Question, calm: float) -> Answer:
        """Any answer to the question."""
        choose = self.random
        if question.offers_not_sure and choose.random() > calm:
            unsure = frozenset({NOT_SURE}) if question.kind.is_set else NOT_SURE
            if choose.random() < 0.5:
                return unsure
        if question.kind.is_numeric:
            assert question.minimum is not None
            assert question.maximum is not None
            return choose.randint(question.minimum, question.maximum)
        plain = [one.id for one in question.options if one.safety is None]
        every = [one.id for one in question.options]
        offered = plain if plain and choose.random() < calm else every
        if not question.kind.is_set:
            return choose.choice(offered)
        count = choose.choice((0, 1, 1, 2, 3))
        ticked = frozenset(choose.sample(offered, min(count, len(offered))))
        if question.offers_none and (not ticked or (not plain and choose.random() < calm)):
            return frozenset({NONE})
        return ticked or frozenset({choose.choice(every)})

    def whose(self, condition: Condition, calm: float | None = None) -> Answers:
        """A person of whom the condition is true."""
        for _ in range(200):
            answers = self.person(self.towards(condition), calm=calm)
            if self.oracle.truth(condition, answers) is True:
                return answers
        raise AssertionError(f"nobody is so: {condition}")

    def asked(self, question: Question, answer: Answer, calm: float | None = None) -> Answers:
        """A person who is asked the question and gives this answer."""
        for _ in range(200):
            enabling = self._enabling(question)
            answers = self.person({**enabling, question.id: answer}, calm=calm)
            if question.id in answers:
                return answers
        raise AssertionError(f"nobody is asked {question.id}")

    def _enabling(self, question: Question) -> dict[str, Answer]:
        """Answers that get the question asked, or make it likely."""
        if question.line is not None:
            whole = self.protocol.question[question.line.question]
            return {**self._enabling(whole), whole.id: frozenset({NOT_SURE})}
        return {} if question.enable_when is None else self.towards(question.enable_when)

    def worse(self, answers: Answers, question: Question, answer: Answer) -> Answers:
        """The same person with one worse answer; what is then asked anew is free."""
        return self.person({**answers, question.id: answer}, calm=1.0)

    def towards(self, condition: Condition) -> dict[str, Answer]:
        """Answers that make a condition likely, with those that get its questions asked."""
        wanted: dict[str, Answer] = {}
        for test in self._tests(condition):
            question = self.protocol.question[test.question]
            if question.enable_when is not None:
                self._merge(wanted, self.towards(question.enable_when))
            self._merge(wanted, self._answering(question, test))
        return wanted

    def _merge(self, wanted: dict[str, Answer], more: Mapping[str, Answer]) -> None:
        for name, answer in more.items():
            before = wanted.get(name)
            if isinstance(before, frozenset) and isinstance(answer, frozenset):
                wanted[name] = (before | answer) - {NONE} or answer
            elif before is None or self.random.random() < 0.5:
                wanted[name] = answer

    def _tests(self, condition: Condition) -> Iterator[Test]:
        match condition:
            case Test():
                yield condition
            case FindingRef(finding):
                yield from self._tests(self.protocol.finding[finding].when)
            case All(parts):
                for part in parts:
                    yield from self._tests(part)
            case Any(parts):
                yield from self._tests(self.random.choice(parts))
            case Count(at_least, parts):
                for part in self.random.sample(parts, at_least):
                    yield from self._tests(part)

    def _answering(self, question: Question, test: Test) -> dict[str, Answer]:
        if question.kind.is_numeric:
            assert question.minimum is not None
            assert question.maximum is not None
            low = question.minimum if test.operator is Operator.AT_MOST else int(test.operand[0])
            high = question.maximum if test.operator is Operator.AT_LEAST else int(test.operand[-1])
            return {question.id: self.random.randint(low, high)}
        if test.operator is Operator.NONE_OF:
            return {}
        value = str(self.random.choice(test.operand))
        if not question.kind.is_set:
            return {question.id: value}
        ticked = test.operand if test.operator is Operator.ALL_OF else (value,)
        return {question.id: frozenset(map(str, ticked))}


def in_words(protocol: Protocol, answers: Answers) -> str:
    """Answers as the command line takes them, for a report of what went wrong."""
    return str({name: to_json(answer, protocol.question[name]) for name, answer in answers.items()})
