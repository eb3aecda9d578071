"""Whether each question and each option can matter to somebody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from assessment.engine.answers import Answer, Answers
from assessment.engine.decision import Engine
from assessment.engine.logic import AtomKind, atoms
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NONE, Kind, Option, Question
from assessment.engine.words import value_in_words
from assessment.proof.circuit import Literal
from assessment.proof.pair import Pair
from assessment.proof.report import Code, Failure
from assessment.proof.solver import Model
from assessment.proof.witness import decoded
from assessment.proof.workbench import Claim


class Mattering:
    """Settles which questions and options make a visible difference in some answer set.

    `unasked` questions are left out: that they are never asked is fault enough. So are line
    questions: a line matters as its option does, and that it is asked is no difference yet.
    """

    def __init__(self, pair: Pair, unasked: Collection[str]) -> None:
        self._bench = bench = pair.bench
        self._pair = pair
        self._unlike = visibly_unlike(pair)
        lines = lines_in(bench.protocol)
        reading = bench.meanings.read_by_the_engine(lines)
        read = {atom for expr in reading for atom in atoms(expr)}
        self._read = {(atom.question, atom.value) for atom in read if atom.kind is AtomKind.HAS}
        self._read_at_all = {atom.question for atom in read}
        self._questions = [
            question
            for question in bench.protocol.questions
            if question.id not in lines.union(unasked)
        ]
        self._option: dict[Claim, tuple[Question, Option]] = {}
        self.count = 0
        """How many questions and options were looked at."""

    def claims(self) -> list[Claim]:
        """Return what must be true of some two answer sets, where nothing is dead."""
        found: list[Claim] = []
        for question in self._questions:
            options = [self._claim(question, option) for option in self._must_matter(question)]
            found += options
            if not options and not question.informs:
                found.append(self._any_answer(question))
        return found

    def failures(self) -> list[Failure]:
        """Return the questions and options that never make a difference."""
        self._option = {
            self._claim(question, option): (question, option)
            for question in self._questions
            for option in self._must_matter(question)
        }
        self.count = len(self._option)
        settled = self._bench.reach(self._option, self._also)
        dead = {failure.subject: failure for failure in settled}
        return [failure for question in self._questions for failure in self._of(question, dead)]

    def _of(self, question: Question, dead: dict[str, Failure]) -> list[Failure]:
        """Return what fails of one question: all of it, or some of its options."""
        options = [claim.subject for claim, (asked, _) in self._option.items() if asked is question]
        failed = [dead[subject] for subject in options if subject in dead]
        if question.informs or len(failed) < len(options):
            return failed
        self.count += 1
        return self._bench.reach([self._any_answer(question)]) or failed

    def _any_answer(self, question: Question) -> Claim:
        says = f"No answer to “{question.short.text}” makes a difference."
        change = self._bench.circuit.false
        if question.id in self._read_at_all:
            change = self._bench.circuit.conj((self._pair.anything(question), self._unlike))
        return Claim(Code.QUESTION_NEVER_MATTERS, question.id, says, change)

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

    def _claim(self, question: Question, option: Option) -> Claim:
        change = self._bench.circuit.false
        if (question.id, option.id) in self._read:
            change = self._bench.circuit.conj((self._switch(question, option), self._unlike))
        label = f"“{question.short.text}: {value_in_words(question, option.id)}”"
        says = f"{label} never makes a difference."
        return Claim(Code.OPTION_NEVER_MATTERS, f"{question.id}.{option.id}", says, change)

    def _switch(self, question: Question, option: Option) -> Literal:
        if question.kind.is_set:
            return self._pair.ticks(question, option)
        rest = [each for each in question.options if each is not option]
        return self._pair.changes(question, rest, option)

    def _also(self, model: Model) -> Callable[[Claim], bool]:
        """Say which other options make a difference in the answers just found.

        The engine tries them a hundred times faster than the solver would.
        """
        engine = self._bench.engine
        answers = decoded(self._pair.one, model)
        usual = _seen(engine, answers)

        def differs(claim: Claim) -> bool:
            question, option = self._option[claim]
            if claim.literal == self._bench.circuit.false or question.id not in answers:
                return False
            switched = _switched(answers[question.id], question, option)
            if switched is None:
                return False
            return _seen(engine, {**answers, question.id: switched}) not in (usual, None)

        return differs


def visibly_unlike(pair: Pair) -> Literal:
    """Return "somebody sees a difference between the two".

    That is another rule that counts, another precaution (or another doubt about one), support,
    another question asked, or other words because a carer answers.
    """
    meanings = pair.bench.meanings
    lines = lines_in(pair.bench.protocol)
    seen = [
        (one.asked, pair.other.domains[name].asked)
        for name, one in pair.one.domains.items()
        if name not in lines
    ]
    for one, other in zip(pair.one.fires, pair.other.fires, strict=True):
        seen += [(one.counts, other.counts), (one.unsure, other.unsure)]
    exprs = [*meanings.support, *([] if meanings.carer is None else [meanings.carer])]
    for precaution in meanings.precautions:
        exprs += [precaution.surely, precaution.possibly]
    seen += [(pair.one.literal(expr), pair.other.literal(expr)) for expr in exprs]
    return pair.circuit.disj(-pair.circuit.same(one, other) for one, other in seen)


def lines_in(protocol: Protocol) -> frozenset[str]:
    """Return the ids of the line questions."""
    return frozenset(one.id for one in protocol.questions if one.line is not None)


def _seen(engine: Engine, answers: Answers) -> object:
    """Return what `visibly_unlike` compares, as the engine has it; None where a line is open."""
    every, lines = engine.asked(answers), lines_in(engine.protocol)
    asked = [name for name in every if name not in lines]
    if any(question not in answers for question in asked):
        return asked
    if any(question not in answers for question in every):
        return None
    decision = engine.decide(answers)
    return (
        asked,
        [(fired.rule.id, fired.unsure) for fired in decision.fired],
        [(noted.precaution.id, noted.unsure) for noted in decision.precautions],
        engine.support(answers),
        engine.is_carer(answers),
    )


def _switched(answer: Answer, question: Question, option: Option) -> Answer | None:
    if isinstance(answer, frozenset):
        if option.id in answer:
            return answer - {option.id} or None
        return (answer - {NONE}) | {option.id}
    if answer != option.id:
        return option.id if any(each.id == answer for each in question.options) else None
    return next((each.id for each in question.options if each is not option), None)
