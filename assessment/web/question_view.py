"""Question pages: everything that does not depend on a person's answers is made once, at start."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assessment.engine.answers import Answer
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NONE, NOT_SURE, Kind, Question
from assessment.engine.text import Text
from assessment.web.pages import Choice, QuestionPage


@dataclass(frozen=True, slots=True)
class Twin:
    """One choice, made in both states."""

    off: Choice
    on: Choice

    def choice(self, ticked: Collection[str]) -> Choice:
        """Return the choice as these ticked values show it."""
        return self.on if self.off.value in ticked else self.off


@dataclass(frozen=True, slots=True)
class Now:
    """What is different from one visit to the next."""

    ticked: Collection[str]
    csrf: str
    progress: str
    back: str
    notice: str | None = None
    error: str | None = None
    from_check: bool = False


class QuestionView:
    """One question in one voice: for the person, or for somebody who cares for them."""

    def __init__(self, question: Question, *, carer: bool) -> None:
        self._question = question
        self._carer = carer
        self._choices = tuple(self._twins(self._offered()))
        exclusive, unsure = question.none_label, question.not_sure_label
        self._exclusive = None if exclusive is None else self._twin(NONE, exclusive)
        self._unsure = None if unsure is None else self._twin(NOT_SURE, unsure)
        self._first_input = self._choices[0].off.id if self._choices else "answer"

    def page(self, now: Now) -> QuestionPage:
        """Return the page as it is now."""
        question, words, ticked = self._question, self._words, now.ticked
        return QuestionPage(
            title=question.ask.to(carer=self._carer),
            id=question.id,
            kind=question.kind,
            ask=question.ask.to(carer=self._carer),
            hint=words(question.hint),
            why=words(question.why),
            choices=tuple([twin.choice(ticked) for twin in self._choices]),
            exclusive=None if self._exclusive is None else self._exclusive.choice(ticked),
            unsure=None if self._unsure is None else self._unsure.choice(ticked),
            value=self._typed(ticked),
            minimum=question.minimum,
            maximum=question.maximum,
            unit=words(question.unit),
            low=words(question.low_label),
            high=words(question.high_label),
            error=now.error,
            first_input=self._first_input,
            csrf=now.csrf,
            progress=now.progress,
            back=now.back,
            notice=now.notice,
            from_check=now.from_check,
        )

    def _typed(self, ticked: Collection[str]) -> str:
        if self._question.kind is not Kind.NUMBER:
            return ""
        return next((value for value in ticked if value != NOT_SURE), "")

    def _offered(self) -> Sequence[tuple[str, Text, Text | None, str | None]]:
        question = self._question
        if question.kind is Kind.SCALE:
            return [(str(step), Text(str(step)), None, None) for step in range(11)]
        return [(one.id, one.label, one.hint, one.side) for one in question.options]

    def _twins(self, offered: Sequence[tuple[str, Text, Text | None, str | None]]) -> list[Twin]:
        return [self._twin(value, label, hint, side) for value, label, hint, side in offered]

    def _twin(
        self, value: str, label: Text, hint: Text | None = None, side: str | None = None
    ) -> Twin:
        off, on = (
            Choice(
                id=f"answer-{value}",
                value=value,
                label=label.to(carer=self._carer),
                hint=self._words(hint),
                checked=checked,
                area=None if side is None else value,
                side=side,
            )
            for checked in (False, True)
        )
        return Twin(off, on)

    def _words(self, text: Text | None) -> str | None:
        return None if text is None else text.to(carer=self._carer)


def question_views(protocol: Protocol) -> dict[tuple[str, bool], QuestionView]:
    """Return every question in both voices, by id and whether a carer answers."""
    return {
        (question.id, carer): QuestionView(question, carer=carer)
        for question in protocol.questions
        for carer in (False, True)
    }


def shown(answer: Answer | None) -> Collection[str]:
    """Return an answer as the values of the inputs that show it."""
    if answer is None:
        return ()
    return answer if isinstance(answer, frozenset) else (str(answer),)


def progress(left: int, *, answered: bool) -> str:
    """Return how much is still to come: `left` questions, with this one unless `answered`."""
    after = left if answered else left - 1
    if after <= 0:
        return "All other questions are answered" if answered else "This is the last question"
    return f"At most {after} more question{'' if after == 1 else 's'} after this one"
