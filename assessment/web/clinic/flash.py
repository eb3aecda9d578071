"""What was just done is told once.

A page behind a redirect knows from its address what to tell. A reload, a bookmark or a link opens
that address again, when nothing was done: so a cookie goes with the redirect, for one page only.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from flask import request
from werkzeug.wrappers import Response

from assessment.web.clinic.cookies import StaffCookies

FIELD = "done"


def notice(cookies: StaffCookies, words: Mapping[str, str]) -> str | None:
    """Return the words for what was just done; None when this page is opened again."""
    done = request.args.get(FIELD, "")
    return words.get(done) if cookies.is_just_done(done) else None


def told_once(cookies: StaffCookies, response: Response) -> Response:
    """Have the next page tell what was done, and this one the last to tell it."""
    [done] = parse_qs(urlsplit(response.headers.get("Location", "")).query).get(FIELD, [""])[:1]
    if done:
        return cookies.with_just_done(response, done)
    return cookies.without_just_done(response) if FIELD in request.args else response
