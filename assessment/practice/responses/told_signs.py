"""What became of every sign of a protocol in one client's answers: one of four states.

They are never merged: only what was asked and said not to be there is denied. Lines that were left
unticked on a list whose tick ended the questions count as not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assessment.engine.answers import Answer
from assessment.engine.questions import NO, NONE, NOT_SURE, YES, Option, Question, line_id
from assessment.engine.signs import cut_short
from assessment.screening import Screening


class Told(StrEnum):
    """What a client told of a sign."""

    YES = "told"
    DENIED = "denied"
    NOT_SURE = "not sure"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign, by its question and option, and what was told of it. `says` speaks of "them".

    `none` is the label of "None of these" by which it was denied together with others. It may take
    something back, such as "None, or old and unchanged".
    """

    question: str
    option: str
    says: str
    told: Told
    none: str = ""


@dataclass(frozen=True, slots=True)
class ToldSigns:
    """Every sign that a clinic may know of; of questions that are `unread` nothing is known.

    `cut_short` is the list on which a tick ended the questions early, if one did.
    """

    signs: tuple[Sign, ...]
    unread: tuple[str, ...]
    cut_short: str | None = None

    def of(self, told: Told) -> tuple[Sign, ...]:
        """Return the signs in one state."""
        return tuple(sign for sign in self.signs if sign.told is told)


def told_signs(screening: Screening, stored: Mapping[str, object]) -> ToldSigns:
    """Return what stored answers tell of each sign. Nothing private is among them.

    An answer that was stored and cannot be read any more leaves its signs out: it was asked for,
    and nobody knows what was said.
    """
    answers = screening.restore(stored)
    lost = stored.keys() - answers.keys()
    private = screening.protocol.private
    ended = cut_short(screening.engine, answers)
    signs: list[Sign] = []
    unread: list[str] = []
    for question in screening.protocol.questions:
        options = [one for one in question.options if one.safety is not None]
        if not options or question.line is not None or question.id in private:
            continue
        asked_in = {question.id, *(line_id(question.id, one.id) for one in options)}
        if asked_in & lost:
            unread.append(question.id)
        else:
            signs += _of(question, options, answers, is_cut_short=question.id == ended)
    return ToldSigns(tuple(signs), tuple(unread), ended)


def _of(
    question: Question,
    options: list[Option],
    answers: Mapping[str, Answer],
    *,
    is_cut_short: bool,
) -> Iterator[Sign]:
    is_none = answers.get(question.id) == frozenset({NONE})
    label = question.none_label.to(carer=True) if is_none and question.none_label else ""
    for option in options:
        says = (option.says or option.label).to(carer=True)
        told = _told(question, option, answers)
        if is_cut_short and told is Told.DENIED:
            told = Told.NOT_ASKED
        yield Sign(question.id, option.id, says, told, label)


def _told(question: Question, option: Option, answers: Mapping[str, Answer]) -> Told:
    answer = answers.get(question.id)
    if answer is None:
        return Told.NOT_ASKED
    chosen = answer if isinstance(answer, frozenset) else frozenset({answer})
    if option.id in chosen:
        return Told.YES
    if NOT_SURE not in chosen:
        return Told.DENIED
    if not question.clarify:
        return Told.NOT_SURE
    # Who was not sure of a list is asked for its lines; one that did not come stays not sure.
    line = answers.get(line_id(question.id, option.id))
    return {YES: Told.YES, NO: Told.DENIED}.get(str(line), Told.NOT_SURE)
