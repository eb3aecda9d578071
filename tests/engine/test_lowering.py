"""`surely` and `possibly` are what the definition says: yes, and yes or unknown.

Small conditions are tried without exception, on every answer set; large ones at random. The two
expressions are read here atom by atom, so that nothing rests on what the compiler makes of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, combinations, product
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.engine.answers import Answer, Answers
from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Operand,
    Operator,
    Test,
)
from assessment.engine.lines import lines_of
from assessment.engine.logic import (
    FALSE,
    TRUE,
    And,
    AtLeast,
    Atom,
    AtomKind,
    Expr,
    Negated,
    Or,
    both,
    either,
)
from assessment.engine.lowering import Lowering
from assessment.engine.protocol import Finding, Protocol
from assessment.engine.questions import NONE, NOT_SURE, Kind, Option, Question, Side
from tests.bare import BARE, WORDS
from tests.engine import strategies as some
from tests.engine.oracle import Oracle

Value = TypeVar("Value", int, str)
LARGE = 5
"""How deep conditions are that are made at random; each part may have four parts of its own."""


class Reader:
    """Reads a condition by its lowering and by the definition, on answers."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._oracle = Oracle(protocol)
        findings = {finding.id: finding.when for finding in protocol.findings}
        self._lowering = Lowering(protocol.question, findings)

    def agree(self, condition: Condition, every: Sequence[Answers]) -> None:
        meaning = self._lowering.meaning(condition)
        for answers in every:
            truth = self._oracle.truth(condition, answers)
            surely, possibly = (
                self._holds(expr, answers) for expr in (meaning.surely, meaning.possibly)
            )
            assert surely == (truth is True), (condition, answers)
            assert possibly == (truth is not False), (condition, answers)

    def _holds(self, expr: Expr, answers: Answers) -> bool:
        match expr:
            case Atom():
                return self._atom(expr, answers)
            case And(parts):
                return all(self._holds(part, answers) for part in parts)
            case Or(parts):
                return any(self._holds(part, answers) for part in parts)
            case Negated(part):
                return not self._holds(part, answers)
            case AtLeast(number, parts):
                return sum(self._holds(part, answers) for part in parts) >= number

    def _atom(self, atom: Atom, answers: Answers) -> bool:
        question = self._protocol.question[atom.question]
        if not self._oracle.applies(question, answers):
            return False
        answer = answers.get(question.id)
        if answer is None:
            return atom.kind is AtomKind.OPEN and not question.optional
        ticked = answer if isinstance(answer, frozenset) else {answer}
        match atom.kind:
            case AtomKind.HAS:
                return atom.value in ticked
            case AtomKind.OPEN:
                return NOT_SURE in ticked
        assert isinstance(atom.value, int)
        if not isinstance(answer, int):
            return False
        return answer >= atom.value if atom.kind is AtomKind.AT_LEAST else answer <= atom.value


def options(ids: str, side: Side | None = None) -> tuple[Option, ...]:
    return tuple(Option(one, WORDS, side=side) for one in ids)


def asked(name: str, kind: Kind, *, gate: bool = False, **keys: object) -> Question:
    opens = Test("gate", Operator.IS, ("open",)) if gate else None
    question = Question(name, kind, WORDS, WORDS, not_sure_label=WORDS, enable_when=opens)
    return replace(question, **keys)  # type: ignore[arg-type]  # whatever a question has


GATE = Question(
    "gate", Kind.CHOICE, WORDS, WORDS, options=(Option("open", WORDS), Option("shut", WORDS))
)
ONE_OF_EACH = [
    asked("q", Kind.CHOICE, gate=True, options=options("abc")),
    asked("q", Kind.CHOICE, gate=True, options=options("abc"), ordered=True),
    asked("q", Kind.CHOICES, gate=True, options=options("ab")),
    asked("q", Kind.CHOICES, gate=True, options=options("ab"), none_label=WORDS),
    asked("q", Kind.CHOICES, gate=True, options=options("ab"), clarify=True),
    asked("q", Kind.CHOICES, gate=True, options=options("ab"), none_label=WORDS, clarify=True),
    asked("q", Kind.AREAS, gate=True, options=options("ab", Side.BACK), none_label=WORDS),
    asked("q", Kind.NUMBER, gate=True, minimum=-1, maximum=2),
    asked("q", Kind.CHOICE, gate=True, options=options("ab"), optional=True),
    asked("q", Kind.NUMBER, gate=True, minimum=0, maximum=2, optional=True),
]


