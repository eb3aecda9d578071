"""Prints the Boolean expressions of a protocol as Python functions.

A printed function reads each answer once into a local variable and tests it there, which is as
fast as rules written by hand. It is made only from parsed ids (`[a-z][a-z0-9_]*`) and numbers,
quoted by `repr`: nothing that an author writes is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from assessment.engine.answers import Answer, Answers
from assessment.engine.logic import Atom, Expr, every_part
from assessment.engine.printer import Locals, Names, Printer
from assessment.engine.protocol import Recommend
from assessment.engine.questions import NOT_SURE, Question
from assessment.engine.reads import CONSTANTS, Reads, indented
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
        self._reads = Reads(self._questions, asked, self._printer)
        self._shared = tuple(shared)
        self._sets: dict[frozenset[str], str] = {}

    def predicate(self, expr: Expr) -> Callable[[Answers], bool]:
        """Return a function that says whether the expression is true of answers."""
        lines = [*self._reads.every([expr]), f"return {self._printer.text(expr, {})}"]
        return cast("Callable[[Answers], bool]", define("answers", lines))

    def walk(self) -> Callable[[Answers], list[str]]:
        """Return a function that lists the ids of the questions that are asked, in order."""
        lines = [*self._reads.every(self._asked.values(), walk=True), "return asked"]
        return cast("Callable[[Answers], list[str]]", define("answers", lines))

    def unanswered(self, steps: Iterable[Step]) -> Callable[[Answers], Unanswered]:
        """Return a function that lists the questions that are asked and have no answer.

        They come in two lists: those that still matter, and those that are settled.
        """
        listed = "if l_{name}: (settled if {settled} else missing).append({name!r})"
        lines = ["missing, settled = [], []", *self._steps(steps, after=listed)]
        lines.append("return missing, settled")
        return cast("Callable[[Answers], Unanswered]", define("answers", lines))

    def next_question(self, steps: Iterable[Step]) -> Callable[[Answers], str | None]:
        """Return a function that gives the first of those that still matter; None without one.

        It looks at the open questions up to that one, and most of the time that is one.
        """
        steps = list(steps)
        each = Locals(self._printer, (expr for step in steps for _, expr in step.certain))
        lines = ["get = answers.get", f"certain = {len(Recommend)}"]
        for step in steps:
            question = self._questions[step.question]
            name, condition = question.id, self._asked.get(question.id)
            then: list[str] = []
            if not question.optional:
                own = each.within(step.settled)
                then += [f"if l_{name}:", *indented(own.lines(step.settled))]
                then.append(f"    if not ({own.text(step.settled)}): return {name!r}")
            if condition is None or question.kind.is_numeric:  # numbers are ready after the branch
                lines += self._reads.of([question], condition, (name,))
                lines += [*then, *self._certain(step.certain, each)]
            else:
                # One that is not asked makes nothing certain: see `settled.py`.
                for one in step.certain:
                    then += self._certain([one], each.within(one[1]))
                lines += self._reads.of([question], condition, (name,), then)
        lines.append("return None")
        return cast("Callable[[Answers], str | None]", define("answers", lines))

    def walker(self, steps: Iterable[Step]) -> Callable[[Walking], None]:
        """Return a function that reads each answer where the walk asks for it, and no other."""
        lines = self._steps(steps, before="answers.settled = {settled}")
        return cast("Callable[[Walking], None]", define("answers", lines))

    def rules(self, rules: Rules) -> Callable[[Answers], Fired]:
        """Return a function that gives the places of the rules that are yes, and unknown."""
        exprs = _exprs(rules)
        names, shared = self._shared_locals(exprs)
        lines = [*self._reads.every(exprs), *shared, *self._rules(rules, names, "yes", "unknown")]
        lines.append("return yes, unknown")
        return cast("Callable[[Answers], Fired]", define("answers", lines))

    def evidence(
        self, rules: Rules, wanted: Sequence[Iterable[Wanted]], precautions: Rules
    ) -> Callable[[Answers], Evidence]:
        """Return one function that gathers everything that a decision rests on.

        `wanted` says for each rule which answers count towards it.
        """
        exprs = [*self._asked.values(), *_exprs(rules), *_exprs(precautions)]
        names, shared = self._shared_locals(exprs)
        lines = [
            *self._reads.every(exprs, walk=True),
            *shared,
            *self._rules(rules, names, "yes", "unknown", wanted),
            *self._rules(precautions, names, "noted", "perhaps"),
            "return asked, yes, unknown, noted, perhaps",
        ]
        sets = {name: options for options, name in self._sets.items()}
        return cast("Callable[[Answers], Evidence]", define("answers", lines, sets))

    def _steps(self, steps: Iterable[Step], before: str = "", after: str = "") -> Iterator[str]:
        """Print the lines that take the questions of a walk one by one.

        `before` and `after` are lines that stand around each question on the way, with its `{name}`
        and the expression that says whether it is `{settled}`.
        """
        steps = list(steps)
        each = Locals(self._printer, (expr for step in steps for expr in step.exprs))
        yield "get = answers.get"
        yield f"certain = {len(Recommend)}"
        for step in steps:
            name = step.question
            yield from each.lines(step.settled)
            around = {"name": name, "settled": each.text(step.settled)}
            on_the_way = not self._questions[name].optional
            if on_the_way and before:
                yield before.format_map(around)
            yield from self._reads.of([self._questions[name]], self._asked.get(name), (name,))
            if on_the_way and after:
                yield after.format_map(around)
            yield from self._certain(step.certain, each)

    def _certain(self, certain: Iterable[tuple[int, Expr]], each: Locals) -> Iterator[str]:
        """Print the lines that note what is certain once a question was taken."""
        for level, expr in certain:
            yield from each.lines(expr)
            yield f"if certain > {level} and {each.text(expr)}: certain = {level}"

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
            yield from indented(self._count(one, unsure=unsure))
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


def _exprs(rules: Rules) -> list[Expr]:
    return [expr for pair in rules for expr in pair if expr is not None]


def define(
    parameter: str, lines: Iterable[str], constants: Mapping[str, object] = CONSTANTS
) -> Callable[..., object]:
    """Return a function of these lines, which may name the constants."""
    source = f"def printed({parameter}):\n" + "".join(f"    {line}\n" for line in lines)
    scope = {**CONSTANTS, **constants}
    exec(compile(source, "<protocol>", "exec"), scope)  # noqa: S102  printed from parsed ids only
    return cast("Callable[..., object]", scope["printed"])
