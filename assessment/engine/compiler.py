"""Prints the Boolean expressions of a protocol as Python functions.

A printed function reads each answer once into a local variable and tests it there, which is as
fast as rules written by hand. It is made only from parsed ids (`[a-z][a-z0-9_]*`) and numbers,
quoted by `repr`: nothing that an author writes is run.

How an answer stands in a local: a choice is its option id, "" when it is not asked; a set is a
frozenset, empty when it is not asked; a number is an int, NaN (which compares false with
everything) when it is unknown or not asked, beside a flag `u_` that says unknown. An unanswered
question reads as `not_sure`: both are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

from assessment.engine.answers import Answers
from assessment.engine.logic import (
    And,
    AtLeast,
    Atom,
    AtomKind,
    Expr,
    Negated,
    Or,
    atoms,
    parts_of,
)
from assessment.engine.questions import NOT_SURE, Kind, Question

Fired = tuple[list[int], list[int]]

_CONSTANTS: dict[str, object] = {
    "NAN": float("nan"),
    "EMPTY": frozenset(),
    "OPEN": frozenset({NOT_SURE}),
}


class Compiler:
    """Prints functions over one list of questions.

    `asked` maps each question that is not always asked to the expression that asks it, and
    `shared` lists expressions that are worth a local variable of their own.
    """

    def __init__(
        self, questions: Iterable[Question], asked: Mapping[str, Expr], shared: Iterable[Expr]
    ) -> None:
        self._questions = {question.id: question for question in questions}
        self._asked = asked
        self._shared = tuple(shared)

    def predicate(self, expr: Expr) -> Callable[[Answers], bool]:
        """Return a function that says whether the expression is true of answers."""
        lines = [*self._reads([expr]), f"return {self._print(expr, {})}"]
        return cast("Callable[[Answers], bool]", _define("answers", lines))

    def walk(self) -> Callable[[Answers], list[str]]:
        """Return a function that lists the ids of the questions that are asked, in order."""
        lines = [*self._reads(self._asked.values()), "asked = []", "add = asked.append"]
        for question in self._questions.values():
            if question.kind is Kind.TEXT:
                continue  # words are asked only when answers are sent
            condition = self._asked.get(question.id)
            guard = "" if condition is None else f"if {self._print(condition, {})}: "
            lines.append(f"{guard}add({question.id!r})")
        lines.append("return asked")
        return cast("Callable[[Answers], list[str]]", _define("answers", lines))

    def rules(self, rules: Iterable[tuple[Expr, Expr | None]]) -> Callable[[Answers], Fired]:
        """Return a function that gives the places of the rules that are yes, and unknown.

        Each rule is its `surely` and, where it has an `if_unsure`, its `possibly`.
        """
        rules = list(rules)
        wanted = [expr for pair in rules for expr in pair if expr is not None]
        names, lines = self._shared_locals(wanted)
        lines = [*self._reads(wanted), *lines, "fired = []", "unsure = []"]
        for place, (surely, possibly) in enumerate(rules):
            lines.append(f"if {self._print(surely, names)}: fired.append({place})")
            if possibly is not None:
                lines.append(f"elif {self._print(possibly, names)}: unsure.append({place})")
        lines.append("return fired, unsure")
        return cast("Callable[[Answers], Fired]", _define("answers", lines))

    def _shared_locals(self, wanted: list[Expr]) -> tuple[dict[Expr, str], list[str]]:
        names: dict[Expr, str] = {}
        lines = []
        used = {part for expr in wanted for part in _inside(expr)}
        for expr in self._shared:
            if expr in used and not isinstance(expr, Atom) and expr not in names:
                lines.append(f"s_{len(names)} = {self._print(expr, names)}")
                names[expr] = f"s_{len(names)}"
        return names, lines

    def _reads(self, exprs: Iterable[Expr]) -> Iterator[str]:
        """Print the lines that read the answers that these expressions need, in order."""
        needed: set[str] = set()
        waiting = [atom.question for expr in exprs for atom in atoms(expr)]
        while waiting:
            question_id = waiting.pop()
            if question_id not in needed:
                needed.add(question_id)
                waiting += [atom.question for atom in atoms(self._asked.get(question_id, And(())))]
        yield "get = answers.get"
        for question in self._questions.values():
            if question.id in needed:
                yield from self._read(question)

    def _read(self, question: Question) -> Iterator[str]:
        local = f"q_{question.id}"
        asked = self._asked.get(question.id)
        condition = None if asked is None else self._print(asked, {})
        if question.kind.is_set:
            read, absent = f"get({question.id!r}, OPEN)", "EMPTY"
        else:
            read, absent = f"get({question.id!r}, {NOT_SURE!r})", "''"
        yield f"{local} = {read}" + (f" if {condition} else {absent}" if condition else "")
        if question.kind.is_numeric:
            yield f"u_{question.id} = {local} == {NOT_SURE!r}"
            yield f"if {local}.__class__ is not int: {local} = NAN"

    def _print(self, expr: Expr, names: Mapping[Expr, str]) -> str:
        if expr in names:
            return names[expr]
        match expr:
            case Atom():
                return self._atom(expr)
            case And(parts):
                return _joined(" and ", [self._print(part, names) for part in parts], "True")
            case Or():
                return self._either(expr, names)
            case Negated(part):
                return f"(not {self._print(part, names)})"
            case AtLeast(number, parts):
                total = _joined(" + ", [self._print(part, names) for part in parts], "0")
                return f"({total} >= {number})"

    def _either(self, expr: Or, names: Mapping[Expr, str]) -> str:
        """Print an `or`; options of one choice become one look-up in a set."""
        choices: dict[str, list[str]] = {}
        rest: list[str] = []
        for part in _flat(expr, names):
            if isinstance(part, Atom) and self._is_choice_value(part):
                choices.setdefault(part.question, []).append(str(part.value or NOT_SURE))
            else:
                rest.append(self._print(part, names))
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


def _inside(expr: Expr) -> Iterator[Expr]:
    yield expr
    for part in parts_of(expr):
        yield from _inside(part)


def _joined(operator: str, parts: list[str], empty: str) -> str:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 and parts[0][0] == "(" else f"({operator.join(parts)})"


def _define(parameter: str, lines: Iterable[str]) -> Callable[..., object]:
    source = f"def printed({parameter}):\n" + "".join(f"    {line}\n" for line in lines)
    scope = dict(_CONSTANTS)
    exec(compile(source, "<protocol>", "exec"), scope)  # noqa: S102  printed from parsed ids only
    return cast("Callable[..., object]", scope["printed"])
