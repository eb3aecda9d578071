"""What can no longer matter: questions that are settled, and decisions on walks without them.

Before each question of the walk, every expression of the protocol has a lower and an upper bound
over what is known by then. An answer that was given is known. A question that comes later, and an
earlier one that was left out, is *open*: it may become anything that it offers, so what is said of
it is false below, and true above where it may be asked at all. "Not sure" is one of the answers
only where it is offered: open is not unknown. Negation turns the bounds round.

- A recommendation is *certain* when a rule gives it whatever becomes of the open questions: the
  rule is yes in its lower bound, and so is what the recommendation requires. An `if_unsure` is
  certain where its rule can become neither yes nor no.
- A rule *depends* on a question when its condition, what its recommendations require, or what asks
  any of the questions that these read leads to it. So a gate comes with all that it opens.
- A question is *settled* when, of all that depends on it, no rule can still give anything that
  outranks what is certain, no support can still be shown and no carer be spoken to; no precaution
  can still apply, unless help is certain today; and neither it nor a question that it may open
  informs the therapist, while no medical care is certain.

What stays open only ever shrinks as answers come in, and what is certain only grows. So a question
that is settled stays settled, and no question that is left out can move the recommendation: a rule
that could have has been outranked. `assessment/proof/short.py` proves it again for each protocol.

A question that is not asked makes nothing certain that was not, so `compiler.py` looks for nothing
there when it seeks the next question. `tests/proof/test_unasked.py` has the proof.

A private answer makes nothing certain and rules nothing out: it is open throughout. Otherwise the
length of a walk would tell it, and a clinic that does not get it would find questions missing.

Where questions were left out, a rule that is yes whatever their answers would have been counts, and
one that is surely unknown gives its `if_unsure`; the same holds of precautions. Nothing rests on a
question that was not asked. A line answered "yes" or "no" counts although its list was left out:
on the full walk, only whoever has not ticked its option is asked the line. "Not sure" about it
gives no `if_unsure` then.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from assessment.engine.logic import (
    FALSE,
    TRUE,
    And,
    AtLeast,
    Atom,
    AtomKind,
    Expr,
    Meaning,
    Negated,
    Or,
    at_least,
    both,
    either,
    every,
    negated,
    parts_of,
    some,
)
from assessment.engine.meanings import Meanings
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import Question


@dataclass(frozen=True, slots=True)
class Step:
    """One question on the walk.

    `settled` says whether it can no longer matter; it looks only at earlier questions, and at what
    is certain by then. `certain` lists which places of precedence become certain once the question
    is behind, and when.
    """

    question: str
    settled: Expr
    certain: tuple[tuple[int, Expr], ...]

    @property
    def exprs(self) -> tuple[Expr, ...]:
        """Everything that it evaluates."""
        return (self.settled, *(expr for _, expr in self.certain))


@dataclass(frozen=True, slots=True)
class ShortWalk:
    """How a walk is shortened, and what is still unknown at its end.

    `steps` has one for each question that the walk may ask, in order. `rules` and `precautions` say
    which of these are surely unknown, whatever the answers to what was left out would have been.
    """

    steps: tuple[Step, ...]
    rules: tuple[Expr, ...]
    precautions: tuple[Expr, ...]


def short_walk(protocol: Protocol, meanings: Meanings) -> ShortWalk:
    """Return how the walks of the protocol are shortened."""
    questions = protocol.questions
    known = Bounds(questions, meanings.asked)
    return ShortWalk(
        tuple(_Steps(questions, protocol, meanings).steps()),
        tuple(known.unknown(meaning, len(questions)) for meaning in meanings.rules),
        tuple(known.unknown(meaning, len(questions)) for meaning in meanings.precautions),
    )


class Bounds:
    """The bounds of expressions over what is known before a place in the order of the questions.

    `hidden` questions are never known.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        asked: Mapping[str, Expr],
        hidden: Iterable[str] = (),
    ) -> None:
        self._question = {question.id: question for question in questions}
        self._place = {question.id: place for place, question in enumerate(questions)}
        self._asked = asked
        self._known: dict[int, _Known] = {}
        self._reads: dict[int, tuple[Expr, frozenset[str]]] = {}
        self._place |= dict.fromkeys(hidden, len(questions))

    def lower(self, expr: Expr, place: int) -> Expr:
        """Return what makes the expression true whatever becomes of the open questions."""
        return self._bound(expr, place, low=True)

    def upper(self, expr: Expr, place: int) -> Expr:
        """Return what leaves it possible that the expression becomes true."""
        return self._bound(expr, place, low=False)

    def unknown(self, meaning: Meaning, place: int) -> Expr:
        """Return what makes a condition unknown whatever becomes of the open questions."""
        surely = self.upper(meaning.surely, place)
        return both(self.lower(meaning.possibly, place), negated(surely))

    def reads(self, expr: Expr) -> frozenset[str]:
        """Return the questions that an expression depends on, through what asks them as well."""
        known = self._reads.get(id(expr))
        if known is None:
            if isinstance(expr, Atom):
                asked = self.reads(self._asked.get(expr.question, TRUE))
                found = asked | {expr.question}
            else:
                found = frozenset().union(*map(self.reads, parts_of(expr)))
            known = self._reads[id(expr)] = (expr, found)
        return known[1]

    def _bound(self, expr: Expr, place: int, *, low: bool) -> Expr:
        known = self._known.get(id(expr))
        if known is None:
            places = sorted(self._place[name] for name in self.reads(expr))
            known = self._known[id(expr)] = _Known(expr, places, {})
        # A bound changes only when another of the questions that it reads is behind.
        key = (bisect_left(known.places, place), low)
        bound = known.bounds.get(key)
        if bound is None:
            bound = known.bounds[key] = self._made(expr, place, low=low)
        return bound

    def _made(self, expr: Expr, place: int, *, low: bool) -> Expr:
        match expr:
            case Atom():
                return self._atom(expr, place, low=low)
            case And(parts):
                return every(self._bound(part, place, low=low) for part in parts)
            case Or(parts):
                return some(self._bound(part, place, low=low) for part in parts)
            case Negated(part):
                return negated(self._bound(part, place, low=not low))
            case AtLeast(number, parts):
                return at_least(number, (self._bound(part, place, low=low) for part in parts))

    def _atom(self, atom: Atom, place: int, *, low: bool) -> Expr:
        question = self._question[atom.question]
        if atom.kind is AtomKind.OPEN and not question.offers_not_sure:
            return FALSE
        if self._place[question.id] >= place:
            asked = self._asked.get(question.id, TRUE)
            return FALSE if low else self._bound(asked, place, low=False)
        left = Atom(question.id, AtomKind.LEFT)
        if question.optional:
            return atom
        if atom.kind is AtomKind.OPEN:
            return both(atom, Negated(left)) if low else atom
        return atom if low else Or((atom, left))


