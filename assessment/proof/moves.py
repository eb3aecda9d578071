"""Which way an expression can move when one answer gets worse, read from its shape.

An expression rises when it was false and is true after. It cannot rise where only what cannot rise
stands in it as it is, and only what cannot fall stands under a negation; and the other way round.
That holds of "all", "any" and "at least so many" alike. On a question that is not asked every atom
is false, so those of a question that the answer opens can only rise, and those of one that it
closes only fall.

It may say "can rise" of what never does; the solver settles those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assessment.engine.logic import TRUE, Atom, AtomKind, Expr, Negated, parts_of
from assessment.engine.questions import NONE, Kind, Option, Question, Worse
from assessment.proof.beside import milder_options


class Move(NamedTuple):
    """What an expression can do."""

    rises: bool
    falls: bool


STILL, UP, DOWN, EITHER = Move(False, False), Move(True, False), Move(False, True), Move(True, True)

_Signed = Mapping[str, frozenset[tuple[Atom, bool]]]
"""By question: the atoms in an expression, and whether they stand there as they are."""


class Shapes:
    """What stands in each expression, as it is and under a negation."""

    def __init__(self, asked: Mapping[str, Expr]) -> None:
        self._asked = asked
        self._signed: dict[int, tuple[Expr, frozenset[tuple[Atom, bool]]]] = {}
        self._grouped: dict[int, tuple[Expr, _Signed]] = {}

    def worse(self, question: Question, option: Option | None, opened: Iterable[str]) -> Moves:
        """Return how expressions can move when the answer gets worse in this way (`ways`).

        `opened` are all questions that the answer helps to ask, in order.
        """
        moves = Moves(self, question, option)
        for name in opened:
            moves.opens(name, self._asked.get(name, TRUE))
        return moves

    def signed(self, expr: Expr) -> _Signed:
        """Return the atoms of an expression."""
        known = self._grouped.get(id(expr))
        if known is None:
            found: dict[str, set[tuple[Atom, bool]]] = {}
            for each in self._atoms(expr):
                found.setdefault(each[0].question, set()).add(each)
            # The expression is kept with what is found, so that its id stays its own.
            grouped = {name: frozenset(atoms) for name, atoms in found.items()}
            known = self._grouped[id(expr)] = (expr, grouped)
        return known[1]

    def _atoms(self, expr: Expr) -> frozenset[tuple[Atom, bool]]:
        if isinstance(expr, Atom):
            return frozenset({(expr, True)})
        known = self._signed.get(id(expr))
        if known is None:
            found = frozenset().union(*map(self._atoms, parts_of(expr)))
            if isinstance(expr, Negated):
                found = frozenset((atom, not plain) for atom, plain in found)
            known = self._signed[id(expr)] = (expr, found)
        return known[1]


class Moves:
    """How expressions can move when the answer to a question gets worse in one way.

    `option` is the one that is answered then; None where the question says which way is worse.
    """

    def __init__(self, shapes: Shapes, question: Question, option: Option | None) -> None:
        self._shapes = shapes
        self._question = question
        self._own = _up_or_down(question) if option is None else _to(question, option)
        self._opened: dict[str, Move] = {}

    def opens(self, name: str, asked: Expr) -> None:
        """Take in what asks another question; those before it must be known already."""
        move = self.of(asked)
        if move != STILL:
            self._opened[name] = move

    def of(self, expr: Expr) -> Move:
        """Return what an expression can do."""
        rises = falls = False
        for name, atoms in self._shapes.signed(expr).items():
            if name == self._question.id or name in self._opened:
                for atom, plain in atoms:
                    up, down = self._atom(atom)
                    rises = rises or (up if plain else down)
                    falls = falls or (down if plain else up)
        return Move(rises, falls)

    def _atom(self, atom: Atom) -> Move:
        if atom.question != self._question.id:
            return self._opened[atom.question]
        if atom.kind is AtomKind.OPEN:
            return STILL  # as unsure before as after
        if atom.kind is AtomKind.HAS:
            return self._own.get(str(atom.value), STILL)
        rising = (atom.kind is AtomKind.AT_LEAST) is (self._question.worse is Worse.UP)
        return UP if rising else DOWN


def _to(question: Question, option: Option) -> dict[str, Move]:
    """Return how the options move when this one is ticked as well, or chosen instead."""
    if question.kind.is_set:
        return {option.id: UP, NONE: DOWN}
    return {option.id: UP} | {one.id: DOWN for one in milder_options(question, option)}


def _up_or_down(question: Question) -> dict[str, Move]:
    """Return how the options move when one further up or down is chosen; none of a number."""
    if question.kind is not Kind.CHOICE:
        return {}
    return {option.id: EITHER for option in question.options}
