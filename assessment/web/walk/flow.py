"""The pages of one walk: start, one question a page, check, result, clear.

Position is computed from the answers for each request. Reading never writes: only a POST sets the
cookie.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, request
from werkzeug.wrappers import Response

from assessment.engine.answers import Answers
from assessment.exports.pdf import result_pdf
from assessment.exports.typesetters import Busy
from assessment.records.ids import ClinicId, InvitationId
from assessment.web.html.error_pages import NO_PDF, NOT_CLEARED
from assessment.web.html.render import go_to, reply
from assessment.web.walk.forms import QuestionForm
from assessment.web.walk.question_view import Given, Way, shown
from assessment.web.walk.services import Services
from assessment.web.walk.session import CLOSED, Walk, not_started
from assessment.web.walk.start import Starts, is_stale
from assessment.web.walk.state import UPDATED, WalkState
from assessment.web.walk.theme import Theme

PRESS_AGAIN = "This page was out of date. Your answer is still here. Please press Continue again."
RETRY_SECONDS = "20"
"""When a PDF that could not be made is worth another try."""
PDF_NAME = "self-assessment.pdf"
AFTER_THE_QUESTIONS = {"check": "/check", "result": "/result"}
"""The pages from which one answer can be changed, by what their links say."""
BEHIND = "behind"
"""Asks for the result behind a page that has taken its place."""


class Flow:
    """The pages of one walk."""

    def __init__(self, services: Services) -> None:
        self._themes = services.themes
        self._errors = services.errors
        self._walk = Walk(services)
        self._starts = Starts(services, self._walk)
        self._cases = {case.id: case.answers for case in services.offered.cases}

    def register(self, blueprint: Blueprint) -> None:
        """Give every page its route."""
        blueprint.add_url_rule("/", "start", self.start, methods=["GET"])
        blueprint.add_url_rule("/", "begin", self.begin, methods=["POST"])
        if self._cases:
            blueprint.add_url_rule("/case", "walk_case", self.walk_case, methods=["POST"])
        one = "/questions/<question_id>"
        blueprint.add_url_rule(one, "question", self.question, methods=["GET"])
        blueprint.add_url_rule(one, "answer", self.answer, methods=["POST"])
        blueprint.add_url_rule("/check", "check", self.check, methods=["GET"])
        blueprint.add_url_rule("/result", "result", self.result, methods=["GET"])
        blueprint.add_url_rule("/result.pdf", "result_pdf", self.result_pdf, methods=["GET"])
        blueprint.add_url_rule("/clear", "clear", self.clear, methods=["POST"])

    def start(self) -> Response:
        """Show what this is, and the way back to answers given earlier."""
        return self._starts.page(self._themes.own, self._walk.here(ahead=True))

    def begin(self) -> Response:
        """Start, or start again."""
        return self._starts.begin(self._themes.own)

    def walk_case(self) -> Response:
        """Start with the answers of a case; like any start, never over answers by mistake."""
        return self._starts.begin_with(self._cases.get(request.form.get("case", "")))

    def question(self, question_id: str) -> Response:
        """Show one question, with its answer where it was answered before."""
        state = self._walk.here()
        if state is None:
            return self._not_started()
        if not state.reaches(question_id):
            return go_to(state.href)
        return self._question_page(state, question_id, shown(state.answers.get(question_id)))

    def answer(self, question_id: str) -> Response:
        """Take one answer and go on, or show what is wrong with it."""
        state = self._walk.of_form()
        if isinstance(state, Response):
            return state
        if not state.reaches(question_id):
            return go_to(state.href)
        form = state.version.forms[question_id](request.form)
        if self._walk.is_outdated(state):
            return self._outdated(state, question_id, form)
        if not form.validate():
            return self._question_page(state, question_id, Given(form.typed, form.error), 422)
        screening = state.version.screening
        answers = screening.answer(state.answers, question_id, form.answer.data)
        response = self._walk.answered(state, answers, self._comes_from(state, question_id))
        if state.visit.invitation is not None:
            self._tell_progress(state, answers, response)
        return response

    def check(self) -> Response:
        """Show every answer, when all are given."""
        state = self._walk.here()
        if state is None:
            return self._not_started()
        if not state.can_be_checked:
            return go_to(state.href)
        theme = self._theme(state)
        page = theme.results.check(state.answers, state.position, state.token, state.notice)
        send_to = self._send_to(theme, state)
        page = replace(page, send_to=send_to, was_emergency=state.was_emergency)
        return theme.renderer.response("check.html", page)

    def result(self) -> Response:
        """Show the decision, when there is one."""
        state = self._walk.here()
        if state is None:
            return self._not_started()
        if not state.is_decided or state.is_sent:
            return go_to(state.href)
        theme = self._theme(state)
        outcome = theme.results.outcome(state.answers, invited=state.is_invited)
        token, send_to = state.token, self._send_to(theme, state)
        behind = BEHIND in request.args and not outcome.is_emergency
        if outcome.alone is not None and not behind:
            closed = CLOSED in request.args
            crisis = theme.results.crisis(outcome, outcome.alone, token, closed=closed)
            if outcome.is_emergency:
                crisis = replace(crisis, send_to=send_to)
            return theme.renderer.response("crisis.html", crisis)
        if outcome.is_emergency:
            emergency = theme.results.emergency(outcome, token)
            return theme.renderer.response("emergency.html", replace(emergency, send_to=send_to))
        page = theme.results.result(outcome, token)
        page = replace(
            page, send_to=send_to, back=_before_result(state), was_emergency=state.was_emergency
        )
        return theme.renderer.response("result.html", page)

    def result_pdf(self) -> Response:
        """Give the decision as a file to keep; there is none where a private answer made it."""
        state = self._walk.here()
        if state is None:
            return self._not_started()
        if not state.is_decided:
            return go_to(state.href)
        theme = self._theme(state)
        outcome = theme.results.outcome(state.answers, invited=state.is_invited)
        copy = theme.results.copy(outcome)
        if copy is None:
            return go_to("/result")
        try:
            made = result_pdf(copy)
        except Busy:
            return theme.errors.response(NO_PDF, {"Retry-After": RETRY_SECONDS})
        response = Response(made, mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{PDF_NAME}"'
        return response

    def clear(self) -> Response:
        """Forget every answer, on the person's device too."""
        state = self._walk.here(ahead=True)
        if state is None or not is_stale(state):
            home = self._themes.own if state is None else self._theme(state)
            return self._walk.forgotten(go_to(home.site.home))
        return self._theme(state).errors.response(NOT_CLEARED)

    def _theme(self, state: WalkState) -> Theme:
        return self._walk.theme(state.visit)

    def _not_started(self) -> Response:
        return not_started(self._errors)

    def _outdated(self, state: WalkState, question_id: str, form: QuestionForm) -> Response:
        """Show what was chosen on a page of a version that is gone, where it means the same."""
        if self._walk.asks_anew(state, question_id):
            given = shown(state.answers.get(question_id))
            return self._question_page(replace(state, notice=UPDATED), question_id, given, 400)
        form.validate()
        state = replace(state, notice=PRESS_AGAIN)
        return self._question_page(state, question_id, Given(form.typed), 400)

    def _question_page(
        self, state: WalkState, question_id: str, given: Given, status: int = 200
    ) -> Response:
        comes_from = self._comes_from(state, question_id)
        way = Way(
            question=question_id,
            carer=state.version.screening.engine.is_carer(state.answers),
            back=comes_from or _before(state, question_id),
            notice=state.notice,
            changing=comes_from is not None and question_id in state.answers,
            was_emergency=state.was_emergency,
        )
        return reply(self._theme(state).questions.html(way, given, state.token), status)

    def _comes_from(self, state: WalkState, question_id: str) -> str | None:
        """Return the page after the questions from which somebody came to this one, if they did.

        What the result asks is always answered from there.
        """
        if not state.is_decided:
            return None
        if question_id in state.version.protocol.result_asks:
            return "/result"
        return AFTER_THE_QUESTIONS.get(request.args.get("from", ""))

    def _send_to(self, theme: Theme, state: WalkState) -> str | None:
        """Return the clinic that these answers can be sent to, if they can."""
        intake = state.version.intake
        if theme.clinic is None or intake is None:
            return None
        can_be = intake.for_clinic.can_be_sent(state.answers)
        return theme.clinic.name if can_be else None

    def _tell_progress(self, state: WalkState, answers: Answers, response: Response) -> None:
        """Have the clinic know how far somebody got, as counts, once they have their next page."""
        intake, visit = state.version.intake, state.visit
        if intake is None or visit.clinic is None or visit.invitation is None:
            return
        clinic, invitation = ClinicId(visit.clinic), InvitationId(visit.invitation)
        response.call_on_close(lambda: intake.tell_progress(clinic, invitation, answers))


def _before(state: WalkState, question_id: str) -> str:
    """Return the page before this question: the one answered before it, or the start."""
    asked, answered = state.position.asked, state.position.answered
    earlier = [name for name in asked[: asked.index(question_id)] if name in answered]
    return f"/questions/{earlier[-1]}" if earlier else "/"


def _before_result(state: WalkState) -> str:
    """Return the page before the result: the check page, or the last question."""
    if state.href == "/check":
        return "/check"
    return f"/questions/{state.position.answered[-1]}"
