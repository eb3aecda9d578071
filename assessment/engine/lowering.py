"""Conditions lowered to logic, once, for everything that reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assessment.engine.conditions import All, Any, Condition, Count, FindingRef, Not, Test, Unsure
from assessment.engine.logic import And, AtLeast, Atom, AtomKind, Expr, Meaning, Negated, Or
from assessment.engine.operators import OPERATORS
from assessment.engine.questions import Question


class Lowering:
    """Lowers the conditions of one protocol; findings and tests are lowered once and shared."""

    def __init__(
        self, questions: Mapping[str, Question], findings: Mapping[str, Condition]
    ) -> None:
        self._questions = questions
        self._findings = findings
        self._lowered: dict[str, Meaning] = {}
        self._tests: dict[Test, Meaning] = {}

    def finding(self, finding_id: str) -> Meaning:
        """Return what a named finding means; KeyError when there is none."""
        if finding_id not in self._lowered:
            self._lowered[finding_id] = self.meaning(self._findings[finding_id])
        return self._lowered[finding_id]

    def meaning(self, condition: Condition) -> Meaning:
        """Return what the condition means."""
        match condition:
            case Test():
                return self._test(condition)
            case All(parts):
                return self._join(parts, And)
            case Any(parts):
                return self._join(parts, Or)
            case Count(at_least, parts):
                return self._join(parts, lambda inner: AtLeast(at_least, inner))
            case Not(part):
                inner = self.meaning(part)
                return Meaning(Negated(inner.possibly), Negated(inner.surely))
            case FindingRef(finding):
                return self.finding(finding)
            case Unsure(question, option):
                ticked = Atom(question, AtomKind.HAS, option)
                asks = And((Atom(question, AtomKind.OPEN), Negated(ticked)))
                return Meaning(asks, asks)

    def _test(self, test: Test) -> Meaning:
        if test not in self._tests:
            question = self._questions[test.question]
            self._tests[test] = OPERATORS[test.operator].lower(question, test.operand)
        return self._tests[test]

    def _join(
        self, parts: tuple[Condition, ...], make: Callable[[tuple[Expr, ...]], Expr]
    ) -> Meaning:
        inner = [self.meaning(part) for part in parts]
        return Meaning(
            make(tuple(part.surely for part in inner)),
            make(tuple(part.possibly for part in inner)),
        )
