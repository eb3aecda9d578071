"""The one table of tests. Parsing, lowering, explaining and the editor's schema all read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from assessment.engine.conditions import Operand, Operator
from assessment.engine.logic import And, Atom, AtomKind, Expr, Meaning, Negated, Or
from assessment.engine.questions import NO, NONE, YES, Question, line_id


class Takes(Enum):
    """What stands behind an operator."""

    OPTIONS = "one or more options"
    ONE_VALUE = "one value"
    TWO_VALUES = "two values, the lower first"


def any_options(question: Question) -> bool:
    """Options can be tested on every question that has some."""
    return bool(question.options)


def several_options(question: Question) -> bool:
    """Several options at once can only be ticked in a set."""
    return question.kind.is_set


def in_order(question: Question) -> bool:
    """Numbers and ordered options can be compared."""
    return question.kind.is_numeric or question.ordered


@dataclass(frozen=True, slots=True)
class Row:
    """One operator: what it takes, which questions it fits, what it means, how it reads."""

    takes: Takes
    fits: Callable[[Question], bool]
    fits_words: str
    lower: Callable[[Question, Operand], Meaning]
    words: str


def _is(question: Question, operand: Operand) -> Meaning:
    surely = Or(tuple(_yes(question, str(value)) for value in operand))
    return Meaning(surely, Or((surely, *_unknowns(question, operand))))


def _all_of(question: Question, operand: Operand) -> Meaning:
    each = [_is(question, (str(value),)) for value in operand]
    return Meaning(And(tuple(one.surely for one in each)), And(tuple(one.possibly for one in each)))


def _none_of(question: Question, operand: Operand) -> Meaning:
    some = _is(question, operand)
    return Meaning(Negated(some.possibly), Negated(some.surely))


def _at_least(question: Question, operand: Operand) -> Meaning:
    return _or_unknown(question, _between(question, operand[0], None))


def _at_most(question: Question, operand: Operand) -> Meaning:
    return _or_unknown(question, _between(question, None, operand[0]))


def _in_between(question: Question, operand: Operand) -> Meaning:
    return _or_unknown(question, _between(question, operand[0], operand[1]))


OPERATORS: Mapping[Operator, Row] = {
    Operator.IS: Row(
        Takes.OPTIONS, any_options, "a question with options", _is, "{short} is {any}"
    ),
    Operator.ALL_OF: Row(
        Takes.OPTIONS, several_options, "choices or areas", _all_of, "{short} includes {all}"
    ),
    Operator.NONE_OF: Row(
        Takes.OPTIONS, any_options, "a question with options", _none_of, "{short} is not {any}"
    ),
    Operator.AT_LEAST: Row(
        Takes.ONE_VALUE,
        in_order,
        "a scale, a number or an ordered choice",
        _at_least,
        "{short} is {first} or more",
    ),
    Operator.AT_MOST: Row(
        Takes.ONE_VALUE,
        in_order,
        "a scale, a number or an ordered choice",
        _at_most,
        "{short} is {first} or less",
    ),
    Operator.BETWEEN: Row(
        Takes.TWO_VALUES,
        in_order,
        "a scale, a number or an ordered choice",
        _in_between,
        "{short} is between {first} and {last}",
    ),
}


def values_in_range(question: Question, low: object, high: object) -> tuple[str, ...]:
    """Return the options of an ordered question from `low` to `high`; None is no bound."""
    first = 0 if low is None else question.index(str(low))
    last = len(question.options) - 1 if high is None else question.index(str(high))
    return tuple(option.id for option in question.options[first : last + 1])


def bounds(operator: Operator, operand: Operand) -> tuple[str | int | None, str | int | None]:
    """Return the lower and the upper bound that a comparison sets; None is no bound."""
    low = None if operator is Operator.AT_MOST else operand[0]
    high = None if operator is Operator.AT_LEAST else operand[-1]
    return low, high


def _between(question: Question, low: str | int | None, high: str | int | None) -> Expr:
    if not question.kind.is_numeric:
        return Or(tuple(_has(question, value) for value in values_in_range(question, low, high)))
    limits = []
    if low is not None:
        limits.append(Atom(question.id, AtomKind.AT_LEAST, low))
    if high is not None:
        limits.append(Atom(question.id, AtomKind.AT_MOST, high))
    return And(tuple(limits))


def _yes(question: Question, value: str) -> Expr:
    """Return what makes a value hold: it is ticked, or the lines of the list say so."""
    ticked = _has(question, value)
    if not question.clarify:
        return ticked
    if value == NONE:
        return Or((ticked, And(tuple(_line(question, one.id, NO) for one in question.options))))
    return Or((ticked, _line(question, value, YES)))


def _unknowns(question: Question, operand: Operand) -> list[Expr]:
    """Return what makes it unknown whether one of the values holds."""
    if not question.clarify:
        return [_unknown(question)]
    lines: list[Expr] = [_line(question, value) for value in operand if value != NONE]
    if NONE not in operand:
        return lines
    ids = [option.id for option in question.options]
    left = And(tuple(Or((_line(question, one, NO), _line(question, one))) for one in ids))
    return [*lines, left]


def _line(question: Question, option: str | int, value: str | None = None) -> Atom:
    """Return "the line of this option has this answer"; without one, "it is unknown"."""
    line = line_id(question.id, str(option))
    return Atom(line, AtomKind.OPEN) if value is None else Atom(line, AtomKind.HAS, value)


def _has(question: Question, value: str | int) -> Atom:
    return Atom(question.id, AtomKind.HAS, value)


def _unknown(question: Question) -> Atom:
    return Atom(question.id, AtomKind.OPEN)


def _or_unknown(question: Question, surely: Expr) -> Meaning:
    return Meaning(surely, Or((surely, _unknown(question))))
