"""Prints one Boolean expression over answers as a Python expression.

The locals that it reads are those of the compiler: `q_` and `u_` with the id of a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assessment.engine.logic import And, AtLeast, Atom, AtomKind, Expr, Negated, Or
from assessment.engine.questions import NOT_SURE, Question


class Printer:
    """Prints expressions over these questions, which are given by their ids."""

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self._questions = questions

    def text(self, expr: Expr, names: Mapping[Expr, str]) -> str:
        """Return the expression; `names` has the locals that hold parts of it already."""
        if expr in names:
            return names[expr]
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

    def _either(self, expr: Or, names: Mapping[Expr, str]) -> str:
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
        return not (kind.is_set or kind.is_numeric)

    def _atom(self, atom: Atom) -> str:
        question = self._questions[atom.question]
        local = f"q_{question.id}"
        match atom.kind:
            case AtomKind.AT_LEAST:
                return f"({local} >= {atom.value})"
            case AtomKind.AT_MOST:
                return f"({local} <= {atom.value})"
            case AtomKind.OPEN if question.kind.is_numeric:
                return f"u_{question.id}"
            case _:
                value = NOT_SURE if atom.kind is AtomKind.OPEN else atom.value
                if question.kind.is_set:
                    return f"({value!r} in {local})"
                return f"({local} == {value!r})"


def _flat(expr: Or, names: Mapping[Expr, str]) -> Iterator[Expr]:
    for part in expr.parts:
        if isinstance(part, Or) and part not in names:
            yield from _flat(part, names)
        else:
            yield part


def _joined(operator: str, parts: list[str], empty: str) -> str:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 and parts[0][0] == "(" else f"({operator.join(parts)})"
