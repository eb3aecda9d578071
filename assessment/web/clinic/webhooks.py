"""Webhooks of a clinic: its owner adds them, and sees what was sent.

The secret of a new one is shown on the page that answers the form, and never again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.events import Kind
from assessment.practice.hooks.destinations import LONGEST_URL, NotAllowed, destination
from assessment.practice.hooks.http_client import Trouble
from assessment.practice.hooks.sending import Off
from assessment.practice.hooks.webhooks import MOST
from assessment.practice.staff.accounts import SignedIn
from assessment.records.deliveries import ARRIVED, Delivery
from assessment.records.ids import DeliveryId, WebhookId
from assessment.records.webhooks import Webhook
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.denials import denied
from assessment.web.clinic.fields import StaffForm, Text, Tick, at_most, required
from assessment.web.clinic.pages import StaffPage
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

HOME = "/clinic/settings/webhooks"
SECTION = "settings"
UNREADABLE = "This webhook cannot be read"


class WebhookAction(StrEnum):
    """What an owner does with one of them."""

    TEST = "test"
    OFF = "off"
    ON = "on"
    REMOVE = "remove"


DONE = {
    WebhookAction.TEST.value: "A test is on its way. "
    "Look below in a minute to see whether it arrived.",
    WebhookAction.OFF.value: "The webhook has been switched off.",
    WebhookAction.ON.value: "The webhook has been switched on.",
    WebhookAction.REMOVE.value: "The webhook was removed.",
    "again": "It is on its way again. Look below in a minute to see whether it arrived.",
}
WHY_OFF = {
    Off.GONE.value: "Switched off: the other program says this address no longer exists.",
    Off.FAILING.value: "Switched off: nothing has arrived for three days.",
    Off.BY_OWNER.value: "Switched off by an owner.",
}

WHAT = {
    Kind.RESPONSE_RECEIVED.value: "A client has answered",
    Kind.INVITATION_ENDED.value: "A client can no longer answer",
    Kind.TEST.value: "Test",
}


class WebhookForm(StaffForm):
    """A new webhook."""

    url = Text(
        "Address",
        [required("Enter the address that the other program gave you"),
         at_most(LONGEST_URL, "The address")],
        "The other program gives you one. It starts with https://.",
    )  # fmt: skip
    with_urgency = Tick(
        "Also say how urgent a response is",
        hint="Sent as a number from 0 to 3. This is health data, so tick it only if the other "
        "program is allowed to have it.",
    )


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook as it is shown: `state` in words, `acts` are pairs of a button's act and words."""

    webhook: Webhook
    state: str
    acts: tuple[tuple[WebhookAction, str], ...]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as it is shown.

    `what` happened, where it goes `to`, and what came of it; `is_bad` if it did not arrive.
    """

    delivery: Delivery
    what: str
    to: str
    state: str
    is_bad: bool
    can_repeat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhooksPage(StaffPage):
    """`webhooks.html`."""

    webhooks: tuple[WebhookRow, ...]
    deliveries: tuple[DeliveryRow, ...]
    can_add: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhookPage(StaffPage):
    """`webhook_new.html`."""

    form: WebhookForm


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretPage(StaffPage):
    """`webhook_secret.html`."""

    webhook: Webhook


class WebhookPages:
    """The views; each takes the owner who is signed in, and raises NotFound for strangers."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._webhooks = area.practice.webhooks

    def listed(self, who: SignedIn) -> Response:
        """Show every webhook, and the last deliveries."""
        with denied():
            found, sent = self._webhooks.every(who)
        by_id = {one.id: one for one in found}
        page = WebhooksPage(
            title="Webhooks",
            section=SECTION,
            notice=self._area.just_done(DONE),
            webhooks=tuple(map(_webhook_row, found)),
            deliveries=tuple(_delivery_row(one, by_id.get(one.webhook)) for one in sent),
            can_add=len(found) < MOST,
        )
        return self._area.page("webhooks.html", page, who)

    def new(self, who: SignedIn) -> Response:
        """Show the form of a new one."""
        return self._form_page(who, WebhookForm())

    def add(self, who: SignedIn) -> Response:
        """Add one, and show its secret this once."""
        form = WebhookForm(request.form)
        if not form.validate():
            return self._form_page(who, form, 422)
        try:
            with denied():
                added = self._webhooks.add(
                    who, form.url.data, with_urgency=form.with_urgency.data
                )  # fmt: skip
        except NotAllowed as refused:
            form.refuse("url", str(refused))
            return self._form_page(who, form, 422)
        tell(Event.WEBHOOK_ADDED)
        page = WebhookSecretPage(
            title="Copy this secret", section=SECTION, narrow=True, webhook=added
        )
        return self._area.page("webhook_secret.html", page, who)

    def take(self, who: SignedIn, webhook_id: str, act: str) -> Response:
        """Do something with one of them."""
        id = WebhookId(webhook_id)
        with denied():
            if act == WebhookAction.TEST:
                self._webhooks.try_out(who, id)
            elif act == WebhookAction.REMOVE:
                self._webhooks.remove(who, id)
            else:
                self._webhooks.switch(who, id, on=act == WebhookAction.ON)
        tell(Event.WEBHOOK_CHANGED)
        return go_to(f"{HOME}?done={act}")

    def again(self, who: SignedIn, delivery_id: str) -> Response:
        """Send something again."""
        with denied():
            self._webhooks.send_again(who, DeliveryId(delivery_id))
        tell(Event.WEBHOOK_CHANGED)
        return go_to(f"{HOME}?done=again")

    def _form_page(self, who: SignedIn, form: WebhookForm, status: int = 200) -> Response:
        page = NewWebhookPage(
            title="Add a webhook", section=SECTION, narrow=True, problems=form.problems, form=form
        )
        return self._area.page("webhook_new.html", page, who, status)


def _webhook_row(one: Webhook) -> WebhookRow:
    if one.off_at is not None:
        acts = ((WebhookAction.ON, "Switch on"),) if one.readable else ()
        state = WHY_OFF.get(one.off_because or "", "Switched off.")
        return WebhookRow(one, state, (*acts, (WebhookAction.REMOVE, "Remove")))
    test = ((WebhookAction.TEST, "Send a test"),) if one.readable else ()
    state = "On." if one.failing_since is None else "On, but what we send does not arrive."
    return WebhookRow(one, state, (*test, (WebhookAction.OFF, "Switch off")))


def _delivery_row(one: Delivery, of: Webhook | None) -> DeliveryRow:
    is_readable = of is not None and of.readable
    to = destination(of.url).host if of is not None and is_readable else UNREADABLE
    is_on = is_readable and of is not None and of.off_at is None
    return DeliveryRow(
        delivery=one,
        what=WHAT.get(one.kind, one.kind),
        to=to,
        state=_state(one, is_on=is_on),
        is_bad=one.answer not in (None, ARRIVED),
        can_repeat=is_on and one.tries > 0,
    )


def _state(one: Delivery, *, is_on: bool) -> str:
    if one.answer == ARRIVED and one.due_at is None:
        return "Arrived"
    if one.tries == 0:
        return "Waiting"
    after = "Not tried again" if one.due_at is None or not is_on else "Will be tried again"
    return f"{_in_words(one.answer)}. {after}"


def _in_words(answer: str | None) -> str:
    if answer is None:
        return "Being sent"
    if answer in Trouble.__members__:
        return Trouble[answer].value
    return f"The other program answered {answer}" if answer.isdecimal() else "Not sent"
