"""Prints one Boolean expression over answers as a Python expression.

The locals that it reads are those of the compiler: `q_`, `u_` and `l_` with the id of a question,
and `certain`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assessment.engine.logic import And, AtLeast, Atom, AtomKind, Expr, Negated, Or, parts_of
from assessment.engine.questions import NOT_SURE, Question

Names = Mapping[int, str]
"""The local that holds an expression, by its `id()`: hashing one would walk through all of it."""


class Printer:
    """Prints expressions over these questions, which are given by their ids."""

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self._questions = questions

    def text(self, expr: Expr, names: Names) -> str:
        """Return the expression; `names` has the locals that hold parts of it already."""
        known = names.get(id(expr))
        if known is not None:
            return known
        match expr:
            case Atom():
                return self._atom(expr)
            case And(parts):
                return _joined(" and ", [self.text(part, names) for part in parts], "True")
            case Or():
                return self._either(expr, names)
            case Negated(part):
                return f"(not {self.text(part, names)})"
            case AtLeast(number, parts):
                total = _joined(" + ", [self.text(part, names) for part in parts], "0")
                return f"({total} >= {number})"

    def _either(self, expr: Or, names: Names) -> str:
        """Print an `or`; options of one choice become one look-up in a set."""
        choices: dict[str, list[str]] = {}
        rest: list[str] = []
        for part in _flat(expr, names):
            if isinstance(part, Atom) and self._is_choice_value(part):
                choices.setdefault(part.question, []).append(str(part.value or NOT_SURE))
            else:
                rest.append(self.text(part, names))
        looked_up = [
            f"q_{question} == {values[0]!r}"
            if len(set(values)) == 1
            else f"q_{question} in {{{', '.join(map(repr, dict.fromkeys(values)))}}}"
            for question, values in choices.items()
        ]
        return _joined(" or ", looked_up + rest, "False")

    def _is_choice_value(self, atom: Atom) -> bool:
        kind = self._questions[atom.question].kind
        said_of_the_answer = atom.kind in (AtomKind.HAS, AtomKind.OPEN)
        return said_of_the_answer and not (kind.is_set or kind.is_numeric)

    def _atom(self, atom: Atom) -> str:
        question = self._questions[atom.question]
        local = f"q_{question.id}"
        match atom.kind:
            case AtomKind.AT_LEAST:
                return f"({local} >= {atom.value})"
            case AtomKind.AT_MOST:
                return f"({local} <= {atom.value})"
            case AtomKind.LEFT:
                return f"l_{question.id}"
            case AtomKind.CERTAIN:
                return f"(certain <= {atom.value})"
            case AtomKind.OPEN if question.kind.is_numeric:
                return f"u_{question.id}"
            case _:
                value = NOT_SURE if atom.kind is AtomKind.OPEN else atom.value
                if question.kind.is_set:
                    return f"({value!r} in {local})"
                return f"({local} == {value!r})"


class Locals:
    """Gives each expression that is used more than once among `exprs` a local of its own.

    What a local holds must not change between its first use and its last.
    """

    def __init__(self, printer: Printer, exprs: Iterable[Expr]) -> None:
        self._printer = printer
        self._names: dict[int, str] = {}
        self._shared = _used_again(exprs)

    def within(self, expr: Expr) -> Locals:
        """Return locals for this expression alone, beside those that are there already."""
        inner = Locals(self._printer, [expr])
        inner._names |= self._names
        return inner

    def lines(self, expr: Expr) -> Iterator[str]:
        """Print the lines that fill the locals which the expression needs and are not there yet."""
        if id(expr) in self._names:
            return
        for part in parts_of(expr):
            yield from self.lines(part)
        if id(expr) in self._shared:
            text, name = self.text(expr), f"s_{len(self._names)}"
            self._names[id(expr)] = name
            yield f"{name} = {text}"

    def text(self, expr: Expr) -> str:
        """Return the expression in terms of its locals."""
        return self._printer.text(expr, self._names)


def _used_again(exprs: Iterable[Expr]) -> set[int]:
    seen: set[int] = set()
    again: set[int] = set()
    waiting = list(exprs)
    while waiting:
        expr = waiting.pop()
        if id(expr) in seen:
            again.add(id(expr))
        elif parts_of(expr):  # an atom is as short as a local
            seen.add(id(expr))
            waiting += parts_of(expr)
    return again


def _flat(expr: Or, names: Names) -> Iterator[Expr]:
    for part in expr.parts:
        if isinstance(part, Or) and id(part) not in names:
            yield from _flat(part, names)
        else:
            yield part


def _joined(operator: str, parts: list[str], empty: str) -> str:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 and parts[0][0] == "(" else f"({operator.join(parts)})"
