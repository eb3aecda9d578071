"""Signs: options that count alone, whatever else is answered.

Which of them a walk did not ask about, whether an answer tells one, and where a tick ended it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessment.engine.answers import Answer, Answers
from assessment.engine.conditions import Condition, every_test
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NONE, NOT_SURE, Kind, Question, Safety
from assessment.engine.text import Text


@dataclass(frozen=True, slots=True)
class _Group:
    """The signs of one question, and the places of the body that lead to it."""

    question: str
    places: frozenset[str]
    says: tuple[tuple[Safety, Text], ...]


class Signs:
    """The signs of one protocol that somebody may be told of: nothing private is among them."""

    def __init__(self, protocol: Protocol) -> None:
        self._areas = {one.id for one in protocol.questions if one.kind is Kind.AREAS}
        self._findings = {finding.id: finding.when for finding in protocol.findings}
        self._groups = tuple(self._of(protocol))

    def not_asked(
        self, shown: Mapping[str, Answer], *, carer: bool
    ) -> dict[Safety, tuple[str, ...]]:
        """Return the signs on questions other than those `shown`, by what they call for.

        Within each, those of the places where it hurts come first, then the order of the
        questions.
        """
        hurts: set[str] = set()
        for name in self._areas & shown.keys():
            answer = shown[name]
            hurts |= answer if isinstance(answer, frozenset) else set()
        missed = [one for one in self._groups if one.question not in shown]
        missed.sort(key=lambda one: hurts.isdisjoint(one.places))
        found: dict[Safety, dict[str, None]] = {}
        for one in missed:
            for safety, says in one.says:
                found.setdefault(safety, {})[says.to(carer=carer)] = None
        return {safety: tuple(found[safety]) for safety in Safety if safety in found}

    def _of(self, protocol: Protocol) -> Iterator[_Group]:
        """Yield the signs of each question; the lines of a list stand on the list itself."""
        for question in protocol.questions:
            says = tuple(
                (option.safety, option.says or option.label)
                for option in question.options
                if option.safety is not None
            )
            if says and not (question.id in protocol.private or question.line):
                places = self._places(question.enable_when)
                yield _Group(question.id, frozenset(places), says)

    def _places(self, when: Condition | None) -> Iterator[str]:
        for test in () if when is None else every_test(when, self._findings):
            if test.question in self._areas:
                yield from map(str, test.operand)


def tells_a_sign(question: Question, answer: Answer) -> bool:
    """Whether an answer ticks a sign, or anything on a list on which most options are signs."""
    signs = {option.id for option in question.options if option.safety is not None}
    if not isinstance(answer, frozenset):
        return answer in signs
    is_list_of_signs = len(signs) * 2 > len(question.options)
    return not answer.isdisjoint(signs) or (is_list_of_signs and NONE not in answer)


def cut_short(engine: Engine, answers: Answers) -> str | None:
    """Return the list on which a tick ended the questions early, None where no list did.

    Whoever ticks the first line that fits and presses on has said nothing of the other lines.
    """
    questions, private = engine.protocol.question, engine.protocol.private
    on_the_way = [
        name for name in engine.asked(answers) if not (questions[name].optional or name in private)
    ]
    given = {name: answers[name] for name in on_the_way if name in answers}
    if not given:
        return None
    if engine.is_emergency(given):  # if it is not now, it never was: what is certain stays so
        last = _first_emergency(engine, given)
        return last if _is_ticked(given[last]) else None
    if on_the_way[-1] in given:
        return None
    last, answer = list(given.items())[-1]
    return last if _is_ticked(answer) and private.issuperset(engine.missing(answers)) else None


def _first_emergency(engine: Engine, given: Mapping[str, Answer]) -> str:
    """Return the first of these answers with which they are an emergency."""
    so_far: dict[str, Answer] = {}
    for name, answer in given.items():
        so_far[name] = answer
        if engine.is_emergency(so_far):
            break
    return name


def _is_ticked(answer: Answer) -> bool:
    return isinstance(answer, frozenset) and answer.isdisjoint({NONE, NOT_SURE})
