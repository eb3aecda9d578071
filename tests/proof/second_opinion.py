"""Everything that `prove` proves, put to another solver (z3) one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import z3

from assessment.engine.protocol import Limit, Precaution, Protocol, Recommend
from assessment.engine.questions import Kind, Option, Question, Worse
from assessment.proof.report import Code
from tests.proof.brute_force import (
    ALWAYS_THERE,
    PRESSURE,
    SEVERITY,
    UNSURE_URGENCY,
    Found,
    options_that_must_matter,
    read_options,
)
from tests.proof.person import NONE, Bool, Person, can
from tests.proof.promised import LOWER, URGENCY, reads_private, told


class SecondOpinion:
    """One protocol with two unknown persons."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.questions = protocol.questions
        self.one, self.other = Person(protocol, "one"), Person(protocol, "other")
        self._single, self._pair = z3.Solver(), z3.Solver()
        self._single.add(*self.one.rules)
        self._pair.add(*self.one.rules, *self.other.rules)
        self._pair.add(
            *(self.one.offered[each] == self.other.offered[each] for each in self.one.offered)
        )
        self.same = {question.id: self._same(question) for question in self.questions}
        self.both = {
            question.id: z3.And(self.one.asked[question.id], self.other.asked[question.id])
            for question in self.questions
        }

    def failures(self) -> Found:
        """Return every code and subject that fails."""
        found = {*self._total(), *self._floors(), *self._promises(), *self._dead()}
        return {*found, *self._monotone(), *self._matters(found)}

    def _can(self, *facts: Bool) -> bool:
        return can(self._single, *facts)

    def _can_both(self, *facts: Bool) -> bool:
        return can(self._pair, *facts)

    def _total(self) -> Iterator[tuple[Code, str]]:
        if self._can(self.one.undecided):
            yield Code.NO_RULE_DECIDES, "rules"

    def _floors(self) -> Iterator[tuple[Code, str]]:
        one = self.one
        for question in self.questions:
            tags = {option.safety for option in question.options if option.safety is not None}
            for option in question.options:
                ticked, subject = one.has(question, option.id), f"{question.id}.{option.id}"
                tag = option.safety
                if tag in URGENCY and self._can(ticked, one.urgency < URGENCY[tag]):
                    yield Code.BELOW_FLOOR, subject
                if tag in PRESSURE and self._can(ticked, one.pressure > PRESSURE[tag]):
                    yield Code.TOO_MUCH_PRESSURE, subject
            if question.clarify:
                continue  # its lines have the floors
            unsure, subject = one.is_unsure(question), f"{question.id}.not_sure"
            least = max((UNSURE_URGENCY.get(tag, 0) for tag in tags), default=0)
            most = min((PRESSURE.get(tag, 2) for tag in tags), default=2)
            if self._can(unsure, one.urgency < least):
                yield Code.NOT_SURE_BELOW_FLOOR, subject
            if self._can(unsure, one.pressure > most):
                yield Code.NOT_SURE_TOO_MUCH_PRESSURE, subject

    def _promises(self) -> Iterator[tuple[Code, str]]:
        for promise in self.protocol.promises:
            one, holds = self.one, self.one.value(promise.when)
            if not self._can(holds.yes):
                yield Code.PROMISE_EMPTY, promise.id
            urgency, pressure = promise.urgency_at_least, one.pressure > promise.pressure_at_most
            if self._can(holds.yes, z3.Or(one.urgency < urgency, pressure)):
                yield Code.PROMISE_BROKEN, promise.id
            unsure = z3.Not(z3.Or(holds.yes, holds.no))
            if self._can(unsure, z3.Or(one.urgency < LOWER[urgency], pressure)):
                yield Code.PROMISE_NOT_SURE, promise.id
            for limit in promise.limits:
                for place in promise.places or [""]:
                    untold = z3.And(
                        [one.value(each.when).no for each in self._telling(limit, place)]
                    )
                    if self._can(holds.yes, untold):
                        yield Code.PROMISE_BROKEN, promise.id
                    if self._can(unsure, untold):
                        yield Code.PROMISE_NOT_SURE, promise.id

    def _telling(self, limit: Limit, place: str) -> list[Precaution]:
        """Return the precautions that give a limit where a therapist may read it."""
        return [
            one
            for one in self.protocol.precautions
            if told([one], limit, place) and not reads_private(self.protocol, one.when)
        ]

    def _dead(self) -> Iterator[tuple[Code, str]]:
        protocol, one = self.protocol, self.one
        for rule in protocol.rules:
            if not self._can(one.sure[rule.id]):
                yield Code.RULE_NEVER_FIRES, rule.id
            elif not self._can(z3.Or(one.yes[rule.id], one.unsure[rule.id])):
                yield Code.RULE_NEVER_COUNTS, rule.id
        emergencies = [r.id for r in protocol.rules if r.recommend is Recommend.EMERGENCY]
        calm = z3.Not(z3.Or([one.sure[name] for name in emergencies]))
        must = [
            (Code.QUESTION_NEVER_ASKED, each.id, z3.And(one.asked[each.id], calm))
            for each in self.questions
            if each.line is None
        ]
        for recommend in set(protocol.advice) - ALWAYS_THERE:
            given = one.given == recommend.place
            must.append((Code.RECOMMENDATION_NEVER_GIVEN, recommend.id, given))
        for code, parts in (
            (Code.PRECAUTION_NEVER_APPLIES, protocol.precautions),
            (Code.SUPPORT_NEVER_SHOWN, protocol.support),
            (Code.FINDING_NEVER_HOLDS, protocol.findings),
        ):
            must += [(code, part.id, one.value(part.when).yes) for part in parts]
        yield from ((code, subject) for code, subject, fact in must if not self._can(fact))

    def _monotone(self) -> Iterator[tuple[Code, str]]:
        one, other = self.one, self.other
        less = other.urgency < one.urgency
        more = z3.And(other.urgency == one.urgency, other.pressure > one.pressure)
        for question in self.questions:
            for subject, change in self._worse(question):
                change = z3.And(change, self._only(question))
                if self._can_both(change, less):
                    yield Code.WORSE_IS_LESS_URGENT, subject
                if self._can_both(change, more):
                    yield Code.WORSE_HAS_MORE_PRESSURE, subject

    def _matters(self, found: Found) -> Iterator[tuple[Code, str]]:
        unlike = z3.Or(list(self._unlike()))
        read = read_options(self.protocol)
        for question in self.questions:
            if (Code.QUESTION_NEVER_ASKED, question.id) in found or question.line is not None:
                continue
            only = z3.And(self._only(question), unlike)
            informs = question.kind is Kind.AREAS or any(o.informs for o in question.options)
            if not informs and not self._can_both(only, z3.Not(self.same[question.id])):
                yield Code.QUESTION_NEVER_MATTERS, question.id
                continue
            for option in options_that_must_matter(question, read):
                switched = z3.And(only, self._switched(question, option))
                if (question.id, option.id) not in read or not self._can_both(switched):
                    yield Code.OPTION_NEVER_MATTERS, f"{question.id}.{option.id}"

    def _only(self, question: Question) -> Bool:
        """Both are asked the question, and agree on every other that both are asked."""
        rest = [
            z3.Implies(self.both[other.id], self.same[other.id])
            for other in self.questions
            if other is not question
        ]
        return z3.And(self.both[question.id], *rest)

    def _same(self, question: Question) -> Bool:
        if question.kind.is_set:
            one, other = self.one.ticked[question.id], self.other.ticked[question.id]
            return z3.And([one[value] == other[value] for value in one])
        return self.one.number[question.id] == self.other.number[question.id]

    def _worse(self, question: Question) -> Iterator[tuple[str, Bool]]:
        for option in question.options:
            subject = f"{question.id}.{option.id}"
            severity = SEVERITY.index(option.safety)
            if severity and question.kind.is_set:
                yield subject, self._added(question, option)
            elif severity:
                milder = [
                    self.one.has(question, each.id)
                    for each in question.options
                    if SEVERITY.index(each.safety) < severity
                ]
                yield subject, z3.And(z3.Or(milder), self.other.has(question, option.id))
        if question.worse is not None:
            sure = [z3.Not(person.is_unsure(question)) for person in (self.one, self.other)]
            one, other = self.one.number[question.id], self.other.number[question.id]
            further = other > one if question.worse is Worse.UP else other < one
            yield question.id, z3.And(*sure, further)

    def _added(self, question: Question, option: Option) -> Bool:
        one, other = self.one.ticked[question.id], self.other.ticked[question.id]
        kept = [one[value] == other[value] for value in one if value not in (option.id, NONE)]
        return z3.And(z3.Not(one[option.id]), other[option.id], *kept)

    def _switched(self, question: Question, option: Option) -> Bool:
        if question.kind.is_set:
            return self._added(question, option)
        one, other = self.one.number[question.id], self.other.number[question.id]
        return z3.And(one >= 0, one != other, other == question.index(option.id))

    def _unlike(self) -> Iterator[Bool]:
        one, other, protocol = self.one, self.other, self.protocol
        yield from _differ(one.yes, other.yes)
        yield from _differ(one.unsure, other.unsure)
        lines = {each.id for each in self.questions if each.line is not None}
        yield from (one.asked[each] != other.asked[each] for each in one.asked.keys() - lines)
        for precaution in protocol.precautions:
            left, right = one.value(precaution.when), other.value(precaution.when)
            yield z3.Or(left.yes != right.yes, left.no != right.no)
        said = [support.when for support in protocol.support]
        for condition in [*said, *([protocol.carer_when] if protocol.carer_when else [])]:
            yield one.value(condition).yes != other.value(condition).yes


def _differ(one: Mapping[str, Bool], other: Mapping[str, Bool]) -> Iterator[Bool]:
    for name, left in one.items():
        yield left != other[name]
