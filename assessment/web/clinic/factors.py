"""One's own second factor: an app, passkeys, recovery codes."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.factors import Held, address_of
from assessment.practice.staff.refusals import Refused
from assessment.web.clinic.area import SET_UP_FACTOR, StaffArea
from assessment.web.clinic.fields import (
    NEW_ANSWER,
    NEW_CHALLENGE,
    Problem,
    StaffForm,
    Text,
    required,
)
from assessment.web.clinic.pages import StaffPage
from assessment.web.clinic.passkey_offers import PasskeyOffers, answer
from assessment.web.clinic.refusal_texts import what_to_do
from assessment.web.html.qr_codes import qr_code
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell
from assessment.web.server.sealed import Sealed

HOME = SET_UP_FACTOR
SECONDS = 60 * 60
"""For how long a key that is shown can be taken."""
DONE = {
    "app": "Your app is set up. You will need it the next time you sign in.",
    "app-off": "The app has been switched off.",
    "passkey": "Your passkey is saved. You can now sign in with it.",
    "passkey-off": "The passkey has been removed.",
}
_GROUP = 4


class AppForm(StaffForm):
    """The code by which an app shows that it has the key."""

    code = Text(
        "Code", [required("Enter the code that your app shows")],
        "The six digits that your app shows now.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorsPage(StaffPage):
    """`factors.html`. `elsewhere` is where passkeys work, if not here."""

    held: Held
    elsewhere: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPage(StaffPage):
    """`factor_app.html`: the key as a QR code and as text; `sealed` holds it for the next step."""

    form: AppForm
    qr_code: Markup
    key: str
    sealed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesPage(StaffPage):
    """`factor_codes.html`: recovery codes, shown this once."""

    codes: tuple[str, ...]
    done: str


class FactorPages:
    """The views of one's own second factor; each takes who is signed in."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._factors = area.practice.factors
        self._passkeys = area.practice.passkeys
        self._offers = PasskeyOffers(area)
        self._sealed = Sealed(area.key, "key of an app", SECONDS, area.clock)

    def show(self, who: SignedIn) -> Response:
        """Show what they have."""
        return self._page(who)

    def new_app(self, who: SignedIn) -> Response:
        """Show a new key for an app; nothing is stored yet."""
        return self._app_page(who, AppForm(), self._factors.new_secret())

    def switch_on_app(self, who: SignedIn) -> Response:
        """Take the app that has the key."""
        found = self._sealed.open(request.form.get("sealed_key", ""))
        if found is None or found["account"] != who.account:
            return go_to(HOME)
        form, secret = AppForm(request.form), str(found["secret"])
        if not form.validate():
            return self._app_page(who, form, secret, 422)
        try:
            codes = self._factors.switch_on_app(who, secret, form.code.data)
        except Refused as refused:
            tell(Event.SECOND_STEP_REFUSED)
            form.refuse("code", what_to_do(refused))
            return self._app_page(who, form, secret, 422)
        return self._added(who, codes, "app")

    def switch_off_app(self, who: SignedIn) -> Response:
        """Take the app away."""
        try:
            self._factors.switch_off_app(who)
        except Refused as refused:
            return self._page(who, Problem("app", what_to_do(refused)))
        tell(Event.FACTOR_REMOVED)
        return go_to(f"{HOME}?done=app-off")

    def new_codes(self, who: SignedIn) -> Response:
        """Make new recovery codes, and show them this once."""
        codes = self._factors.new_codes(who)
        if not codes:
            return go_to(HOME)
        tell(Event.RECOVERY_CODES_MADE)
        return self._codes_page(who, codes, "Your old recovery codes no longer work.")

    def new_passkey(self, who: SignedIn) -> Response:
        """Show the page on which the browser makes a passkey."""
        if self._offers.elsewhere:
            return go_to(HOME)
        offer = self._offers.of(*self._passkeys.ask_new(who, self._offers.place()))
        page = StaffPage(title="Make a passkey", section="account", narrow=True, passkey=offer)
        return self._area.page("factor_passkey.html", page, who)

    def add_passkey(self, who: SignedIn) -> Response:
        """Take the passkey that the browser made."""
        try:
            place, challenge = self._offers.place(), self._offers.challenge(NEW_CHALLENGE)
            codes = self._passkeys.add(who, place, challenge, answer(NEW_ANSWER))
        except Refused as refused:
            tell(Event.SECOND_STEP_REFUSED)
            return self._page(who, Problem("passkeys", what_to_do(refused)))
        return self._added(who, codes, "passkey")

    def remove_passkey(self, who: SignedIn, passkey_id: str) -> Response:
        """Remove a passkey."""
        try:
            if not self._factors.remove_passkey(who, passkey_id):
                raise NotFound
        except Refused as refused:
            return self._page(who, Problem("passkeys", what_to_do(refused)))
        tell(Event.FACTOR_REMOVED)
        return go_to(f"{HOME}?done=passkey-off")

    def _added(self, who: SignedIn, codes: tuple[str, ...], what: str) -> Response:
        tell(Event.FACTOR_ADDED)
        if not codes:
            return go_to(f"{HOME}?done={what}")
        return self._codes_page(who, codes, DONE[what])

    def _page(self, who: SignedIn, problem: Problem | None = None) -> Response:
        page = FactorsPage(
            title="Your second step", section="account", narrow=True,
            notice=self._area.just_done(DONE), problems=(problem,) if problem else (),
            held=self._factors.held(who), elsewhere=self._offers.elsewhere,
        )  # fmt: skip
        return self._area.page("factors.html", page, who, 422 if problem else 200)

    def _app_page(self, who: SignedIn, form: AppForm, secret: str, status: int = 200) -> Response:
        address = address_of(secret, who.therapist.email, who.clinic.name)
        page = AppPage(
            title="Set up an app", section="account", narrow=True, form=form,
            problems=form.problems, qr_code=qr_code(address, "QR code for your app"),
            key=" ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)),
            sealed=self._sealed.close({"secret": secret, "account": who.account}),
        )  # fmt: skip
        return self._area.page("factor_app.html", page, who, status)

    def _codes_page(self, who: SignedIn, codes: tuple[str, ...], done: str) -> Response:
        page = CodesPage(
            title="Your recovery codes", section="account", narrow=True, codes=codes, done=done
        )
        # Where it was missing, everything is open from now on.
        return self._area.page("factor_codes.html", page, who)
