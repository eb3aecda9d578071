"""The cookies of the clinic area: the session, what was just done, and a token for open forms.

The forms for signing in, setting up and entering a code are sent by people without a session. The
gate refuses those of other sites; a token in a `SameSite=Strict` cookie refuses them once more.
"""

from __future__ import annotations

from hmac import compare_digest

from flask import request
from werkzeug.sansio.http import parse_cookie
from werkzeug.wrappers import Response

from assessment.records.ids import new_token
from assessment.web.server.settings import Settings
from assessment.web.walk.waiting_room import cookie_name

FORM_TOKEN_SECONDS = 3600
JUST_DONE_SECONDS = 60
KEPT_BY_BROWSER = '"cache", "storage"'


class StaffCookies:
    """Reads and writes the cookies of the clinic area."""

    def __init__(self, settings: Settings) -> None:
        # With the `__Host-` prefix browsers take the cookie from this host over https only.
        prefix = "" if settings.local else "__Host-"
        self._session = f"{prefix}clinic"
        self._form = f"{prefix}clinic-form"
        self._done = f"{prefix}clinic-done"
        self._waiting = cookie_name(settings)
        self._secure = not settings.local

    def token(self) -> str | None:
        """Return the session token that the browser sent."""
        return self._cookies().get(self._session)

    def opened(self, response: Response, token: str) -> Response:
        """Have the browser keep this session token, until it is closed or we end the session.

        A tablet that somebody signed in on is none of a waiting room any more.
        """
        if self._waiting in self._cookies():
            response.delete_cookie(
                self._waiting, secure=self._secure, httponly=True, samesite="Lax"
            )
        response.set_cookie(
            self._session, token, secure=self._secure, httponly=True, samesite="Lax"
        )
        return response

    def closed(self, response: Response) -> Response:
        """Have the browser forget the session and whatever it kept of our pages (ASVS 14.3.1)."""
        response.headers["Clear-Site-Data"] = KEPT_BY_BROWSER
        response.delete_cookie(self._session, secure=self._secure, httponly=True, samesite="Lax")
        return response

    def emptied(self, response: Response) -> Response:
        """Have the browser forget what it kept of our pages, where it had a session that ended."""
        if self.token():
            response.headers["Clear-Site-Data"] = KEPT_BY_BROWSER
        return response

    def form_token(self) -> str:
        """Return the token for a form that anybody may send; the one at hand, or a new one."""
        return self._cookies().get(self._form) or new_token()

    def with_form_token(self, response: Response, token: str) -> Response:
        """Have the browser keep the token of the form on this page."""
        response.set_cookie(
            self._form,
            token,
            max_age=FORM_TOKEN_SECONDS,
            secure=self._secure,
            httponly=True,
            samesite="Strict",
        )
        return response

    def is_own_form(self) -> bool:
        """Whether the form at hand was made for this browser."""
        kept = self._cookies().get(self._form, "")
        return bool(kept) and is_same(request.form.get("csrf_token", ""), kept)

    def is_just_done(self, done: str) -> bool:
        """Whether this was done right before the request at hand."""
        return bool(done) and self._cookies().get(self._done) == done

    def with_just_done(self, response: Response, done: str) -> Response:
        """Have the next page know what was done."""
        response.set_cookie(
            self._done,
            done,
            max_age=JUST_DONE_SECONDS,
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )
        return response

    def without_just_done(self, response: Response) -> Response:
        """Have no later page think that it was done just now."""
        response.delete_cookie(self._done, secure=self._secure, httponly=True, samesite="Lax")
        return response

    @staticmethod
    def _cookies() -> dict[str, str]:
        return parse_cookie(request.environ.get("HTTP_COOKIE")).to_dict()


def is_same(sent: str, expected: str) -> bool:
    """Whether a token is the right one, compared in constant time."""
    return compare_digest(sent.encode(), expected.encode())
