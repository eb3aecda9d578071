"""Which answers made a rule fire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The values of one question that count towards a rule."""

    question: str
    options: frozenset[str] = frozenset()
    ranges: tuple[tuple[int, int], ...] = ()

    def counted(self, value: Answer) -> Answer | None:
        if isinstance(value, frozenset):
            return (value & self.options) or None
        if isinstance(value, int):
            return value if any(low <= value <= high for low, high in self.ranges) else None
        return value if value in self.options else None


class Reasons:
    """For each rule, the answers that count towards it.

    `private` says of each rule, by its place, whether it rests on a private question.
    """

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._wanted = [self._collect(rule.when) for rule in protocol.rules]
        self._unsure = [
            [replace(wanted, options=wanted.options | {NOT_SURE}) for wanted in rule]
            for rule in self._wanted
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
        counted: dict[str, Answer] = {}
        for wanted in (self._unsure if unsure else self._wanted)[place]:
            value = answers.get(wanted.question)
            if value is not None and (hit := wanted.counted(value)) is not None:
                counted[wanted.question] = hit
        return counted

    def _collect(self, condition: Condition) -> list[_Wanted]:
        collected: dict[str, _Wanted] = {}
        for test in self._positive(condition, positive=True):
            known = collected.get(test.question, _Wanted(test.question))
            if self._protocol.question[test.question].kind.is_numeric:
                known = replace(known, ranges=(*known.ranges, _range(test)))
            else:
                known = replace(known, options=known.options | set(self._values(test)))
            collected[test.question] = known
        return list(collected.values())

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
