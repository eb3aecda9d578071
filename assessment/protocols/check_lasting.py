"""That what somebody may confirm instead of being asked anew does not change by itself.

A stale "no" must not hide a sign. So nothing that is due the same day is confirmed, nothing that
was true in a span of time only, and no gate through which one of these is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Operator,
    Test,
    parts_of,
)
from assessment.engine.opens import SAME_DAY, Opening
from assessment.engine.questions import Question
from assessment.engine.text import Text
from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.fields import records
from assessment.protocols.nodes import Value

_TIME = re.compile(
    r"\d|\b(?:now|new|newly|last|latest|recent|recently|lately|today|yesterday|ago|since|"
    r"current|currently|this (?:week|month|year))\b",
    re.IGNORECASE,
)


def check_lasting(
    questions: Sequence[Question],
    findings: Mapping[str, Condition],
    tree: Value | None,
    report: Report,
) -> None:
    """Report each question with `lasts` that has to be asked anew; `tree` is that of them all."""
    against = asked_anew(questions, findings)
    for fields in records(tree) if against else ():
        why = against.get(fields.words("id") or "")
        if why is not None:
            report.add(
                fields.place_of_key("lasts"),
                Code.DOES_NOT_LAST,
                f"`lasts` on a question {why}",
                "it only where no answer changes by itself and no sign stands behind",
            )


def asked_anew(questions: Sequence[Question], findings: Mapping[str, Condition]) -> dict[str, str]:
    """Return, of each question with `lasts` that has to be asked anew, the reason in words."""
    lasting = [question for question in questions if question.lasts]
    if not lasting:
        return {}
    gates = _Gates(questions, findings)
    reasons = ((one.id, _changes(one) or gates.hides(one) or gates.why(one)) for one in lasting)
    return {name: why for name, why in reasons if why is not None}


def _changes(question: Question) -> str | None:
    """Return why an answer to the question itself may be another one by now."""
    if question.private or question.optional:
        return "that is private or optional"
    for option in question.options:
        if option.safety is not None and option.safety.urgency_at_least >= SAME_DAY:
            return f"with `{option.id}`, which is tagged `{option.safety.value}`"
    for where, text in _read(question):
        found = None if text is None else _TIME.search(text.text)
        if found is not None:
            return f"with a time in {where} (`{found.group()}`)"
    return None


def _read(question: Question) -> Iterator[tuple[str, Text | None]]:
    yield from (("`ask`", question.ask), ("`hint`", question.hint), ("`none`", question.none_label))
    for option in question.options:
        yield from ((f"`{option.id}`", text) for text in (option.label, option.hint, option.ask))


class _Gates:
    """Which questions are gates of what has to be asked anew.

    One is that carries no tag itself and opens such a question; and one through which alone such a
    question is asked.
    """

    def __init__(self, questions: Sequence[Question], findings: Mapping[str, Condition]) -> None:
        self._question = {one.id: one for one in questions if one.line is None}
        self._findings = findings
        self._opening = Opening(questions, findings)

    def hides(self, question: Question) -> str | None:
        """Return why a confirmed answer might not count; None where one answer lets it count."""
        match question.enable_when:
            case None:
                return None
            case Test(gate, Operator.IS) if self._is_asked_of_all(self._question[gate]):
                return None
            case _:
                return "that no single answer opens to a question asked of everybody"

    def _is_asked_of_all(self, gate: Question) -> bool:
        return gate.enable_when is None and not (gate.optional or gate.private)

    def why(self, question: Question) -> str | None:
        """Return of what the question is a gate; None where it is none."""
        is_tagged = any(option.safety is not None for option in question.options)
        for name in sorted(self._opening.opened(question.id)):
            opened = self._question[name]
            is_gate = not is_tagged or self._needs(opened.enable_when, question.id)
            if is_gate and (_changes(opened) or self.why(opened)):
                return f"that opens `{name}`, which has to be asked anew"
        return None

    def _needs(self, condition: Condition | None, name: str) -> bool:
        """Whether a condition cannot hold without an answer to the question of this name."""
        match condition:
            case Test(question):
                return question == name
            case FindingRef(finding):
                return self._needs(self._findings[finding], name)
            case All():
                return any(self._needs(part, name) for part in parts_of(condition))
            case Any():
                return all(self._needs(part, name) for part in parts_of(condition))
            case Count(at_least):
                free = [one for one in parts_of(condition) if not self._needs(one, name)]
                return len(free) < at_least
            case _:
                return False
