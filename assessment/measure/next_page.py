"""The body of `assessment next`: where answers lead, as the person sees it."""

from __future__ import annotations

from assessment.engine.answers import Answers
from assessment.exports.seen import Page, question_page, result_page, start_page
from assessment.screening import Screening


def next_page(screening: Screening, answers: Answers) -> Page:
    """Return the page that comes after these answers, and nothing else about them.

    The start page comes first where its buttons answer a question.
    """
    protocol = screening.protocol
    if not answers and protocol.start_asks is not None:
        return start_page(protocol, screening.minutes())
    question = screening.position(answers).question
    if question is None:
        return result_page(screening.engine, answers)
    return question_page(protocol, question, carer=screening.engine.is_carer(answers))
