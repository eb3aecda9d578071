"""The clinic's own questions on the page that sends, and what somebody answers to them.

Every one may be left out. Nothing here knows the protocol, and no rule reads what is answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from assessment.practice.intake.clean_text import paragraphs
from assessment.records.own_answers import OwnAnswer, OwnAnswers
from assessment.records.own_questions import Kind, OwnQuestion, OwnQuestions
from assessment.web.intake.send_pages import Fault, OwnField

FIELD = "own-"
"""What the names of these fields begin with, before the id of the question."""
LONGEST_TEXT = 500
"""Characters of one answer."""

LONG_TEXT = f"Shorten this answer to {LONGEST_TEXT} characters"
NO_NUMBER = "Enter a number, such as 12 or 2.5"

_NUMBER = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,4})?")


class OwnForm:
    """The fields for what a clinic asks, filled with what was sent, if anything was.

    Where no `questions` are to be asked, nothing that was sent is taken: all of it is `lost`.
    `urgent`: what was typed is taken as it is, and nothing is a fault.
    """

    def __init__(
        self,
        questions: OwnQuestions | None,
        sent: MultiDict[str, str] | None,
        *,
        urgent: bool = False,
    ) -> None:
        self._urgent = urgent
        self._given = given = typed_in(sent)
        asked = () if questions is None else questions.asked
        retired = () if questions is None else questions.retired
        still = (one for one in retired if FIELD + one.id in given)
        found = (_field(one, given.get(FIELD + one.id, ())) for one in (*asked, *still))
        self.fields = tuple(replace(one, fault=None) if urgent else one for one in found)
        names = {one.name for one in self.fields}
        lost = (given[name] for name in given if name not in names)
        self.lost = tuple(text for texts in lost for text in texts)
        """What was answered to questions that are not asked any more."""

    def against(self, questions: OwnQuestions | None) -> OwnForm:
        """Return the same that was sent, as answers to these questions."""
        sent = [(name, value) for name, values in self._given.items() for value in values]
        return OwnForm(questions, MultiDict(sent), urgent=self._urgent)

    @property
    def faults(self) -> dict[str, Fault]:
        """What is wrong, in the order of the page."""
        return {one.name: Fault(one.name, one.fault) for one in self.fields if one.fault}

    @property
    def answers(self) -> OwnAnswers:
        """What was answered, without what was left out."""
        return tuple(_answer(one) for one in self.fields if one.given)

    @property
    def typed(self) -> tuple[str, ...]:
        """Everything that was typed or ticked, whatever was asked."""
        return tuple(text for texts in self._given.values() for text in texts)


def typed_in(sent: MultiDict[str, str] | None) -> dict[str, tuple[str, ...]]:
    """Return what was typed or ticked, by the name of its field; empty ones are left out."""
    if sent is None:
        return {}
    found = {name: _cleaned(sent.getlist(name)) for name in sent if name.startswith(FIELD)}
    return {name: values for name, values in found.items() if values}


def _cleaned(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if (text := paragraphs(value))))


def _field(question: OwnQuestion, given: tuple[str, ...]) -> OwnField:
    name = FIELD + question.id
    if question.kind.has_options:
        chosen = tuple(one for one in question.options if one in given)
        return OwnField(name, question, chosen if question.kind is Kind.SEVERAL else chosen[:1])
    typed = given[:1]
    return OwnField(name, question, typed, _fault(question.kind, typed[0]) if typed else None)


def _fault(kind: Kind, typed: str) -> str | None:
    if kind is Kind.NUMBER:
        return None if _NUMBER.fullmatch(typed) else NO_NUMBER
    return None if len(typed) <= LONGEST_TEXT else LONG_TEXT


def _answer(field: OwnField) -> OwnAnswer:
    """Return an answer with the wording that it was given to."""
    one = field.question
    return OwnAnswer(one.id, one.kind, one.words, field.given)
