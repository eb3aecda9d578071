"""What is shown after sending, and taking the agreement back."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint
from werkzeug.wrappers import Response

from assessment.practice.intake.intake import URGENT
from assessment.practice.intake.links import Links
from assessment.records.ids import ClinicId
from assessment.web.html.error_pages import AWAY, NOTHING_TO_WITHDRAW, WITHDRAWN
from assessment.web.html.render import go_to
from assessment.web.intake.send_pages import SentCrisisPage, SentEmergencyPage, SentPage
from assessment.web.walk.result_pages import CrisisPage, ResultPage
from assessment.web.walk.result_view import Outcome
from assessment.web.walk.services import Services
from assessment.web.walk.session import AT_ONCE, Walk, not_started
from assessment.web.walk.state import WalkState
from assessment.web.walk.theme import Theme


class AfterSending:
    """The pages of a walk whose answers were sent."""

    def __init__(self, services: Services, links: Links) -> None:
        self._errors = services.errors
        self._links = links
        self._walk = Walk(services)

    def register(self, blueprint: Blueprint) -> None:
        """Give every page its route."""
        blueprint.add_url_rule("/sent", "sent", self.sent, methods=["GET"])
        blueprint.add_url_rule("/withdraw", "withdraw", self.withdraw, methods=["POST"])

    def sent(self) -> Response:
        """Confirm, and show the result again; of an emergency the number comes first.

        A tablet in a waiting room shows this once, and has forgotten everything by then. Where the
        result is unknown it might have been an emergency, so the numbers are there, too.
        """
        state = self._walk.here()
        if state is None:
            return not_started(self._errors)
        when = state.visit.sent_at
        if when is None:
            return go_to(state.href)
        theme = self._walk.theme(state.visit)
        told = SentPage(
            "Your answers were sent",
            theme.site.name,
            theme.site.calendar.time_there(when),
            None,
            state.token,
        )
        if state.ahead:
            return _later(theme, told)
        outcome = outcome_of(theme, state) if state.shows_result else None
        if not state.visit.waiting:
            return _sent(theme, told, outcome)
        if outcome is not None and not needs_help_soon(outcome):
            return self._walk.forgotten(theme.renderer.response("waiting_sent.html", told))
        return self._walk.forgotten(_sent(theme, told, outcome))

    def withdraw(self) -> Response:
        """Take back the consent under which a walk was sent."""
        state = self._walk.of_form()
        if isinstance(state, Response):
            return state
        if not state.is_sent or state.visit.clinic is None:
            return go_to(state.href)
        is_there = self._links.withdraw_visit(ClinicId(state.visit.clinic), state.visit.token)
        what = WITHDRAWN if is_there else NOTHING_TO_WITHDRAW
        return self._walk.theme(state.visit).errors.response(what)


def outcome_of(theme: Theme, state: WalkState) -> Outcome:
    """Return the decision on somebody's answers."""
    return theme.results.outcome(state.answers, invited=state.is_invited)


def _later(theme: Theme, told: SentPage) -> Response:
    """Return what was `told`, to be asked for again where the version that was answered is known.

    Its status has a proxy ask another server, which may know it.
    """
    page = replace(told, again=True)
    response = theme.renderer.response("sent.html", page, AWAY)
    response.headers.update(AT_ONCE)
    return response


def _sent(theme: Theme, told: SentPage, outcome: Outcome | None) -> Response:
    """Return what was `told` with the outcome below it; of an emergency, with it on top."""
    csrf, render = told.csrf, theme.renderer.response
    crisis = None if outcome is None else crisis_of(theme, outcome, csrf)
    if crisis is not None:
        alone = SentCrisisPage(told.title, told.clinic, told.when, crisis, csrf)
        return render("sent_crisis.html", alone)
    if outcome is not None and outcome.is_emergency:
        emergency = theme.results.emergency(outcome, csrf)
        page = SentEmergencyPage(told.title, told.clinic, told.when, emergency, csrf)
        return render("sent_emergency.html", page)
    result = None if outcome is None else as_sent(theme.results.result(outcome, csrf))
    return render("sent.html", replace(told, result=result))


def needs_help_soon(outcome: Outcome) -> bool:
    """Whether nothing may come between somebody and help: no hurry of others, and no detail."""
    return outcome.alone is not None or outcome.decision.recommend.urgency >= URGENT


def crisis_of(theme: Theme, outcome: Outcome, csrf: str) -> CrisisPage | None:
    """Return people to talk to now, where they take the place of an emergency."""
    if outcome.alone is None or not outcome.is_emergency:
        return None
    return theme.results.crisis(outcome, outcome.alone, csrf, closed=False)


def as_sent(page: ResultPage) -> ResultPage:
    """Return a result whose answers cannot be changed any more."""
    return replace(page, offered=(), sections=())
