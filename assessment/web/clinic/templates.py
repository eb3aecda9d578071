"""The templates of the clinic area, and the files that its pages load."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from flask import Blueprint, request
from jinja2 import Template
from werkzeug.wrappers import Response

from assessment.exports.dates import calendar_of
from assessment.practice.staff.accounts import SignedIn
from assessment.web.clinic.pages import StaffPage
from assessment.web.html.assets import FOR_EVER, Asset
from assessment.web.html.pages import Site
from assessment.web.html.render import environment
from assessment.web.server.settings import ROOT

FOLDER = "clinic/"
CLOSED = "/clinic/closed"


@dataclass(frozen=True, slots=True)
class Files:
    """The stylesheet and the scripts of the clinic area; their addresses change with them.

    `notices` is for pages that tell by themselves what is new, `passkey` for those that ask for
    a passkey.
    """

    style: Asset
    script: Asset
    notices: Asset
    passkey: Asset

    def register(self, blueprint: Blueprint) -> None:
        """Give each file its route."""
        for name in ("style", "script", "notices", "passkey"):
            asset: Asset = getattr(self, name)
            blueprint.add_url_rule(asset.path, name, lambda asset=asset: asset.response(request))


class ClinicTemplates:
    """Renders the pages of the clinic area."""

    def __init__(self, site: Site) -> None:
        self.files = _files()
        self._site = site
        self._templates = _templates()

    def text(
        self,
        template: str,
        page: StaffPage,
        who: SignedIn | None,
        *,
        unread: int = 0,
        idle: int = 0,
    ) -> str:
        """Return the page as HTML; `template` is a name such as `account.html`.

        `unread` counts urgent responses, `idle` is after how many seconds the page is closed: when
        the session ends. It is 0 for a page that may stay open.
        """
        return self._templates[template].render(
            page=page,
            who=who,
            calendar=calendar_of(None if who is None else who.clinic.time_zone),
            unread=unread,
            idle=idle,
            closed=closed_address() if idle else "",
            site=self._site,
            clinic_css=self.files.style.path,
            clinic_js=self.files.script.path,
            notices_js=self.files.notices.path,
            passkey_js=self.files.passkey.path,
        )


def closed_address() -> str:
    """Return where the page at hand goes when it is closed, with the way back to it."""
    here = request.full_path.removesuffix("?") if request.method == "GET" else "/clinic"
    return f"{CLOSED}?next={quote(here)}"


@cache
def _templates() -> Mapping[str, Template]:
    """Return every template of the clinic area by its name, compiled once for all."""
    made = environment()
    names = made.list_templates(filter_func=lambda name: name.startswith(FOLDER))
    return {name.removeprefix(FOLDER): made.get_template(name) for name in names}


def reply(html: str, status: int = 200) -> Response:
    """Return a page of the clinic area as a response.

    It is never compressed: pages here repeat what was asked for, beside a token (decision 0010).
    """
    return Response(html, status, mimetype="text/html")


def _files() -> Files:
    return Files(
        _asset("clinic.css", "text/css; charset=utf-8"),
        _asset("clinic.js", "text/javascript; charset=utf-8"),
        _asset("clinic-notices.js", "text/javascript; charset=utf-8"),
        _asset("passkey.js", "text/javascript; charset=utf-8"),
    )


def _asset(name: str, content_type: str) -> Asset:
    body = (ROOT / "static" / name).read_bytes()
    stem, _, suffix = name.partition(".")
    path = f"/{stem}-{hashlib.sha256(body).hexdigest()[:12]}.{suffix}"
    return Asset(path, content_type, body, gzip.compress(body, 9, mtime=0), FOR_EVER)
