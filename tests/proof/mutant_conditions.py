"""A condition with one option or threshold changed, in every way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from assessment.engine.conditions import All, Any, Condition, Count, Not, Operand, Operator, Test
from assessment.engine.questions import Question, Questions
from tests.proof.mutant import Fault

Change = tuple[Fault, str, Condition]


def negated_or_changed(condition: Condition, questions: Questions) -> Iterator[Change]:
    """Yield the condition turned round, and then everything that `changes` yields."""
    yield Fault.NEGATED, "negated", Not(condition)
    yield from changes(condition, questions)


def changes(condition: Condition, questions: Questions) -> Iterator[Change]:
    """Yield the condition with one option or threshold changed, in every way."""
    match condition:
        case Test():
            yield from _test_changes(condition, questions[condition.question])
        case Not(part):
            for fault, words, changed in changes(part, questions):
                yield fault, words, Not(changed)
        case All(parts) | Any(parts) | Count(_, parts):
            if isinstance(condition, Count):
                yield from _count_changes(condition)
            for place, part in enumerate(parts):
                for fault, words, changed in changes(part, questions):
                    rest = (*parts[:place], changed, *parts[place + 1 :])
                    yield fault, words, replace(condition, parts=rest)
        case _:
            return  # a finding is changed where it stands


def _test_changes(test: Test, question: Question) -> Iterator[Change]:
    if test.operator in (Operator.AT_LEAST, Operator.AT_MOST, Operator.BETWEEN):
        yield from _threshold_changes(test, question)
        return
    options = tuple(str(value) for value in test.operand)
    for option in options:
        rest = tuple(value for value in options if value != option)
        yield (
            Fault.OPTION_REMOVED,
            f"{test.question} {test.operator} without {option}",
            replace(test, operand=rest),
        )
    for option in question.values:
        if option not in options:
            yield (
                Fault.OPTION_ADDED,
                f"{test.question} {test.operator} with {option}",
                replace(test, operand=(*options, option)),
            )


def _threshold_changes(test: Test, question: Question) -> Iterator[Change]:
    """Move each threshold by one, but for what would not load."""
    ends: tuple[str | int, ...] = test.operand
    for end, value in enumerate(ends):
        for step in (-1, 1):
            moved = _next(question, value, step)
            if moved is None:
                continue
            operand = (*ends[:end], moved, *ends[end + 1 :])
            if _place(question, operand[0]) <= _place(question, operand[-1]):
                words = f"{test.question} {test.operator} {value} becomes {moved}"
                yield Fault.THRESHOLD, words, replace(test, operand=cast("Operand", operand))


def _place(question: Question, value: str | int) -> int:
    return value if isinstance(value, int) else question.values.index(value)


def _next(question: Question, value: str | int, step: int) -> str | int | None:
    """Return the value so many steps further; None where the question has none."""
    place = _place(question, value) + step
    if isinstance(value, int):
        return place if (question.minimum or 0) <= place <= (question.maximum or 0) else None
    return question.values[place] if 0 <= place < len(question.values) else None


def _count_changes(count: Count) -> Iterator[Change]:
    for number in (count.at_least - 1, count.at_least + 1):
        if 1 <= number <= len(count.parts):
            words = f"count of {count.at_least} becomes {number}"
            yield Fault.THRESHOLD, words, replace(count, at_least=number)
