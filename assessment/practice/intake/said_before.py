"""Whether what somebody sends is what they sent before."""

from __future__ import annotations

from dataclasses import replace

from assessment.practice.intake.for_clinic import PRIVATE_LIMITS, PRIVATE_PLACES
from assessment.practice.intake.submission import Submission
from assessment.records import measures, own_answers, own_questions, responses
from assessment.records.ids import ResponseId
from assessment.records.measures import NOTHING
from assessment.records.model import Content
from assessment.records.own_answers import OwnAnswers
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable


def says(tx: Transaction, sent: Submission, response: ResponseId, wanted: Content) -> bool:
    """Whether a response holds what is wanted; one that cannot be read does not, for all we know.

    When somebody agreed, and to which words, is no part of it. The advice is: a private answer
    changes it where no other answer tells.
    """
    try:
        found = responses.get(tx, sent.clinic, response)
    except Unreadable:
        return False
    own = own_answers.of_responses(tx, sent.clinic, [response]).get(response, ())
    measured = measures.of_responses(tx, sent.clinic, [response]).get(response, NOTHING)
    if found is None or measured is None or own is None:
        return False
    if own != sent.own and not _says_own(tx, sent, own):
        return False
    same = sent.measured is None or replace(measured, follows="") == sent.measured
    return same and _said(found.content) == _said(wanted)


def _says_own(tx: Transaction, sent: Submission, stored: OwnAnswers) -> bool:
    """Whether the answers to a clinic's own questions are those that are `stored`.

    The clinic may have stopped asking between two presses of Send, or asks in another order: what
    is stored and not asked any more need not be sent again.
    """
    before = {one.id: one for one in stored}
    now = {one.id: one for one in sent.own}
    asked = {one.id for one in own_questions.of_clinic(tx, sent.clinic).asked}
    return not (before.keys() - now.keys()) & asked and now.items() <= before.items()


def _said(content: Content) -> tuple[object, ...]:
    told = content.decision
    limits = told.get(PRIVATE_LIMITS, []), told.get(PRIVATE_PLACES, {})
    advice = told.get("recommendation"), limits
    who = content.name, content.birth, content.phone
    return content.answers, who, content.message, advice
