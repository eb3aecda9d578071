"""The few files that pages load: one stylesheet, the icon, the clinic's logo. Read at start."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Request, Response, request

from assessment.records.pictures import clean_picture
from assessment.web.html.accent import accent_css
from assessment.web.server.lean_flask import LeanResponse
from assessment.web.server.setting_values import LOGO_TYPES
from assessment.web.server.settings import ROOT, Settings

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent; `packed` is its gzip form, where that is smaller."""

    path: str
    content_type: str
    body: bytes
    packed: bytes | None
    cache: str

    def response(self, request: Request) -> Response:
        """Return the file in the form that the browser takes."""
        packed = self.packed if "gzip" in request.headers.get("Accept-Encoding", "") else None
        response = LeanResponse(self.body if packed is None else packed)
        response.headers["Content-Type"] = self.content_type
        response.headers["Cache-Control"] = self.cache
        if self.packed is not None:
            response.headers["Vary"] = "Accept-Encoding"
        if packed is not None:
            response.headers["Content-Encoding"] = "gzip"
        return response


@dataclass(frozen=True, slots=True)
class Assets:
    """Every file that pages load."""

    stylesheet: Asset
    icon: Asset
    logo: Asset | None

    def register(self, app: Flask) -> None:
        """Give each file its route."""
        for asset in (self.stylesheet, self.icon, self.logo):
            if asset is not None:
                app.add_url_rule(asset.path, asset.path, _sender(asset))


def read_assets(settings: Settings) -> Assets:
    """Read the files; the stylesheet's address changes with its content."""
    icon = (ROOT / "static" / "icon.svg").read_bytes()
    logo = None
    if settings.clinic_logo is not None:
        logo = _logo(settings.clinic_logo)
    return Assets(
        stylesheet(settings.clinic_accent),
        _asset("/static/icon.svg", "image/svg+xml", icon, FOR_A_DAY),
        logo,
    )


def _logo(path: Path) -> Asset:
    """Return the logo; of a picture only what is seen, not where it was taken."""
    suffix, data = path.suffix.lower(), path.read_bytes()
    kind = LOGO_TYPES[suffix]
    if suffix != ".svg":
        picture = clean_picture(data)
        kind, data = picture.media_type, picture.data
    return _asset(f"/logo{suffix}", kind, data, FOR_A_DAY)


def stylesheet(accent: str | None, folder: str = "") -> Asset:
    """Return the stylesheet with an accent, or with ours, under an address within `folder`."""
    css = _own_css() + ("" if accent is None else accent_css(accent))
    style = css.encode()
    fingerprint = hashlib.sha256(style).hexdigest()[:12]
    return _asset(f"{folder}/style-{fingerprint}.css", "text/css; charset=utf-8", style, FOR_EVER)


@cache
def waiting_script() -> Asset:
    """Return the one script of walks: it runs on the tablet of a waiting room only."""
    body = (ROOT / "static" / "waiting.js").read_bytes()
    path = f"/waiting-{hashlib.sha256(body).hexdigest()[:12]}.js"
    return _asset(path, "text/javascript; charset=utf-8", body, FOR_EVER)


@cache
def _own_css() -> str:
    return _packed_css((ROOT / "static" / "style.css").read_text(encoding="utf-8"))


def _packed_css(css: str) -> str:
    """Leave out comments and white space: a seventh of what a phone loads for a question."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,]) ?", r"\1", css).strip()


def _asset(path: str, content_type: str, body: bytes, cache: str) -> Asset:
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(path, content_type, body, packed if len(packed) < len(body) else None, cache)


def _sender(asset: Asset) -> Callable[[], Response]:
    def send() -> Response:
        return asset.response(request)

    return send
