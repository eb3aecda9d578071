"""A client who comes back: a code by mail first, then what they told before and may confirm.

No address here holds anything of theirs, and whoever has no invitation finds none of these pages.
"""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from assessment.practice.returning import CodeSent, Returning, Told, mark_of
from assessment.records.ids import ClinicId, InvitationId
from assessment.web.html.render import go_to
from assessment.web.intake.returning_pages import CodePage, ToldGroup, ToldPage
from assessment.web.server.logs import Rejection, reject
from assessment.web.server.throttle import Throttle
from assessment.web.walk.services import Services
from assessment.web.walk.session import Walk, not_started
from assessment.web.walk.start import TRY_AGAIN
from assessment.web.walk.state import WalkState

HOME = "/back"
TOLD = "/back/told"
SEND = "/send"
TITLE, AFTER_TITLE = "Been here before?", "What you named before"
STILL_RIGHT, CHANGE = "right", "change"
MEANWHILE = "What you told us has changed since you opened this page. Read each line again."
NOTICES = {
    CodeSent.FAILED: "We couldn't send a code just now. You can answer all the questions instead.",
    CodeSent.ENOUGH: "We can't send another code. Please answer all the questions instead.",
}


class ComingBack:
    """The pages between the start of an invited walk and its first question."""

    def __init__(self, services: Services, returning: Returning) -> None:
        self._errors = services.errors
        self._returning = returning
        self._throttle = Throttle("codes", services.settings.starts_per_hour, services.counts)
        self._walk = Walk(services)

    def register(self, blueprint: Blueprint) -> None:
        """Give every page its route."""
        blueprint.add_url_rule(HOME, "back", self.show, methods=["GET"])
        blueprint.add_url_rule(HOME, "back_code", self.code, methods=["POST"])
        blueprint.add_url_rule(TOLD, "back_told", self.told, methods=["GET"])
        blueprint.add_url_rule(TOLD, "back_confirm", self.confirm, methods=["POST"])

    def show(self) -> Response:
        """Offer a code, or take the one that was sent."""
        state = self._walk.here()
        if state is None:
            return not_started(self._errors)
        of = _of(state)
        if of is None or not self._offers(state, of):
            return go_to(state.href)
        return go_to(_then(state)) if state.visit.known else self._page(state, of)

    def code(self) -> Response:
        """Send a code, or try the one that was typed."""
        state = self._walk.of_form()
        if isinstance(state, Response):
            return state
        of = _of(state)
        if of is None or not self._offers(state, of):
            return go_to(state.href)
        if not self._throttle.take(request.remote_addr or ""):
            reject(Rejection.LINKS)
            return self._walk.errors().response(429, TRY_AGAIN)
        if "send" in request.form:
            sent = self._returning.send_code(*of)
            return go_to(HOME) if sent is CodeSent.SENT else self._page(state, of, NOTICES[sent])
        if self._returning.is_right(*of, request.form.get("code", "")[:20]):
            return self._walk.known(state, _then(state))
        reject(Rejection.CODE)
        return self._page(state, of, wrong=True)

    def told(self) -> Response:
        """Show what lasts of what they told before, once their code was right."""
        state = self._walk.here()
        if state is None:
            return not_started(self._errors)
        found = self._known(state)
        return self._told_page(state, found, frozenset()) if found else go_to(state.href)

    def confirm(self) -> Response:
        """Take for each answer whether it is still right; what changed is asked."""
        state = self._walk.of_form()
        if isinstance(state, Response):
            return state
        found = self._known(state)
        if found and request.form.get("shown") != mark_of(found):
            return self._told_page(state, found, frozenset(), 409)
        chosen = {one.question: request.form.get(one.question) for one in found}
        unchosen = {name for name, way in chosen.items() if way not in (STILL_RIGHT, CHANGE)}
        if unchosen:
            return self._told_page(state, found, frozenset(unchosen), 422)
        right = [one for one in found if chosen[one.question] == STILL_RIGHT]
        return self._walk.confirmed(
            state,
            {one.question: one.answer for one in right},
            {one.question: one.first_told for one in right},
        )

    def _offers(self, state: WalkState, of: tuple[ClinicId, InvitationId]) -> bool:
        """Whether somebody is offered a code here."""
        if state.is_after_visit:
            return self._returning.can_prove(*of)
        return self._returning.offers(*of, state.version.protocol)

    def _known(self, state: WalkState) -> tuple[Told, ...]:
        """Return what may be shown: nothing before the code was right, or once they answered."""
        of = _of(state)
        if of is None or not state.visit.known:
            return ()
        return self._returning.told(*of, state.version.protocol)

    def _page(
        self,
        state: WalkState,
        of: tuple[ClinicId, InvitationId],
        notice: str | None = None,
        *,
        wrong: bool = False,
    ) -> Response:
        page = CodePage(
            title=AFTER_TITLE if state.is_after_visit else TITLE,
            waits=self._returning.code_waits(*of),
            wrong=wrong,
            notice=notice,
            onward=SEND if state.is_after_visit else state.href,
            csrf=state.token,
            after=state.is_after_visit,
        )
        status = 422 if wrong else 200
        return self._walk.theme(state.visit).renderer.response("back_code.html", page, status)

    def _told_page(
        self, state: WalkState, found: tuple[Told, ...], unchosen: frozenset[str], status: int = 200
    ) -> Response:
        theme = self._walk.theme(state.visit)
        groups = tuple(
            ToldGroup(one, theme.site.calendar.day(one.first_told), one.question in unchosen)
            for one in found
        )
        page = ToldPage(
            title="Anything changed?",
            notice=MEANWHILE if status == 409 else None,
            groups=groups,
            shown=mark_of(found),
            onward=state.href,
            csrf=state.token,
        )
        return theme.renderer.response("back_told.html", page, status)


def _of(state: WalkState) -> tuple[ClinicId, InvitationId] | None:
    """Return whose walk this is, where somebody was invited and has answered nothing yet.

    After a visit the signs come first: there it is once those are answered.
    """
    visit = state.visit
    if visit.clinic is None or visit.invitation is None or state.is_sent:
        return None
    if not state.is_decided if state.is_after_visit else state.is_begun:
        return None
    return ClinicId(visit.clinic), InvitationId(visit.invitation)


def _then(state: WalkState) -> str:
    """Return the page that shows what a code opens."""
    return SEND if state.is_after_visit else TOLD
