"""Names that a therapist searches for.

A name never stands in an address, where a proxy would log it: the form is posted, and the page
behind the redirect has the name in its address sealed. So Back and reload work, and nobody is asked
whether to send a form again.
"""

from __future__ import annotations

from assessment.practice.staff.accounts import SignedIn
from assessment.records.model import LONGEST_CLIENT_NAME
from assessment.web.clinic.area import StaffArea
from assessment.web.server.sealed import Sealed

SECONDS = 12 * 60 * 60
"""How long an address with a search can be opened: as long as somebody stays signed in."""


class NameSearch:
    """Seals and opens the names; each is for who searched for it alone."""

    def __init__(self, area: StaffArea) -> None:
        self._inbox = area.practice.inbox
        self._sealed = Sealed(area.key, "a search by name", SECONDS, area.clock)

    def sealed(self, who: SignedIn, typed: str) -> str:
        """Return what was typed as an address holds it, empty for nothing; every name can be found.

        Raises Unavailable.
        """
        name = " ".join(typed.split())[:LONGEST_CLIENT_NAME]
        if not name:
            return ""
        self._inbox.make_ready(who)
        return self._sealed.close({"by": who.account, "name": name}).rstrip("=")

    def opened(self, who: SignedIn, find: str) -> str:
        """Return the name in an address; empty when others searched for it, or long ago."""
        padded = find + "=" * (-len(find) % 4)
        found = self._sealed.open(padded) or {}
        return str(found["name"]) if found.get("by") == who.account else ""
