"""The gate in front of the application: requests that it refuses, headers that it adds.

It stands outside Flask, so that nothing that goes wrong inside can leave a response without them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from assessment.web.server.logs import Rejection, reject
from assessment.web.server.settings import Settings, is_loopback

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from _typeshed import OptExcInfo

    Headers = list[tuple[str, str]]

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
)
CLINIC_POLICY = f"{CONTENT_POLICY}; script-src 'self'"
"""For the clinic area and the waiting room: small scripts of ours, which no page there needs."""
NOTHING_ALLOWED = "browsing-topics=(), camera=(), geolocation=(), microphone=()"
TWO_YEARS = "max-age=63072000; includeSubDomains"
NO_STORE = ("Cache-Control", "no-store")
_ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", NOTHING_ALLOWED),
]
_HSTS = ("Strict-Transport-Security", TWO_YEARS)
_POLICIES = [("Content-Security-Policy", one) for one in (CONTENT_POLICY, CLINIC_POLICY)]
ON_EVERY_PAGE = frozenset([*_ALWAYS, *_POLICIES, _HSTS, NO_STORE])
"""Headers that say the same whatever the page; not every page has each of them."""

_FORWARDED = frozenset({"HTTP_FORWARDED", "HTTP_X_REAL_IP"})
_OURS = frozenset({"same-origin", "none"})

SCRIPTED = "assessment.scripted"
"""Says in an environment that the page that answers may load a script of ours."""
UNREADABLE = "assessment.unreadable"
"""Says in an environment that the server could not read the request."""


class Gate:
    """Lets a request through to `inside`, or answers it with `refusal`."""

    def __init__(
        self, inside: WSGIApplication, refusal: WSGIApplication, settings: Settings
    ) -> None:
        self._inside = inside
        self._refusal = refusal
        self._public_url = settings.public_url
        self._public_host = settings.public_host
        self._headers = _headers(settings, CONTENT_POLICY)
        self._clinic_headers = _headers(settings, CLINIC_POLICY)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        path = environ.get("PATH_INFO", "")
        in_clinic = path == "/clinic" or path.startswith("/clinic/")

        def start(status: str, headers: Headers, raised: OptExcInfo | None = None) -> object:
            scripted = in_clinic or SCRIPTED in environ
            own = self._clinic_headers if scripted else self._headers
            cached = any(name == "Cache-Control" for name, _ in headers)
            more = own if cached else [*own, NO_STORE]
            return start_response(status, headers + more, raised)

        refused = self._fault(environ)
        if refused is not None:
            reject(refused)
        inside = self._inside if refused is None else self._refusal
        return inside(environ, start)  # type: ignore[arg-type]  # nothing of ours calls write()

    def _fault(self, environ: WSGIEnvironment) -> Rejection | None:
        """Return why a request is not let in."""
        if UNREADABLE in environ:
            return Rejection.UNREADABLE
        host = environ.get("HTTP_HOST", "")
        if self._public_url is None:
            if not _is_local(host):
                return Rejection.HOST
            # Nothing stands in front in local mode; a forwarded header says that something does.
            if _is_forwarded(environ):
                return Rejection.FORWARDED
        elif host.lower().removesuffix(":443") != self._public_host:
            return Rejection.HOST
        if environ["REQUEST_METHOD"] == "POST" and not self._is_own_form(environ, host):
            return Rejection.ORIGIN
        return None

    def _is_own_form(self, environ: WSGIEnvironment, host: str) -> bool:
        """Whether a form was sent by a page of ours.

        One of another site must not even start: that would replace the answers given so far. Our
        pages send `Origin: null`, since they tell nobody where they come from.
        """
        site = environ.get("HTTP_SEC_FETCH_SITE")
        if site is not None:
            return site in _OURS
        return environ.get("HTTP_ORIGIN", "null") in (
            "null",
            self._public_url or f"http://{host}",
        )


def _headers(settings: Settings, content_policy: str) -> Headers:
    headers = [("Content-Security-Policy", content_policy), *_ALWAYS]
    return headers if settings.local else [*headers, _HSTS]


def _is_forwarded(environ: WSGIEnvironment) -> bool:
    return not _FORWARDED.isdisjoint(environ) or "HTTP_X_FORWARDED" in " ".join(environ)


@lru_cache(maxsize=64)
def _is_local(host: str) -> bool:
    """Whether a Host header names this machine; another name that leads here is a trick."""
    name, colon, port = host.lower().rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host.lower(), "0"
    return is_loopback(name) and port.isdecimal()
