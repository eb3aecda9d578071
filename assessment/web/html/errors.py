"""Friendly error pages, made at start so that nothing can go wrong while one is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from assessment.web.html.error_pages import EXPIRED, OTHER, PAGES, START, expired
from assessment.web.html.pages import ErrorPage, Link
from assessment.web.html.render import Renderer, reply
from assessment.web.html.unsent import Typed, UnsentPage
from assessment.web.server.logs import in_places, log
from assessment.web.server.reference import PLACE, reference_at_hand, with_reference


class Errors:
    """Every error page, ready to send. `invites`: clinics send links to people here."""

    def __init__(self, renderer: Renderer, keep_minutes: int, *, invites: bool = False) -> None:
        pages = {**PAGES, EXPIRED: expired(keep_minutes, invites=invites)}
        self._renderer = renderer
        self._says = {name: _at_home(page, renderer) for name, page in pages.items()}
        self._pages = {
            name: (page.status, renderer.text("error.html", page).encode())
            for name, page in self._says.items()
        }

    def response(self, name: int | str, headers: Mapping[str, str] | None = None) -> Response:
        """Return the page of this status or name; of a status without one, that of its class."""
        fallback = 400 if isinstance(name, int) and name < OTHER else OTHER
        status, body = self._pages.get(name) or self._pages[fallback]
        response = Response(
            _of_request(body), name if isinstance(name, int) else status, mimetype="text/html"
        )
        response.headers.update(headers or {})
        return response

    def unsent(
        self,
        name: int | str,
        typed: Typed,
        *,
        emergency: bool = False,
        again: Iterable[tuple[str, str]] = (),
    ) -> Response:
        """Return the page of this name, with what somebody typed to be sent, if they did.

        `emergency`: their result is one. `again` are the fields of the form, where one press may
        send them once more.
        """
        if typed.is_empty:
            return self.response(name)
        page = UnsentPage(self._says[name], typed, emergency, tuple(again))
        return reply(with_reference(self._renderer.text("unsent.html", page)), page.says.status)

    def register(
        self, app: Flask, here: Callable[[], Errors], at_hand: Callable[[], Errors]
    ) -> None:
        """Answer every error of the application with its page.

        `here` says in which theme the request at hand is answered, `at_hand` the same when we have
        failed. Where even that fails, it is this theme.
        """

        @app.errorhandler(HTTPException)
        def http_error(error: HTTPException) -> Response:
            if error.response is not None:
                return error.response  # type: ignore[return-value]  # ours are Flask's own
            status = error.code or OTHER
            allow = [value for key, value in error.get_headers() if key == "Allow"]
            return here().response(status, {"Allow": allow[0]} if allow else None)

        @app.errorhandler(Exception)
        def any_error(error: Exception) -> Response:
            log.error("%s", in_places(error))
            try:
                return at_hand().response(OTHER)
            except Exception as again:  # whatever it is, the person gets a page
                log.error("%s", in_places(again))
                return self.response(OTHER)


def _of_request(page: bytes) -> bytes:
    """Return a page with the reference of the request at hand, where it shows one."""
    reference = reference_at_hand()
    return page if reference is None else page.replace(PLACE.encode(), reference.encode())


def _at_home(page: ErrorPage, renderer: Renderer) -> ErrorPage:
    """Return the page with its way to the first page, where it has one, leading to this site's."""
    home = Link(START.text, renderer.site.home)
    if page.or_else is not None and page.or_else[1] is START:
        page = replace(page, or_else=(page.or_else[0], home))
    return replace(page, way_on=home) if page.way_on is START else page
