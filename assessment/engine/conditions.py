"""What a rule author can say: a closed language of seven forms, and one of our own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """How an answer is tested."""

    IS = "is"
    ALL_OF = "all_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"


Operand = tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """One question's answer, compared with the operand.

    The operand holds option ids, or one threshold (`at_least`, `at_most`) or two (`between`).
    """

    __test__ = False  # the name is not for pytest

    question: str
    operator: Operator
    operand: Operand


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Count:
    """At least so many of the parts hold."""

    at_least: int
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class FindingRef:
    """A named finding holds."""

    finding: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Somebody is not sure about a question, and has not ticked this option of it.

    No author writes this: it asks the line questions (`lines.py`).
    """

    question: str
    option: str


Condition = Test | All | Any | Not | Count | FindingRef | Unsure


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions directly inside this one."""
    match condition:
        case All(parts) | Any(parts) | Count(_, parts):
            return parts
        case Not(part):
            return (part,)
        case _:
            return ()


def every_test(
    condition: Condition, findings: Mapping[str, Condition], seen: frozenset[str] = frozenset()
) -> Iterator[Test]:
    """Yield every test of a condition, through the findings that it names."""
    match condition:
        case Test():
            yield condition
        case FindingRef(finding):
            if finding in findings and finding not in seen:
                yield from every_test(findings[finding], findings, seen | {finding})
        case _:
            for part in parts_of(condition):
                yield from every_test(part, findings, seen)


def reads_any(
    when: Condition, findings: Mapping[str, Condition], questions: Collection[str]
) -> bool:
    """Whether a condition reads one of these questions, also by a finding."""
    return any(test.question in questions for test in every_test(when, findings))
