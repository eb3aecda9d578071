"""Which answers made a rule fire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assessment.engine.conditions import (
    Condition,
    FindingRef,
    Not,
    Operator,
    Test,
    every_test,
    parts_of,
    reads_any,
)
from assessment.engine.operators import OPERATORS, Takes, bounds, values_in_range
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NO, NONE, YES, line_id

_LOWEST, _HIGHEST = -(10**9), 10**9


@dataclass(frozen=True, slots=True)
class Wanted:
    """The values of one question that count towards a rule: options, or ranges of numbers."""

    question: str
    options: frozenset[str] = frozenset()
    ranges: tuple[tuple[int, int], ...] = ()


class Reasons:
    """Which answers count towards a rule when it is yes.

    Where it is unknown, "Not sure" to one of these questions counts as well.
    """

    def __init__(self, protocol: Protocol) -> None:
        self._questions = protocol.question
        self._private = protocol.private
        self._findings = {finding.id: finding.when for finding in protocol.findings}

    def is_private(self, condition: Condition) -> bool:
        """Whether the condition rests on a private answer."""
        return reads_any(condition, self._findings, self._private)

    def private(self, condition: Condition) -> Iterator[str]:
        """Yield the questions marked private on which it rests, also through what asks others."""
        for test in every_test(condition, self._findings):
            question = self._questions[test.question]
            if question.private:
                yield question.id
            elif question.enable_when is not None:
                yield from self.private(question.enable_when)

    def wanted(self, when: Condition) -> list[Wanted]:
        """Return what counts towards a condition, question by question."""
        collected: dict[str, Wanted] = {}
        for test in self._positive(when, positive=True):
            known = collected.get(test.question, Wanted(test.question))
            if self._questions[test.question].kind.is_numeric:
                known = replace(known, ranges=(*known.ranges, _range(test)))
            else:
                known = replace(known, options=known.options | set(self._values(test)))
            collected[test.question] = known
            for line, answer in self._lines(test):
                known = collected.get(line, Wanted(line))
                collected[line] = replace(known, options=known.options | {answer})
        return list(collected.values())

    def _positive(self, condition: Condition, *, positive: bool) -> Iterator[Test]:
        match condition:
            case Test():
                if positive is (condition.operator is not Operator.NONE_OF):
                    yield condition
            case Not(part):
                yield from self._positive(part, positive=not positive)
            case FindingRef(finding):
                yield from self._positive(self._findings[finding], positive=positive)
            case _:
                for part in parts_of(condition):
                    yield from self._positive(part, positive=positive)

    def _lines(self, test: Test) -> Iterator[tuple[str, str]]:
        """Yield the line questions that count towards a test, with the answer that does."""
        question = self._questions[test.question]
        for option in question.options if question.clarify else ():
            for value, answer in ((option.id, YES), (NONE, NO)):
                if value in test.operand:
                    yield line_id(question.id, option.id), answer

    def _values(self, test: Test) -> tuple[str, ...]:
        if OPERATORS[test.operator].takes is Takes.OPTIONS:
            return tuple(map(str, test.operand))
        question = self._questions[test.question]
        return values_in_range(question, *bounds(test.operator, test.operand))


def _range(test: Test) -> tuple[int, int]:
    low, high = bounds(test.operator, test.operand)
    return (_LOWEST if low is None else int(low), _HIGHEST if high is None else int(high))
