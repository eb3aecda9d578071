"""The definition of docs/rule-language.md read aloud: an interpreter with nothing clever in it.

It shares no code with the engine's lowering, operators or compiler. A condition is True (yes),
False (no) or None (unknown).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assessment.engine.answers import Answer, Answers
from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Operator,
    Test,
    Unsure,
)
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import Kind, Question
from tests.engine.left_out import View, Walk

Truth = bool | None

PRECEDENCE = (
    Recommend.EMERGENCY,
    Recommend.URGENT_MEDICAL,
    Recommend.MEDICAL_CLEARANCE_FIRST,
    Recommend.DEEP_TISSUE,
    Recommend.REGULAR_PLAN,
    Recommend.CERTIFIED_THERAPIST,
    Recommend.SELF_CARE,
)


@dataclass(frozen=True)
class Expected:
    """What the definition says of one set of answers; `fired` has rule, recommendation, unsure."""

    recommend: Recommend
    complete: bool
    fail_safe: bool
    interrupted: bool
    missing: tuple[str, ...]
    skipped: tuple[str, ...]
    ignored: tuple[str, ...]
    fired: frozenset[tuple[str, Recommend, bool]]


class Oracle:
    """Reads one protocol by the definition."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol

    def asked(self, answers: Answers) -> list[str]:
        """Everything is asked unless it is surely off."""
        return [
            question.id
            for question in self.protocol.questions
            if self.applies(question, answers) and (question.id in answers or not question.optional)
        ]

    def applies(self, question: Question, answers: Answers) -> bool:
        """A question is asked when `enable_when` is yes or unknown."""
        return (
            question.enable_when is None or self.truth(question.enable_when, answers) is not False
        )

    def truth(self, condition: Condition, answers: Answers) -> Truth:
        """Strong Kleene logic."""
        if isinstance(condition, Test):
            return self._test(condition, answers)
        if isinstance(condition, FindingRef):
            [finding] = [one for one in self.protocol.findings if one.id == condition.finding]
            return self.truth(finding.when, answers)
        if isinstance(condition, Unsure):
            return self._unsure(condition, answers)
        if isinstance(condition, Not):
            return negation(self.truth(condition.part, answers))
        parts = [self.truth(part, answers) for part in condition.parts]
        if isinstance(condition, All):
            return conjunction(parts)
        if isinstance(condition, Any):
            return disjunction(parts)
        assert isinstance(condition, Count)
        if parts.count(True) >= condition.at_least:
            return True
        if parts.count(True) + parts.count(None) < condition.at_least:
            return False
        return None

    def surely(self, condition: Condition, answers: Answers) -> Truth:
        """Yes or unknown only where no answer to what was left out could change it.

        A line that was answered says that its option is not ticked, whether or not its list was
        left out: nobody else is asked the line.
        """
        if self.truth(condition, answers) is True:
            return True
        values = View(self, answers, len(self.protocol.questions)).may(condition)
        [truth] = values if len(values) == 1 else [False]
        return truth

    def decide(self, answers: Answers) -> Expected:
        """The section "Deciding"."""
        asked = self.asked(answers)
        missing, skipped = Walk(self, answers).split()
        fired = frozenset(self._fired(answers, partial=bool(missing)))
        remaining = [recommend for _, recommend, _ in fired]
        first = [recommend for recommend in PRECEDENCE if recommend in remaining]
        return Expected(
            recommend=first[0] if first else Recommend.MEDICAL_CLEARANCE_FIRST,
            complete=not missing and not (skipped and Recommend.EMERGENCY in remaining),
            fail_safe=not first,
            interrupted=bool(missing or skipped) and Recommend.EMERGENCY in remaining,
            missing=missing,
            skipped=skipped,
            ignored=tuple(sorted(name for name in answers if name not in asked)),
            fired=fired,
        )

    def _fired(self, answers: Answers, *, partial: bool) -> Iterable[tuple[str, Recommend, bool]]:
        for rule in self.protocol.rules:
            truth = self.surely(rule.when, answers)
            gives: Recommend | None = None
            if truth is True:
                gives = rule.recommend
            elif truth is None:
                gives = rule.if_unsure
            if partial and not (truth is True and gives is Recommend.EMERGENCY):
                continue
            if gives is not None and self._counts(gives, answers):
                yield rule.id, gives, truth is None

    def _counts(self, recommend: Recommend, answers: Answers) -> bool:
        advice = self.protocol.advice.get(recommend)
        if advice is None:
            return True
        if advice.requires is not None and self.truth(advice.requires, answers) is not True:
            return False
        return not advice.places or any(self.is_free(each, answers) for each in advice.places)

    def is_free(self, place: str, answers: Answers) -> bool:
        """A place is free when it is ticked and no precaution about it limits, or may limit."""
        ticked = [
            self.truth(Test(question.id, Operator.IS, (place,)), answers)
            for question in self.protocol.questions
            if question.kind is Kind.AREAS and place in question.values
        ]
        limiting = [
            one.when
            for one in self.protocol.precautions
            if place in one.places and {"no_massage", "no_deep_pressure"} & set(one.limits)
        ]
        return True in ticked and all(self.truth(one, answers) is False for one in limiting)

    def _unsure(self, condition: Unsure, answers: Answers) -> Truth:
        """A line is asked when its list is asked, unsure, and the option is not ticked."""
        [question] = [one for one in self.protocol.questions if one.id == condition.question]
        if not self.applies(question, answers):
            return False
        answer = answers.get(question.id)
        if answer is None:
            return False if question.optional else None
        assert isinstance(answer, frozenset)
        return "not_sure" in answer and condition.option not in answer

    def _holds(self, question: Question, value: str, answers: Answers) -> Truth:
        """One option of an asked question: by its lines where "not sure" brings these."""
        answer = answers.get(question.id, frozenset({"not_sure"}))
        if not question.clarify or "not_sure" not in as_set(answer):
            return _ticked(value, answers.get(question.id))
        lines = {
            option.id: _ticked("yes", answers.get(f"{question.id}__{option.id}"))
            for option in question.options
            if option.id not in as_set(answer)
        }
        if value == "none":
            nothing_ticked = len(lines) == len(question.options)
            return nothing_ticked and negation(disjunction(list(lines.values())))
        return lines.get(value, True)

    def _test(self, test: Test, answers: Answers) -> Truth:
        [question] = [one for one in self.protocol.questions if one.id == test.question]
        answer = answers.get(question.id)
        if not self.applies(question, answers) or (answer is None and question.optional):
            return test.operator is Operator.NONE_OF
        if test.operator in (Operator.AT_LEAST, Operator.AT_MOST, Operator.BETWEEN):
            return _compared(question, test, answer)
        each = [self._holds(question, str(value), answers) for value in test.operand]
        if test.operator is Operator.ALL_OF:
            return conjunction(each)
        if test.operator is Operator.NONE_OF:
            return negation(disjunction(each))
        return disjunction(each)


def as_set(answer: Answer) -> frozenset[str | int]:
    return answer if isinstance(answer, frozenset) else frozenset({answer})


def negation(truth: Truth) -> Truth:
    return None if truth is None else not truth


def conjunction(parts: list[Truth]) -> Truth:
    if False in parts:
        return False
    return None if None in parts else True


def disjunction(parts: list[Truth]) -> Truth:
    if True in parts:
        return True
    return None if None in parts else False


def _ticked(value: str | int, answer: Answer | None) -> Truth:
    """One option: unanswered and "not sure" are unknown, the other options are no."""
    ticked = answer if isinstance(answer, frozenset) else {answer}
    if value in ticked:
        return True
    return None if answer is None or "not_sure" in ticked else False


def _compared(question: Question, test: Test, answer: Answer | None) -> Truth:
    if answer is None or answer == "not_sure":
        return None
    order = [option.id for option in question.options]

    def place(value: object) -> int:
        return value if isinstance(value, int) else order.index(str(value))

    given = place(answer)
    if test.operator is Operator.AT_LEAST:
        return given >= place(test.operand[0])
    if test.operator is Operator.AT_MOST:
        return given <= place(test.operand[0])
    return place(test.operand[0]) <= given <= place(test.operand[1])
