"""The API as an application of its own, beside the pages.

It shares nothing with them but the practice: no cookies, no forms, no pages for errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from assessment.exports.typesetters import Busy
from assessment.practice.practice import Practice
from assessment.records.refusals import Unavailable
from assessment.release import version
from assessment.web.api.guard import Guard
from assessment.web.api.openapi import ADDRESS, document
from assessment.web.api.problems import NotDone, answer
from assessment.web.api.routes import operations
from assessment.web.server.counts import Counts
from assessment.web.server.logs import QuietFlask, in_places, log, name_routes
from assessment.web.server.settings import Settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST = 32_000
"""Bytes of a body."""


class ApiRequest(Request):
    """A request of which no more is read than any call needs."""

    max_content_length = LARGEST


def make_api(
    practice: Practice, settings: Settings, clock: Callable[[], float], counts: Counts
) -> QuietFlask:
    """Return the application that answers everything below /api; `counts` counts the calls."""
    app = QuietFlask("assessment.api", static_folder=None, template_folder=None)
    app.request_class = ApiRequest
    app.debug = False  # whatever FLASK_DEBUG says
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    app.register_error_handler(Exception, problem)
    guard = Guard(practice.keys, practice.audit_log, counts)
    table = operations(practice, settings, clock)
    for one in table:
        view = guard.protect(one.view, one.scope, one.shows)
        app.add_url_rule(one.path, one.name, view, methods=[one.method])
    described = json.dumps(document(table, version()))
    app.add_url_rule(
        ADDRESS, "openapi", lambda: Response(described, mimetype="application/json"),
        methods=["GET"],
    )  # fmt: skip
    name_routes(app, "api.")
    return app


def problem(error: Exception) -> Response:
    """Answer whatever went wrong."""
    if isinstance(error, NotDone):
        return answer(error)
    if isinstance(error, HTTPException):
        allow = {name: value for name, value in error.get_headers() if name == "Allow"}
        return answer(NotDone(error.code or 500), allow)
    if isinstance(error, Busy):
        return answer(NotDone(503, "Too many PDFs are being made. Try again in a minute."))
    if isinstance(error, Unavailable):
        log.error("API: the database is away: %s", error)
        return answer(NotDone(503))
    log.error("%s", in_places(error))
    return answer(NotDone(500))


def beside(site: WSGIApplication, api: WSGIApplication) -> WSGIApplication:
    """Return what gives each request to the pages or, below /api, to the API."""

    def chosen(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        is_api = path == "/api" or path.startswith("/api/")
        return (api if is_api else site)(environ, start_response)

    return chosen
