"""One person on the way, before another solver (z3): which questions can no longer matter.

The definition in `tests/engine/left_out.py`, for all answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from assessment.engine.conditions import (
    All,
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
from assessment.engine.protocol import Recommend
from assessment.engine.questions import Question
from tests.engine.left_out import Walk
from tests.engine.oracle import Oracle
from tests.proof.may import CAN, CANNOT, May, all_of, any_of, count, denied, every, some
from tests.proof.person import NONE, NOT_SURE, Bool, Person


class Walked:
    """One person on the way: before each question, what is behind is known and the rest open.

    What is private stays open, unless it is `told`.
    """

    def __init__(self, person: Person, *, told: bool = False) -> None:
        self._person = person
        self._protocol = protocol = person.protocol
        self._walk = Walk(Oracle(protocol), {})
        self._place = {one.id: place for place, one in enumerate(protocol.questions)}
        if not told:
            self._place |= dict.fromkeys(self._walk.hidden, len(protocol.questions))
        self._made: dict[tuple[int, frozenset[str]], May] = {}
        self._reads: dict[int, frozenset[str]] = {}
        self._sure: dict[tuple[Recommend, int], Bool] = {}
        self._needs = {recommend: required(protocol, recommend) for recommend in Recommend}

    def may(self, condition: Condition | None, place: int) -> May:
        """Return what the condition may be before a place of the walk."""
        if condition is None:
            return May(CAN, CANNOT)
        behind = frozenset(name for name in self.reads(condition) if self._place[name] < place)
        key = (id(condition), behind)
        if key not in self._made:
            self._made[key] = self._may(condition, place)
        return self._made[key]

    def reads(self, condition: Condition | None) -> frozenset[str]:
        """Return the questions that a condition depends on."""
        if id(condition) not in self._reads:
            self._reads[id(condition)] = frozenset(self._walk.reads(condition))
        return self._reads[id(condition)]

    def settled(self, question: Question) -> Bool:
        """Return whether nothing that could still come of a question outranks what is certain."""
        name, place, protocol = question.id, self._order(question), self._protocol
        told = [*(one.when for one in protocol.support), protocol.carer_when]
        return all_of(
            *(
                any_of(denied(possible), self._certain(gives, place))
                for gives, possible in self._possible(name, place)
            ),
            *(
                any_of(
                    denied(self.may(one.when, place).not_no),
                    self._certain(Recommend.URGENT_MEDICAL, place),
                )
                for one in protocol.precautions
                if name in self.reads(one.when)
            ),
            *(denied(self.may(one, place).yes) for one in told if one and name in self.reads(one)),
            any_of(
                denied(any_of(*self._informing(question, place))),
                self._certain(Recommend.MEDICAL_CLEARANCE_FIRST, place),
            ),
        )

    def _informing(self, question: Question, place: int) -> Iterator[Bool]:
        """Yield whether the therapist wants the answer, or that to a question it may open."""
        for one in self._protocol.questions:
            if self._walk.informs(one) and one.id == question.id:
                yield CAN
            elif self._walk.informs(one) and question.id in self.reads(one.enable_when):
                yield self.may(one.enable_when, place).not_no

    def _order(self, question: Question) -> int:
        return self._protocol.questions.index(question)

    def _outcomes(self) -> Iterator[tuple[Condition, Recommend, bool]]:
        for rule in self._protocol.rules:
            yield rule.when, rule.recommend, False
            if rule.if_unsure is not None:
                yield rule.when, rule.if_unsure, True

    def _certain(self, least: Recommend, place: int) -> Bool:
        """Return whether this, or what comes before it in precedence, is certain."""
        if (least, place) not in self._sure:
            self._sure[least, place] = any_of(*self._surely(least, place))
        return self._sure[least, place]

    def _surely(self, least: Recommend, place: int) -> Iterator[Bool]:
        for when, gives, unsure in self._outcomes():
            if gives.place <= least.place:
                values = self.may(when, place)
                sure = values.only_unknown if unsure else values.only_yes
                yield all_of(sure, self.may(self._needs[gives], place).only_yes)

    def _possible(self, name: str, place: int) -> Iterator[tuple[Recommend, Bool]]:
        for when, gives, unsure in self._outcomes():
            if name in self.reads(when) | self.reads(self._needs[gives]):
                values = self.may(when, place)
                needed = self.may(self._needs[gives], place).yes
                yield gives, all_of(values.not_no if unsure else values.yes, needed)

    def _may(self, condition: Condition, place: int) -> May:
        match condition:
            case Test():
                return self._test(condition, place)
            case Unsure(name, _):
                return self._unsure(condition, self._protocol.question[name], place)
            case FindingRef(finding):
                return self.may(self._protocol.finding[finding].when, place)
            case Not(part):
                return self.may(part, place).turned
        parts = [self.may(part, place) for part in parts_of(condition)]
        if isinstance(condition, Count):
            return count(condition.at_least, parts)
        return every(parts) if isinstance(condition, All) else some(parts)

    def _test(self, test: Test, place: int) -> May:
        question, negative = (
            self._protocol.question[test.question],
            test.operator is Operator.NONE_OF,
        )
        absent = May(CAN, CANNOT) if negative else May(CANNOT, CAN)
        is_open = self._is_open(question, place)
        if not question.clarify:
            anything = May(CAN, CAN, CAN if question.offers_not_sure else CANNOT)
            found = anything if is_open else self._known(question, test, anything)
        else:
            each = [self._listed(question, str(value), place) for value in test.operand]
            found = every(each) if test.operator is Operator.ALL_OF else some(each)
            found = found.turned if negative else found
        return found.where(self._applies(question, place), absent)

    def _known(self, question: Question, condition: Condition, anything: May) -> May:
        value = self._person.value(condition)
        truth = May(value.yes, value.no, all_of(denied(value.yes), denied(value.no)))
        return anything.where(self._person.left[question.id], truth)

    def _applies(self, question: Question, place: int) -> Bool:
        if self._is_open(question, place):
            return self.may(question.enable_when, place).not_no
        return self._person.asked[question.id]

    def _is_open(self, question: Question, place: int) -> bool:
        return self._place[question.id] >= place

    def _unsure(self, condition: Condition, question: Question, place: int) -> May:
        either, absent = May(CAN, CAN), May(CANNOT, CAN)
        if self._is_open(question, place):
            return either.where(self._applies(question, place), absent)
        return self._known(question, condition, either)

    def _listed(self, question: Question, value: str, place: int) -> May:
        """Return one value of a list that clarifies, where the list is asked."""
        lines = {one.id: self._line(question, one.id, place) for one in question.options}
        nothing = some(list(lines.values())).turned
        if value == NONE:
            unknown = May(CAN, nothing.no, nothing.unknown)
        else:
            unknown = May(CAN, lines[value].no, lines[value].unknown)
        if self._is_open(question, place):
            return unknown
        person = self._person
        ticked = person.has(question, value) if value in question.values else CANNOT
        said = May(ticked, denied(ticked))
        marked = any_of(*(person.has(question, option) for option in lines))
        if value == NONE:
            unsure = May(CANNOT, CAN).where(marked, nothing)
        else:
            unsure = May(CAN, CANNOT).where(ticked, lines[value])
        answered = unsure.where(person.has(question, NOT_SURE), said)
        return unknown.where(person.left[question.id], answered)

    def _line(self, question: Question, option: str, place: int) -> May:
        line = self._protocol.question[f"{question.id}__{option}"]
        anything = May(CAN, CAN, CAN)
        if self._is_open(line, place):
            return anything
        person = self._person
        said = May(person.has(line, "yes"), person.has(line, "no"), person.has(line, NOT_SURE))
        given = all_of(person.asked[line.id], denied(person.left[line.id]))
        return said.where(given, anything)
