"""The tablet of a waiting room: one person after the other, and nothing left of the one before.

While a tablet is one, it shows the pages listed here and no others. Whatever else is asked for
leads back to where somebody is, or to the first page, which forgets.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from assessment.records.refusals import Unavailable
from assessment.web.html.assets import waiting_script
from assessment.web.html.qr_codes import qr_code, reaches_phones
from assessment.web.html.render import go_to
from assessment.web.server.security import SCRIPTED
from assessment.web.walk.pages import StartPage
from assessment.web.walk.services import Services
from assessment.web.walk.session import Walk
from assessment.web.walk.start import TRY_AGAIN
from assessment.web.walk.start_buttons import chosen
from assessment.web.walk.theme import Theme
from assessment.web.walk.waiting_room import FORGOTTEN, HOME, WARNED

STILL_HERE, STAY, LEAVE = f"{HOME}/still-here", f"{HOME}/stay", f"{HOME}/leave"
OF_A_WALK = frozenset({
    "walk.question", "walk.answer", "walk.check", "walk.result", "walk.clear",
    "intake.ask_to_send", "intake.send", "intake.sent",
    "intake.waiting_still_here", "intake.waiting_stay",
})  # fmt: skip
"""Pages for whoever is at the tablet, while they are."""
FOR_ANYBODY = frozenset({
    "intake.waiting", "intake.waiting_begin", "intake.waiting_leave", "intake.waiting_script",
    "intake.clinic_logo", "intake.clinic_style", "site.about", "site.privacy",
    "site.accessibility", "site.guide", "site.healthz", "site.robots", "site.favicon",
})  # fmt: skip
"""Pages and files in which nothing is of anybody."""
NO_USE = frozenset({"intake.waiting_still_here", "intake.waiting_leave", "intake.waiting_script"})
"""What a browser opens by itself, or to go."""


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """`waiting.html`: the way to one's own phone, then the buttons that begin on the tablet.

    `start` is the clinic's own first page, with which it shares most. There is no `qr_code` of an
    `address` that no phone can reach.
    """

    title: str
    start: StartPage
    address: str
    qr_code: Markup | None


@dataclass(frozen=True, slots=True)
class StillHerePage:
    """`waiting_still_here.html`: whether somebody is there; the words are in the template."""

    title: str


class WaitingPages:
    """The views, and the guard in front of every other view while a tablet is in the room."""

    def __init__(self, services: Services) -> None:
        self._room = services.waiting_room
        self._settings = services.settings
        self._screening = services.screening
        self._themes = services.themes
        self._starts = services.starts
        self._walk = Walk(services)

    def register(self, blueprint: Blueprint) -> None:
        """Give every page its route, and stand in front of all."""
        script = waiting_script()
        for path, name, view, method in (
            (HOME, "waiting", self.show, "GET"),
            (HOME, "waiting_begin", self.begin, "POST"),
            (STILL_HERE, "waiting_still_here", self.still_here, "GET"),
            (STAY, "waiting_stay", self.stay, "POST"),
            (LEAVE, "waiting_leave", self.leave, "POST"),
            (script.path, "waiting_script", lambda: script.response(request), "GET"),
        ):
            blueprint.add_url_rule(path, name, view, methods=[method])
        blueprint.before_app_request(self.guard)
        blueprint.after_app_request(self.touched)

    def guard(self) -> Response | None:
        """Let through what the room shows; lead whoever asks for anything else back."""
        endpoint = request.endpoint
        if self._room.device() is None or endpoint is None or _is_beside(endpoint):
            return None
        if endpoint in FOR_ANYBODY:
            return None
        state = self._walk.here(ahead=True)
        if state is None:
            return self._walk.forgotten(go_to(HOME))
        return None if endpoint in OF_A_WALK else go_to(state.href)

    def touched(self, response: Response) -> Response:
        """Note that somebody is there, unless the two minutes were over before."""
        endpoint = request.endpoint or ""
        device = self._room.device()
        if device is None or _is_beside(endpoint):
            return response
        request.environ[SCRIPTED] = True
        begins = endpoint in ("intake.waiting", "intake.waiting_begin")
        if begins or (device.is_in_use and endpoint not in NO_USE):
            return self._room.touched(response, device)
        return response

    def show(self) -> Response:
        """Forget whoever was here before, and greet the next person."""
        theme = self._theme()
        if theme is None:
            return go_to("/")
        slug = "" if theme.clinic is None else theme.clinic.slug
        address = f"{self._settings.site_address(request.host)}/c/{slug}"
        page = WaitingPage(
            title="Some questions before your massage",
            start=theme.start,
            address=address,
            qr_code=qr_code(address, "QR code of the address") if reaches_phones(address) else None,
        )
        return self._walk.forgotten(theme.renderer.response("waiting.html", page))

    def begin(self) -> Response:
        """Start a walk for the clinic of this tablet, in place of any other."""
        theme = self._theme()
        if theme is None:
            return go_to("/")
        if not self._starts.take(request.remote_addr or ""):
            return theme.errors.response(429, TRY_AGAIN)
        answers = chosen(self._screening, request.form)
        return self._walk.started(answers, theme.clinic, waiting=True)

    def still_here(self) -> Response:
        """Ask whether somebody is there; the page goes on by itself when nobody answers."""
        state = self._walk.here()
        if state is None:
            return go_to(HOME)
        theme = self._walk.theme(state.visit)
        page = StillHerePage("Are you still there?")
        response = theme.renderer.response("waiting_still_here.html", page)
        response.headers["Refresh"] = f"{FORGOTTEN - WARNED}; url={HOME}"
        return response

    def stay(self) -> Response:
        """Go on where somebody was: that they are there is noted for every page."""
        state = self._walk.here()
        return go_to(HOME if state is None else state.href)

    def leave(self) -> Response:
        """Forget everything, for the next person."""
        return self._walk.forgotten(go_to(HOME))

    def _theme(self) -> Theme | None:
        """Return the theme of the clinic whose tablet this is; None when it is none."""
        device = self._room.device()
        if device is None:
            return None
        theme = self._themes.now(device.clinic, waiting=True)
        if theme.clinic is None:
            raise Unavailable("the clinic of a waiting room")
        return theme


def _is_beside(endpoint: str) -> bool:
    """Whether an endpoint is a file, or of the clinic area, which asks who somebody is."""
    return endpoint.startswith(("clinic.", "/"))
