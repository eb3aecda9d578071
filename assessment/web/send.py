"""Sending answers to a clinic, and what is shown after it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from flask import Flask, request
from werkzeug.wrappers import Response

from assessment.exports.dates import day_and_time
from assessment.practice.consent import Asked, asked_by
from assessment.practice.intake import Intake
from assessment.practice.parcel import NotTaken, Parcel, Refusal
from assessment.records.database import Unavailable
from assessment.records.ids import InvitationId
from assessment.records.model import Clinic
from assessment.web.errors import ALREADY_SENT, EXPIRED, LINK_GONE
from assessment.web.look import Look
from assessment.web.parts import Parts
from assessment.web.place import Place, Walk, go_to
from assessment.web.result_pages import ResultPage
from assessment.web.result_view import Outcome
from assessment.web.send_form import SendForm
from assessment.web.send_pages import SendPage, SentEmergencyPage, SentOtherwisePage, SentPage
from assessment.web.start import TRY_AGAIN
from assessment.web.tappable import pieces
from assessment.web.throttle import Throttle
from assessment.web.voice import ANYBODY

PRESS_AGAIN = "This page was out of date. What you typed is still here: please press Send again."
AWAY = (
    "We couldn't reach {clinic} just now, and we don't know if it was sent. Nothing you typed "
    "is lost: press Send again in a minute. Sending the same twice does no harm."
)
TOO_MANY = (
    "A lot of answers came from your network in the last hour, so we have not sent these. Nothing "
    "you typed is lost: press Send again in an hour, or call {clinic}{phone}."
)
SECONDS_TO_WAIT = "30"
PAGE_OF = {Refusal.ALREADY_SENT: ALREADY_SENT, Refusal.LINK_GONE: LINK_GONE}


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who may send their answers, and to whom."""

    place: Place
    look: Look
    clinic: Clinic
    asked: Asked
    carer: bool


