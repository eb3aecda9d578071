"""Question pages: everything that does not depend on a person's answers is made once.

A page without an answer is the same for everybody who comes the same way, but for the token in its
form. Such pages are kept, and most pages that people see are such: this spares two thirds of the
work. A page that shows an answer is made afresh and kept nowhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assessment.engine.answers import Answer
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NONE, NOT_SURE, Kind, Question, Side
from assessment.engine.text import Text
from assessment.web.html.render import Renderer
from assessment.web.walk.cookie import Undone
from assessment.web.walk.pages import Choice, QuestionPage
from assessment.web.walk.progress import Progress, progress_of

KEPT_PAGES = 1000
"""Pages of about 5 kB; every question in every way to it."""


@dataclass(frozen=True, slots=True)
class Twin:
    """One choice, made in both states."""

    off: Choice
    on: Choice

    def choice(self, ticked: Collection[str]) -> Choice:
        """Return the choice as these ticked values show it."""
        return self.on if self.off.value in ticked else self.off


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody came to a question; nothing in it is an answer.

    `changing`: from a page that shows every answer, to change one. `was_emergency`: what undid
    an emergency, if something did.
    """

    question: str
    carer: bool
    back: str
    notice: str | None = None
    changing: bool = False
    was_emergency: Undone | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered, or sent, as the values of the inputs, and what is wrong with it."""

    values: Collection[str] = ()
    error: str | None = None


BLANK = Given()


class QuestionViews:
    """What every question of one protocol shows, in both voices; all themes share it."""

    def __init__(self, protocol: Protocol) -> None:
        progress = progress_of(protocol)
        self._views = {
            (question.id, carer): QuestionView(question, progress.get(question.id), carer=carer)
            for question in protocol.questions
            for carer in (False, True)
        }

    def page(self, way: Way, given: Given, token: str) -> QuestionPage:
        """Return what the page of a question shows."""
        return self._views[way.question, way.carer].page(way, given, token)


class QuestionPages:
    """The page of every question in one theme, as HTML; up to `kept` blank ones are kept."""

    def __init__(self, views: QuestionViews, renderer: Renderer, kept: int = KEPT_PAGES) -> None:
        self._renderer = renderer
        self._views = views
        self._stand_in = f"token-{secrets.token_hex(16)}"
        self._blank = lru_cache(maxsize=kept)(self._make_blank)

    def html(self, way: Way, given: Given, token: str) -> str:
        """Return the page; `token` guards its form and must need no escaping."""
        if given.error is None and not given.values:
            return self._blank(way).replace(self._stand_in, token)
        return self._make(way, given, token)

    def _make_blank(self, way: Way) -> str:
        return self._make(way, BLANK, self._stand_in)

    def _make(self, way: Way, given: Given, token: str) -> str:
        return self._renderer.text("question.html", self._views.page(way, given, token))


class QuestionView:
    """One question in one voice: for the person, or for somebody who cares for them."""

    def __init__(self, question: Question, progress: Progress | None, *, carer: bool) -> None:
        self._question = question
        self._progress = progress
        self._carer = carer
        self._choices = tuple(self._twins(self._offered()))
        exclusive, unsure = question.none_label, question.not_sure_label
        self._exclusive = None if exclusive is None else self._twin(NONE, exclusive)
        self._unsure = None if unsure is None else self._twin(NOT_SURE, unsure)
        self._first_input = self._choices[0].off.id if self._choices else "answer"

    def page(self, way: Way, given: Given, token: str) -> QuestionPage:
        """Return what the page shows."""
        question, words, ticked = self._question, self._words, given.values
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
            error=given.error,
            first_input=self._first_input,
            csrf=token,
            progress=self._progress,
            back=way.back,
            notice=way.notice,
            changing=way.changing,
            was_emergency=way.was_emergency,
        )

    def _typed(self, ticked: Collection[str]) -> str:
        if self._question.kind is not Kind.NUMBER:
            return ""
        return next((value for value in ticked if value != NOT_SURE), "")

    def _offered(self) -> Sequence[tuple[str, Text, Text | None, str | None]]:
        question = self._question
        if question.kind is Kind.SCALE:
            return [(str(step), Text(str(step)), None, None) for step in range(11)]
        # The template draws the front before the back; the order here is the order on the page.
        options = sorted(question.options, key=lambda one: one.side is Side.BACK)
        return [(one.id, one.label, one.hint, one.side) for one in options]

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


def shown(answer: Answer | None) -> Given:
    """Return an answer as the inputs show it."""
    if answer is None:
        return BLANK
    return Given(answer if isinstance(answer, frozenset) else (str(answer),))