def subsets(values: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every one that is not empty."""
    return chain.from_iterable(combinations(values, size + 1) for size in range(len(values)))


def every_answer(question: Question) -> Iterator[Answer | None]:
    """Everything that can be answered to it, and no answer."""
    yield None
    if question.kind.is_set:
        for ticked in subsets(
            (*question.values, *([NOT_SURE] if question.offers_not_sure else []))
        ):
            if NONE not in ticked or len(ticked) == 1:
                yield frozenset(ticked)
        return
    yield from [NOT_SURE] if question.offers_not_sure else []
    if question.kind.is_numeric:
        assert question.minimum is not None
        assert question.maximum is not None
        yield from range(question.minimum, question.maximum + 1)
    yield from question.values


def every_answer_set(questions: Sequence[Question]) -> list[Answers]:
    found = product(*(list(every_answer(one)) for one in questions))
    names = [one.id for one in questions]
    return [
        {name: answer for name, answer in zip(names, answers, strict=True) if answer is not None}
        for answers in found
    ]


def comparisons(ends: Sequence[Value]) -> dict[Operator, Sequence[Operand]]:
    single = [(end,) for end in ends]
    pairs = [(low, high) for place, low in enumerate(ends) for high in ends[place:]]
    return {Operator.AT_LEAST: single, Operator.AT_MOST: single, Operator.BETWEEN: pairs}


def every_test(question: Question) -> Iterator[Test]:
    """Every test that an author can write about it."""
    kinds: dict[Operator, Sequence[Operand]] = {}
    if question.kind.is_numeric:
        assert question.minimum is not None
        assert question.maximum is not None
        kinds = comparisons(range(question.minimum, question.maximum + 1))
    elif question.ordered:
        kinds = comparisons(question.values)
    if question.options:
        several = list(subsets(question.values))
        kinds |= {Operator.IS: several, Operator.NONE_OF: several}
        kinds |= {Operator.ALL_OF: several} if question.kind.is_set else {}
    for operator, operands in kinds.items():
        yield from (Test(question.id, operator, operand) for operand in operands)


@pytest.mark.parametrize("question", ONE_OF_EACH, ids=lambda one: f"{one.kind}")
def test_every_test_on_every_answer(question: Question) -> None:
    questions = (GATE, question, *lines_of(question))
    reader, every = Reader(replace(BARE, questions=questions)), every_answer_set(questions)

    for test in every_test(question):
        reader.agree(test, every)
        reader.agree(Not(test), every)


def every_joined(parts: Sequence[Condition]) -> Iterator[Condition]:
    """Everything that can be made of these parts in one step, in this order."""
    yield All(tuple(parts))
    yield Any(tuple(parts))
    for number in range(1, len(parts) + 1):
        yield Count(number, tuple(parts))


def test_every_small_condition_on_every_answer_set() -> None:
    """Up to three tests, joined in every way and denied anywhere."""
    # The fourth question is asked by the first, so that what it says may not apply.
    questions = [asked(name, Kind.CHOICE, options=options("ab")) for name in "xyz"]
    opens = Test("x", Operator.IS, ("a",))
    questions.append(replace(questions[0], id="w", enable_when=opens))
    finding = Finding("f", WORDS, Any((opens, Test("y", Operator.IS, ("b",)))))
    reader = Reader(replace(BARE, questions=tuple(questions), findings=(finding,)))
    plain: list[Condition] = [Test(name, Operator.IS, ("a",)) for name in "xyzw"]
    plain.append(FindingRef("f"))
    leaves = [*plain, *map(Not, plain)]
    pairs = [one for both in combinations(leaves, 2) for one in every_joined(both)]
    triples = [one for three in combinations(plain, 3) for one in every_joined(three)]
    inner = [one for both in combinations(plain, 2) for one in every_joined(both)]
    nested = [
        one
        for part, leaf in product([*inner, *map(Not, inner)], plain[:2])
        for one in every_joined((part, leaf))
    ]
    every = every_answer_set(questions)

    for condition in [*leaves, *pairs, *triples, *nested]:
        reader.agree(condition, every)
    assert (len(every), len(pairs), len(nested)) == (4**4, 180, 640)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data(), some.asking())
def test_large_conditions_on_random_answers(
    data: st.DataObject, scope: tuple[list[Question], list[Finding], some.Scope]
) -> None:
    questions, findings, names = scope
    protocol = replace(BARE, questions=tuple(questions), findings=tuple(findings))
    condition = data.draw(some.conditions(names, LARGE))
    every = [
        data.draw(some.answers(protocol, complete=complete)) for complete in (True, True, False)
    ]

    Reader(protocol).agree(condition, every)


def test_what_is_joined_is_each_part_once_or_the_part_that_decides() -> None:
    atom, other = Atom("q", AtomKind.OPEN), Atom("r", AtomKind.OPEN)
    # That a count without parts is true or false is not read from its shape.
    count = AtLeast(1, ())
    assert both(atom, TRUE, other, Atom("q", AtomKind.OPEN)) == And((atom, other))
    assert either(atom, FALSE, other, Atom("q", AtomKind.OPEN)) == Or((atom, other))
    assert both(atom, FALSE, other) == FALSE
    assert either(atom, TRUE, other) == TRUE
    assert both(atom, TRUE) == either(atom, FALSE) == atom
    assert both(atom, count) == And((atom, count))
    assert either(atom, count) == Or((atom, count))
    assert both() == TRUE
    assert either() == FALSE
