"""Sends webhooks: at least once, under the same id, until they have arrived or their time is over.

When the next try is stands in the database before a try begins (`records/deliveries.py`), so that
nothing is lost with a process that dies, and of several processes one is at each.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

from assessment.practice.draining import AT_ONCE, drain
from assessment.practice.hooks.http_client import CallFailed, HttpClient
from assessment.practice.hooks.signing import signed
from assessment.practice.post.letters import webhook_letter
from assessment.practice.post.mail import Mailer, MailFailed
from assessment.records import clinics, deliveries, therapists, webhooks
from assessment.records.database import Database
from assessment.records.deliveries import ARRIVED, Delivery
from assessment.records.ids import ClinicId, WebhookId
from assessment.records.refusals import Unavailable
from assessment.records.webhooks import Webhook

log = logging.getLogger("assessment")

HOUR = 60 * 60
DAY = 24 * HOUR
PAUSES = (60, 300, 1800, *(hours * HOUR for hours in (2, 5, 10, 14, 20, 24)))
"""Seconds from each try to the next. After the last one it is given up: three days in all."""
LONGEST_FAILING = 3 * DAY
"""Seconds after which a webhook that nothing reaches is switched off."""
KEPT = 30 * DAY
"""Seconds after which it is forgotten that something was sent."""
_GONE = 410


class Off(StrEnum):
    """Why nothing is sent to a webhook; the value is stored."""

    GONE = "gone"
    FAILING = "failing"
    BY_OWNER = "by the owner"


class Stage(StrEnum):
    """What came of a try."""

    ARRIVED = "arrived"
    WAITING = "waiting"
    GIVEN_UP = "given up"


class Deliveries:
    """Sends what was put down for webhooks.

    `clock` gives Unix time, `caller` makes the calls. `mailer` tells owners of a webhook that was
    switched off; it is None where no mail server is set up, and then the page tells them alone.
    `page` is the whole address of that page.
    """

    is_about = "webhooks"
    can_send = True

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        caller: HttpClient,
        mailer: Mailer | None = None,
        page: str = "",
    ) -> None:
        self._database = database
        self._clock = clock
        self._caller = caller
        self._mailer = mailer
        self._page = page

    def send_due(self, stop: Callable[[], bool] = lambda: False) -> Counter[Stage]:
        """Send what is due, until `stop`; return how many came to what. Raises Unavailable.

        A webhook that one thing did not reach is left alone until the next time.
        """
        self._forget()
        failed: set[tuple[ClinicId, WebhookId]] = set()

        def due() -> tuple[Delivery, ...]:
            with self._database.reading() as tx:
                return deliveries.due(tx, self._now(), AT_ONCE, failed)

        def tried(one: Delivery) -> Stage:
            of = (one.clinic, one.webhook)
            stage = Stage.WAITING if of in failed else self._tried(one)
            if stage is not Stage.ARRIVED:
                failed.add(of)
            return stage

        return drain(due, tried, stop)

    def _tried(self, one: Delivery) -> Stage:
        now = self._now()
        again_at = now + PAUSES[one.tries] if one.tries < len(PAUSES) else None
        with self._database.writing() as tx:
            webhook = webhooks.get(tx, one.clinic, one.webhook)
            told = deliveries.told(tx, one)
            if webhook is None or webhook.off_at is not None:
                return Stage.WAITING
            if not deliveries.begin(tx, one, now, again_at):
                return Stage.WAITING  # another process was first
        if told is None or not webhook.readable:
            log.error("webhooks: one that cannot be read was not sent")
            return self._ended(one, webhook, "UNREADABLE", now, over=True)
        return self._called(one, webhook, told, now, over=again_at is None)

    def _called(
        self, one: Delivery, webhook: Webhook, told: dict[str, object], now: int, *, over: bool
    ) -> Stage:
        body = json.dumps(told, separators=(",", ":")).encode()
        headers = {
            **signed(webhook.secret, one.id, now, body),
            "Content-Type": "application/json",
            "User-Agent": "Assessment-Webhooks/1",
            "Connection": "close",
        }
        try:
            status = self._caller.post(webhook.url, headers, body)
        except CallFailed as failed:
            return self._ended(one, webhook, failed.kind.name, now, over=over)
        if 200 <= status < 300:
            with self._database.writing() as tx:
                deliveries.finish(tx, one, ARRIVED, over=True)
                webhooks.reached(tx, one.clinic, one.webhook)
            return Stage.ARRIVED
        off = Off.GONE if status == _GONE else None
        return self._ended(one, webhook, str(status), now, over=over, off=off)

    def _ended(
        self,
        one: Delivery,
        webhook: Webhook,
        answer: str,
        now: int,
        *,
        over: bool,
        off: Off | None = None,
    ) -> Stage:
        """Write that a try came to nothing, and switch off what nothing reaches any more."""
        since = webhook.failing_since
        if off is None and since is not None and since <= now - LONGEST_FAILING:
            off = Off.FAILING
        with self._database.writing() as tx:
            deliveries.finish(tx, one, answer, over=over)
            webhooks.failed(tx, one.clinic, one.webhook, now)
            is_off = off is not None and webhooks.switch_off(
                tx, one.clinic, one.webhook, now, off.value
            )
        if is_off:
            log.warning("webhooks: one was switched off")
            self._tell_owners(one.clinic)
        return Stage.GIVEN_UP if over else Stage.WAITING

    def _tell_owners(self, clinic: ClinicId) -> None:
        """Mail the owners; whatever goes wrong with that, the page tells them."""
        if self._mailer is None:
            return
        with self._database.reading() as tx:
            found, staff = clinics.get(tx, clinic), therapists.of_clinic(tx, clinic)
        if found is None:
            return
        for owner in staff:
            if owner.is_owner and owner.disabled_at is None:
                with suppress(MailFailed, ValueError):
                    self._mailer.send(owner.email, webhook_letter(found, self._page))

    def _forget(self) -> None:
        """Remove what was put down long ago."""
        time = self._now() - KEPT
        with self._database.reading() as tx:
            if not deliveries.is_any_before(tx, time):
                return
        with suppress(Unavailable), self._database.writing() as tx:
            deliveries.forget_before(tx, time)

    def _now(self) -> int:
        return int(self._clock())
