"""The clinic's own questions to its clients, and its own words: an owner writes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from flask import request
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.questionnaire import MOST_QUESTIONS, READY_MADE, Move
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records.own_questions import OwnQuestion
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.question_pages import (
    QuestionForm,
    QuestionPage,
    QuestionsPage,
    WordsForm,
    WordsPage,
    form_of,
    rows_of,
)
from assessment.web.clinic.refusal_texts import what_to_do
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

HOME = "/clinic/settings/questions"
WORDS = "/clinic/settings/words"
SECTION = "settings"
DONE = {
    "added": "The question was added.",
    "changed": "The question was changed. Earlier answers keep the old wording.",
    "up": "The question was moved up.",
    "down": "The question was moved down.",
    "remove": "The question was removed. Earlier answers to it are kept.",
}


class QuestionPages:
    """The views; each takes the owner who is signed in."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._questionnaire = area.practice.questionnaire
        self._clinics = area.practice.clinics

    def listed(self, who: SignedIn) -> Response:
        """Show every question, and those that are ready-made."""
        asked = self._questionnaire.listed(who)
        words = {one.words for one in asked}
        can_change = self._questionnaire.can_be_read(who)
        lost = None if can_change else f"{what_to_do(Refused(Refusal.QUESTIONS_UNREADABLE))}."
        page = QuestionsPage(
            title="Your own questions",
            section=SECTION,
            notice=lost or self._area.just_done(DONE),
            rows=rows_of(asked),
            ready=tuple(
                one for one in READY_MADE.values() if can_change and one.words not in words
            ),
            can_add=can_change and len(asked) < MOST_QUESTIONS,
        )
        return self._area.page("own_questions.html", page, who)

    def add_ready_made(self, who: SignedIn) -> Response:
        """Add one of the ready-made questions."""
        name = request.form.get("ready", "")
        if name not in READY_MADE:
            raise NotFound
        with _owners():
            try:
                self._questionnaire.add_ready_made(who, name)
            except Refused as refused:
                if refused.kind not in (Refusal.TOO_MANY_QUESTIONS, Refusal.QUESTIONS_UNREADABLE):
                    raise
                return go_to(HOME)  # the page says why
        return _done("added")

    def new(self, who: SignedIn) -> Response:
        """Show the form of a new question."""
        return self._new_page(who, QuestionForm())

    def add(self, who: SignedIn) -> Response:
        """Add a question."""
        form = QuestionForm(request.form)
        if not form.validate():
            return self._new_page(who, form, 422)
        try:
            with _owners():
                self._questionnaire.add(who, *form.asked)
        except Refused as refused:
            form.refuse("words", what_to_do(refused))
            return self._new_page(who, form, 422)
        return _done("added")

    def one(self, who: SignedIn, question_id: str) -> Response:
        """Show the form of a question."""
        return self._one_page(who, question_id, form_of(self._found(who, question_id)))

    def change(self, who: SignedIn, question_id: str) -> Response:
        """Change a question."""
        self._found(who, question_id)
        form = QuestionForm(request.form)
        if not form.validate():
            return self._one_page(who, question_id, form, 422)
        with _owners():
            self._questionnaire.reword(who, question_id, *form.asked)
        return _done("changed")

    def move(self, who: SignedIn, question_id: str, move: str) -> Response:
        """Move a question, or remove it."""
        with _owners():
            self._questionnaire.move(who, question_id, Move(move))
        return _done(move)

    def words(self, who: SignedIn) -> Response:
        """Show the clinic's own words."""
        return self._words_page(who, WordsForm(data=asdict(who.clinic)))

    def write(self, who: SignedIn) -> Response:
        """Take the clinic's own words."""
        form = WordsForm(request.form)
        if not form.validate():
            return self._words_page(who, form, 422)
        with _owners():
            self._clinics.set_words(who, form.chosen())
        tell(Event.SETTINGS_CHANGED)
        return go_to("/clinic/settings?done=saved")

    def _found(self, who: SignedIn, question_id: str) -> OwnQuestion:
        asked = self._questionnaire.listed(who)
        found = next((one for one in asked if one.id == question_id), None)
        if found is None:
            raise NotFound
        return found

    def _new_page(self, who: SignedIn, form: QuestionForm, status: int = 200) -> Response:
        return self._page(who, form, f"{HOME}/new", status)

    def _one_page(
        self, who: SignedIn, question_id: str, form: QuestionForm, status: int = 200
    ) -> Response:
        return self._page(who, form, f"{HOME}/{question_id}", status)

    def _page(self, who: SignedIn, form: QuestionForm, action: str, status: int) -> Response:
        is_new = action.endswith("/new")
        page = QuestionPage(
            title="Add a question" if is_new else "Change a question",
            section=SECTION,
            narrow=True,
            problems=form.problems,
            form=form,
            action=action,
            button="Add the question" if is_new else "Save the question",
        )
        return self._area.page("own_question.html", page, who, status)

    def _words_page(self, who: SignedIn, form: WordsForm, status: int = 200) -> Response:
        page = WordsPage(
            title="Your own words", section=SECTION, narrow=True, problems=form.problems, form=form
        )
        return self._area.page("own_words.html", page, who, status)


def _done(what: str) -> Response:
    tell(Event.SETTINGS_CHANGED)
    return go_to(f"{HOME}?done={what}")


@contextmanager
def _owners() -> Iterator[None]:
    """Deny who is no owner any more, and answer for what is gone as for what is not there."""
    try:
        yield
    except LookupError:
        raise NotFound from None
    except Refused as refused:
        if refused.kind is Refusal.QUESTIONS_UNREADABLE and request.view_args:
            raise NotFound from None  # which one is meant is not known any more
        if refused.kind is not Refusal.NOT_OWNER:
            raise
        tell(Event.DENIED)
        raise Forbidden from None
