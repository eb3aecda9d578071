"""API keys: an owner makes and revokes them. A key is shown on one page and never again."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.keys import Kept
from assessment.practice.staff.refusals import Refusal
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.colleague_pages import StepPage
from assessment.web.clinic.denials import denied, done
from assessment.web.clinic.fields import StaffForm
from assessment.web.clinic.key_pages import (
    KeyForm,
    KeysPage,
    MadeKeyPage,
    NewKeyPage,
    may,
)
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

HOME = "/clinic/settings/keys"
SECTION = "settings"
DONE = {"revoked": "The key was revoked. It no longer works."}
_REVOKED = ("Any program that uses this key stops working at once.", "You can't undo this.")


class KeyPages:
    """The views; each takes the owner who is signed in."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._keys = area.practice.keys

    def listed(self, who: SignedIn) -> Response:
        """Show every key."""
        rows = tuple((one, may(one.key)) for one in self._listed(who))
        page = KeysPage(
            title="API keys", section=SECTION, notice=self._area.just_done(DONE), rows=rows
        )
        return self._area.page("keys.html", page, who)

    def new(self, who: SignedIn) -> Response:
        """Show the form of a new key."""
        return self._new_page(who, KeyForm())

    def make(self, who: SignedIn) -> Response:
        """Make a key, and show it this once."""
        form = KeyForm(request.form)
        made = done(
            form, lambda: self._keys.make(who, form["name"].data, form.scopes),
            {Refusal.TOO_MANY_KEYS: "name"},
        )  # fmt: skip
        if made is None:
            return self._new_page(who, form, 422)
        tell(Event.KEY_MADE)
        page = MadeKeyPage(
            title="Copy this key now", section=SECTION, narrow=True, key=made.key,
            secret=made.secret,
            address=f"{self._area.settings.site_address(request.host)}/api/v1/openapi.json",
        )  # fmt: skip
        return self._area.page("key_made.html", page, who)

    def ask_revoke(self, who: SignedIn, key_id: str) -> Response:
        """Ask before a key is taken away."""
        key = next((one.key for one in self._listed(who) if one.key.id == key_id), None)
        if key is None:
            raise NotFound
        page = StepPage(
            title="Revoke this key?", section=SECTION, narrow=True, form=StaffForm(),
            action=f"{HOME}/{key.id}/revoke", back=HOME, name=key.name,
            lines=_REVOKED, button="Revoke the key", kind="danger",
        )  # fmt: skip
        return self._area.page("colleague_step.html", page, who)

    def revoke(self, who: SignedIn, key_id: str) -> Response:
        """Take a key away."""
        with denied():
            self._keys.revoke(who, key_id)
        tell(Event.KEY_REVOKED)
        return go_to(f"{HOME}?done=revoked")

    def _listed(self, who: SignedIn) -> tuple[Kept, ...]:
        with denied():
            return self._keys.listed(who)

    def _new_page(self, who: SignedIn, form: KeyForm, status: int = 200) -> Response:
        page = NewKeyPage(
            title="Make an API key", section=SECTION, narrow=True, problems=form.problems, form=form
        )
        return self._area.page("key_new.html", page, who, status)
