"""What a condition means: two Boolean expressions over atoms of the answers.

`surely` is true when the condition is yes, `possibly` when it is yes or unknown (strong Kleene
logic; `docs/rule-language.md` has the definition). Both are made once, in `lowering.py`. The
compiler prints them, a solver can take them; nothing else interprets conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class AtomKind(StrEnum):
    """What is said of one answer."""

    __hash__ = str.__hash__  # each atom asks for it, and that of an enum takes many times as long
    HAS = "has"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    OPEN = "open"
    LEFT = "left out"
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True)
class Atom:
    """One fact about one asked question.

    HAS: the option is chosen. AT_LEAST and AT_MOST: a number is given, and compares so. OPEN:
    it is asked, and unanswered or answered (also) with "Not sure". On a question that is not
    asked every atom is false, and so on an optional one that is unanswered.

    Two more are said of the walk, and only by `settled.py`. LEFT: it is asked and unanswered.
    CERTAIN: before it is asked, a recommendation is certain that has this place in precedence or a
    higher one.
    """

    question: str
    kind: AtomKind
    value: str | int | None = None


@dataclass(frozen=True, slots=True)
class And:
    """Every part is true; true when there is none."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part is true; false when there is none."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """The part is false."""

    part: Expr


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least so many parts are true."""

    number: int
    parts: tuple[Expr, ...]


Expr = Atom | And | Or | Negated | AtLeast
TRUE = And(())
FALSE = Or(())


@dataclass(frozen=True, slots=True)
class Meaning:
    """The two expressions that a condition is lowered to."""

    surely: Expr
    possibly: Expr


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions directly inside this one."""
    match expr:
        case And(parts) | Or(parts) | AtLeast(_, parts):
            return parts
        case Negated(part):
            return (part,)
        case _:
            return ()


def both(*parts: Expr) -> Expr:
    """Return "all of these", without what is known already."""
    return every(parts)


def either(*parts: Expr) -> Expr:
    """Return "at least one of these", without what is known already."""
    return some(parts)


def every(parts: Iterable[Expr]) -> Expr:
    """Return the same as `both`; what comes after a part that is false is not looked at."""
    return _joined(parts, And, Or)


def some(parts: Iterable[Expr]) -> Expr:
    """Return the same as `either`; what comes after a part that is true is not looked at."""
    return _joined(parts, Or, And)


def _joined(parts: Iterable[Expr], join: type[And | Or], decides: type[And | Or]) -> Expr:
    """Return the join of each part once; of what is no atom, only the very same is known again.

    An empty join goes without saying, and an empty one of the kind that decides is the whole.
    """
    known: dict[Atom | int, Expr] = {}
    for part in parts:
        if isinstance(part, Atom):
            known[part] = part
        elif not (_is_true(part) or _is_false(part)):
            known[id(part)] = part
        elif isinstance(part, decides):
            return part
    rest = tuple(known.values())
    return rest[0] if len(rest) == 1 else join(rest)


def negated(part: Expr) -> Expr:
    """Return "not this", without what is known already."""
    if _is_true(part) or _is_false(part):
        return FALSE if _is_true(part) else TRUE
    return part.part if isinstance(part, Negated) else Negated(part)


def at_least(number: int, parts: Iterable[Expr]) -> Expr:
    """Return "at least so many of these", without what is known already."""
    rest = []
    for part in parts:
        if _is_true(part):
            number -= 1
        elif not _is_false(part):
            rest.append(part)
    if number <= 0:
        return TRUE
    return FALSE if number > len(rest) else AtLeast(number, tuple(rest))


def _is_true(part: Expr) -> bool:
    # Faster than comparing with TRUE; so is the next with FALSE.
    return type(part) is And and not part.parts


def _is_false(part: Expr) -> bool:
    return type(part) is Or and not part.parts


def every_part(expr: Expr) -> Iterator[Expr]:
    """Yield the expression and everything inside it."""
    yield expr
    for part in parts_of(expr):
        yield from every_part(part)


def atoms(expr: Expr) -> Iterator[Atom]:
    """Yield every atom of the expression, in order, with repetitions."""
    if isinstance(expr, Atom):
        yield expr
    for part in parts_of(expr):
        yield from atoms(part)
