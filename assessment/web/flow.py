"""The pages of one walk: start, one question a page, check, result, clear.

Position is computed from the answers for each request. Reading never writes: only a POST sets the
cookie.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Flask, request
from werkzeug.wrappers import Response

from assessment.engine.answers import Answers
from assessment.exports.pdf import result_pdf
from assessment.exports.typesetters import Busy
from assessment.records.ids import ClinicId, InvitationId
from assessment.web.error_pages import NO_PDF, NOT_CLEARED
from assessment.web.forms import QuestionForm
from assessment.web.look import Look
from assessment.web.parts import Parts
from assessment.web.place import CLOSED, UPDATED, Place, Walk, go_to, not_started
from assessment.web.question_view import Given, Way, shown
from assessment.web.render import reply
from assessment.web.start import Starts, is_stale

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

    def __init__(self, parts: Parts) -> None:
        self._looks = parts.looks
        self._errors = parts.errors
        self._walk = Walk(parts)
        self._starts = Starts(parts, self._walk)
        self._cases = {case.id: case.answers for case in parts.offered.cases}

    def register(self, app: Flask) -> None:
        """Give every page its route."""
        app.add_url_rule("/", "start", self.start, methods=["GET"])
        app.add_url_rule("/", "begin", self.begin, methods=["POST"])
        if self._cases:
            app.add_url_rule("/case", "walk_case", self.walk_case, methods=["POST"])
        one = "/questions/<question_id>"
        app.add_url_rule(one, "question", self.question, methods=["GET"])
        app.add_url_rule(one, "answer", self.answer, methods=["POST"])
        app.add_url_rule("/check", "check", self.check, methods=["GET"])
        app.add_url_rule("/result", "result", self.result, methods=["GET"])
        app.add_url_rule("/result.pdf", "result_pdf", self.result_pdf, methods=["GET"])
        app.add_url_rule("/clear", "clear", self.clear, methods=["POST"])

    def start(self) -> Response:
        """Show what this is, and the way back to answers given earlier."""
        return self._starts.page(self._looks.own, self._walk.here())

    def begin(self) -> Response:
        """Start, or start again."""
        return self._starts.begin(self._looks.own)

    def walk_case(self) -> Response:
        """Start with the answers of a case; like any start, never over answers by mistake."""
        return self._starts.begin_with(self._cases.get(request.form.get("case", "")))

    def question(self, question_id: str) -> Response:
        """Show one question, with its answer where it was answered before."""
        place = self._walk.here()
        if place is None:
            return self._not_started()
        if not place.reaches(question_id):
            return go_to(place.href)
        return self._question_page(place, question_id, shown(place.answers.get(question_id)))

    def answer(self, question_id: str) -> Response:
        """Take one answer and go on, or show what is wrong with it."""
        place = self._walk.of_form()
        if isinstance(place, Response):
            return place
        if not place.reaches(question_id):
            return go_to(place.href)
        form = place.version.forms[question_id](request.form)
        if self._walk.is_outdated(place):
            return self._outdated(place, question_id, form)
        if not form.validate():
            return self._question_page(place, question_id, Given(form.typed, form.error), 422)
        screening = place.version.screening
        answers = screening.answer(place.answers, question_id, form.answer.data)
        response = self._walk.answered(place, answers, self._comes_from(place, question_id))
        if place.visit.invitation is not None:
            self._tell_progress(place, answers, response)
        return response

    def check(self) -> Response:
        """Show every answer, when all are given."""
        place = self._walk.here()
        if place is None:
            return self._not_started()
        if not place.can_be_checked:
            return go_to(place.href)
        look = self._look(place)
        page = look.results.check(place.answers, place.position, place.token, place.notice)
        page = replace(page, send_to=self._send_to(look, place))
        return look.renderer.response("check.html", page)

    def result(self) -> Response:
        """Show the decision, when there is one."""
        place = self._walk.here()
        if place is None:
            return self._not_started()
        if not place.is_decided or place.is_sent:
            return go_to(place.href)
        look = self._look(place)
        outcome = look.results.outcome(place.answers, invited=place.is_invited)
        token, send_to = place.token, self._send_to(look, place)
        behind = BEHIND in request.args and not outcome.is_emergency
        if outcome.alone is not None and not behind:
            closed = CLOSED in request.args
            crisis = look.results.crisis(outcome, outcome.alone, token, closed=closed)
            return look.renderer.response("crisis.html", crisis)
        if outcome.is_emergency:
            emergency = look.results.emergency(outcome, token)
            return look.renderer.response("emergency.html", replace(emergency, send_to=send_to))
        page = look.results.result(outcome, token)
        page = replace(page, send_to=send_to, back=_before_result(place))
        return look.renderer.response("result.html", page)

    def result_pdf(self) -> Response:
        """Give the decision as a file to keep."""
        place = self._walk.here()
        if place is None:
            return self._not_started()
        if not place.is_decided:
            return go_to(place.href)
        look = self._look(place)
        outcome = look.results.outcome(place.answers, invited=place.is_invited)
        try:
            made = result_pdf(look.results.copy(outcome))
        except Busy:
            return look.errors.response(NO_PDF, {"Retry-After": RETRY_SECONDS})
        response = Response(made, mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{PDF_NAME}"'
        return response

    def clear(self) -> Response:
        """Forget every answer, on the person's device too."""
        place = self._walk.here()
        if place is None or not is_stale(place):
            home = self._looks.own if place is None else self._look(place)
            return self._walk.forgotten(go_to(home.site.home))
        return self._look(place).errors.response(NOT_CLEARED)

    def _look(self, place: Place) -> Look:
        return self._walk.look(place.visit)

    def _not_started(self) -> Response:
        return not_started(self._errors)

    def _outdated(self, place: Place, question_id: str, form: QuestionForm) -> Response:
        """Show what was chosen on a page of a version that is gone, where it means the same."""
        if self._walk.asks_anew(place, question_id):
            given = shown(place.answers.get(question_id))
            return self._question_page(replace(place, notice=UPDATED), question_id, given, 400)
        form.validate()
        place = replace(place, notice=PRESS_AGAIN)
        return self._question_page(place, question_id, Given(form.typed), 400)

    def _question_page(
        self, place: Place, question_id: str, given: Given, status: int = 200
    ) -> Response:
        comes_from = self._comes_from(place, question_id)
        way = Way(
            question=question_id,
            carer=place.version.screening.engine.is_carer(place.answers),
            back=comes_from or _before(place, question_id),
            notice=place.notice,
            changing=comes_from is not None and question_id in place.answers,
        )
        return reply(self._look(place).questions.html(way, given, place.token), status)

    def _comes_from(self, place: Place, question_id: str) -> str | None:
        """Return the page after the questions from which somebody came to this one, if they did.

        What the result asks is always answered from there.
        """
        if not place.is_decided:
            return None
        if question_id in place.version.protocol.result_asks:
            return "/result"
        return AFTER_THE_QUESTIONS.get(request.args.get("from", ""))

    def _send_to(self, look: Look, place: Place) -> str | None:
        """Return the clinic that these answers can be sent to, if they can."""
        intake = place.version.intake
        if look.clinic is None or intake is None:
            return None
        can_be = intake.for_clinic.can_be_sent(place.answers)
        return look.clinic.name if can_be else None

    def _tell_progress(self, place: Place, answers: Answers, response: Response) -> None:
        """Have the clinic know how far somebody got, as counts, once they have their next page."""
        intake, visit = place.version.intake, place.visit
        if intake is None or visit.clinic is None or visit.invitation is None:
            return
        clinic, invitation = ClinicId(visit.clinic), InvitationId(visit.invitation)
        response.call_on_close(lambda: intake.tell_progress(clinic, invitation, answers))


def _before(place: Place, question_id: str) -> str:
    """Return the page before this question: the one answered before it, or the start."""
    asked, answered = place.position.asked, place.position.answered
    earlier = [name for name in asked[: asked.index(question_id)] if name in answered]
    return f"/questions/{earlier[-1]}" if earlier else "/"


def _before_result(place: Place) -> str:
    """Return the page before the result: the check page, or the last question."""
    if place.href == "/check":
        return "/check"
    return f"/questions/{place.position.answered[-1]}"
