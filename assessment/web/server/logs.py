"""What is logged: how the server does, and nothing of what people tell it.

A request is logged, where that is switched on, as method, route, status and milliseconds: no
address of the person or of the page, no query. An error is logged as its type and places in the
code, since messages and values may hold answers.
"""

from __future__ import annotations

import datetime
import logging
import sys
import traceback
from collections.abc import Mapping
from enum import StrEnum
from types import TracebackType

from flask import Flask, Request, Response, request
from gunicorn.glogging import Logger

from assessment.web.server.lean_flask import LeanFlask
from assessment.web.server.log_lines import JsonLines
from assessment.web.server.reference import REFERENCE

ROUTE = "assessment.route"
"""Where a request's environment holds its route, such as `/questions/<question_id>`."""

ENDPOINT = "assessment.endpoint"
"""Where it holds the name of what answers it, such as `walk.question`; None for no page of ours."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""What any other method is called, which may be twenty letters of anybody's choice."""

log = logging.getLogger("assessment")

# Else a line that cannot be written (a full disk, a closed pipe) is reported on standard error
# together with the exception at hand, whose message may hold answers.
logging.raiseExceptions = False


class Event(StrEnum):
    """What is logged of the clinic area: that it happened, and nothing of whom or from where."""

    SIGNED_IN = "signed in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGN_IN_SLOWED = "sign-in refused: too many tries"
    SECOND_STEP_REFUSED = "second step refused"
    SECOND_STEP_SLOWED = "second step refused: too many tries"
    CONFIRMED = "password or passkey given again"
    FACTOR_ADDED = "second factor added"
    FACTOR_REMOVED = "second factor removed"
    RECOVERY_CODES_MADE = "recovery codes made"
    SIGN_IN_RULES_CHANGED = "how staff sign in changed"
    SIGNED_OUT = "signed out"
    SIGNED_OUT_EVERYWHERE = "signed out everywhere"
    SESSION_ENDED = "session ended by its owner"
    CLINIC_SET_UP = "clinic set up"
    CODE_REFUSED = "code refused"
    CODE_USED = "password set with a code"
    CREDENTIAL_CHANGED = "password changed"
    CREDENTIAL_REFUSED = "password refused"
    RENAMED = "therapist renamed"
    SETTINGS_CHANGED = "settings changed"
    COLLEAGUE_INVITED = "colleague invited"
    COLLEAGUE_CODE = "code for a colleague made"
    COLLEAGUE_FACTORS_RESET = "second factor of a colleague reset"
    COLLEAGUE_SIGNED_OUT = "colleague signed out"
    COLLEAGUE_DISABLED = "colleague disabled"
    COLLEAGUE_ENABLED = "colleague enabled"
    COLLEAGUE_REMOVED = "colleague removed"
    ROLE_CHANGED = "role changed"
    HANDED_OVER = "invitations and responses handed over"
    SHARING_CHANGED = "who sees responses changed"
    WEBHOOK_ADDED = "webhook added"
    WEBHOOK_CHANGED = "webhook changed"
    NOTE_ADDED = "note added"
    RESPONSE_MARKED = "response marked"
    RESPONSES_EXPORTED = "responses exported"
    RESPONSE_ERASED = "response erased"
    CLIENT_COPIED = "client copied for themselves"
    CLIENT_ERASED = "client erased"
    INVITATION_MADE = "invitation made"
    LINK_REPLACED = "link replaced"
    LINK_REVOKED = "link revoked"
    KEY_MADE = "API key made"
    KEY_REVOKED = "API key revoked"
    KEY_REFUSED = "API key refused"
    API_DENIED = "API key without the scope"
    DENIED = "denied"
    NOT_THERE = "denied: not of this clinic, or not there"
    FORM_REFUSED = "form refused"


class Rejection(StrEnum):
    """What is logged of requests that get no further, whoever they are from."""

    HOST = "foreign host"
    FORWARDED = "forwarded, with no proxy in front"
    ORIGIN = "form of a foreign origin"
    LINK = "no such link"
    CODE = "wrong code"
    UNREADABLE = "not to be read"
    LINKS = "too many links from one network"


def tell(event: Event) -> None:
    """Log that something happened in the clinic area."""
    log.info("clinic: %s", event)


def reject(what: Rejection) -> None:
    """Log that a request was refused; nothing of it is quoted, since it may hold anything."""
    log.info("refused: %s", what)


def in_places(error: BaseException) -> str:
    """Return the type of an error, and those of its causes, with file and line of every frame."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        places = " > ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
        parts.append(f"{type(seen).__qualname__} at {places}")
        seen = seen.__cause__ or seen.__context__
    return " caused by ".join(parts)


def method_of(environ: Mapping[str, object]) -> str:
    """Return the method of a request, where it is a usual one."""
    method = str(environ.get("REQUEST_METHOD"))
    return method if method in METHODS else OTHER


def name_routes(app: Flask, within: str = "") -> None:
    """Have each request's environment name its route, for the log, the metrics and the traces.

    `within` goes before the name of what answers it.
    """

    @app.after_request
    def name(response: Response) -> Response:
        # Once: each look at `request` searches for it.
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # Werkzeug's
        rule = asked.url_rule
        asked.environ[ROUTE] = rule and rule.rule
        asked.environ[ENDPOINT] = rule and f"{within}{rule.endpoint}"
        return response


class QuietFlask(LeanFlask):
    """A Flask that logs an error without its message."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Log the type and the places of an error."""
        if exc_info[1] is not None:
            log.error("%s", in_places(exc_info[1]))


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's log without addresses, queries and values."""

    def access(
        self,
        resp: object,
        req: object,
        environ: dict[str, object],
        request_time: datetime.timedelta,
    ) -> None:
        """Log one request, where that is switched on."""
        if not self.access_log_enabled:
            return
        status = str(getattr(resp, "status", "")).split(" ", 1)[0]
        took = round(request_time.total_seconds() * 1000)
        route = environ.get(ROUTE) or "-"
        method = method_of(environ)
        told = {
            "method": method, "route": route, "status": status, "milliseconds": took,
            "reference": environ.get(REFERENCE),
        }  # fmt: skip
        self.access_log.info("%s %s %s %d ms", method, route, status, took, extra=told)

    def warning(self, msg: str, *args: object, **kwargs: object) -> None:
        """Log a warning, unless it is about a request, or about a worker that we stop ourselves.

        Those about a request hold an address and what was sent.
        """
        if not msg.startswith("Invalid request from") and "SIGQUIT" not in args:
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        """Log the error at hand by its type and places; the message may hold an address."""
        error = sys.exc_info()[1]
        if isinstance(error, Exception):  # a worker that is told to stop raises SystemExit
            self.error_log.error("%s", in_places(error))


class QuietJsonLogger(QuietLogger):
    """The same as JSON."""

    def setup(self, cfg: object) -> None:
        """Prepare both logs."""
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(JsonLines())
