"""Prints the Boolean expressions of a protocol as Python functions.

A printed function reads each answer once into a local variable and tests it there, which is as
fast as rules written by hand. It is made only from parsed ids (`[a-z][a-z0-9_]*`) and numbers,
quoted by `repr`: nothing that an author writes is run.

How an answer stands in a local: a choice is its option id, "" when it is not asked; a set is a
frozenset, empty when it is not asked; a number is an int, NaN (which compares false with
everything) when it is unknown or not asked, beside a flag `u_` that says unknown. An unanswered
question reads as `not_sure`: both are unknown; where it matters, a flag `l_` says that it was left
out. An optional one that is unanswered is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import cast

from assessment.engine.answers import Answer, Answers
from assessment.engine.logic import TRUE, Atom, AtomKind, Expr, atoms, every_part
from assessment.engine.printer import Locals, Names, Printer
from assessment.engine.protocol import Recommend
from assessment.engine.questions import NOT_SURE, Question
from assessment.engine.reasons import Wanted
from assessment.engine.settled import Step
from assessment.engine.walking import Walking

Fired = tuple[list[int], list[int]]
"""The places of the rules that are yes, and of those that are unknown."""

Unanswered = tuple[list[str], list[str]]
"""The questions that are asked and unanswered: those that still matter, and the settled ones."""

Counted = tuple[int, dict[str, Answer]]
"""The place of a rule, and the answers that count towards it."""

Evidence = tuple[list[str], list[Counted], list[Counted], list[int], list[int]]
"""The questions asked, the rules that are yes and unknown, the precautions that are."""

Rules = Sequence[tuple[Expr, Expr | None]]
"""For each rule its `surely` and, where unknown matters, its `possibly`."""

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
        self._questions = {one.id: one for one in questions}
        self._printer = Printer(self._questions)
        self._asked = asked
        self._shared = tuple(shared)
        self._sets: dict[frozenset[str], str] = {}

    def predicate(self, expr: Expr) -> Callable[[Answers], bool]:
        """Return a function that says whether the expression is true of answers."""
        lines = [*self._reads([expr]), f"return {self._printer.text(expr, {})}"]
        return cast("Callable[[Answers], bool]", _define("answers", lines))

    def walk(self) -> Callable[[Answers], list[str]]:
        """Return a function that lists the ids of the questions that are asked, in order."""
        lines = [*self._reads(self._asked.values(), walk=True), "return asked"]
        return cast("Callable[[Answers], list[str]]", _define("answers", lines))

    def unanswered(self, steps: Iterable[Step]) -> Callable[[Answers], Unanswered]:
        """Return a function that lists the questions that are asked and have no answer.

        They come in two lists: those that still matter, and those that are settled.
        """
        steps = list(steps)
        each = Locals(
            self._printer,
            (expr for step in steps for expr in (step.settled, *(one for _, one in step.certain))),
        )
        lines = ["get = answers.get", f"missing, settled, certain = [], [], {len(Recommend)}"]
        for step in steps:
            name = step.question
            lines += self._take([self._questions[name]], self._asked.get(name), (name,))
            if not self._questions[name].optional:
                lines += each.lines(step.settled)
                kept = f"(settled if {each.text(step.settled)} else missing)"
                lines.append(f"if l_{name}: {kept}.append({name!r})")
            for level, expr in step.certain:
                lines += each.lines(expr)
                lines.append(f"if certain > {level} and {each.text(expr)}: certain = {level}")
        lines.append("return missing, settled")
        return cast("Callable[[Answers], Unanswered]", _define("answers", lines))

    def walker(self, steps: Iterable[Step]) -> Callable[[Walking], None]:
        """Return a function that reads each answer where the walk asks for it, and no other."""
        lines = ["get = answers.get", f"certain = {len(Recommend)}"]
        for step in steps:
            name = step.question
            lines.append(f"answers.settled = {self._printer.text(step.settled, {})}")
            lines += self._take([self._questions[name]], self._asked.get(name), (name,))
            for level, expr in step.certain:
                text = self._printer.text(expr, {})
                lines.append(f"if certain > {level} and {text}: certain = {level}")
        return cast("Callable[[Walking], None]", _define("answers", lines))

    def rules(self, rules: Rules) -> Callable[[Answers], Fired]:
        """Return a function that gives the places of the rules that are yes, and unknown."""
        exprs = _exprs(rules)
        names, shared = self._shared_locals(exprs)
        lines = [*self._reads(exprs), *shared, *self._rules(rules, names, "yes", "unknown")]
        lines.append("return yes, unknown")
        return cast("Callable[[Answers], Fired]", _define("answers", lines))

    def evidence(
        self, rules: Rules, wanted: Sequence[Iterable[Wanted]], precautions: Rules
    ) -> Callable[[Answers], Evidence]:
        """Return one function that gathers everything that a decision rests on.

        `wanted` says for each rule which answers count towards it.
        """
        exprs = [*self._asked.values(), *_exprs(rules), *_exprs(precautions)]
        names, shared = self._shared_locals(exprs)
        lines = [
            *self._reads(exprs, walk=True),
            *shared,
            *self._rules(rules, names, "yes", "unknown", wanted),
            *self._rules(precautions, names, "noted", "perhaps"),
            "return asked, yes, unknown, noted, perhaps",
        ]
        sets = {name: options for options, name in self._sets.items()}
        return cast("Callable[[Answers], Evidence]", _define("answers", lines, sets))

    def _rules(
        self,
        rules: Rules,
        names: Names,
        yes: str,
        unknown: str,
        wanted: Sequence[Iterable[Wanted]] | None = None,
    ) -> Iterator[str]:
        """Print the lines that fill two lists, with the answers that count where wanted."""
        yield f"{yes}, {unknown} = [], []"
        for place, (surely, possibly) in enumerate(rules):
            yield f"if {self._printer.text(surely, names)}:"
            yield from self._add(yes, place, wanted, unsure=False)
            if possibly is not None:
                yield f"elif {self._printer.text(possibly, names)}:"
                yield from self._add(unknown, place, wanted, unsure=True)

    def _add(
        self, to: str, place: int, wanted: Sequence[Iterable[Wanted]] | None, *, unsure: bool
    ) -> Iterator[str]:
        if wanted is None:
            yield f"    {to}.append({place})"
            return
        yield "    counted = {}"
        for one in wanted[place]:
            yield from _indented(self._count(one, unsure=unsure))
        yield f"    {to}.append(({place}, counted))"

    def _count(self, wanted: Wanted, *, unsure: bool) -> Iterator[str]:
        """Print the lines that take from one answer what counts."""
        question = self._questions[wanted.question]
        local, counted = f"q_{question.id}", f"counted[{question.id!r}]"
        # What is unknown about a list that clarifies is unknown in its lines.
        unsure = unsure and not question.clarify
        options = wanted.options | {NOT_SURE} if unsure else wanted.options
        if not (options or wanted.ranges):
            return  # nothing can count, and the answer may not even be read
        if question.kind.is_set and len(options) == 1:
            yield f"if {next(iter(options))!r} in {local}: {counted} = {self._set(options)}"
        elif question.kind.is_set:
            yield f"if hit := {local} & {self._set(options)}: {counted} = hit"
        elif question.kind.is_numeric:
            for low, high in wanted.ranges:
                yield f"if {low} <= {local} <= {high}: {counted} = {local}"
            if unsure:
                yield f"if u_{question.id}: {counted} = {NOT_SURE!r}"
        else:
            yield f"if {local} in {self._set(options)}: {counted} = {local}"

    def _set(self, options: frozenset[str]) -> str:
        """Return the name of a constant set."""
        return self._sets.setdefault(options, f"SET_{len(self._sets)}")

    def _shared_locals(self, wanted: list[Expr]) -> tuple[dict[int, str], list[str]]:
        names: dict[int, str] = {}
        lines = []
        used = {id(part) for expr in wanted for part in every_part(expr)}
        for expr in self._shared:
            if id(expr) in used and not isinstance(expr, Atom) and id(expr) not in names:
                lines.append(f"s_{len(names)} = {self._printer.text(expr, names)}")
                names[id(expr)] = f"s_{len(names)}"
        return names, lines

    def _reads(self, exprs: Iterable[Expr], *, walk: bool = False) -> Iterator[str]:
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
            yield from self._take(questions, condition, left, also)

    def _take(
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
            lines = [f"if {self._printer.text(condition, {})}:", *_indented(lines)]
            absent = [_absent(question) for question in questions]
            absent += [f"l_{one.id} = False" for one in questions if one.id in left]
            if absent:
                lines += ["else:", *_indented(absent)]
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


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _exprs(rules: Rules) -> list[Expr]:
    return [expr for pair in rules for expr in pair if expr is not None]


def _define(
    parameter: str, lines: Iterable[str], constants: Mapping[str, object] = _CONSTANTS
) -> Callable[..., object]:
    source = f"def printed({parameter}):\n" + "".join(f"    {line}\n" for line in lines)
    scope = {**_CONSTANTS, **constants}
    exec(compile(source, "<protocol>", "exec"), scope)  # noqa: S102  printed from parsed ids only
    return cast("Callable[..., object]", scope["printed"])
