"""Devices that people signed in from before, known by a cookie that only this server can make.

It opens nothing. It only keeps wrong passwords of strangers apart from those typed on this device.
Several people may share one, such as the computer at a reception.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import request
from werkzeug.sansio.http import parse_cookie
from werkzeug.wrappers import Response

from assessment.records.ids import hash_of, new_id
from assessment.web.server.sealed import Sealed
from assessment.web.server.settings import Settings

SECONDS = 180 * 24 * 60 * 60
_MOST_PEOPLE = 12
_SHORT = 22  # characters of a hash: enough to tell people apart


class Devices:
    """Reads and writes that cookie. `key` seals it, `clock` gives Unix time."""

    def __init__(self, settings: Settings, key: bytes, clock: Callable[[], float]) -> None:
        self._name = "clinic-device" if settings.local else "__Host-clinic-device"
        self._secure = not settings.local
        self._sealed = Sealed(key, "device", SECONDS, clock)

    def known(self, email: str) -> str | None:
        """Return what names the device at hand, if this account was signed in to on it before."""
        name, people = self._read()
        return name if _person(email) in people else None

    def remember(self, response: Response, email: str) -> Response:
        """Have the browser keep that this account was signed in to on it."""
        name, people = self._read()
        kept = [one for one in people if one != _person(email)][1 - _MOST_PEOPLE :]
        response.set_cookie(
            self._name,
            self._sealed.close({"device": name, "people": [*kept, _person(email)]}),
            max_age=SECONDS,
            secure=self._secure,
            httponly=True,
            samesite="Strict",
        )
        return response

    def _read(self) -> tuple[str, list[str]]:
        cookies = parse_cookie(request.environ.get("HTTP_COOKIE"))
        found = self._sealed.open(cookies.get(self._name))
        if found is None:
            return new_id(), []
        return cast("str", found["device"]), cast("list[str]", found["people"])


def _person(email: str) -> str:
    return hash_of(email.strip().casefold())[:_SHORT]
