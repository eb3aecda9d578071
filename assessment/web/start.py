"""Starting: the first page of the site or of a clinic, and the press of its button."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from assessment.engine.answers import Answers
from assessment.records.model import Clinic
from assessment.web.beginning import chosen
from assessment.web.forms import belongs_to
from assessment.web.look import Look
from assessment.web.pages import CaseChoice, Link
from assessment.web.parts import Parts
from assessment.web.place import Place, Walk

TRY_AGAIN = {"Retry-After": "3600"}


class Starts:
    """Begins walks; answers are replaced only by a form that was made for them."""

    def __init__(self, parts: Parts, walk: Walk) -> None:
        self._walk = walk
        self._screening = parts.screening
        self._throttle = parts.starts
        self._own = parts.looks.own
        self._cases = tuple(CaseChoice(case.id, case.title) for case in parts.offered.cases)

    def page(self, look: Look, place: Place | None, status: int = 200) -> Response:
        """Show what this is, and the way back to answers given earlier."""
        page = look.start
        if self._cases and look is self._own:
            page = replace(page, cases=self._cases)
        if place is not None:
            page = replace(page, csrf=place.token, resume=way_back(place))
        return look.renderer.response("start.html", page, status)

    def begin(self, look: Look, clinic: Clinic | None = None) -> Response:
        """Start, or start again, with what the button says."""
        if (refusal := self._would_lose_answers(look)) is not None:
            return refusal
        if not self.may_start():
            return look.errors.response(429, TRY_AGAIN)
        return self._walk.started(chosen(self._screening, request.form), clinic)

    def begin_with(self, answers: Answers | None) -> Response:
        """Start with all of these answers; with none it is a form that we did not make."""
        if (refusal := self._would_lose_answers(self._own)) is not None:
            return refusal
        return self._own.errors.response(400) if answers is None else self._walk.started(answers)

    def may_start(self) -> bool:
        """Count one more start from the address at hand, and say whether it is within bounds."""
        return self._throttle.take(request.remote_addr or "")

    def _would_lose_answers(self, look: Look) -> Response | None:
        """Show the way back where a start would replace answers that its form knows nothing of."""
        place = self._walk.here()
        if place is not None and place.is_begun and is_stale(place):
            return self.page(look, place, 400)
        return None


def way_back(place: Place) -> Link | None:
    """Return the way back to answers given earlier, where there are any."""
    if place.is_sent:
        return Link("See what you sent", place.href)
    return Link("Carry on where you stopped", place.href) if place.is_begun else None


def is_stale(place: Place) -> bool:
    """Whether the form that was sent was made for another walk, or for none."""
    return not belongs_to(request.form, place.visit.token)
