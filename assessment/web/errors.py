"""Friendly error pages, made at start so that nothing can go wrong while one is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from assessment.web.logs import in_places, log
from assessment.web.pages import ErrorPage, Link
from assessment.web.render import Renderer

_ON = Link("Carry on with the questions", "/check")
_START = Link("Go to the start", "/")
_CARE = (
    "If you are worried about how you feel, don't wait for this site: ask a doctor today. "
    "In an emergency, call one of the numbers below."
)
EXPIRED = "expired"
NOT_CLEARED = "not cleared"
NO_LINK = "no link"
LINK_USED = "link used"
ALREADY_SENT = "already sent"
LINK_GONE = "link gone"
LINK_CLOSED = "link closed"
OTHER = 500
PAGES: Mapping[int | str, ErrorPage] = {
    400: ErrorPage(
        "We could not read that",
        400,
        (
            "Your browser sent something that we couldn't read. Nothing is lost: the "
            "answers that you gave so far are still here.",
        ),
        _ON,
    ),
    404: ErrorPage(
        "Page not found",
        404,
        ("The link may be mistyped, or the page no longer exists.",),
        _START,
    ),
    405: ErrorPage(
        "You can't open this page that way",
        405,
        ("Nothing is lost: the answers that you gave so far are still here.",),
        _ON,
    ),
    413: ErrorPage(
        "That was too long",
        413,
        (
            "Your browser sent much more than an answer. Nothing is lost: the answers that you "
            "gave before are still here.",
        ),
        _ON,
    ),
    429: ErrorPage(
        "Too many starts from your network",
        429,
        (
            "Too many people have started from your network. Please try again in an hour.",
            _CARE,
        ),
        _START,
    ),
    500: ErrorPage(
        "Something went wrong on our side",
        500,
        (
            "Sorry about that. We can't give you a suggestion right now. Please don't take this as "
            "a sign that all is well.",
            _CARE,
        ),
        Link("Try again", "/check"),
    ),
    503: ErrorPage(
        "We can't reach our records right now",
        503,
        (
            "Sorry about that. Please try again in a minute or two. The answers you have given are "
            "still on this device.",
            _CARE,
        ),
        _ON,
    ),
    NO_LINK: ErrorPage(
        "This link does not work",
        404,
        (
            "It may have expired, a newer one may have replaced it, or part of it may be missing. "
            "Please ask the clinic that sent it for a new one.",
            _CARE,
        ),
        _START,
    ),
    LINK_USED: ErrorPage(
        "Your answers have already been sent",
        200,
        (
            "This link was used to send answers to the clinic. A link works once, and it never "
            "shows what was sent.",
            "If something has changed since, tell the clinic, or ask for a new link.",
            _CARE,
        ),
        _START,
    ),
    ALREADY_SENT: ErrorPage(
        "This link has already been used",
        409,
        (
            "A link works once, so nothing was sent this time. Your answers are still on this "
            "device.",
            "If that wasn't you, or something has changed since, please tell the clinic.",
            _CARE,
        ),
        Link("Go back to your result", "/result"),
    ),
    LINK_GONE: ErrorPage(
        "Your answers were not sent",
        409,
        (
            "The clinic has withdrawn this link, or sent you a newer one. Your answers are still "
            "on this device: open the newer link here and they can be sent with it.",
            "If you have no newer link, please ask the clinic for one.",
            _CARE,
        ),
        Link("Go back to your result", "/result"),
    ),
    LINK_CLOSED: ErrorPage(
        "The link is closed",
        200,
        (
            "The clinic sees that you closed it, and nothing else. No one will remind you about "
            "these questions.",
            _CARE,
        ),
        _START,
    ),
    NOT_CLEARED: ErrorPage(
        "Your answers were not cleared",
        400,
        (
            "That page was out of date, perhaps because you started again in another tab. Your "
            "answers are still here.",
        ),
        _ON,
    ),
}


class Errors:
    """Every error page, ready to send. `invites`: clinics send links to people here."""

    def __init__(self, renderer: Renderer, keep_minutes: int, *, invites: bool = False) -> None:
        expired = _expired(keep_minutes, invites=invites)
        self._pages = {
            name: (page.status, renderer.text("error.html", _at_home(page, renderer)).encode())
            for name, page in {**PAGES, EXPIRED: expired}.items()
        }

    def response(self, name: int | str, headers: Mapping[str, str] | None = None) -> Response:
        """Return the page of this status or name; of a status without one, that of its class."""
        fallback = 400 if isinstance(name, int) and name < OTHER else OTHER
        status, body = self._pages.get(name) or self._pages[fallback]
        response = Response(body, name if isinstance(name, int) else status, mimetype="text/html")
        response.headers.update(headers or {})
        return response

    def register(self, app: Flask, here: Callable[[], Errors] | None = None) -> None:
        """Answer every error of the application with its page.

        `here` says in which look the request at hand is answered, where that is not always this.
        """

        @app.errorhandler(HTTPException)
        def http_error(error: HTTPException) -> Response:
            if error.response is not None:
                return error.response  # type: ignore[return-value]  # ours are Flask's own
            status = error.code or OTHER
            allow = [value for key, value in error.get_headers() if key == "Allow"]
            errors = self if here is None else here()
            return errors.response(status, {"Allow": allow[0]} if allow else None)

        @app.errorhandler(Exception)
        def any_error(error: Exception) -> Response:
            log.error("%s", in_places(error))
            return self.response(OTHER)


def _at_home(page: ErrorPage, renderer: Renderer) -> ErrorPage:
    """Return the page with its way to the first page, where it has one, leading to this site's."""
    if page.way_on is not _START:
        return page
    return replace(page, way_on=Link(_START.text, renderer.site.home))


def _expired(keep_minutes: int, *, invites: bool) -> ErrorPage:
    invited = "If a clinic sent you a link, open it again: it works until you send your answers."
    return ErrorPage(
        "This page has expired",
        400,
        (
            f"We keep answers for {keep_minutes} minutes after the last one, and only on your "
            "own device. They are gone now, or your browser did not send them.",
            "You can start again. It takes a few minutes.",
            *([invited] if invites else []),
            "If you are worried about how you feel, ask a doctor today.",
        ),
        _START,
    )