class Sending:
    """The last step of a walk that belongs to a clinic."""

    def __init__(self, parts: Parts, intake: Intake) -> None:
        self._screening = parts.screening
        self._looks = parts.looks
        self._throttle = Throttle(parts.settings.sends_per_hour)
        self._errors = parts.errors
        self._clock = parts.clock
        self._walk = Walk(parts)
        self._intake = intake
        crisis = ANYBODY.lines(parts.screening.protocol.texts.get("crisis"))
        self._crisis = tuple(pieces(line) for line in crisis)

    def register(self, app: Flask) -> None:
        """Give every page its route."""
        app.add_url_rule("/send", "ask_to_send", self.ask, methods=["GET"])
        app.add_url_rule("/send", "send", self.send, methods=["POST"])
        app.add_url_rule("/sent", "sent", self.sent, methods=["GET"])

    def ask(self) -> Response:
        """Show who would get what, and the form."""
        sender = self._sender()
        if isinstance(sender, Response):
            return sender
        return self._page(sender, SendForm(None, sender.asked.mark, self._today(), ""))

    def send(self) -> Response:
        """Send, or show what is missing."""
        sender = self._sender()
        if isinstance(sender, Response):
            return sender
        token = sender.place.visit.token
        form = SendForm(request.form, sender.asked.mark, self._today(), token)
        if not form.validate():
            notice, status = (PRESS_AGAIN, 400) if form.is_stale else (None, 422)
            return self._page(sender, form, notice, status)
        if self._is_held_up(sender):
            phone = f" on {sender.clinic.phone}" if sender.clinic.phone else ""
            notice = TOO_MANY.format(clinic=sender.clinic.name, phone=phone)
            return _later(self._page(sender, form, notice, 429), TRY_AGAIN["Retry-After"])
        try:
            receipt = self._intake.send(_parcel(sender, form))
        except NotTaken as refused:
            return self._refused(sender, refused)
        except Unavailable:
            notice = AWAY.format(clinic=sender.clinic.name)
            return _later(self._page(sender, form, notice, 503), SECONDS_TO_WAIT)
        if receipt.is_new and not receipt.invited:
            self._throttle.count(*_where(sender))
        response = self._walk.sent(sender.place, receipt.sent_at)
        response.call_on_close(lambda: self._intake.announce(receipt))
        return response

    def sent(self) -> Response:
        """Confirm, and show the result again; of an emergency the number comes first."""
        place = self._walk.here()
        if place is None:
            return go_to("/")
        when = place.visit.sent_at
        if when is None:
            return go_to(place.href)
        look, csrf = self._walk.look(place.visit), place.visit.token
        to, at = look.site.name, day_and_time(when)
        outcome = _outcome(look, place) if place.is_decided else None
        if outcome is not None and outcome.is_emergency:
            emergency = look.results.emergency(outcome, csrf)
            page = SentEmergencyPage("Your answers were sent", to, at, emergency, csrf)
            return look.renderer.response("sent_emergency.html", page)
        result = None if outcome is None else _as_sent(look.results.result(outcome, csrf))
        return look.renderer.response(
            "sent.html", SentPage("Your answers were sent", to, at, result, csrf)
        )

    def _sender(self) -> Sender | Response:
        """Return who may send, or where they have to go instead."""
        place = self._walk.here()
        if place is None:
            return self._errors.response(EXPIRED) if request.method == "POST" else go_to("/")
        visit = place.visit
        may = visit.clinic is not None and place.is_decided and not place.is_sent
        if not may or not self._intake.for_clinic.can_be_sent(place.answers):
            return go_to(place.href)
        if not self._walk.is_current(place):
            return self._walk.upgraded(place)  # nobody sends a result that they have not seen
        look = self._looks.now(visit.clinic, visit.numbers)
        if look.clinic is None:
            return look.errors.response(503, {"Retry-After": SECONDS_TO_WAIT})
        carer = self._screening.engine.is_carer(place.answers)
        return Sender(place, look, look.clinic, asked_by(look.clinic, carer=carer), carer)

    def _is_held_up(self, sender: Sender) -> bool:
        """Whether too much came from this address; whoever was invited is never held up."""
        if sender.place.visit.invitation is not None:
            return False
        return not self._throttle.is_open(*_where(sender))

    def _refused(self, sender: Sender, refused: NotTaken) -> Response:
        """Say that nothing was stored, and with other answers what they lead to now."""
        look, csrf = sender.look, sender.place.visit.token
        if refused.sent_at is None:
            return look.errors.response(PAGE_OF[refused.refusal])
        outcome = _outcome(look, sender.place)
        page = SentOtherwisePage(
            title="They did not get your change",
            clinic=sender.clinic.name,
            when=day_and_time(refused.sent_at),
            emergency=look.results.emergency(outcome, csrf) if outcome.is_emergency else None,
            result=None if outcome.is_emergency else _as_sent(look.results.result(outcome, csrf)),
            csrf=csrf,
        )
        return look.renderer.response("sent_otherwise.html", page, 409)

    def _page(
        self, sender: Sender, form: SendForm, notice: str | None = None, status: int = 200
    ) -> Response:
        faults = {} if form.is_stale else form.faults
        page = SendPage(
            title=f"Send your answers to {sender.clinic.name}",
            clinic=sender.clinic.name,
            therapist=self._therapist(sender),
            carer=sender.carer,
            has_private=bool(self._intake.for_clinic.private),
            emergency=sender.place.position.emergency,
            crisis=self._crisis,
            consent=sender.asked.lines,
            mark=sender.asked.mark,
            typed=form.typed,
            faults=faults,
            wrong=form.wrong if faults else (),
            csrf=sender.place.visit.token,
            notice=notice,
        )
        return sender.look.renderer.response("send.html", page, status)

    def _therapist(self, sender: Sender) -> str | None:
        """Return who invited them; the page does without it when the database is away."""
        invitation = sender.place.visit.invitation
        if invitation is None:
            return None
        try:
            return self._intake.therapist_name(sender.clinic.id, InvitationId(invitation))
        except Unavailable:
            return None

    def _today(self) -> datetime.date:
        return datetime.datetime.fromtimestamp(self._clock(), datetime.UTC).date()


def _outcome(look: Look, place: Place) -> Outcome:
    return look.results.outcome(place.answers, invited=place.is_invited)


def _as_sent(page: ResultPage) -> ResultPage:
    """Return a result whose answers cannot be changed any more."""
    return replace(page, offered=(), sections=())


def _parcel(sender: Sender, form: SendForm) -> Parcel:
    visit = sender.place.visit
    return Parcel(
        clinic=sender.clinic.id,
        invitation=None if visit.invitation is None else InvitationId(visit.invitation),
        visit=visit.token,
        answers=sender.place.answers,
        name=form.name.text,
        birth=form.birth,
        message=form.message.text,
        agreed=sender.asked,
    )


def _where(sender: Sender) -> tuple[str, str]:
    """Return what sends are counted by: the address at hand, and the clinic."""
    return request.remote_addr or "", sender.clinic.id


def _later(response: Response, seconds: str) -> Response:
    response.headers["Retry-After"] = seconds
    return response
