"""What follows once somebody is signed in, whichever way they took."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from assessment.web.clinic.area import StaffArea
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

SIGNED_IN_AGAIN = "You are signed in again. Press Continue to send what you typed."
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def begun(area: StaffArea) -> None:
    """Log that a session began, and end the one at hand, whose place it takes."""
    tell(Event.SIGNED_IN)
    old = area.cookies.token()
    if old:
        area.practice.accounts.sign_out(old)


def go_on(area: StaffArea, token: str, email: str, wanted: str, sealed: str) -> Response:
    """Go where they wanted; what was typed before is shown to whoever typed it, and nobody else."""
    who = area.practice.accounts.session(token)
    what = area.unsent_forms.opened(sealed)
    if what is None or who is None:
        response: Response = go_to(wanted)
    elif what.account == who.account:
        response = area.press_again(what, who, SIGNED_IN_AGAIN)
    else:
        response = area.not_yours(sealed)
    return area.devices.remember(area.cookies.opened(response, token), email)


def browser_at_hand() -> str:
    """Return the browser that sent the request, in words."""
    return browser_in_words(request.headers.get("User-Agent", ""))


def browser_in_words(user_agent: str) -> str:
    """Return words such as "Firefox on Windows", for the list of sessions.

    Nothing else of what a browser says of itself is kept.
    """
    browser = _named(user_agent, _BROWSERS) or "A browser"
    system = _named(user_agent, _SYSTEMS)
    return f"{browser} on {system}" if system else browser


def _named(text: str, names: tuple[tuple[str, str], ...]) -> str | None:
    return next((name for part, name in names if part in text), None)
