"""Faults in what is asked: who is asked, and what a list offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Not,
    Operator,
    Test,
    every_test,
)
from assessment.engine.protocol import Case, Protocol, Sign
from assessment.engine.questions import MOST_OPTIONS, NONE, NOT_SURE, Kind, Option, Question, Worse
from assessment.engine.questions import line_id as line_of
from tests.proof.mutant import Fault, Mutant, listed, with_question, with_questions
from tests.proof.mutant_rewriting import CannotRewriteError, Folded, Rewriting


def lists(protocol: Protocol) -> Iterator[Mutant]:
    """Yield every mutant that asks otherwise, asks others, or offers something else."""
    for question in listed(protocol):
        for fault, words, new in _alone(protocol, question):
            name = f"question {question.id}: {words}"
            yield Mutant(name, fault, with_question(protocol, new), (question.id,))
        if question.offers_not_sure:
            yield _without_not_sure(protocol, question)
        if question.ordered or question.kind in (Kind.AREAS, Kind.SCALE, Kind.NUMBER):
            continue
        for option in question.options:
            yield from _gone(protocol, question, option)
            yield from _moved(protocol, question, option)


def _alone(protocol: Protocol, question: Question) -> Iterator[tuple[Fault, str, Question]]:
    """Yield what nothing else in the protocol must follow."""
    for words, gate in _gates(protocol, question):
        before = question.enable_when
        both = gate if before is None else All((before, gate))
        yield Fault.GATED, f"asked only {words}", replace(question, enable_when=both)
    yield Fault.PRIVATE, "private", replace(question, private=not question.private)
    yield Fault.OPTIONAL, "optional", replace(question, optional=not question.optional)
    if question.kind in (Kind.CHOICE, Kind.CHOICES):
        words = "asked anew" if question.lasts else "lasts"
        yield Fault.LASTS, words, replace(question, lasts=not question.lasts)
    if len(question.options) > 1:
        options = (question.options[-1], *question.options[:-1])
        yield Fault.ORDER, "last option first", replace(question, options=options)
    if question.clarify:
        yield Fault.FRAME, "asks no lines", replace(question, clarify=False)
    if question.worse is not None:
        other = Worse.DOWN if question.worse is Worse.UP else Worse.UP
        yield Fault.FRAME, f"worse {other}", replace(question, worse=other)
        yield Fault.FRAME, "nothing is worse", replace(question, worse=None)


def _gates(protocol: Protocol, question: Question) -> Iterator[tuple[str, Condition]]:
    """Yield conditions that hold for most: of each number asked before, and the nearest choice."""
    earlier = list(listed(protocol))
    earlier = [one for one in earlier[: earlier.index(question)] if not one.optional]
    for one in earlier:
        if one.kind is Kind.NUMBER and one.maximum is not None:
            low, high = one.maximum // 10, one.maximum * 6 // 10
            yield f"with {one.id} from {low}", Test(one.id, Operator.AT_LEAST, (low,))
            yield f"with {one.id} to {high}", Test(one.id, Operator.AT_MOST, (high,))
    choices = [one for one in earlier if one.kind is Kind.CHOICE and len(one.options) > 1]
    if choices:
        near = choices[-1]
        first, *others = near.values
        yield f"without {near.id} {first}", Test(near.id, Operator.IS, tuple(others))


def _without_not_sure(protocol: Protocol, question: Question) -> Mutant:
    """Take "not sure" off, with its lines and the cases that need them."""
    new = replace(question, not_sure_label=None, clarify=False)
    lines = {line_of(question.id, option.id) for option in question.options}
    cases = tuple(
        one
        for one in protocol.cases
        if NOT_SURE not in _given(one, question.id) and lines.isdisjoint(one.answers)
    )
    mutated = replace(with_question(protocol, new), cases=cases)
    return Mutant(
        f"question {question.id}: no not sure", Fault.NO_NOT_SURE, mutated, (question.id,)
    )


def _gone(protocol: Protocol, question: Question, option: Option) -> Iterator[Mutant]:
    """Delete an option with every test, rule, promise and case that needs it."""
    if len(question.options) < 2:
        return
    sign = Sign(question.id, option.id)
    rewriting = Rewriting(protocol, lambda test: _test_without(test, sign))
    try:
        left = rewriting.rewritten()
    except CannotRewriteError:
        return
    rest = tuple(one for one in question.options if one.id != option.id)
    asked = [replace(one, asked=tuple(s for s in one.asked if s != sign)) for one in left.promises]
    promises = tuple(
        one for one, old in zip(asked, left.promises, strict=True) if one.asked or not old.asked
    )
    line = line_of(*_ids(sign))
    cases = tuple(
        one
        for one in left.cases
        if option.id not in _given(one, question.id) and line not in one.answers
    )
    now = replace(left.question[question.id], options=rest)
    mutated = replace(with_question(left, now), promises=promises, cases=cases)
    yield Mutant(
        f"option {sign}: deleted with all that names it",
        Fault.GONE,
        mutated,
        (question.id, option.id),
    )


def _ids(sign: Sign) -> tuple[str, str]:
    return sign.question, sign.option


def _test_without(test: Test, sign: Sign) -> Folded:
    if test.question != sign.question or sign.option not in test.operand:
        return test
    rest = tuple(str(value) for value in test.operand if value != sign.option)
    if test.operator is Operator.ALL_OF:
        return False
    return replace(test, operand=rest) if rest else test.operator is Operator.NONE_OF


def _moved(protocol: Protocol, question: Question, option: Option) -> Iterator[Mutant]:
    """Move an option of a list to the next list that not everybody is asked, and all with it."""
    target = _target(protocol, question, option)
    if target is None:
        return
    old, new = Sign(question.id, option.id), Sign(target.id, option.id)
    left = Rewriting(protocol, lambda test: _test_moved(test, old, new)).rewritten()
    rest = tuple(one for one in question.options if one.id != option.id)
    offered = {question.id: rest, target.id: (*target.options, option)}
    questions = tuple(
        replace(one, options=offered.get(one.id, one.options)) for one in left.questions
    )
    promises = tuple(
        replace(one, asked=tuple(new if sign == old else sign for sign in one.asked))
        for one in left.promises
    )
    cases = tuple(_case_moved(one, old, new) for one in left.cases)
    mutated = replace(with_questions(left, questions), promises=promises, cases=cases)
    if asks_in_order(mutated):
        yield Mutant(
            f"option {old}: moved to {target.id}",
            Fault.MOVED,
            mutated,
            (question.id, option.id),
            {old: new},
        )


def _target(protocol: Protocol, question: Question, option: Option) -> Question | None:
    """Return the list that an option may move to: not everybody is asked it."""
    every = listed(protocol)
    if question.kind is not Kind.CHOICES or len(question.options) < 2:
        return None
    place = every.index(question)
    for one in (*every[place + 1 :], *every[:place]):
        gated = one.kind is Kind.CHOICES and one.enable_when is not None and one is not question
        if gated and len(one.options) < MOST_OPTIONS and option.id not in one.values:
            return one
    return None


def _test_moved(test: Test, old: Sign, new: Sign) -> Folded:
    if test.question != old.question or old.option not in test.operand:
        return test
    there = Test(new.question, Operator.IS, (new.option,))
    rest = tuple(str(value) for value in test.operand if value != old.option)
    if test.operator is Operator.NONE_OF:
        return All((replace(test, operand=rest), Not(there))) if rest else Not(there)
    if not rest:
        return there
    both = (replace(test, operand=rest), there)
    return All(both) if test.operator is Operator.ALL_OF else Any(both)


def _case_moved(case: Case, old: Sign, new: Sign) -> Case:
    given = _given(case, old.question)
    answers = dict(case.answers)
    line = answers.pop(line_of(*_ids(old)), None)
    if line is not None:
        answers[line_of(*_ids(new))] = line
    if old.option in given:
        answers[old.question] = [one for one in given if one != old.option] or [NONE]
        others = [one for one in _given(case, new.question) if one != NONE]
        answers[new.question] = [*others, new.option]
    return replace(case, answers=answers)


def _given(case: Case, question_id: str) -> list[object]:
    """Return what a case answers to a question, as a list."""
    raw = case.answers.get(question_id, [])
    return raw if isinstance(raw, list) else [raw]


def asks_in_order(protocol: Protocol) -> bool:
    """Whether each question rests on earlier ones alone: else it would not load."""
    findings = {one.id: one.when for one in protocol.findings}
    earlier: set[str] = set()
    for question in protocol.questions:
        if question.enable_when is not None:
            tests = every_test(question.enable_when, findings)
            if not earlier.issuperset(test.question for test in tests):
                return False
        earlier.add(question.id)
    return True
