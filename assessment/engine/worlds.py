"""Evaluates expressions on many sets of answers at once, one bit of an integer for each.

Somebody's answers with one of them changed are a world. A hundred worlds hardly differ, so rules
are not run a hundred times: each test of an answer becomes an integer whose bits say in which
worlds it holds, and `and`, `or` and `not` become `&`, `|` and `~`. What is true in a world is what
the functions of `compiler.py` say of its answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import cast

from assessment.engine.answers import Answer, Answers
from assessment.engine.compiler import define
from assessment.engine.logic import (
    And,
    AtLeast,
    Atom,
    AtomKind,
    Expr,
    Negated,
    Or,
    atoms,
)
from assessment.engine.printer import Locals, Names, Printer
from assessment.engine.questions import NOT_SURE, Question
from assessment.engine.reads import indented

Fact = tuple[str, str]
"""A question, and what holds of its answer: an option, "Not sure", or how a number compares."""


class Worlds:
    """Evaluates these expressions over these questions.

    `asked` maps each question that is not always asked to the expression that asks it.
    """

    def __init__(
        self, questions: Iterable[Question], asked: Mapping[str, Expr], exprs: Sequence[Expr]
    ) -> None:
        by_id = {one.id: one for one in questions}
        read = {_fact(atom): atom for expr in (*exprs, *asked.values()) for atom in atoms(expr)}
        # As in `reads.py`, nothing holds of an optional question that is unanswered.
        self._unanswered: Answers = {
            name: NOT_SURE for name, what in read if what == NOT_SURE and not by_id[name].optional
        }
        self._compared: dict[str, list[tuple[Fact, Atom]]] = {}
        for fact, atom in read.items():
            if atom.kind in (AtomKind.AT_LEAST, AtomKind.AT_MOST):
                self._compared.setdefault(atom.question, []).append((fact, atom))
        lines = _lines(by_id, asked, exprs, read)
        printed = define("get", lines, {"at_least": _at_least})
        self._printed = cast("Callable[[Callable[[Fact, int], int]], tuple[int, ...]]", printed)

    def where(self, answers: Answers, changes: Iterable[tuple[str, Answer]]) -> tuple[int, ...]:
        """Return for each expression in which worlds it is true.

        The lowest bit is of the answers with the first change: another answer to a question.
        """
        holds: dict[Fact, int] = {}
        changed: dict[str, int] = {}
        bit = 1
        for question, answer in changes:
            for fact in self._facts(question, answer):
                holds[fact] = holds.get(fact, 0) | bit
            changed[question] = changed.get(question, 0) | bit
            bit <<= 1
        for question, answer in {**self._unanswered, **answers}.items():
            unchanged = ~changed.get(question, 0)
            for fact in self._facts(question, answer):
                holds[fact] = holds.get(fact, 0) | unchanged
        return self._printed(holds.get)

    def _facts(self, question: str, answer: Answer) -> list[Fact]:
        """Return what holds of an answer, where it is asked for."""
        if isinstance(answer, int):
            compared = self._compared.get(question, ())
            return [fact for fact, atom in compared if _compares(atom, answer)]
        values = answer if isinstance(answer, frozenset) else (answer,)
        return [(question, value) for value in values]


class _Bits(Printer):
    """Prints expressions as operations on bits, over the locals that hold each fact."""

    def __init__(self, questions: Mapping[str, Question], facts: Mapping[Fact, str]) -> None:
        super().__init__(questions)
        self._facts = facts

    def text(self, expr: Expr, names: Names) -> str:
        known = names.get(id(expr))
        if known is not None:
            return known
        match expr:
            case Atom():
                return self._facts[_fact(expr)]
            case And(parts):
                return f"({' & '.join(self.text(part, names) for part in parts) or '-1'})"
            case Or(parts):
                return f"({' | '.join(self.text(part, names) for part in parts) or '0'})"
            case Negated(part):
                return f"(~{self.text(part, names)})"
            case AtLeast(number, parts):
                listed = ", ".join(self.text(part, names) for part in parts)
                return f"at_least({number}, [{listed}])"


def _lines(
    questions: Mapping[str, Question],
    asked: Mapping[str, Expr],
    exprs: Sequence[Expr],
    read: Iterable[Fact],
) -> Iterator[str]:
    """Print the lines that read each fact into a local, and return where the expressions hold."""
    facts = {fact: f"a_{place}" for place, fact in enumerate(read)}
    of: dict[str, list[Fact]] = {}
    for fact in facts:
        of.setdefault(fact[0], []).append(fact)
    printer = _Bits(questions, facts)
    for condition, ids in groupby(questions, asked.get):
        together = [fact for name in ids for fact in of.get(name, ())]
        if condition is None:
            yield from (f"{facts[fact]} = get({fact!r}, 0)" for fact in together)
        elif together:
            yield f"if on := {printer.text(condition, {})}:"
            yield from indented(f"{facts[fact]} = on & get({fact!r}, 0)" for fact in together)
            yield "else:"
            yield f"    {' = '.join(facts[fact] for fact in together)} = 0"
    each = Locals(printer, exprs)
    for expr in exprs:
        yield from each.lines(expr)
    yield f"return {''.join(f'{each.text(expr)}, ' for expr in exprs)}"


def _fact(atom: Atom) -> Fact:
    match atom.kind:
        case AtomKind.AT_LEAST | AtomKind.AT_MOST:
            return atom.question, f"{atom.kind} {atom.value}"  # no option has such an id
        case AtomKind.OPEN:
            return atom.question, NOT_SURE
        case _:
            return atom.question, str(atom.value)


def _compares(atom: Atom, number: int) -> bool:
    bound = cast("int", atom.value)
    return number >= bound if atom.kind is AtomKind.AT_LEAST else number <= bound


def _at_least(number: int, parts: Iterable[int]) -> int:
    """Return the bits that are set in at least so many parts."""
    found = [-1, *[0] * number]
    for part in parts:
        for many in range(number, 0, -1):
            found[many] |= found[many - 1] & part
    return found[number]
