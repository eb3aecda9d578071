"""Which question the start page answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assessment.engine.questions import Kind, Question
from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.fields import Fields


def read_start(
    head: Fields, questions: Sequence[Question], report: Report, broken: Collection[str]
) -> str | None:
    """Return the question that `protocol.yaml` names; None when it names none.

    It must be the first, a choice, optional and asked of everybody; anything else is reported,
    but for `broken` questions.
    """
    name, place = head.words("start_asks"), head.place_of("start_asks")
    question = next((each for each in questions if each.id == name), None)
    if not name or name in broken:
        return None
    if question is None:
        known = [each.id for each in questions]
        report.unknown(place, Code.UNKNOWN_QUESTION, name, "a question", known)
        return None
    fits = question.kind is Kind.CHOICE and question.optional and question.enable_when is None
    if not fits or question is not questions[0]:
        found = f"`{name}`, which the start page cannot ask"
        expected = "the first question, a choice with `optional: true` and no `enable_when`"
        report.add(place, Code.BAD_VALUE, found, expected)
    return name
