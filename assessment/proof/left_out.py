"""What leaving answers out can do to an expression, read from its shape.

Less is known on a short walk. What was ticked may not be any more, and then the question is open.
So an expression is *lost* where it is true on the full walk alone, and *gained* where it is true on
the short one alone. What stands under a negation counts the other
way round; "all", "any" and "at least so many" only pass on what their parts do.

It may say "lost" or "gained" of what never is; the solver settles those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assessment.engine.logic import TRUE, And, Atom, AtomKind, Expr, Negated, Or, parts_of

NOTHING: frozenset[str] = frozenset()
OPEN = (AtomKind.OPEN, AtomKind.LEFT)


class Change(NamedTuple):
    """Which questions must be left out for an expression to be lost, and for it to be gained.

    None where it can be for another reason.
    """

    lost: frozenset[str] | None
    gained: frozenset[str] | None


class LeftOut:
    """Reads shapes; `asked` maps each question that is not always asked to what asks it."""

    def __init__(self, asked: Mapping[str, Expr]) -> None:
        self._asked = asked
        self._known: dict[int, tuple[Expr, Change]] = {}

    def never_gained(self, expr: Expr) -> bool:
        """Whether the expression is true on a full walk wherever it is on a shorter one."""
        return self._change(expr).gained == NOTHING

    def never_lost(self, expr: Expr) -> bool:
        """Whether the expression is true on a short walk wherever it is on the full one."""
        return self._change(expr).lost == NOTHING

    def _change(self, expr: Expr) -> Change:
        known = self._known.get(id(expr))
        if known is None:
            # The expression is kept with what is found, so that its id stays its own.
            known = self._known[id(expr)] = (expr, self._found(expr))
        return known[1]

    def _found(self, expr: Expr) -> Change:
        match expr:
            case Atom():
                return self._atom(expr)
            case Negated(part):
                lost, gained = self._change(part)
                return Change(gained, lost)
        parts = parts_of(expr)
        changes = [self._change(part) for part in parts]
        lost = _together(change.lost for change in changes)
        gained = _together(change.gained for change in changes)
        # Left out, a question is open: that makes such an "any" true, and such an "all" false.
        if isinstance(expr, Or) and lost:
            lost -= _open(parts)
        if isinstance(expr, And) and gained:
            gained -= _open(part.part for part in parts if isinstance(part, Negated))
        return Change(lost, gained)

    def _atom(self, atom: Atom) -> Change:
        if atom.kind is AtomKind.CERTAIN:
            return Change(None, None)
        alone = frozenset({atom.question})
        # Who is not asked any more is no longer open either.
        asked = self._change(self._asked.get(atom.question, TRUE)).lost == NOTHING
        if atom.kind in OPEN:
            return Change(NOTHING if asked else None, alone)
        return Change(alone if asked else None, NOTHING)


def _open(exprs: Iterable[Expr]) -> set[str]:
    """Return the questions of which one of these says that they are open."""
    return {one.question for one in exprs if isinstance(one, Atom) and one.kind in OPEN}


def _together(each: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """Return all of these; None where one is None."""
    found: set[str] = set()
    for one in each:
        if one is None:
            return None
        found |= one
    return frozenset(found)
