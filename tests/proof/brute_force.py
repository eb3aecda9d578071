"""Everything that `prove` proves, by trying every answer set, on the written definition."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

from assessment.engine.answers import Answer, Answers
from assessment.engine.conditions import Condition, every_test
from assessment.engine.protocol import Promise, Protocol, Recommend
from assessment.engine.questions import Kind, Option, Question, Safety, Worse
from assessment.proof.report import Code
from tests.engine.left_out import Walk
from tests.engine.oracle import Oracle
from tests.proof.promised import LOWER, URGENCY, owed, reads_private, told, values_tested
from tests.proof.written import Decided, asks, decided, value

Found = set[tuple[Code, str]]
ALWAYS_THERE = {Recommend.EMERGENCY, Recommend.MEDICAL_CLEARANCE_FIRST}
UNSURE_URGENCY = {Safety.EMERGENCY: 2, Safety.URGENT: 1, Safety.CLEARANCE: 1}
PRESSURE = {Safety.NO_MASSAGE: 0, Safety.NO_DEEP: 1}
SEVERITY = [
    None,
    Safety.NO_DEEP,
    Safety.NO_MASSAGE,
    Safety.CLEARANCE,
    Safety.URGENT,
    Safety.EMERGENCY,
]


def answer_sets(protocol: Protocol, most: int) -> list[Answers] | None:
    """Return every complete answer set; None when there are more than `most`."""
    found: list[dict[str, Answer]] = [{}]
    for place, question in enumerate(protocol.questions):
        longer = []
        for answers in found:
            if asks(protocol, place, answers):
                longer += [{**answers, question.id: each} for each in _possible(question)]
            if question.optional or not asks(protocol, place, answers):
                longer.append(answers)
        found = longer
        if len(found) > most:
            return None
    return list(found)


class BruteForce:
    """One protocol with all its answer sets."""

    def __init__(self, protocol: Protocol, sets: list[Answers]) -> None:
        self.protocol = protocol
        self.sets = sets
        self.decisions = [decided(protocol, answers) for answers in sets]

    def failures(self) -> Found:
        """Return every code and subject that fails."""
        single = chain(self.total(), self.floors(), self.promises(), self.asked(), self.dead())
        return {*single, *self.pairs()}

    def calm_sets(self) -> list[Answers]:
        """Return the answer sets on which no emergency rule is yes."""
        emergencies = [r.when for r in self.protocol.rules if r.recommend is Recommend.EMERGENCY]
        return [
            answers
            for answers in self.sets
            if not any(value(self.protocol, when, answers) is True for when in emergencies)
        ]

    def total(self) -> Iterator[tuple[Code, str]]:
        if any(decision.fail_safe for decision in self.decisions):
            yield Code.NO_RULE_DECIDES, "rules"

    def floors(self) -> Iterator[tuple[Code, str]]:
        for answers, decision in zip(self.sets, self.decisions, strict=True):
            for name, answer in answers.items():
                yield from self._floors(self.protocol.question[name], answer, decision.recommend)

    def promises(self) -> Iterator[tuple[Code, str]]:
        for promise in self.protocol.promises:
            given: dict[bool | None, list[Recommend]] = {True: [], False: [], None: []}
            for answers, decision in zip(self.sets, self.decisions, strict=True):
                given[value(self.protocol, promise.when, answers)].append(decision.recommend)
            if not given[True]:
                yield Code.PROMISE_EMPTY, promise.id
            urgency, pressure = promise.urgency_at_least, promise.pressure_at_most
            if any(one.urgency < urgency or one.pressure > pressure for one in given[True]):
                yield Code.PROMISE_BROKEN, promise.id
            urgency = LOWER[urgency]
            if any(one.urgency < urgency or one.pressure > pressure for one in given[None]):
                yield Code.PROMISE_NOT_SURE, promise.id
            yield from self._untold(promise)

    def _untold(self, promise: Promise) -> Iterator[tuple[Code, str]]:
        """Yield the promise where a limit that it promises is neither told nor perhaps told."""
        for answers in self.sets:
            about = value(self.protocol, promise.when, answers)
            noted = [
                one
                for one in self.protocol.precautions
                if value(self.protocol, one.when, answers) is not False
                and not reads_private(self.protocol, one.when)
            ]
            wanted = [
                (limit, place) for limit in promise.limits for place in promise.places or [""]
            ]
            if about is not False and any(not told(noted, *each) for each in wanted):
                yield Code.PROMISE_BROKEN if about else Code.PROMISE_NOT_SURE, promise.id

    def asked(self) -> Iterator[tuple[Code, str]]:
        """Walk to each sign with all other answers: is it shown, or does the engine pass it by?"""
        oracle = Oracle(self.protocol)
        for promise in self.protocol.promises:
            for sign in promise.asked:
                for answers, decision in zip(self.sets, self.decisions, strict=True):
                    if value(self.protocol, promise.when, answers) is False:
                        continue
                    if decision.recommend.urgency >= owed(self.protocol, sign, answers):
                        continue
                    before = {n: each for n, each in answers.items() if n != sign.question}
                    if sign.question not in Walk(oracle, before).split()[0]:
                        yield Code.SIGN_NOT_ASKED, f"{promise.id}: {sign}"

    def dead(self) -> Iterator[tuple[Code, str]]:
        for rule in self.protocol.rules:
            if not self._ever(rule.when):
                yield Code.RULE_NEVER_FIRES, rule.id
            elif not any(rule.id in each.yes + each.unsure for each in self.decisions):
                yield Code.RULE_NEVER_COUNTS, rule.id
        for code, parts in (
            (Code.PRECAUTION_NEVER_APPLIES, self.protocol.precautions),
            (Code.SUPPORT_NEVER_SHOWN, self.protocol.support),
            (Code.FINDING_NEVER_HOLDS, self.protocol.findings),
        ):
            yield from ((code, part.id) for part in parts if not self._ever(part.when))
        given = {each.recommend for each in self.decisions}
        for recommend in set(Recommend) - ALWAYS_THERE:
            if recommend not in given:
                yield Code.RECOMMENDATION_NEVER_GIVEN, recommend.id
        for question in self.protocol.questions:
            if question.line is None and not any(
                question.id in answers for answers in self.calm_sets()
            ):
                yield Code.QUESTION_NEVER_ASKED, question.id

    def pairs(self) -> Found:
        """Return what comparing every two answer sets shows: monotone, and what matters."""
        found: Found = set()
        matters: set[str] = set()
        seen = [self._seen(*pair) for pair in zip(self.sets, self.decisions, strict=True)]
        for one, milder in enumerate(self.sets):
            for other, worse in enumerate(self.sets):
                name = _only_difference(milder, worse)
                if name is None or not _same_optional(self.protocol, milder, worse):
                    continue
                question = self.protocol.question[name]
                if seen[one] != seen[other]:
                    matters |= {name, *_switched(question, milder[name], worse[name])}
                code = _milder(self.decisions[one].recommend, self.decisions[other].recommend)
                if code is not None:
                    ways = _worse(question, milder[name], worse[name])
                    found |= {(code, subject) for subject in ways}
        return found | set(self._never_matter(matters))

    def _floors(
        self, question: Question, answer: Answer, given: Recommend
    ) -> Iterator[tuple[Code, str]]:
        ticked = answer if isinstance(answer, frozenset) else {answer}
        for option in question.options:
            subject = f"{question.id}.{option.id}"
            if option.safety is None:
                continue
            if option.id in ticked and given.urgency < URGENCY.get(option.safety, 0):
                yield Code.BELOW_FLOOR, subject
            if option.id in ticked and given.pressure > PRESSURE.get(option.safety, 2):
                yield Code.TOO_MUCH_PRESSURE, subject
            if question.clarify:
                continue  # its lines have the floors
            subject = f"{question.id}.not_sure"
            if "not_sure" in ticked and given.urgency < UNSURE_URGENCY.get(option.safety, 0):
                yield Code.NOT_SURE_BELOW_FLOOR, subject
            if "not_sure" in ticked and given.pressure > PRESSURE.get(option.safety, 2):
                yield Code.NOT_SURE_TOO_MUCH_PRESSURE, subject

    def _never_matter(self, matters: set[str]) -> Iterator[tuple[Code, str]]:
        read = read_options(self.protocol)
        for question in self.protocol.questions:
            never_asked = not any(question.id in answers for answers in self.calm_sets())
            if never_asked or question.line is not None:
                continue
            informs = question.kind is Kind.AREAS or any(o.informs for o in question.options)
            if question.id not in matters and not informs:
                yield Code.QUESTION_NEVER_MATTERS, question.id
                continue
            for option in options_that_must_matter(question, read):
                subject = f"{question.id}.{option.id}"
                if (question.id, option.id) not in read or subject not in matters:
                    yield Code.OPTION_NEVER_MATTERS, subject

    def _seen(self, answers: Answers, decision: Decided) -> object:
        protocol = self.protocol
        parts: list[Condition] = [part.when for part in protocol.precautions]
        helps = [value(protocol, part.when, answers) is True for part in protocol.support]
        carer = protocol.carer_when
        return (
            decision.yes,
            decision.unsure,
            tuple(name for name in answers if protocol.question[name].line is None),
            [value(protocol, part, answers) for part in parts],
            helps,
            carer is not None and value(protocol, carer, answers) is True,
        )

    def _ever(self, condition: Condition) -> bool:
        return any(value(self.protocol, condition, answers) is True for answers in self.sets)


def options_that_must_matter(question: Question, read: set[tuple[str, str]]) -> Iterator[Option]:
    """Yield them as docs/proof.md has them under `option-never-matters`."""
    spared = question.kind is not Kind.CHOICE
    for option in () if question.kind is Kind.AREAS else question.options:
        if not spared and (question.id, option.id) not in read:
            spared = True
        elif not option.informs:
            yield option


def read_options(protocol: Protocol) -> set[tuple[str, str]]:
    """Return each option, with its question, that something besides a promise reads."""
    readers: list[Condition | None] = [protocol.carer_when]
    readers += [rule.when for rule in protocol.rules]
    readers += [part.when for part in protocol.precautions]
    readers += [part.when for part in protocol.support]
    readers += [one.enable_when for one in protocol.questions if one.line is None]
    readers += [advice.requires for advice in protocol.advice.values()]
    findings = {finding.id: finding.when for finding in protocol.findings}
    return {
        (test.question, each)
        for reader in readers
        if reader is not None
        for test in every_test(reader, findings)
        for each in values_tested(protocol.question[test.question], test)
    }


def _possible(question: Question) -> list[Answer]:
    unsure = ["not_sure"] if question.offers_not_sure else []
    if question.kind.is_numeric:
        assert question.minimum is not None
        assert question.maximum is not None
        return [*range(question.minimum, question.maximum + 1), *unsure]
    ids = [option.id for option in question.options]
    if not question.kind.is_set:
        return [*ids, *unsure]
    ticked = chain.from_iterable(
        combinations(ids + unsure, size) for size in range(1, len(ids + unsure) + 1)
    )
    none = [frozenset({"none"})] if question.offers_none else []
    return [*map(frozenset, ticked), *none]


def _only_difference(one: Answers, other: Answers) -> str | None:
    differ = [name for name in one if name in other and one[name] != other[name]]
    return differ[0] if len(differ) == 1 else None


def _same_optional(protocol: Protocol, one: Answers, other: Answers) -> bool:
    """Whether an optional question that may be answered in both is answered in both, or neither."""
    return all(
        (question.id in one) is (question.id in other)
        for place, question in enumerate(protocol.questions)
        if question.optional and asks(protocol, place, one) and asks(protocol, place, other)
    )


def _milder(before: Recommend, after: Recommend) -> Code | None:
    if after.urgency < before.urgency:
        return Code.WORSE_IS_LESS_URGENT
    if after.urgency == before.urgency and after.pressure > before.pressure:
        return Code.WORSE_HAS_MORE_PRESSURE
    return None


def _worse(question: Question, one: Answer, other: Answer) -> Iterator[str]:
    """Yield the subjects for which `other` is the worse answer."""
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        for option in question.options:
            if option.safety and option.id not in one and other == (one - {"none"}) | {option.id}:
                yield f"{question.id}.{option.id}"
        return
    if "not_sure" in (one, other):
        return
    if question.options:
        before, after = question.option(str(one)), question.option(str(other))
        if SEVERITY.index(after.safety) > SEVERITY.index(before.safety):
            yield f"{question.id}.{after.id}"
    if question.worse is not None:
        up = _place(question, other) - _place(question, one)
        if (up if question.worse is Worse.UP else -up) > 0:
            yield question.id


def _place(question: Question, answer: Answer) -> int:
    return answer if isinstance(answer, int) else question.index(str(answer))


def _switched(question: Question, one: Answer, other: Answer) -> Iterator[str]:
    """Yield the options whose choice alone makes the difference."""
    for option in question.options:
        if isinstance(one, frozenset) and isinstance(other, frozenset):
            if option.id not in one and other == (one - {"none"}) | {option.id}:
                yield f"{question.id}.{option.id}"
        elif option.id in (one, other) and "not_sure" not in (one, other):
            yield f"{question.id}.{option.id}"
