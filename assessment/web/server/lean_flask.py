"""Flask without what no page of ours needs, which is a tenth of the work of a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.routing import MapAdapter

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_PLAIN_ADDRESS = re.compile(r"/[\w./?=&~-]*", re.ASCII)
_WITH_A_BODY = frozenset({200, 303, 400, 403, 404, 405, 413, 429, 500, 503})
"""Statuses whose responses have a body, if an empty one, and nothing else to be kept to."""


class NoSession(SessionInterface):
    """There are none: what we know of a person is in cookies of our own."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        """Open none: Flask then makes one that nothing can be written to."""
        return None

    def save_session(self, app: Flask, session: SessionMixin, response: object) -> None:
        """Keep nothing."""


class LeanFlask(Flask):
    """A Flask whose addresses are the same under every host name, and whose functions all wait."""

    session_interface = NoSession()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return it as it is: none of ours is asynchronous, and Flask looks at each every time."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the page of a request, by its path alone.

        The gate has seen already that the host is ours.
        """
        if request is None:
            return None
        environ = request.environ
        return MapAdapter(
            self.url_map,
            server_name="",
            script_name="/",
            subdomain="",
            url_scheme=environ["wsgi.url_scheme"],
            path_info=request.path,
            default_method=environ["REQUEST_METHOD"],
            query_args=environ.get("QUERY_STRING", ""),
        )


class LeanRequest(Request):
    """A request before and after which the same is done, whatever the page."""

    @property
    def blueprints(self) -> list[str]:
        """Return none: no blueprint of ours has functions, or handlers of errors, of its own."""
        return []


class LeanResponse(Response):
    """A response whose body is whole.

    Werkzeug copies the headers of each, reads them through and makes Location fit to be sent.
    """

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (WSGI)."""
        body, where = self.response, self.headers.get("Location", "/")
        is_plain = self.status_code in _WITH_A_BODY and _PLAIN_ADDRESS.fullmatch(where)
        if not is_plain or not isinstance(body, list) or self._on_close:
            return super().__call__(environ, start_response)
        headers = self.headers.to_wsgi_list()
        if "Content-Length" not in self.headers:
            headers.append(("Content-Length", str(sum(map(len, body)))))
        start_response(self.status, headers)
        return () if environ["REQUEST_METHOD"] == "HEAD" else body
