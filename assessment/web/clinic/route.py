"""What is said of one address of the clinic area: above all, who may open it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from flask import request
from werkzeug.datastructures import MultiDict

from assessment.web.clinic.again import Again
from assessment.web.clinic.area import StaffArea, View
from assessment.web.clinic.traces import traced


class May(Enum):
    """Who may open an address."""

    ANYBODY = "anybody"
    STAFF = "whoever is signed in"
    OWNER = "the owners of the clinic"


ANYBODY, STAFF, OWNER = May.ANYBODY, May.STAFF, May.OWNER


@dataclass(frozen=True, slots=True)
class Route:
    """One address and who `may` open it: `view(who, **args)`, or `view(**args)` for anybody.

    `form` reads what is sent, where that is not done as usual. `again`: it asks for the password,
    or a passkey, unless that was given in the last minutes. `sets_up`: whoever still has to set up
    a second factor may open it. Not `is_use`: a page asks by itself, and the session ends as if it
    had not.
    """

    method: Literal["GET", "POST"]
    path: str
    view: View
    may: May
    form: Callable[[], MultiDict[str, str]] = lambda: request.form
    is_use: bool = True
    again: bool = False
    sets_up: bool = False

    def __post_init__(self) -> None:
        """Refuse what would ask nobody: only what is sent can wait for a password."""
        if self.again and (self.method == "GET" or self.may is ANYBODY):
            raise ValueError(f"{self.path}: nobody is asked again here")

    @property
    def endpoint(self) -> str:
        """The name of its view, such as `InboxPages_listed_GET`."""
        return f"{self.view.__qualname__.replace('.', '_')}_{self.method}"

    @property
    def address(self) -> str:
        """Method and path, as `traces.py` names it: without the choices of a place."""
        return f"{self.method} {re.sub(r'<any[(][^)]*[)]:', '<', self.path)}"

    def guarded(self, area: StaffArea, again: Again) -> View:
        """Return its view behind everything that is asked first of whoever it names."""
        if self.may is ANYBODY:
            return self.view
        view = traced(area.practice.audit_log, self.address, self.view)
        view = again.before(view) if self.again else view
        return area.protect(
            view,
            self.form,
            owners_only=self.may is not STAFF,
            is_use=self.is_use,
            sets_up=self.sets_up,
        )
