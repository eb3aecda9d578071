"""What somebody looks for in the inbox, as the address of the list and of each response keeps it.

A name that is looked for is sealed there: an address comes into the logs of proxies.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from assessment.practice.staff.accounts import SignedIn
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.inbox_pages import Search, search_of
from assessment.web.clinic.names_sought import NameSearch


class Searches:
    """Reads searches from addresses, and seals names for them."""

    def __init__(self, area: StaffArea) -> None:
        self._names = NameSearch(area)

    def sealed(self, who: SignedIn, typed: str) -> str:
        """Return a name as it stands in an address, empty for none; raises Unavailable."""
        return self._names.sealed(who, typed)

    def asked(self, who: SignedIn, values: Mapping[str, str] | None = None) -> Search:
        """Return what an address looks for, by default that of this request.

        The name in it is empty when others searched for it, or long ago.
        """
        values = request.args if values is None else values
        return search_of(values, self._names.opened(who, values.get("find", "")))
