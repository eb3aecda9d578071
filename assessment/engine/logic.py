"""What a condition means: two Boolean expressions over atoms of the answers.

`surely` is true when the condition is yes, `possibly` when it is yes or unknown (strong Kleene
logic; `docs/rule-language.md` has the definition). Both are made once, in `lowering.py`. The
compiler prints them, a solver can take them; nothing else interprets conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class AtomKind(StrEnum):
    """What is said of one answer."""

    HAS = "has"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Atom:
    """One fact about one asked question.

    HAS: the option is chosen. AT_LEAST and AT_MOST: a number is given, and compares so. OPEN:
    it is asked, and unanswered or answered (also) with "Not sure". On a question that is not
    asked every atom is false.
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


def atoms(expr: Expr) -> Iterator[Atom]:
    """Yield every atom of the expression, in order, with repetitions."""
    if isinstance(expr, Atom):
        yield expr
    for part in parts_of(expr):
        yield from atoms(part)
