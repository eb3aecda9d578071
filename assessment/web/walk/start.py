"""Starting: the first page of the site or of a clinic, and the press of its button."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from assessment.engine.answers import Answers
from assessment.records.model import Clinic
from assessment.web.html.pages import Link
from assessment.web.walk.forms import belongs_to
from assessment.web.walk.pages import CaseChoice
from assessment.web.walk.services import Services
from assessment.web.walk.session import Walk
from assessment.web.walk.start_buttons import chosen
from assessment.web.walk.state import WalkState
from assessment.web.walk.theme import Theme

TRY_AGAIN = {"Retry-After": "3600"}


class Starts:
    """Begins walks; answers are replaced only by a form that was made for them."""

    def __init__(self, services: Services, walk: Walk) -> None:
        self._walk = walk
        self._screening = services.screening
        self._throttle = services.starts
        self._own = services.themes.own
        self._cases = tuple(CaseChoice(case.id, case.title) for case in services.offered.cases)

    def page(self, theme: Theme, state: WalkState | None, status: int = 200) -> Response:
        """Show what this is, and the way back to answers given earlier."""
        page = theme.start
        if self._cases and theme is self._own:
            page = replace(page, cases=self._cases)
        if state is not None:
            page = replace(page, csrf=state.token, resume=way_back(state))
        return theme.renderer.response("start.html", page, status)

    def begin(self, theme: Theme, clinic: Clinic | None = None) -> Response:
        """Start, or start again, with what the button says."""
        if (refusal := self._would_lose_answers(theme)) is not None:
            return refusal
        if not self.may_start():
            return theme.errors.response(429, TRY_AGAIN)
        return self._walk.started(chosen(self._screening, request.form), clinic)

    def begin_with(self, answers: Answers | None) -> Response:
        """Start with all of these answers; with none it is a form that we did not make."""
        if (refusal := self._would_lose_answers(self._own)) is not None:
            return refusal
        return self._own.errors.response(400) if answers is None else self._walk.started(answers)

    def may_start(self) -> bool:
        """Count one more start from the address at hand, and say whether it is within bounds."""
        return self._throttle.take(request.remote_addr or "")

    def _would_lose_answers(self, theme: Theme) -> Response | None:
        """Show the way back where a start would replace answers that its form knows nothing of."""
        state = self._walk.here(ahead=True)
        if state is not None and state.is_begun and is_stale(state):
            return self.page(theme, state, 400)
        return None


def way_back(state: WalkState) -> Link | None:
    """Return the way back to answers given earlier, where there are any."""
    if state.is_sent:
        return Link("See what you sent", state.href)
    return Link("Carry on where you stopped", state.href) if state.is_begun else None


def is_stale(state: WalkState) -> bool:
    """Whether the form that was sent was made for another walk, or for none."""
    return not belongs_to(request.form, state.visit.token)
