"""Which answers made a rule fire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

from assessment.engine.answers import Answer, Answers
from assessment.engine.conditions import (
    Condition,
    FindingRef,
    Not,
    Operator,
    Test,
    every_test,
    parts_of,
)
from assessment.engine.operators import OPERATORS, Takes, bounds, values_in_range
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NOT_SURE

_LOWEST, _HIGHEST = -(10**9), 10**9


class _Wanted(NamedTuple):
    """The values of one question that count towards a rule."""

    question: str
    options: frozenset[str] = frozenset()
    ranges: tuple[tuple[int, int], ...] = ()


Wanted = tuple[_Wanted, ...]
"""Everything that counts towards one rule, for `gather`."""


def gather(all_wanted: Wanted, answers: Answers) -> dict[str, Answer]:
    """Return the answers, or the parts of them, that are wanted."""
    counted: dict[str, Answer] = {}
    for question, options, ranges in all_wanted:
        value = answers.get(question)
        if isinstance(value, frozenset):
            if hit := value & options:
                counted[question] = hit
        elif value in options or (ranges and _inside(value, ranges)):
            counted[question] = cast("Answer", value)
    return counted


class Reasons:
    """For each rule, by its place, the answers that count towards it.

    `when_sure` are those that make it yes, `when_unsure` also those that leave it unknown;
    `private` says whether it rests on a private question.
    """

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self.when_sure: list[Wanted] = [self._collect(rule.when) for rule in protocol.rules]
        self.when_unsure: list[Wanted] = [
            tuple(wanted._replace(options=wanted.options | {NOT_SURE}) for wanted in rule)
            for rule in self.when_sure
        ]
        findings = {finding.id: finding.when for finding in protocol.findings}
        self.private = [
            any(
                protocol.question[test.question].private for test in every_test(rule.when, findings)
            )
            for rule in protocol.rules
        ]

    def answers(self, place: int, answers: Answers, *, unsure: bool) -> dict[str, Answer]:
        """Return the answers that count towards the rule at this place."""
        return gather((self.when_unsure if unsure else self.when_sure)[place], answers)

    def _collect(self, condition: Condition) -> Wanted:
        collected: dict[str, _Wanted] = {}
        for test in self._positive(condition, positive=True):
            known = collected.get(test.question, _Wanted(test.question))
            if self._protocol.question[test.question].kind.is_numeric:
                known = known._replace(ranges=(*known.ranges, _range(test)))
            else:
                known = known._replace(options=known.options | set(self._values(test)))
            collected[test.question] = known
        return tuple(collected.values())

    def _positive(self, condition: Condition, *, positive: bool) -> Iterator[Test]:
        match condition:
            case Test():
                if positive is (condition.operator is not Operator.NONE_OF):
                    yield condition
            case Not(part):
                yield from self._positive(part, positive=not positive)
            case FindingRef(finding):
                yield from self._positive(self._protocol.finding[finding].when, positive=positive)
            case _:
                for part in parts_of(condition):
                    yield from self._positive(part, positive=positive)

    def _values(self, test: Test) -> tuple[str, ...]:
        if OPERATORS[test.operator].takes is Takes.OPTIONS:
            return tuple(map(str, test.operand))
        question = self._protocol.question[test.question]
        return values_in_range(question, *bounds(test.operator, test.operand))


def _range(test: Test) -> tuple[int, int]:
    low, high = bounds(test.operator, test.operand)
    return (_LOWEST if low is None else int(low), _HIGHEST if high is None else int(high))


def _inside(value: object, ranges: tuple[tuple[int, int], ...]) -> bool:
    if isinstance(value, int):
        for low, high in ranges:
            if low <= value <= high:
                return True
    return False
