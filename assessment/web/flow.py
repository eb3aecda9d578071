"""The pages of one walk: start, one question a page, check, result, clear.

Position is computed from the answers for each request. Reading never writes: only a POST sets the
cookie.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Flask, request
from werkzeug.wrappers import Response

from assessment.exports.pdf import result_pdf
from assessment.web.errors import EXPIRED, NOT_CLEARED
from assessment.web.forms import QuestionForm, TokenForm, question_forms
from assessment.web.pages import CaseChoice, StartPage
from assessment.web.parts import Parts
from assessment.web.place import Place, Walk, go_to
from assessment.web.question_view import Given, QuestionPages, Way, progress, shown
from assessment.web.render import reply
from assessment.web.result_view import ResultView, lines
from assessment.web.throttle import Throttle

PRESS_AGAIN = "This page was out of date. Your choice is still here: please press Continue again."
CLEAR_AGAIN = "This page was out of date. To clear your answers, press the button below again."
PDF_NAME = "self-assessment.pdf"


class Flow:
    """The pages of one walk."""

    def __init__(self, parts: Parts) -> None:
        self._screening = parts.screening
        self._errors = parts.errors
        self._page = parts.renderer.response
        self._walk = Walk(parts)
        self._results = ResultView(parts.screening, parts.settings, parts.site)
        self._questions = QuestionPages(parts.screening.protocol, parts.renderer)
        self._forms = question_forms(parts.screening.protocol)
        self._throttle = Throttle(parts.settings.starts_per_hour)
        self._start = _start_page(parts)
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
        return self._start_page(self._walk.here())

    def begin(self) -> Response:
        """Start, or start again; answers are replaced only by a form that was made for them."""
        if (refusal := self._would_lose_answers()) is not None:
            return refusal
        if not self._throttle.may_start(request.remote_addr or ""):
            return self._errors.response(429, {"Retry-After": "3600"})
        first = self._screening.protocol.questions[0]
        return self._walk.started(go_to(f"/questions/{first.id}"))

    def walk_case(self) -> Response:
        """Start with the answers of a case; like any start, never over answers by mistake."""
        if (refusal := self._would_lose_answers()) is not None:
            return refusal
        answers = self._cases.get(request.form.get("case", ""))
        return self._errors.response(400) if answers is None else self._walk.given(answers)

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
        place = self._walk.here()
        if place is None:
            return self._errors.response(EXPIRED)
        if not place.reaches(question_id):
            return go_to(place.href)
        form = self._forms[question_id](request.form, meta={"csrf_context": place.visit.token})
        if not form.validate():
            return self._again(place, question_id, form)
        answers = self._screening.answer(place.answers, question_id, form.answer.data)
        return self._walk.answered(place, answers)

    def check(self) -> Response:
        """Show every answer, when all are given."""
        place = self._walk.here()
        if place is None:
            return self._not_started()
        if place.href != "/check":
            return go_to(place.href)
        return self._check_page(place, place.notice)

    def result(self) -> Response:
        """Show the decision, when there is one."""
        place = self._walk.here()
        if place is None:
            return self._not_started()
        if not place.is_decided:
            return go_to(place.href)
        outcome = self._results.outcome(place.answers)
        if outcome.is_emergency:
            page = self._results.emergency(outcome, place.visit.token)
            return self._page("emergency.html", page)
        return self._page("result.html", self._results.result(outcome, place.visit.token))

    def result_pdf(self) -> Response:
        """Give the decision as a file to keep."""
        place = self._walk.here()
        if place is None:
            return self._not_started()
        if not place.is_decided:
            return go_to(place.href)
        copy = self._results.copy(self._results.outcome(place.answers))
        response = Response(result_pdf(copy), mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{PDF_NAME}"'
        return response

    def clear(self) -> Response:
        """Forget every answer, on the person's device too."""
        place = self._walk.here()
        if place is None or not _is_stale(place):
            return self._walk.forgotten(go_to("/"))
        if place.href == "/check":
            return self._check_page(place, CLEAR_AGAIN, 400)
        return self._errors.response(NOT_CLEARED)

    def _would_lose_answers(self) -> Response | None:
        """Show the way back where a start would replace answers that its form knows nothing of."""
        place = self._walk.here()
        if place is not None and place.answers and _is_stale(place):
            return self._start_page(place, 400)
        return None

    def _start_page(self, place: Place | None, status: int = 200) -> Response:
        page = self._start
        if place is not None:
            resume = place.href if place.answers else None
            page = replace(page, csrf=place.visit.token, resume=resume)
        return self._page("start.html", page, status)

    def _not_started(self) -> Response:
        """Send them to the start.

        Who comes from a page of ours had a cookie, or should have: it has expired, or their
        browser keeps none. They are told so.
        """
        if request.headers.get("Sec-Fetch-Site") == "same-origin":
            return self._errors.response(EXPIRED)
        return go_to("/")

    def _again(self, place: Place, question_id: str, form: QuestionForm) -> Response:
        """Show the question with what was sent: wrong, or sent from a page that is out of date."""
        if form.is_stale:
            place = replace(place, notice=PRESS_AGAIN)
            return self._question_page(place, question_id, Given(form.typed), 400)
        return self._question_page(place, question_id, Given(form.typed, form.error), 422)

    def _question_page(
        self, place: Place, question_id: str, given: Given, status: int = 200
    ) -> Response:
        from_check = place.is_decided and request.args.get("from") == "check"
        way = Way(
            question=question_id,
            carer=self._screening.engine.is_carer(place.answers),
            progress=progress(place.position.at_most_left, answered=question_id in place.answers),
            back="/check" if from_check else _before(place, question_id),
            notice=place.notice,
            from_check=from_check,
        )
        return reply(self._questions.html(way, given, place.visit.token), status)

    def _check_page(self, place: Place, notice: str | None, status: int = 200) -> Response:
        page = self._results.check(place.answers, place.position, place.visit.token, notice)
        return self._page("check.html", page, status)


def _is_stale(place: Place) -> bool:
    """Whether the form that was sent was made for another visit, or for none."""
    return not TokenForm(request.form, meta={"csrf_context": place.visit.token}).validate()


def _before(place: Place, question_id: str) -> str:
    """Return the page before this question: the one asked before it, or the start."""
    asked = place.position.asked
    index = asked.index(question_id)
    return f"/questions/{asked[index - 1]}" if index else "/"


def _start_page(parts: Parts) -> StartPage:
    screening = parts.screening
    protocol = screening.protocol
    most = screening.position({}).at_most_left
    purpose = protocol.texts.get("start_purpose", protocol.intended_purpose)
    return StartPage(
        title=protocol.title.text,
        purpose=purpose.text,
        disclaimer=lines(protocol.texts["disclaimer"]),
        minutes=f"About {screening.minutes()} minutes",
        questions=f"at most {most} questions",
        kept_minutes=parts.settings.keep_minutes,
        csrf="",
        resume=None,
        cases=tuple(CaseChoice(case.id, case.title) for case in parts.offered.cases),
    )
