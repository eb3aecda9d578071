"""Prints the lines that read answers into the locals of a printed function.

How an answer stands in a local: a choice is its option id, "" when it is not asked; a set is a
frozenset, empty when it is not asked; a number is an int, NaN (which compares false with
everything) when it is unknown or not asked, beside a flag `u_` that says unknown. An unanswered
question reads as `not_sure`: both are unknown; where it matters, a flag `l_` says that it was left
out. An optional one that is unanswered is not asked.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from assessment.engine.logic import TRUE, AtomKind, Expr, atoms
from assessment.engine.printer import Printer
from assessment.engine.questions import NOT_SURE, Question

CONSTANTS: Mapping[str, object] = {
    "NAN": float("nan"),
    "EMPTY": frozenset(),
    "OPEN": frozenset({NOT_SURE}),
}
"""What the printed lines name."""


class Reads:
    """Prints how the answers to these questions are read.

    `asked` maps each question that is not always asked to the expression that asks it.
    """

    def __init__(
        self, questions: Mapping[str, Question], asked: Mapping[str, Expr], printer: Printer
    ) -> None:
        self._questions = questions
        self._asked = asked
        self._printer = printer

    def every(self, exprs: Iterable[Expr], *, walk: bool = False) -> Iterator[str]:
        """Print the lines that read the answers that these expressions need, in order.

        A `walk` also lists the questions that are asked.
        """
        exprs = list(exprs)
        needed = self._needed(exprs)
        left = {
            atom.question for expr in exprs for atom in atoms(expr) if atom.kind is AtomKind.LEFT
        }
        yield "get = answers.get"
        if walk:
            yield "asked = []"
        for condition, ids in groupby(self._questions, self._asked.get):
            together = tuple(ids)
            questions = [self._questions[name] for name in together if name in needed]
            also = self._lists(together) if walk else ()
            yield from self.of(questions, condition, left, also)

    def of(
        self,
        questions: Sequence[Question],
        condition: Expr | None,
        left: Container[str],
        also: Iterable[str] = (),
    ) -> Iterator[str]:
        """Print the lines that read questions which are asked together, with their flags.

        Those of `left` get their flag `l_`; the lines `also` run where they are asked.
        """
        lines = [_read(question) for question in questions]
        lines += [f"l_{one.id} = {one.id!r} not in answers" for one in questions if one.id in left]
        lines += also
        if condition is not None and lines:
            lines = [f"if {self._printer.text(condition, {})}:", *indented(lines)]
            absent = [_absent(question) for question in questions]
            absent += [f"l_{one.id} = False" for one in questions if one.id in left]
            if absent:
                lines += ["else:", *indented(absent)]
        yield from lines
        for question in questions:
            if question.kind.is_numeric:
                yield f"u_{question.id} = q_{question.id} == {NOT_SURE!r}"
                yield f"if u_{question.id}: q_{question.id} = NAN"

    def _lists(self, together: Iterable[str]) -> Iterator[str]:
        """Print the lines that list questions which are asked together."""
        for optional, ids in groupby(together, lambda name: self._questions[name].optional):
            if optional:
                yield from (f"if {name!r} in answers: asked.append({name!r})" for name in ids)
            else:
                yield f"asked += {tuple(ids)!r}"

    def _needed(self, exprs: Iterable[Expr]) -> set[str]:
        """Return the questions that these expressions read, and those that decide on them."""
        needed: set[str] = set()
        waiting = [atom.question for expr in exprs for atom in atoms(expr)]
        while waiting:
            question_id = waiting.pop()
            if question_id not in needed:
                needed.add(question_id)
                waiting += [atom.question for atom in atoms(self._asked.get(question_id, TRUE))]
        return needed


def _read(question: Question) -> str:
    unanswered = "OPEN" if question.kind.is_set else repr(NOT_SURE)
    if question.optional:
        unanswered = _nothing(question)
    return f"q_{question.id} = get({question.id!r}, {unanswered})"


def _absent(question: Question) -> str:
    return f"q_{question.id} = {_nothing(question)}"


def _nothing(question: Question) -> str:
    if question.kind.is_set:
        return "EMPTY"
    return "NAN" if question.kind.is_numeric else repr("")


def indented(lines: Iterable[str]) -> Iterator[str]:
    """Return the lines one step further in."""
    return (f"    {line}" for line in lines)
