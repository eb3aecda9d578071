"""The definition of `engine/settled.py` read aloud: what each condition may still become.

A condition has a set of values, of True (yes), False (no) and None (unknown). An open question may
become anything that it offers, and a condition anything that its parts may become, each by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from assessment.engine.answers import Answers
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
    parts_of,
)
from assessment.engine.places import required
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import Kind, Question

if TYPE_CHECKING:
    from tests.engine.oracle import Oracle, Truth

YES = frozenset({True})
NO = frozenset({False})
NOTHING = len(Recommend)


@dataclass(frozen=True)
class View:
    """What is known at one place of the walk: answers to the questions before it.

    `hidden` questions are never known.
    """

    oracle: Oracle
    answers: Answers
    place: int
    hidden: frozenset[str] = frozenset()

    @property
    def protocol(self) -> Protocol:
        return self.oracle.protocol

    def may(self, condition: Condition | None) -> frozenset[Truth]:
        """What the condition may still be; no condition is always yes."""
        if condition is None:
            return YES
        match condition:
            case Test():
                return self._test(condition)
            case Unsure():
                return self._unsure(condition)
            case FindingRef(finding):
                [when] = [one.when for one in self.protocol.findings if one.id == finding]
                return self.may(when)
            case Not(part):
                return frozenset(None if each is None else not each for each in self.may(part))
        each = [self.may(part) for part in parts_of(condition)]
        return frozenset(_together(condition, values) for values in product(*each))

    def _is_open(self, question: Question) -> bool:
        order = [one.id for one in self.protocol.questions]
        return question.id in self.hidden or order.index(question.id) >= self.place

    def _is_left(self, question: Question) -> bool:
        return not (question.optional or question.id in self.answers)

    def _anything(self, question: Question) -> frozenset[Truth]:
        return frozenset({True, False, *([None] if question.offers_not_sure else [])})

    def _test(self, test: Test) -> frozenset[Truth]:
        question = self.protocol.question[test.question]
        negative = test.operator is Operator.NONE_OF
        absent = frozenset({negative})
        if self._is_open(question):
            if self.may(question.enable_when) == NO:
                return absent
        elif not self.oracle.applies(question, self.answers) or (
            question.optional and question.id not in self.answers
        ):
            return absent
        if not question.clarify:
            if self._is_open(question) or self._is_left(question):
                return self._anything(question)
            return frozenset({self.oracle.truth(test, self.answers)})
        each = [self._listed(question, str(value)) for value in test.operand]
        make = All if test.operator is Operator.ALL_OF else Any
        whole = frozenset(_together(make(()), values) for values in product(*each))
        return frozenset(None if one is None else one is not negative for one in whole)

    def _listed(self, question: Question, value: str) -> frozenset[Truth]:
        """One value of a list that clarifies."""
        ticked = None
        if not self._is_open(question):
            ticked = self.answers.get(question.id)
        lines = {one.id: self._line(question, one.id) for one in question.options}
        if ticked is None:
            if value == "none":
                return _none(lines.values(), YES | NO)
            return lines[value] if lines[value] <= YES else lines[value] | YES
        assert isinstance(ticked, frozenset)
        if "not_sure" not in ticked:
            return frozenset({value in ticked})
        if value == "none":
            return NO if ticked & lines.keys() else _none(lines.values(), frozenset())
        return YES if value in ticked else lines[value]

    def _line(self, question: Question, option: str) -> frozenset[Truth]:
        line = self.protocol.question[f"{question.id}__{option}"]
        if self._is_open(line) or line.id not in self.answers:
            return frozenset({True, False, None})
        said: dict[object, Truth] = {"yes": True, "no": False, "not_sure": None}
        return frozenset({said[self.answers[line.id]]})

    def _unsure(self, condition: Unsure) -> frozenset[Truth]:
        question = self.protocol.question[condition.question]
        if self._is_open(question):
            return NO if self.may(question.enable_when) == NO else YES | NO
        if self._is_left(question) and self.oracle.applies(question, self.answers):
            return YES | NO
        return frozenset({self.oracle.truth(condition, self.answers)})


def _none(lines: Iterable[frozenset[Truth]], otherwise: frozenset[Truth]) -> frozenset[Truth]:
    """ "None of these" by its lines; `otherwise` it may be something else."""
    values = [_together(Any(()), values) for values in product(*lines)]
    said = frozenset(None if one is None else not one for one in values)
    if said == YES:
        return YES
    return said | (otherwise & YES) if False not in said else said | otherwise


def _together(condition: Condition, values: Iterable[Truth]) -> Truth:
    each = list(values)
    match condition:
        case All():
            return False if False in each else None if None in each else True
        case Any():
            return True if True in each else None if None in each else False
        case Count(at_least, _):
            if each.count(True) >= at_least:
                return True
            return None if len(each) - each.count(False) >= at_least else False
    raise TypeError(condition)


class Walk:
    """Which questions can no longer matter."""

    def __init__(self, oracle: Oracle, answers: Answers) -> None:
        self._oracle = oracle
        self._answers = answers
        self._protocol = protocol = oracle.protocol
        hidden: set[str] = set()
        for question in protocol.questions:
            if question.private or hidden & self.reads(question.enable_when):
                hidden.add(question.id)
        self.hidden = frozenset(hidden)

    def split(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the questions that are asked and unanswered: what matters, and what is settled."""
        unanswered = [
            name for name in self._oracle.asked(self._answers) if name not in self._answers
        ]
        settled = [name for name in unanswered if self.is_settled(name)]
        return tuple(name for name in unanswered if name not in settled), tuple(settled)

    def is_settled(self, name: str) -> bool:
        """Whether nothing that could still come of this question outranks what is certain."""
        protocol = self._protocol
        place = [question.id for question in protocol.questions].index(name)
        view = View(self._oracle, self._answers, place, self.hidden)
        certain = min(self._outcomes(view, certain=True), default=NOTHING)
        reached = self._outcomes(view, certain=False, reads=name)
        told = [*(one.when for one in protocol.support), protocol.carer_when]
        return (
            all(one >= certain for one in reached)
            and not any(
                view.may(one.when) != NO and certain > Recommend.URGENT_MEDICAL.place
                for one in protocol.precautions
                if name in self.reads(one.when)
            )
            and not any(one and True in view.may(one) and name in self.reads(one) for one in told)
            and not (
                self._may_inform(name, view) and certain > Recommend.MEDICAL_CLEARANCE_FIRST.place
            )
        )

    def _outcomes(self, view: View, *, certain: bool, reads: str | None = None) -> Iterator[int]:
        for rule in self._protocol.rules:
            values = view.may(rule.when)
            for gives, unsure in ((rule.recommend, False), (rule.if_unsure, True)):
                if gives is None:
                    continue
                needs = required(self._protocol, gives)
                needed = view.may(needs)
                wanted = frozenset({None if unsure else True})
                if reads is not None and reads not in self.reads(rule.when) | self.reads(needs):
                    continue
                if certain and values == wanted and needed == YES:
                    yield gives.place
                possible = values != NO if unsure else True in values
                if not certain and possible and True in needed:
                    yield gives.place

    def reads(self, condition: Condition | None) -> set[str]:
        """The questions that a condition depends on."""
        match condition:
            case None:
                return set()
            case Test(name, _, operand):
                question = self._protocol.question[name]
                found = {name} | self.reads(question.enable_when)
                for option in question.options if question.clarify else ():
                    if option.id in operand or "none" in operand:
                        found.add(f"{name}__{option.id}")
                return found
            case Unsure(name, _):
                return {name} | self.reads(self._protocol.question[name].enable_when)
            case FindingRef(finding):
                [when] = [one.when for one in self._protocol.findings if one.id == finding]
                return self.reads(when)
        return {name for part in parts_of(condition) for name in self.reads(part)}

    def _may_inform(self, name: str, view: View) -> bool:
        """Whether the therapist wants the answer, or that to a question it may open."""
        return any(
            one.id == name
            or (name in self.reads(one.enable_when) and view.may(one.enable_when) != NO)
            for one in self._protocol.questions
            if self.informs(one)
        )

    def informs(self, question: Question) -> bool:
        """Whether the therapist wants the answer."""
        return question.kind is Kind.AREAS or any(one.informs for one in question.options)
