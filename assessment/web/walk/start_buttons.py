"""What the buttons of a first page answer, where the protocol asks something there."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.engine.answers import Answer, AnswerProblem
from assessment.engine.protocol import Protocol
from assessment.screening import Screening
from assessment.web.walk.pages import Button


def buttons_of(protocol: Protocol) -> tuple[Button, ...]:
    """Return a button for each answer to the question of the first page; none without one."""
    question = protocol.start_question
    if question is None:
        return ()
    return tuple(Button(question.id, one.id, one.label.text) for one in question.options)


def chosen(screening: Screening, form: Mapping[str, str]) -> dict[str, Answer]:
    """Return the answer that a button gave.

    There is none where the form was not ours: the question is optional, so the walk can do
    without.
    """
    question = screening.protocol.start_question
    if question is None:
        return {}
    try:
        return screening.answer({}, question.id, form.get(question.id))
    except AnswerProblem:
        return {}
