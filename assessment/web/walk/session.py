"""Reads where the person of a request is from the cookie that they bring, and writes it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import abort, request
from werkzeug.http import dump_cookie
from werkzeug.wrappers import Response

from assessment.engine.answers import Answer, Answers
from assessment.records.model import Clinic
from assessment.web.html.error_pages import AHEAD, EXPIRED, OTHER_WALK
from assessment.web.html.errors import Errors
from assessment.web.html.render import go_to
from assessment.web.walk.confirmed import still_confirmed
from assessment.web.walk.cookie import Undone, Visit
from assessment.web.walk.forms import TOKEN, belongs_to, made_under
from assessment.web.walk.services import Services
from assessment.web.walk.state import WalkState, state_of
from assessment.web.walk.theme import Theme
from assessment.web.walk.versions import Version

AT_ONCE = {"Retry-After": "5"}
CLOSED = "closed"
"""In an address: tells the page that somebody closed their invitation just now."""


class Walk:
    """Reads where a person is from their cookie, and writes it there."""

    def __init__(self, services: Services) -> None:
        self._versions = services.versions
        self._seal = services.seal
        self._room = services.waiting_room
        # Safari and curl send no `Secure` cookie over plain http, which local mode is.
        self._secure = not services.settings.local

    def here(self, *, ahead: bool = False) -> WalkState | None:
        """Return where the person of this request is; None when they have not started.

        Answers that were changed on the way, or have expired, count as none. Whoever answered a
        version that is unknown here gets the page that says so instead of the one they asked for,
        except from who can do with a state that is `ahead`. What was sent stays confirmed.
        """
        visit = self.visit()
        if visit is None:
            return None
        version = self._versions.of(visit.version)
        if version is not None:
            return state_of(visit, version.screening.reopen(visit.answers), version)
        if not self._versions.knows(visit.version):
            if not ahead and visit.sent_at is None:
                abort(self.theme(visit).errors.response(AHEAD, AT_ONCE))
            return replace(state_of(visit, {}, self._versions.served), ahead=True)
        answers = self._versions.carried(visit.version, visit.answers)
        if self._versions.was_emergency(visit.version, visit.answers):
            visit = replace(visit, was_emergency=Undone.UPDATED)
        return state_of(visit, answers, self._versions.successor(visit.version))

    def of_form(self) -> WalkState | Response:
        """Return where the person is who sent the form at hand; or the page that says why not.

        A form is taken for the walk that it was made for, and for no other: two people may use
        one browser, one after the other. Of a form of another walk nothing is read.
        """
        state = self.here()
        if state is None:
            return self.errors().response(EXPIRED)
        refused = self.refused_form(state)
        return state if refused is None else refused

    def refused_form(self, state: WalkState) -> Response | None:
        """Return the page that says why the form at hand is not of this walk; None if it is."""
        if belongs_to(request.form, state.visit.token):
            return None
        return self.errors().response(OTHER_WALK if request.form.get(TOKEN) else 400)

    def is_outdated(self, state: WalkState) -> bool:
        """Whether the form at hand was made under a version that is gone meanwhile."""
        return made_under(request.form) != state.version.name

    def visit(self) -> Visit | None:
        """Return what the cookie of this request holds.

        A walk of a waiting room counts there only, and only while somebody is at it.
        """
        visit = self._seal.open(request.cookies.get(self._seal.name))
        if visit is None:
            return None
        device = self._room.device()
        if visit.waiting:
            return visit if device is not None and device.is_in_use else None
        return visit if device is None else None

    def left_a_tablet(self) -> bool:
        """Whether a walk of a waiting room is still in this browser, which is no tablet of one now.

        Whoever is there now may be somebody else.
        """
        visit = self._seal.open(request.cookies.get(self._seal.name))
        return visit is not None and visit.waiting and self._room.device() is None

    def errors(self) -> Errors:
        """Return the error pages in the theme that this person sees."""
        return self.theme(self.visit()).errors

    def errors_at_hand(self) -> Errors:
        """Return them for when we have failed: the clinic's numbers, without the database."""
        visit = self.visit()
        if visit is None:
            return self._versions.served.themes.own.errors
        version = self._versions.of(visit.version) or self._versions.served
        themes = version.themes
        return themes.at_hand(visit.clinic, visit.numbers, waiting=visit.waiting).errors

    def theme(self, visit: Visit | None) -> Theme:
        """Return the theme in which somebody sees a page; it keeps nobody waiting."""
        if visit is None:
            return self._versions.served.themes.own
        version = self._versions.of(visit.version) or self._versions.served
        return version.themes.of(visit.clinic, visit.numbers, waiting=visit.waiting)

    def started(
        self,
        answers: Answers,
        clinic: Clinic | None = None,
        invitation: str | None = None,
        first: str | None = None,
        *,
        waiting: bool = False,
        version: Version | None = None,
    ) -> Response:
        """Begin a walk with these answers, if there are any, and go on from there.

        `first` is the address of a page that comes before the questions. `waiting`: it begins on
        the tablet of a waiting room. `version` is what is asked where that is not what is served.
        """
        at = (None, None) if clinic is None else (clinic.id, clinic.emergency_numbers)
        version = version or self._versions.served
        visit = Visit.new(version.name, at[0], invitation, at[1])
        visit = replace(visit, answers=version.screening.store(answers), waiting=waiting)
        return self._keep(go_to(first or state_of(visit, dict(answers), version).href), visit)

    def answered(
        self, state: WalkState, answers: dict[str, Answer], back_to: str | None = None
    ) -> Response:
        """Return the response that keeps these answers and goes on from there.

        `back_to` is the page that somebody came from to change one answer: they go back to it
        unless that brought new questions, or an emergency.
        """
        stored = state.version.screening.store(answers)
        name = state.version.name
        visit = replace(
            state.visit,
            version=name,
            answers=stored,
            updated=state.moves_on,
            confirmed=still_confirmed(state.visit, state.answers, answers),
        )
        now = state_of(visit, answers, state.version)
        screening = state.version.screening
        if screening.seen_emergency(state.answers) and not screening.seen_emergency(answers):
            visit = replace(visit, was_emergency=Undone.CHANGED)
            now = replace(now, visit=visit)
        before = set(state.position.asked)
        if any(name in state.answers and name not in before for name in now.position.asked):
            visit = replace(visit, found_again=True)
            now = replace(now, visit=visit)
        href = back_to if back_to is not None and now.can_be_checked else now.href
        return self._keep(go_to(href), visit)

    def known(self, state: WalkState, href: str) -> Response:
        """Note that the code was right which opens what was told before."""
        return self._keep(go_to(href), replace(state.visit, known=True))

    def confirmed(self, state: WalkState, answers: Answers, told: Mapping[str, int]) -> Response:
        """Keep answers of an earlier visit that still hold, with when they were first told.

        What was told before is not shown again.
        """
        stored = state.version.screening.store({**answers, **state.answers})
        visit = replace(state.visit, answers=stored, confirmed=told, known=False)
        return self._keep(go_to(state.href), visit)

    def moved(self, state: WalkState, clinic: Clinic, invitation: str) -> Response:
        """Go on where somebody stopped, now for this invitation."""
        numbers = clinic.emergency_numbers
        visit = replace(
            state.visit, clinic=clinic.id, invitation=invitation, numbers=numbers, known=False
        )
        return self._keep(go_to(state.href), visit)

    def closed(self, state: WalkState, response: Response) -> Response:
        """Go on without the invitation that somebody closed."""
        return self._keep(response, replace(state.visit, invitation=None))

    def moved_on(self, state: WalkState) -> Response:
        """Keep what still holds of answers to a version that is gone, and go where it leads."""
        answers = state.version.screening.store(state.answers)
        name = state.version.name
        visit = replace(state.visit, version=name, answers=answers, updated=True)
        return self._keep(go_to(state.href), visit)

    def asks_anew(self, state: WalkState, question_id: str) -> bool:
        """Whether what the form at hand says may have been chosen for other words."""
        before = made_under(request.form)
        return not self._versions.still_asks(before, question_id, state.version)

    def sent(self, state: WalkState, when: int) -> Response:
        """Note that the answers were sent at that time (Unix seconds), and say so."""
        return self._keep(go_to("/sent"), replace(state.visit, sent_at=when))

    def forgotten(self, response: Response) -> Response:
        """Remove the cookie, and whatever the browser kept of our pages."""
        response.headers["Clear-Site-Data"] = '"cache"'
        return self._set_cookie(response, "", 0)

    def _keep(self, response: Response, visit: Visit) -> Response:
        return self._set_cookie(response, self._seal.close(visit), self._seal.lifetime_of(visit))

    def _set_cookie(self, response: Response, value: str, lifetime: int) -> Response:
        # How long it is kept is said once: as a date, too, it would cost more than to seal it.
        cookie = dump_cookie(
            self._seal.name,
            value,
            max_age=lifetime,
            secure=self._secure,
            httponly=True,
            sync_expires=False,
            samesite="Lax",
        )
        response.headers.add("Set-Cookie", cookie)
        return response


def not_started(errors: Errors) -> Response:
    """Answer somebody without a walk, on a page that needs one.

    Who comes from a page of ours had a cookie, or should have: it has expired, or their browser
    keeps none. They are told so, and so is whoever has a browser that does not say where it comes
    from. Others come from a bookmark or another site, and are sent to the start.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        return errors.response(EXPIRED)
    return go_to("/")
