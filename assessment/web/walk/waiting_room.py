"""The tablet of a clinic's waiting room, known by a cookie that opens nothing.

It lets people begin walks for that one clinic, and has every page of theirs forget by itself.
While it is there nobody is signed in on the tablet: opening a waiting room ends the session, and
signing in again closes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from assessment.records.ids import ClinicId
from assessment.web.server.sealed import Sealed
from assessment.web.server.settings import Settings

HOME = "/waiting"
OPEN = 12 * 60 * 60
"""Seconds for which a waiting room is open: a long day at work."""
WARNED = 90
"""Seconds without a touch after which somebody is asked whether they are still there."""
FORGOTTEN = 120
"""Seconds without a touch after which everything is forgotten."""
ON_THE_WAY = 15
"""Seconds that a touch may take until we know of it."""


@dataclass(frozen=True, slots=True)
class Device:
    """The tablet at hand; `is_in_use`: somebody touched it within the last two minutes."""

    clinic: ClinicId
    until: int
    is_in_use: bool


class WaitingRoom:
    """Reads and writes that cookie. `key` seals it, `clock` gives Unix time."""

    def __init__(self, key: bytes, settings: Settings, clock: Callable[[], float]) -> None:
        self._name = cookie_name(settings)
        self._secure = not settings.local
        self._sealed = Sealed(key, "waiting room", OPEN, clock)
        self._clock = clock

    def device(self) -> Device | None:
        """Return the tablet that sent the request at hand; None when it is none."""
        # Asked on every page, and hardly anybody has it: one look at all cookies says so.
        if self._name not in request.environ.get("HTTP_COOKIE", ""):
            return None
        held = self._sealed.open(request.cookies.get(self._name))
        if held is None:
            return None
        clinic, until, seen = str(held["clinic"]), int(str(held["until"])), int(str(held["seen"]))
        now = self._clock()
        if until < now:
            return None
        return Device(ClinicId(clinic), until, now - seen <= FORGOTTEN + ON_THE_WAY)

    def opened(self, response: Response, clinic: ClinicId) -> Response:
        """Have the browser at hand be the tablet of this clinic."""
        return self._kept(response, clinic, int(self._clock()) + OPEN)

    def touched(self, response: Response, device: Device) -> Response:
        """Note that somebody is at the tablet; its waiting room closes no later for that."""
        return self._kept(response, device.clinic, device.until)

    def _kept(self, response: Response, clinic: ClinicId, until: int) -> Response:
        now = int(self._clock())
        response.set_cookie(
            self._name,
            self._sealed.close({"clinic": clinic, "until": until, "seen": now}),
            max_age=until - now,
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )
        return response


def cookie_name(settings: Settings) -> str:
    """Return the name of the cookie."""
    return "waiting" if settings.local else "__Host-waiting"
