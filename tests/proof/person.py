"""One person before another solver (z3), by the written definition of the rule language.

Nothing is shared with `assessment/proof`, nor with the engine's lowering: an answer is a number
or a set of flags, a condition a pair "is yes", "is no", and a question that is not asked keeps an
answer that nobody looks at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import z3

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
from assessment.engine.protocol import Limit, Protocol, Recommend
from assessment.engine.questions import Kind, Question

Bool: TypeAlias = z3.BoolRef
Number: TypeAlias = z3.ArithRef
NOT_SURE, NONE = "not_sure", "none"


@dataclass(frozen=True)
class Value:
    """Strong Kleene: yes, no, or (neither) unknown."""

    yes: Bool
    no: Bool


class Person:
    """One unknown person who answers everything that is asked."""

    def __init__(self, protocol: Protocol, name: str) -> None:
        self.protocol = protocol
        self.number: dict[str, Number] = {}
        self.ticked: dict[str, dict[str, Bool]] = {}
        self.asked: dict[str, Bool] = {}
        self.offered: dict[str, Bool] = {}
        self.left: dict[str, Bool] = {}
        self.rules: list[Bool] = []
        for question in protocol.questions:
            self._ask(question, f"{name}.{question.id}")
        fires = [(rule, self.counted(rule.when)) for rule in protocol.rules]
        self.sure = {rule.id: value.yes for rule, value in fires}
        self.yes = {rule.id: z3.And(v.yes, self._meets(rule.recommend)) for rule, v in fires}
        self.unsure = {
            rule.id: z3.BoolVal(False)
            if rule.if_unsure is None
            else z3.And(z3.Not(v.yes), z3.Not(v.no), self._meets(rule.if_unsure))
            for rule, v in fires
        }
        self.urgency, self.pressure = z3.Int(f"{name} urgency"), z3.Int(f"{name} pressure")
        self.given = z3.Int(f"{name} given")
        self.undecided = z3.Not(z3.Or(*self.yes.values(), *self.unsure.values()))
        self.rules += list(self._decide())

    def counted(self, condition: Condition) -> Value:
        """Return the value of a condition as it counts for a rule."""
        return self.value(condition)

    def value(self, condition: Condition) -> Value:
        """Return the value of a condition."""
        match condition:
            case Test():
                return self._test(condition, self.protocol.question[condition.question])
            case FindingRef(finding):
                return self.value(self.protocol.finding[finding].when)
            case Unsure(name, option):
                question = self.protocol.question[name]
                asks = z3.And(self.is_unsure(question), z3.Not(self.has(question, option)))
                return Value(asks, z3.Not(asks))
            case Not(part):
                inner = self.value(part)
                return Value(inner.no, inner.yes)
            case All(parts):
                values = [self.value(part) for part in parts]
                return Value(z3.And([v.yes for v in values]), z3.Or([v.no for v in values]))
            case Any(parts):
                values = [self.value(part) for part in parts]
                return Value(z3.Or([v.yes for v in values]), z3.And([v.no for v in values]))
            case Count(at_least, parts):
                values = [self.value(part) for part in parts]
                yes = z3.Sum([z3.If(v.yes, 1, 0) for v in values])
                maybe = z3.Sum([z3.If(v.no, 0, 1) for v in values])
                return Value(yes >= at_least, maybe < at_least)

    def has(self, question: Question, value: str) -> Bool:
        """Return whether the answer to an asked question is, or includes, this value."""
        given = z3.And(self.asked[question.id], z3.Not(self.left[question.id]))
        if question.kind.is_set:
            return z3.And(given, self.ticked[question.id][value])
        place = self._not_sure(question) if value == NOT_SURE else question.index(value)
        return z3.And(given, self.number[question.id] == place)

    def is_unsure(self, question: Question) -> Bool:
        """Return whether there is no answer, or "not sure" is, or is among, it."""
        said = self.has(question, NOT_SURE) if question.offers_not_sure else z3.BoolVal(False)
        return z3.Or(self.left[question.id], said)

    def _ask(self, question: Question, name: str) -> None:
        condition = question.enable_when
        no = z3.BoolVal(False) if condition is None else self.value(condition).no
        self.offered[question.id] = z3.Bool(f"{name}.offered")
        self.asked[question.id] = z3.Not(no)
        self.left[question.id] = z3.BoolVal(False)
        if question.optional:
            self.asked[question.id] = z3.And(z3.Not(no), self.offered[question.id])
        if question.kind.is_set:
            values = [*question.values, *([NOT_SURE] if question.offers_not_sure else [])]
            flags = {value: z3.Bool(f"{name}.{value}") for value in values}
            self.ticked[question.id] = flags
            self.rules.append(z3.Or(list(flags.values())))
            if NONE in flags:
                rest = [flag for value, flag in flags.items() if value != NONE]
                self.rules.append(z3.Implies(flags[NONE], z3.Not(z3.Or(rest))))
            return
        number = self.number[question.id] = z3.Int(name)
        low = question.minimum if question.kind.is_numeric else 0
        high = question.maximum if question.kind.is_numeric else len(question.options) - 1
        inside = z3.And(number >= low, number <= high)
        unsure = number == self._not_sure(question)
        self.rules.append(z3.Or(inside, unsure) if question.offers_not_sure else inside)

    def _test(self, test: Test, question: Question) -> Value:
        asked, unsure = self.asked[question.id], self.is_unsure(question)
        if question.clarify:
            each = [self._clarified(question, str(value)) for value in test.operand]
            yes, no = [one.yes for one in each], [one.no for one in each]
            if test.operator is Operator.ALL_OF:
                return self._signed(test, asked, Value(z3.And(yes), z3.Or(no)))
            return self._signed(test, asked, Value(z3.Or(yes), z3.And(no)))
        if question.kind.is_set:
            has = [self.has(question, str(each)) for each in test.operand]
            some = z3.And(has) if test.operator is Operator.ALL_OF else z3.Or(has)
            # Beside "not sure" an option that is not ticked may hold all the same.
            return self._signed(test, asked, Value(some, z3.And(z3.Not(some), z3.Not(unsure))))
        number = self.number[question.id]
        operand = [each if isinstance(each, int) else question.index(each) for each in test.operand]
        match test.operator:
            case Operator.AT_LEAST:
                holds = number >= operand[0]
            case Operator.AT_MOST:
                holds = number <= operand[0]
            case Operator.BETWEEN:
                holds = z3.And(number >= operand[0], number <= operand[-1])
            case _:
                holds = z3.Or([number == each for each in operand])
        sure = z3.Not(unsure)
        return self._signed(test, asked, Value(z3.And(sure, holds), z3.And(sure, z3.Not(holds))))

    def _clarified(self, question: Question, value: str) -> Value:
        """Return whether a value of a list holds whose "not sure" brings its lines."""
        lines = {
            option.id: self.protocol.question[f"{question.id}__{option.id}"]
            for option in question.options
        }
        ticked, yes = self.has(question, value), [self.has(one, "yes") for one in lines.values()]
        if value == NONE:
            some = [self.has(question, option) for option in lines]
            none = z3.And([self.has(one, "no") for one in lines.values()])
            return Value(z3.Or(ticked, none), z3.Or([*some, *yes]))
        line = lines[value]
        holds = z3.Or(ticked, self.has(line, "yes"))
        return Value(holds, z3.Not(z3.Or(holds, self.is_unsure(line))))

    def _signed(self, test: Test, asked: Bool, value: Value) -> Value:
        """Return the value, or that of a question which is not asked, turned round for none_of."""
        yes, no = z3.And(asked, value.yes), z3.Or(z3.Not(asked), value.no)
        return Value(no, yes) if test.operator is Operator.NONE_OF else Value(yes, no)

    def _not_sure(self, question: Question) -> int:
        return -1 if question.minimum is None else question.minimum - 1

    def _meets(self, recommend: Recommend) -> Bool:
        advice = self.protocol.advice.get(recommend)
        if advice is None:
            return z3.BoolVal(True)
        needs = [] if advice.requires is None else [self.value(advice.requires).yes]
        if advice.places:
            needs.append(z3.Or([self._is_free(place) for place in advice.places]))
        return z3.And(needs)

    def _is_free(self, place: str) -> Bool:
        maps = [
            one for one in self.protocol.questions if one.kind is Kind.AREAS and place in one.values
        ]
        limits = [
            self.value(one.when).no
            for one in self.protocol.precautions
            if place in one.places
            and (Limit.NO_DEEP in one.limits or Limit.NO_MASSAGE in one.limits)
        ]
        return z3.And(z3.Or([self.has(one, place) for one in maps]), *limits)

    def _decide(self) -> Iterator[Bool]:
        """Yield what ties the decision down: the first in precedence of all that count."""
        given = z3.IntVal(Recommend.MEDICAL_CLEARANCE_FIRST.place)
        for recommend in reversed(Recommend):
            counts = [self.yes[r.id] for r in self.protocol.rules if r.recommend is recommend]
            counts += [self.unsure[r.id] for r in self.protocol.rules if r.if_unsure is recommend]
            given = z3.If(z3.Or(counts), recommend.place, given)
        yield self.given == given
        for recommend in Recommend:
            chosen = self.given == recommend.place
            yield z3.Implies(chosen, self.urgency == recommend.urgency)
            yield z3.Implies(chosen, self.pressure == recommend.pressure)


def can(solver: z3.Solver, *facts: Bool) -> bool:
    """Return whether all of these can be true."""
    solver.push()
    solver.add(*facts)
    result = solver.check()
    solver.pop()
    assert result != z3.unknown
    return bool(result == z3.sat)
