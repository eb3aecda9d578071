"""Flask without what no page of ours needs, which is a tenth of the work of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.sessions import SessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from werkzeug.routing import MapAdapter


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

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Do what comes before a page, which is nothing unless somebody asked for it."""
        asked_for = self.before_request_funcs or self.url_value_preprocessors
        return super().preprocess_request() if asked_for else None

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
