"""Small faults that somebody could make in a protocol, one in each mutant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from assessment.engine.conditions import All, Any, Condition, Count, Not, Operand, Operator, Test
from assessment.engine.protocol import Advice, Finding, Protocol, Recommend, Rule
from assessment.engine.questions import Question, Questions


class Fault(StrEnum):
    """What was done to the protocol."""

    DROPPED = "rule dropped"
    NEGATED = "condition negated"
    OPTION_REMOVED = "option removed"
    OPTION_ADDED = "option added"
    THRESHOLD = "threshold moved"
    LOWERED = "recommendation lowered"
    NO_IF_UNSURE = "if_unsure removed"
    NO_REQUIRES = "requires removed"
    ENABLE_WHEN = "enable_when negated"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A protocol with one fault; `id` says in words where and which."""

    id: str
    fault: Fault
    protocol: Protocol


Change = tuple[Fault, str, Condition]


def mutants(protocol: Protocol) -> Iterator[Mutant]:
    """Yield every mutant, always in the same order; no two have the same id."""
    seen: Counter[str] = Counter()
    for fault, words, mutated in _all(protocol):
        seen[words] += 1
        again = f" ({seen[words]})" if seen[words] > 1 else ""
        yield Mutant(words + again, fault, mutated)


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


def lower(recommend: Recommend) -> Recommend | None:
    """Return the next recommendation in precedence; None after the last."""
    every = list(Recommend)
    return every[recommend.place + 1] if recommend is not every[-1] else None


def _all(protocol: Protocol) -> Iterator[tuple[Fault, str, Protocol]]:
    for rule in protocol.rules:
        yield from _of_rule(protocol, rule)
    for finding in protocol.findings:
        yield from _of_finding(protocol, finding)
    for advice in protocol.advice.values():
        yield from _of_advice(protocol, advice)
    for question in protocol.questions:
        yield from _of_question(protocol, question)


def _of_rule(protocol: Protocol, rule: Rule) -> Iterator[tuple[Fault, str, Protocol]]:
    def with_rule(*new: Rule) -> Protocol:
        place = protocol.rules.index(rule)
        return replace(
            protocol, rules=(*protocol.rules[:place], *new, *protocol.rules[place + 1 :])
        )

    name = f"rule {rule.id}"
    yield Fault.DROPPED, f"{name}: dropped", with_rule()
    for fault, words, when in _conditions(protocol, rule.when):
        yield fault, f"{name}: {words}", with_rule(replace(rule, when=when))
    less = lower(rule.recommend)
    if less is not None:
        unsure = rule.if_unsure
        if unsure is not None and unsure.place < less.place:
            unsure = less  # else it would not load: `if_unsure` is never above `recommend`
        lowered = replace(rule, recommend=less, if_unsure=unsure)
        yield Fault.LOWERED, f"{name}: recommends {less.id}", with_rule(lowered)
    if rule.if_unsure is None:
        return
    yield Fault.NO_IF_UNSURE, f"{name}: no if_unsure", with_rule(replace(rule, if_unsure=None))
    less = lower(rule.if_unsure)
    if less is not None:
        lowered = replace(rule, if_unsure=less)
        yield Fault.LOWERED, f"{name}: if_unsure {less.id}", with_rule(lowered)


def _of_finding(protocol: Protocol, finding: Finding) -> Iterator[tuple[Fault, str, Protocol]]:
    place = protocol.findings.index(finding)
    for fault, words, when in _conditions(protocol, finding.when):
        new = replace(finding, when=when)
        findings = (*protocol.findings[:place], new, *protocol.findings[place + 1 :])
        yield fault, f"finding {finding.id}: {words}", replace(protocol, findings=findings)


def _of_advice(protocol: Protocol, advice: Advice) -> Iterator[tuple[Fault, str, Protocol]]:
    if advice.requires is None:
        return

    def with_requires(requires: Condition | None) -> Protocol:
        new = replace(advice, requires=requires)
        return replace(protocol, advice={**protocol.advice, advice.recommend: new})

    name = f"recommendation {advice.recommend.id}"
    yield Fault.NO_REQUIRES, f"{name}: no requires", with_requires(None)
    for fault, words, requires in _conditions(protocol, advice.requires):
        yield fault, f"{name}: {words}", with_requires(requires)


def _of_question(protocol: Protocol, question: Question) -> Iterator[tuple[Fault, str, Protocol]]:
    if question.enable_when is None:
        return
    place = protocol.questions.index(question)
    for fault, words, enable_when in _conditions(protocol, question.enable_when):
        new = replace(question, enable_when=enable_when)
        questions = (*protocol.questions[:place], new, *protocol.questions[place + 1 :])
        fault = Fault.ENABLE_WHEN if fault is Fault.NEGATED else fault
        yield fault, f"question {question.id}: {words}", replace(protocol, questions=questions)


def _conditions(protocol: Protocol, condition: Condition) -> Iterator[Change]:
    yield Fault.NEGATED, "negated", Not(condition)
    yield from changes(condition, protocol.question)


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
