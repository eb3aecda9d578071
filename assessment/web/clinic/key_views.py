"""API keys: an owner makes and revokes them. A key is shown on one page and never again."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.keys import Kept
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.colleague_pages import StepPage
from assessment.web.clinic.denials import denied
from assessment.web.clinic.fields import StaffForm
from assessment.web.clinic.key_pages import (
    KeyForm,
    KeysPage,
    MadeKeyPage,
    NewKeyPage,
    RevokeForm,
    may,
)
from assessment.web.clinic.refusal_texts import NOT_YOUR_PASSWORD, what_to_do
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
        if not form.validate():
            return self._new_page(who, form, 422)
        try:
            with denied():
                made = self._keys.make(who, form.password.data, form["name"].data, form.scopes)
        except Refused as refused:
            _explain(form, refused)
            return self._new_page(who, form, 422)
        tell(Event.KEY_MADE)
        page = MadeKeyPage(
            title="Copy this key now", section=SECTION, narrow=True, key=made.key,
            secret=made.secret,
            address=f"{self._area.settings.site_address(request.host)}/api/v1/openapi.json",
        )  # fmt: skip
        return self._area.cookies.opened(self._area.page("key_made.html", page, who), made.token)

    def ask_revoke(self, who: SignedIn, key_id: str) -> Response:
        """Ask before a key is taken away."""
        return self._revoke_page(who, self._found(who, key_id), RevokeForm())

    def revoke(self, who: SignedIn, key_id: str) -> Response:
        """Take a key away."""
        found, form = self._found(who, key_id), RevokeForm(request.form)
        if not form.validate():
            return self._revoke_page(who, found, form, 422)
        try:
            with denied():
                token = self._keys.revoke(who, form.password.data, found.key.id)
        except Refused as refused:
            _explain(form, refused)
            return self._revoke_page(who, found, form, 422)
        tell(Event.KEY_REVOKED)
        return self._area.cookies.opened(go_to(f"{HOME}?done=revoked"), token)

    def _listed(self, who: SignedIn) -> tuple[Kept, ...]:
        with denied():
            return self._keys.listed(who)

    def _found(self, who: SignedIn, key_id: str) -> Kept:
        found = next((one for one in self._listed(who) if one.key.id == key_id), None)
        if found is None:
            raise NotFound
        return found

    def _new_page(self, who: SignedIn, form: KeyForm, status: int = 200) -> Response:
        page = NewKeyPage(
            title="Make an API key", section=SECTION, narrow=True, problems=form.problems, form=form
        )
        return self._area.page("key_new.html", page, who, status)

    def _revoke_page(
        self, who: SignedIn, of: Kept, form: RevokeForm, status: int = 200
    ) -> Response:
        page = StepPage(
            title="Revoke this key?", section=SECTION, narrow=True, problems=form.problems,
            form=form, action=f"{HOME}/{of.key.id}/revoke", back=HOME, name=of.key.name,
            lines=_REVOKED, button="Revoke the key", kind="danger",
        )  # fmt: skip
        return self._area.page("colleague_step.html", page, who, status)


def _explain(form: StaffForm, refused: Refused) -> None:
    wrong = refused.kind is Refusal.WRONG
    if wrong or refused.kind is Refusal.WAIT:
        tell(Event.CREDENTIAL_REFUSED)
    field = "name" if refused.kind is Refusal.TOO_MANY_KEYS else "password"
    form.refuse(field, NOT_YOUR_PASSWORD if wrong else what_to_do(refused))
