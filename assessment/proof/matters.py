"""Whether each question and each option can matter to somebody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property

from assessment.engine.answers import Answer, Answers
from assessment.engine.decision import Engine
from assessment.engine.logic import AtomKind, atoms
from assessment.engine.questions import Kind, Option, Question
from assessment.engine.words import value_in_words
from assessment.proof.circuit import Literal
from assessment.proof.domains import calm
from assessment.proof.report import Code, Failure, Witness
from assessment.proof.sheet import Sheet
from assessment.proof.solver import Model, NotFinishedError, Solver
from assessment.proof.touched import Change, Touching
from assessment.proof.visible import lines_in, seen, visibly_unlike
from assessment.proof.witness import DisagreementError, decoded
from assessment.proof.workbench import disagrees, not_proven


class Mattering:
    """Settles which questions and options make a visible difference in some answer set.

    Each is looked at on its own, over what it touches: first over the shortest rule that reads each
    option, for nearly always it matters to that one, then over all. A difference that the solver
    finds there is made two whole answer sets, and counts when the engine sees it as well. `unasked`
    questions are left out: that they are never asked is fault enough. So are line questions: a line
    matters as its option does, and that it is asked is no difference yet.

    `differs` is told of each difference: what would be the fault without it, and both answer sets.
    """

    def __init__(
        self,
        engine: Engine,
        conflicts: int,
        unasked: Collection[str],
        differs: Callable[[Failure, Answers, Answers], None] | None = None,
    ) -> None:
        self._engine = engine
        self._differs = differs
        self._conflicts = conflicts
        self._touching = Touching(engine)
        self._lines = lines = lines_in(engine.protocol)
        reading = engine.meanings.read_by_the_engine(lines)
        read = {atom for expr in reading for atom in atoms(expr)}
        self._read = {(atom.question, atom.value) for atom in read if atom.kind is AtomKind.HAS}
        self._read_at_all = {atom.question for atom in read}
        self._shortest = _shortest_readers(engine)
        every = engine.protocol.questions
        self._questions = [one for one in every if one.id not in lines.union(unasked)]
        self._calm = {one.id: _calm(one) for one in every if not one.optional}
        self.count = 0
        """How many questions and options were looked at."""

    def failures(self) -> list[Failure]:
        """Return the questions and options that never make a difference."""
        return [failure for question in self._questions for failure in self._of(question)]

    def _of(self, question: Question) -> list[Failure]:
        """Return what fails of one question: all of it, or some of its options."""
        options = list(self._must_matter(question))
        self.count += len(options)
        sides = self._sides(question, options)
        failed = [each for option in options if (each := self._option(sides, question, option))]
        if question.informs or len(failed) < len(options):
            return failed
        self.count += 1
        says = f"No answer to “{question.short.text}” makes a difference."
        failure = Failure(Code.QUESTION_NEVER_MATTERS, question.id, says)
        if question.id not in self._read_at_all:
            return [failure]
        settled = self._settled(failure, sides, lambda change: change.anything(question))
        return failed if settled is None else [settled]

    def _must_matter(self, question: Question) -> Iterator[Option]:
        """Yield the options that must make a difference.

        Not those that inform the therapist, not the body map, which is drawn whole, and not the
        first option of a choice that nothing reads: it is what is left when the others are read.
        """
        spared = question.kind is not Kind.CHOICE
        if question.kind is Kind.AREAS:
            return
        for option in question.options:
            if not spared and (question.id, option.id) not in self._read:
                spared = True
            elif not option.informs:
                yield option

    def _sides(self, question: Question, options: Sequence[Option]) -> _Sides:
        read = [(question.id, one.id) for one in options]
        first = {self._shortest[each] for each in read if each in self._shortest}
        return _Sides(self._touching, question, sorted(first), self._conflicts)

    def _option(self, sides: _Sides, question: Question, option: Option) -> Failure | None:
        label = f"“{question.short.text}: {value_in_words(question, option.id)}”"
        says = f"{label} never makes a difference."
        failure = Failure(Code.OPTION_NEVER_MATTERS, f"{question.id}.{option.id}", says)
        if (question.id, option.id) not in self._read:
            return failure
        return self._settled(failure, sides, lambda change: _switch(change, question, option))

    def _settled(
        self, failure: Failure, sides: _Sides, way: Callable[[Change], Literal]
    ) -> Failure | None:
        """Return the failure, unless answering otherwise in this way makes a difference."""
        failed = failure
        for side in sides.each():
            try:
                model = side.find(way(side.change))
            except NotFinishedError:
                failed = not_proven(failure)
                continue
            if model is not None:
                return self._unseen(failure, side.change, model)
            failed = failure
        return failed

    def _unseen(self, failure: Failure, change: Change, model: Model) -> Failure | None:
        """Return that solver and engine disagree, unless the engine sees a difference as well."""
        one, other = (self._whole(sheet, model) for sheet in (change.one, change.other))
        what = [seen(self._engine, self._lines, answers) for answers in (one, other)]
        if what[0] != what[1]:
            if self._differs is not None:
                self._differs(failure, one, other)
            return None
        witness = Witness(one, self._engine.decide(one))
        return disagrees(failure, DisagreementError("the engine sees no difference", witness))

    def _whole(self, sheet: Sheet, model: Model) -> Answers:
        """Return the answers of a model, with calm ones to the questions that it leaves out."""
        others = {name: each for name, each in self._calm.items() if name not in sheet.domains}
        answers = {**others, **decoded(sheet, model)}
        return {name: answers[name] for name in self._engine.asked(answers) if name in answers}


class _Side:
    """Two answer sets, and a solver that looks for a visible difference between them."""

    def __init__(self, change: Change, conflicts: int) -> None:
        self.change = change
        self._unlike = visibly_unlike(change)
        self._solver = Solver(change.circuit, conflicts)

    def find(self, way: Literal) -> Model | None:
        """Return a model in which the answers differ in this way, and somebody sees it.

        Raises NotFinishedError when the budget ends first.
        """
        literal = self.change.circuit.conj((way, self._unlike))
        return None if literal == self.change.circuit.false else self._solver.find([literal])


class _Sides:
    """What one question touches: with a few rules, and with all of them where these do not do."""

    def __init__(
        self, touching: Touching, question: Question, first: list[int], conflicts: int
    ) -> None:
        self._touching = touching
        self._question = question
        self._first = first
        self._conflicts = conflicts

    def each(self) -> Iterator[_Side]:
        """Yield the smaller one, then the whole, where it is another."""
        yield self._few
        if self._first != self._touching.rules(self._question):
            yield self._every

    @cached_property
    def _few(self) -> _Side:
        return self._side(self._first)

    @cached_property
    def _every(self) -> _Side:
        return self._side(self._touching.rules(self._question))

    def _side(self, rules: Sequence[int]) -> _Side:
        return _Side(self._touching.change(self._question, rules, shown=True), self._conflicts)


def _shortest_readers(engine: Engine) -> dict[tuple[str, str | int | None], int]:
    """Return for each option the rule that reads it and the fewest others."""
    found: dict[tuple[str, str | int | None], tuple[int, int]] = {}
    for place, meaning in enumerate(engine.meanings.rules):
        read = {(atom.question, atom.value) for atom in atoms(meaning.possibly)}
        for each in read:
            found[each] = min(found.get(each, (len(read), place)), (len(read), place))
    return {each: place for each, (_, place) in found.items()}


def _switch(change: Change, question: Question, option: Option) -> Literal:
    if question.kind.is_set:
        return change.ticks(question, option)
    rest = [each for each in question.options if each is not option]
    return change.changes(question, rest, option)


def _calm(question: Question) -> Answer:
    usual = calm(question)
    if question.kind.is_numeric:
        return int(usual or question.minimum or 0)
    return frozenset({str(usual)}) if question.kind.is_set else str(usual)
