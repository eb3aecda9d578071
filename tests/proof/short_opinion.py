"""Claims 7 (stopping early) and 8 (asked), put to another solver (z3).

A short walk is a second person with the answers of the first, some of them left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

import z3

from assessment.engine.conditions import Condition
from assessment.engine.protocol import Protocol, Recommend, Sign
from assessment.engine.questions import Question, Safety
from assessment.proof.report import Code
from tests.proof.may import CAN, CANNOT, all_of, any_of, denied
from tests.proof.person import Bool, Number, Person, Value, can
from tests.proof.promised import LOWER, URGENCY, opened, tier
from tests.proof.second_walk import Walked


class Shortened(Person):
    """The same person, with some settled questions left out."""

    def __init__(self, full: Person, name: str) -> None:
        self._full = full
        self.dropped: dict[str, Bool] = {}
        super().__init__(full.protocol, name)

    @cached_property
    def walked(self) -> Walked:
        return Walked(self)

    @cached_property
    def _at_the_end(self) -> Walked:
        return Walked(self, told=True)

    def counted(self, condition: Condition) -> Value:
        """Return yes or unknown only where no answer to what was left out could change it.

        A line that was answered says that its option is not ticked, whether or not its list was
        left out: nobody else is asked the line.
        """
        yes = self.value(condition).yes
        values = self._at_the_end.may(condition, len(self.protocol.questions))
        return Value(yes, z3.Not(z3.Or(yes, values.only_unknown)))

    def _ask(self, question: Question, name: str) -> None:
        condition = question.enable_when
        no = CANNOT if condition is None else self.value(condition).no
        asked, before = z3.Not(no), self._full.asked[question.id]
        drop = CANNOT if question.optional else z3.Bool(f"{name}.dropped")
        self.dropped[question.id] = drop
        self.asked[question.id] = z3.And(asked, before) if question.optional else asked
        self.left[question.id] = (
            CANNOT if question.optional else all_of(asked, any_of(denied(before), drop))
        )
        if question.kind.is_set:
            self.ticked[question.id] = self._full.ticked[question.id]
        else:
            self.number[question.id] = self._full.number[question.id]


class Unasked(Walked):
    """The same person at the end, to whom one question and what it opens were open."""

    def __init__(self, full: Person, name: str) -> None:
        super().__init__(full, told=True)
        self._name = name
        self.family = opened(full.protocol, name)
        self._place |= dict.fromkeys(self.family, len(full.protocol.questions))

    def _applies(self, question: Question, place: int) -> Bool:
        return CAN if question.id == self._name else super()._applies(question, place)


class SoFar(Shortened):
    """The same person on the way: any answers are left out."""

    def counted(self, condition: Condition) -> Value:
        return self.value(condition)


def interrupts(protocol: Protocol) -> Iterator[tuple[Code, str]]:
    """Yield what ends the questions wrongly, or does not end them (claim 9)."""
    full = Person(protocol, "full")
    so_far = SoFar(full, "so far")
    solver = z3.Solver()
    solver.add(*full.rules, *so_far.rules)
    for question in protocol.questions:
        solver.add(z3.Implies(so_far.dropped[question.id], full.asked[question.id]))
    emergencies = [one.id for one in protocol.rules if one.recommend is Recommend.EMERGENCY]
    ends = full.given == Recommend.EMERGENCY.place
    for name in emergencies:
        if can(solver, so_far.sure[name], denied(ends)):
            yield Code.INTERRUPT_TAKEN_BACK, name
    interrupted = any_of(*(so_far.sure[name] for name in emergencies))
    for question in protocol.questions:
        for option in question.options:
            ticked = so_far.has(question, option.id)
            if option.safety is Safety.EMERGENCY and can(solver, ticked, denied(interrupted)):
                yield Code.SIGN_DOES_NOT_INTERRUPT, f"{question.id}.{option.id}"


class ShortOpinion:
    """One unknown person and their shorter walks.

    `settled` questions are taken for settled, whatever the definition says.
    """

    def __init__(self, protocol: Protocol, settled: Collection[str] = ()) -> None:
        self._protocol = protocol
        self._full = full = Person(protocol, "full")
        self._walked = Walked(full)
        self._taken = settled
        self._single = z3.Solver()
        self._single.add(*full.rules)

    @cached_property
    def _short(self) -> Shortened:
        return Shortened(self._full, "short")

    @cached_property
    def _pair(self) -> z3.Solver:
        full, short, pair = self._full, self._short, z3.Solver()
        pair.add(*full.rules, *short.rules)
        for question in self._walking():
            may_go = all_of(full.asked[question.id], self._settled(self._walked, question))
            pair.add(z3.Implies(short.dropped[question.id], may_go))
        return pair

    def not_asked(self) -> Iterator[str]:
        """Yield each sign, with its promise, that a walk can pass by below its urgency."""
        full, protocol = self._full, self._protocol
        for promise in protocol.promises:
            for sign in promise.asked:
                question = protocol.question[sign.question]
                passed_by = any_of(
                    denied(full.asked[question.id]), self._settled(self._walked, question)
                )
                below = full.urgency < self._owed(sign)
                perhaps = denied(full.value(promise.when).no)
                if can(self._single, perhaps, passed_by, below):
                    yield f"{promise.id}: {sign}"

    def _owed(self, sign: Sign) -> Number:
        """Return the greatest urgency that an answer about the sign could have asked for."""
        unasked, last = Unasked(self._full, sign.question), len(self._protocol.questions)
        owed: Number = z3.IntVal(max(1, tier(self._protocol, sign)))
        for promise in self._protocol.promises:
            if unasked.family & unasked.reads(promise.when):
                may, urgency = unasked.may(promise.when, last), promise.urgency_at_least
                could = z3.If(may.yes, urgency, z3.If(may.not_no, LOWER[urgency], 0))
                owed = z3.If(could > owed, could, owed)
        return owed

    def differ(self) -> Iterator[str]:
        """Yield whatever a short walk can ask again, count or show that the full one does not."""
        yield from (name for name, fact in self._differences() if can(self._pair, fact))

    def can_differ(self) -> bool:
        """Return whether there is any of that: one question instead of hundreds."""
        return can(self._pair, any_of(*(fact for _, fact in self._differences())))

    def _differences(self) -> Iterator[tuple[str, Bool]]:
        full, short, protocol = self._full, self._short, self._protocol
        for question in self._walking():
            again = denied(self._settled(short.walked, question))
            yield question.id, all_of(short.left[question.id], again)
        for rule in protocol.rules:
            yes = all_of(short.yes[rule.id], denied(full.yes[rule.id]))
            yield rule.id, any_of(yes, all_of(short.unsure[rule.id], denied(full.unsure[rule.id])))
        for recommend in Recommend:
            one, other = (person.given == recommend.place for person in (full, short))
            yield recommend.id, one != other
        for support in protocol.support:
            yield support.id, full.value(support.when).yes != short.value(support.when).yes
        for one in protocol.precautions:
            before, after = full.value(one.when), short.counted(one.when)
            pairs = [(before.yes, after.yes), (_unknown(before), _unknown(after))]
            unlike = z3.Or([left != right for left, right in pairs])
            more = z3.Or([z3.And(z3.Not(left), right) for left, right in pairs])
            yield one.id, z3.Or(z3.And(full.urgency < URGENCY[Safety.URGENT], unlike), more)

    def _walking(self) -> Iterator[Question]:
        return (one for one in self._protocol.questions if not one.optional)

    def _settled(self, walked: Walked, question: Question) -> Bool:
        return CAN if question.id in self._taken else walked.settled(question)


def _unknown(value: Value) -> Bool:
    return z3.Not(z3.Or(value.yes, value.no))
