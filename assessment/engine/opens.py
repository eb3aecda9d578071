"""What an answer opens: how urgent the gravest sign is that a person meets only after it.

A gate carries no tier of its own. Whoever is not asked it is not asked what it opens either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assessment.engine.conditions import Condition, Operator, Test, every_test
from assessment.engine.operators import bounds, values_in_range
from assessment.engine.protocol import Protocol, Sign
from assessment.engine.questions import NOT_SURE, Question

SAME_DAY = 2
"""The urgency from which help is due the same day."""
_RANGES = (Operator.AT_LEAST, Operator.AT_MOST, Operator.BETWEEN)


class Opening:
    """The questions of one protocol with what their answers open; lines of lists are left out."""

    def __init__(self, questions: Iterable[Question], findings: Mapping[str, Condition]) -> None:
        self._question = {one.id: one for one in questions if one.line is None}
        self._opened: dict[Sign, set[str]] = {}
        for one in self._question.values():
            if one.enable_when is None:
                continue
            for test in every_test(one.enable_when, findings):
                if test.question not in self._question:
                    continue
                read = options_read(self._question[test.question], test)
                for option in ("", NOT_SURE, *read):
                    self._opened.setdefault(Sign(test.question, option), set()).add(one.id)
        self._tier: dict[Sign, int] = {}

    def tier(self, sign: Sign) -> int:
        """Return the urgency, 0 to 3, of the gravest sign that this one is or opens.

        For a question itself, or its "Not sure", that is the gravest of all its options.
        """
        if sign not in self._tier:
            own = (
                option.safety.urgency_at_least
                for option in self._question[sign.question].options
                if option.safety is not None and sign.option in ("", NOT_SURE, option.id)
            )
            opened = (self.tier(Sign(name)) for name in self._opened.get(sign, ()))
            self._tier[sign] = max((*own, *opened), default=0)
        return self._tier[sign]

    def opened(self, question_id: str) -> set[str]:
        """Return the questions whose `enable_when` reads this one."""
        signs = (sign for sign in self._opened if sign.question == question_id)
        return {name for sign in signs for name in self._opened[sign]}

    def signs(self) -> Iterator[Sign]:
        """Yield the options, and the numbers, that are or open a sign of a day or an emergency.

        What a person may leave unanswered is left out: nobody can promise that it is asked.
        """
        for question in self._question.values():
            options = [Sign(question.id, option.id) for option in question.options]
            for sign in options or [Sign(question.id)]:
                if not question.optional and self.tier(sign) >= SAME_DAY:
                    yield sign


def options_read(question: Question, test: Test) -> tuple[str, ...]:
    """Return the values that a test of a question speaks of; none where it compares numbers."""
    if question.kind.is_numeric:
        return ()
    if test.operator in _RANGES:
        return values_in_range(question, *bounds(test.operator, test.operand))
    return tuple(map(str, test.operand))


def opening_of(protocol: Protocol) -> Opening:
    """Return what the answers of a protocol open."""
    findings = {finding.id: finding.when for finding in protocol.findings}
    return Opening(protocol.questions, findings)
