"""What a page needs to offer a passkey, and what it sends back.

Browsers know passkeys on https, and on http://localhost; never for an address of numbers.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from assessment.practice.staff.passkeys import Challenge, Place
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.fields import PASSKEY_ANSWER, PASSKEY_CHALLENGE
from assessment.web.clinic.pages import PasskeyOffer
from assessment.web.server.sealed import Sealed

SECONDS = 5 * 60
"""For how long a page's challenge can be answered."""


class PasskeyOffers:
    """Makes offers for the request at hand, and reads the challenge that comes back."""

    def __init__(self, area: StaffArea) -> None:
        self._settings = area.settings
        self._passkeys = area.practice.passkeys
        self._sealed = Sealed(area.key, "challenge of a passkey", SECONDS, area.clock)

    def offer(self) -> PasskeyOffer:
        """Return what asks for a passkey, or where that can be done."""
        place = self._place()
        if place is None:
            return PasskeyOffer(elsewhere=self._elsewhere())
        return self.of(*self._passkeys.ask(place))

    def of(self, options: str, challenge: Challenge) -> PasskeyOffer:
        """Return the offer with these options."""
        value = {"value": challenge.value, "at": challenge.at}
        return PasskeyOffer(options=options, challenge=self._sealed.close(value))

    @property
    def elsewhere(self) -> str:
        """The address on which passkeys work, where they do not work here."""
        return "" if self._place() else self._elsewhere()

    def place(self) -> Place:
        """Return where the request at hand uses passkeys. Raises Refused where it cannot."""
        place = self._place()
        if place is None:
            raise Refused(Refusal.PASSKEY)
        return place

    def challenge(self, field: str = PASSKEY_CHALLENGE) -> Challenge:
        """Return what was answered. Raises Refused when that is long ago, or nothing of ours."""
        found = self._sealed.open(request.form.get(field, ""))
        if found is None:
            raise Refused(Refusal.PASSKEY)
        return Challenge(str(found["value"]), float(str(found["at"])))

    def _place(self) -> Place | None:
        origin = self._settings.site_address(request.host)
        host = urlsplit(origin).hostname or ""
        is_name = any(letter.isalpha() for letter in host) and ":" not in host
        return Place(host, origin) if is_name else None

    def _elsewhere(self) -> str:
        port = urlsplit(self._settings.site_address(request.host)).port
        return f"http://localhost:{port}" if port else "http://localhost"


def answer(field: str = PASSKEY_ANSWER) -> str:
    """Return what a passkey answered, as the script sent it."""
    return request.form.get(field, "")
