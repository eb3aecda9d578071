"""Templates, compiled once at start, and responses made from them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache

from flask import Response, request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from assessment.web.html.pages import Site
from assessment.web.server.lean_flask import LeanResponse
from assessment.web.server.settings import ROOT

TEMPLATES = (
    "start", "question", "check", "result", "emergency", "guide", "about", "privacy",
    "accessibility", "error", "invited", "send", "sent", "sent_otherwise",
    "sent_emergency", "sent_crisis", "crisis", "unsent", "link_used", "back_code", "back_told",
    "waiting", "waiting_still_here", "waiting_sent",
)  # fmt: skip
WORTH_PACKING = 3000


class Templates:
    """Every template, compiled; all themes share them."""

    def __init__(self) -> None:
        self._templates = _compiled()

    def text(self, template: str, page: object, site: Site) -> str:
        """Return a page of a site as HTML."""
        return self._templates[template].render(page=page, site=site)


class Renderer:
    """Renders the pages of one site."""

    def __init__(self, site: Site, templates: Templates) -> None:
        self.site = site
        self._templates = templates

    def text(self, template: str, page: object) -> str:
        """Return the page as HTML."""
        return self._templates.text(template, page, self.site)

    def response(self, template: str, page: object, status: int = 200) -> Response:
        """Return the page as a response."""
        return reply(self.text(template, page), status)


def environment() -> Environment:
    """Return what compiles our templates: everything is escaped, a name that is missing fails."""
    return Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _compiled() -> Mapping[str, Template]:
    made = environment()
    return {f"{name}.html": made.get_template(f"{name}.html") for name in TEMPLATES}


def reply(html: str, status: int = 200) -> Response:
    """Return HTML as a response to the request at hand.

    Only what answers a GET is compressed: no such page repeats anything of the request, so its
    length tells nothing about what it holds (the BREACH attack).
    """
    body = html.encode()
    response = LeanResponse(status=status, mimetype="text/html")
    if request.method == "GET":
        response.headers["Vary"] = "Accept-Encoding"
        if len(body) > WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = _packed(body)
            response.headers["Content-Encoding"] = "gzip"
    response.set_data(body)
    return response


def _packed(body: bytes) -> bytes:
    """Compress as gzip, fast rather than small."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


def go_to(href: str) -> Response:
    """Return a redirect that a browser follows with GET."""
    return LeanResponse(status=303, headers={"Location": href})