class _Known(NamedTuple):
    """An expression, kept so that its id stays its own, and its bounds so far.

    `places` are those of the questions that it reads, rising; `bounds` are by how many of these are
    behind, and whether it is the lower one.
    """

    expr: Expr
    places: list[int]
    bounds: dict[tuple[int, bool], Expr]


@dataclass(frozen=True, slots=True)
class _Vote:
    """A way in which a rule gives a recommendation: its condition is yes, or it is unknown.

    `certain` and `possible` return the bounds over what is known before a place of the walk.
    """

    reads: frozenset[str]
    certain: Callable[[int], Expr]
    possible: Callable[[int], Expr]


def _by_question(votes: Iterable[_Vote]) -> Mapping[str, list[_Vote]]:
    found: dict[str, list[_Vote]] = {}
    for vote in votes:
        for name in vote.reads:
            found.setdefault(name, []).append(vote)
    return found


class _Steps:
    def __init__(
        self, questions: Sequence[Question], protocol: Protocol, meanings: Meanings
    ) -> None:
        self._questions = questions
        self._bounds = Bounds(questions, meanings.asked, protocol.private)
        reads = self._bounds.reads
        self._votes = self._every_vote(protocol, meanings)
        self._reading = {each: _by_question(votes) for each, votes in self._votes.items()}
        needs = {recommend: meanings.requires.get(recommend, TRUE) for recommend in Recommend}
        self._needs = {recommend: (expr, reads(expr)) for recommend, expr in needs.items()}
        self._notes = [(one.possibly, reads(one.possibly)) for one in meanings.precautions]
        told = [*meanings.support, *([] if meanings.carer is None else [meanings.carer])]
        asks = [meanings.asked.get(one.id, TRUE) for one in questions if one.informs]
        self._informed = [(one, reads(one)) for one in asks]
        self._told = [(one, reads(one)) for one in told]

    def steps(self) -> Iterator[Step]:
        for place, question in enumerate(self._questions):
            certain = (
                (recommend.place, self._certain(recommend, question.id, place + 1))
                for recommend in Recommend
            )
            # An optional question is not on the way.
            settled = FALSE if question.optional else self._settled(question, place)
            yield Step(question.id, settled, tuple(one for one in certain if one[1] != FALSE))

    def _settled(self, question: Question, place: int) -> Expr:
        def upper(exprs: Iterable[tuple[Expr, frozenset[str]]]) -> Expr:
            reading = (expr for expr, reads in exprs if question.id in reads)
            return some(self._bounds.upper(expr, place) for expr in reading)

        def once(recommend: Recommend, rest: Expr) -> Expr:
            """Return "this is certain, or the rest cannot be any more"."""
            certain = Atom(question.id, AtomKind.CERTAIN, recommend.place)
            return TRUE if rest == FALSE else either(certain, negated(rest))

        informs = TRUE if question.informs else upper(self._informed)
        return both(
            *(once(one, self._possible(one, question.id, place)) for one in Recommend),
            once(Recommend.URGENT_MEDICAL, upper(self._notes)),
            once(Recommend.MEDICAL_CLEARANCE_FIRST, informs),
            negated(upper(self._told)),
        )

    def _certain(self, recommend: Recommend, question_id: str, place: int) -> Expr:
        """Return what makes a recommendation certain that may depend on the question."""
        votes = some(vote.certain(place) for vote in self._depend(recommend, question_id))
        return both(votes, self._bounds.lower(self._needs[recommend][0], place))

    def _possible(self, recommend: Recommend, question_id: str, place: int) -> Expr:
        """Return what leaves a recommendation possible that depends on the question."""
        votes = some(vote.possible(place) for vote in self._depend(recommend, question_id))
        return both(votes, self._bounds.upper(self._needs[recommend][0], place))

    def _depend(self, recommend: Recommend, question_id: str) -> Sequence[_Vote]:
        votes = self._votes[recommend]
        if question_id in self._needs[recommend][1]:
            return votes
        return self._reading[recommend].get(question_id, [])

    def _every_vote(
        self, protocol: Protocol, meanings: Meanings
    ) -> Mapping[Recommend, list[_Vote]]:
        bounds, votes = self._bounds, {recommend: list[_Vote]() for recommend in Recommend}
        for rule, meaning in zip(protocol.rules, meanings.rules, strict=True):
            reads = bounds.reads(meaning.possibly)
            yes = partial(bounds.lower, meaning.surely), partial(bounds.upper, meaning.surely)
            votes[rule.recommend].append(_Vote(reads, *yes))
            if rule.if_unsure is not None:
                unsure = partial(bounds.unknown, meaning), partial(bounds.upper, meaning.possibly)
                votes[rule.if_unsure].append(_Vote(reads, *unsure))
        return votes
