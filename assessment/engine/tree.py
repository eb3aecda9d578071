"""What each part of a condition comes to on answers: yes, no or unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from assessment.engine.answers import Answers
from assessment.engine.conditions import Condition, FindingRef, parts_of
from assessment.engine.decision import Engine


class Value(StrEnum):
    """The three values of a condition."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Part:
    """A condition, what it comes to, and the same of every part of it.

    The one part of a finding is its own condition.
    """

    condition: Condition
    value: Value
    parts: tuple[Part, ...]


class Trees:
    """Evaluates conditions part by part, with what the engine lowered them to."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._printed: dict[Condition, tuple[Callable[[Answers], bool], ...]] = {}

    def part(self, condition: Condition, answers: Answers) -> Part:
        """Return the condition with the value of each of its parts."""
        inside = parts_of(condition)
        if isinstance(condition, FindingRef):
            inside = (self._engine.protocol.finding[condition.finding].when,)
        return Part(
            condition,
            self.value(condition, answers),
            tuple(self.part(part, answers) for part in inside),
        )

    def value(self, condition: Condition, answers: Answers) -> Value:
        """Return what the condition comes to."""
        if condition not in self._printed:
            meaning = self._engine.lowering.meaning(condition)
            compiler = self._engine.compiler
            self._printed[condition] = (
                compiler.predicate(meaning.surely),
                compiler.predicate(meaning.possibly),
            )
        surely, possibly = self._printed[condition]
        if surely(answers):
            return Value.YES
        return Value.UNKNOWN if possibly(answers) else Value.NO
