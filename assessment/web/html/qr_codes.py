"""QR codes of addresses, for phones."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import segno
from markupsafe import Markup

QUIET_ZONE = 4
"""Modules of white around a QR code; readers need them."""


def reaches_phones(link: str) -> bool:
    """Whether a phone may reach the host of a link.

    This computer alone has a loopback address. A name of one word, or one under `.local`, is known
    to some phones on the same network at most, and no certificate that phones trust is made out to
    it. Private addresses are reached in the clinic's own network.
    """
    host = (urlsplit(link).hostname or "").rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal"))
    return not (address.is_loopback or address.is_unspecified or address.is_link_local)


def qr_code(link: str, title: str = "QR code of the link") -> Markup:
    """Return the link as an SVG that our content policy allows: no styles, no script.

    `title` is a fixed text of ours.
    """
    code = segno.make_qr(link, error="m")
    svg = code.svg_inline(
        border=QUIET_ZONE, light="#fff", dark="#000", omitsize=True, svgclass=None, lineclass=None,
        title=title,
    )  # fmt: skip
    return Markup(svg.replace("<svg ", '<svg role="img" class="qr" ', 1))  # noqa: S704  made of squares and a fixed title
