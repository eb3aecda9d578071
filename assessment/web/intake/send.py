"""Sending answers to a clinic."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from assessment.practice.intake.submission import NotTaken, Receipt, Refusal, Submission
from assessment.records.refusals import Unavailable
from assessment.web.html.error_pages import (
    AHEAD,
    ALREADY_SENT,
    AWAY,
    EXPIRED,
    LINK_GONE,
    SEND_FAILED,
    SENT_BEFORE,
    UPDATED_MEANWHILE,
)
from assessment.web.html.phone_links import pieces
from assessment.web.html.render import go_to
from assessment.web.html.unsent import Typed
from assessment.web.html.voice import ANYBODY
from assessment.web.intake.after_sending import as_sent, crisis_of, outcome_of
from assessment.web.intake.measure_form import MEASURE
from assessment.web.intake.own_form import FIELD, typed_in
from assessment.web.intake.send_form import SendForm, sure_of
from assessment.web.intake.send_pages import (
    MeasureFields,
    SendPage,
    SentOtherwisePage,
)
from assessment.web.intake.senders import Sender, Senders
from assessment.web.server.logs import in_places, log
from assessment.web.server.throttle import Throttle
from assessment.web.walk.services import Services
from assessment.web.walk.session import Walk, not_started
from assessment.web.walk.start import TRY_AGAIN
from assessment.web.walk.state import WalkState

UNREACHED = (
    "We couldn't reach {clinic} just now, and we don't know if it was sent. Nothing you typed "
    "is lost: press Send again in a minute. Sending the same twice does no harm."
)
TOO_MANY = (
    "A lot of answers came from your network in the last hour, so we have not sent these. Nothing "
    "you typed is lost: press Send again in an hour, or call {clinic}{phone}."
)
SECONDS_TO_WAIT = "30"
SENDS_OF_A_WAITING_ROOM = 60
"""In an hour, from one address: several tablets, each in use all the time."""
FIELDS = (
    "csrf_token", "name", "day", "month", "year", "phone", "message", "consent", "signed", "sure",
)  # fmt: skip
PAGE_OF = {Refusal.ALREADY_SENT: ALREADY_SENT, Refusal.LINK_GONE: LINK_GONE}


class Sending:
    """The last step of a walk that belongs to a clinic."""

    def __init__(self, services: Services) -> None:
        self._throttle = Throttle("sends", services.settings.sends_per_hour, services.counts)
        self._waiting = Throttle(
            "sends of a waiting room", SENDS_OF_A_WAITING_ROOM, services.counts
        )
        self._errors = services.errors
        self._walk = Walk(services)
        self._senders = Senders(services)

    def register(self, blueprint: Blueprint) -> None:
        """Give every page its route."""
        blueprint.add_url_rule("/send", "ask_to_send", self.ask, methods=["GET"])
        blueprint.add_url_rule("/send", "send", self.send, methods=["POST"])

    def ask(self) -> Response:
        """Show who would get what, and the form."""
        state = self._walk.here()
        if state is None:
            return not_started(self._errors)
        sender = self._senders.of(state)
        if isinstance(sender, Sender):
            return self._page(sender, SendForm(None, sender.held))
        if sender == UPDATED_MEANWHILE:
            return self._walk.moved_on(state)
        if sender == AWAY:
            return _later(self._walk.errors().response(AWAY), SECONDS_TO_WAIT)
        return go_to(state.href)

    def send(self) -> Response:
        """Send, or show what is missing; where nothing is sent, what was typed is shown again."""
        state = self._walk.here(ahead=True)
        if state is None:
            if self._walk.left_a_tablet():
                return self._walk.forgotten(go_to("/"))
            return self._errors.unsent(EXPIRED, self._typed())
        refused = self._walk.refused_form(state)
        if refused is not None:
            return refused
        if state.ahead:
            nothing_new = state.is_sent and self._typed().is_empty
            return go_to("/sent") if nothing_new else self._unsent(state, AHEAD, again=True)
        try:
            sender = self._senders.of(state, outdated=self._walk.is_outdated(state))
            return (
                self._send(sender) if isinstance(sender, Sender) else self._not_now(state, sender)
            )
        except Exception as error:  # whatever it is, they get a page with what they typed
            log.error("%s", in_places(error))
            return self._unsent(state, SEND_FAILED, again=True)

    def _send(self, sender: Sender) -> Response:
        """Send what a form says, if it can be taken."""
        form = SendForm(request.form, sender.held)
        if sender.own_away and typed_in(request.form):
            return _later(self._unsent(sender.state, AWAY, again=True), SECONDS_TO_WAIT)
        form.validate()
        has_changed = form.faults or form.told_in_vain
        before = sender.sent_before(form) if has_changed else None
        if form.faults and before is None:
            return self._page(sender, form, None, 422)
        try:
            receipt = self._stored(sender, before or sender.submission(form))
        except NotTaken as refused:
            return self._refused(sender, refused)
        except Unavailable:
            notice = UNREACHED.format(clinic=sender.clinic.name)
            return _later(self._page(sender, form, notice, 503), SECONDS_TO_WAIT)
        if receipt is None:
            phone = f" on {sender.theme.site.phone}" if sender.theme.site.phone else ""
            notice = TOO_MANY.format(clinic=sender.clinic.name, phone=phone)
            return _later(self._page(sender, form, notice, 429), TRY_AGAIN["Retry-After"])
        response = self._walk.sent(sender.state, receipt.sent_at)
        response.call_on_close(lambda: sender.intake.announce(receipt))
        return response

    def _not_now(self, state: WalkState, why: int | str) -> Response:
        """Say why nothing can be sent now; `why` is the name of that page."""
        if why == SENT_BEFORE and self._senders.has_sent(state, request.form):
            return go_to("/sent")
        if why == UPDATED_MEANWHILE:
            moved = self._walk.moved_on(state)
            return (
                moved if self._typed().is_empty else _with_cookie(self._unsent(state, why), moved)
            )
        if why == AWAY:
            return _later(self._unsent(state, why, again=True), SECONDS_TO_WAIT)
        return go_to(state.href) if self._typed().is_empty else self._unsent(state, why)

    def _unsent(self, state: WalkState, why: int | str, *, again: bool = False) -> Response:
        """Return the page of this name with what was typed; `again`: to be sent with one press."""
        fields = [
            one
            for one in request.form.items(multi=True)
            if one[0] in FIELDS or one[0].startswith((FIELD, MEASURE))
        ]
        return self._walk.theme(state.visit).errors.unsent(
            why,
            self._typed(),
            emergency=state.position.emergency,
            again=fields if again else (),
        )

    def _typed(self) -> Typed:
        return SendForm(request.form, self._senders.held()).typed

    def _stored(self, sender: Sender, submission: Submission) -> Receipt | None:
        """Store what is sent; return None when too much came from the address at hand.

        Its place is taken before and given back when nothing new was stored, so that many at once
        are no more than one by one. Whoever was invited is never held up.
        """
        if submission.invitation is not None:
            return sender.intake.send(submission)
        where = request.remote_addr or "", submission.clinic
        throttle = self._waiting if submission.waiting else self._throttle
        if not throttle.take(*where):
            return None
        is_new = False
        try:
            receipt = sender.intake.send(submission)
            is_new = receipt.is_new
        finally:
            if not is_new:
                throttle.give_back(*where)
        return receipt

    def _refused(self, sender: Sender, refused: NotTaken) -> Response:
        """Say that nothing was stored, and with other answers what they lead to now."""
        theme, csrf = sender.theme, sender.state.token
        if refused.sent_at is None:
            return self._unsent(sender.state, PAGE_OF[refused.refusal])
        outcome = outcome_of(theme, sender.state)
        page = SentOtherwisePage(
            title="Your change was not sent",
            clinic=sender.clinic.name,
            when=theme.site.calendar.time_there(refused.sent_at),
            emergency=theme.results.emergency(outcome, csrf) if outcome.is_emergency else None,
            result=None if outcome.is_emergency else as_sent(theme.results.result(outcome, csrf)),
            typed=self._typed(),
            csrf=csrf,
            crisis=crisis_of(theme, outcome, csrf),
            can_keep=theme.results.can_keep(outcome),
        )
        return theme.renderer.response("sent_otherwise.html", page, 409)

    def _page(
        self, sender: Sender, form: SendForm, notice: str | None = None, status: int = 200
    ) -> Response:
        crisis = ANYBODY.lines(sender.state.version.protocol.texts.get("crisis"))
        page = SendPage(
            title=f"Send your answers to {sender.clinic.name}",
            clinic=sender.clinic.name,
            therapist=None if status == AWAY else _therapist(sender),
            carer=sender.carer,
            has_private=bool(sender.intake.for_clinic.private),
            private=sender.asked.private,
            emergency=sender.state.position.emergency,
            crisis=tuple(pieces(line) for line in crisis),
            consent=sender.asked.lines,
            mark=sender.asked.mark,
            typed=form.typed,
            sure=None if form.doubt is None else sure_of(form.doubt),
            minor=form.is_minor,
            asks_phone=sender.held.asks_phone,
            faults=form.faults,
            own=form.own.fields,
            lost=form.lost,
            measures=_measures(sender, form),
            wrong=form.wrong,
            csrf=sender.state.token,
            notice=notice,
        )
        return sender.theme.renderer.response("send.html", page, status)


def _measures(sender: Sender, form: SendForm) -> MeasureFields | None:
    """Return the short measures, where they are asked."""
    found = form.measures
    if not found.is_asked:
        return None
    return MeasureFields(
        found.pain, found.activities, again=sender.state.is_after_visit, later=sender.again
    )


def _therapist(sender: Sender) -> str | None:
    """Return who invited them; the page does without it when the database is away."""
    if sender.invitation is None:
        return None
    try:
        return sender.intake.therapist_name(sender.clinic.id, sender.invitation)
    except Unavailable:
        return None


def _with_cookie(response: Response, of: Response) -> Response:
    """Return a response with the cookie that another one sets."""
    response.headers["Set-Cookie"] = of.headers["Set-Cookie"]
    return response


def _later(response: Response, seconds: str) -> Response:
    response.headers["Retry-After"] = seconds
    return response
