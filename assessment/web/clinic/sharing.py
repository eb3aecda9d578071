"""A fresh link in every form in which it can reach a client."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

import segno
from markupsafe import Markup

from assessment.exports.phones import dialled
from assessment.practice.post.letters import invitation_letter, invitation_message
from assessment.records.model import Clinic, Invitation

QUIET_ZONE = 4
"""Modules of white around a QR code; readers need them."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A link, its QR code (SVG), a message with it, and links that open mail and messages.

    There is no QR code of an address that no phone can reach.
    """

    link: str
    qr_code: Markup | None
    message: str
    mailto: str
    sms: str


def share(clinic: Clinic, invitation: Invitation, link: str) -> Shared:
    """Return the link of an invitation in every form."""
    letter = invitation_letter(clinic, invitation, link)
    message = invitation_message(clinic, invitation, link)
    to = quote(invitation.email, safe="@")
    text = quote(letter.text.strip().replace("\n", "\r\n"), safe="")  # as RFC 6068 wants it
    return Shared(
        link=link,
        qr_code=qr_code(link) if reaches_phones(link) else None,
        message=message,
        mailto=f"mailto:{to}?subject={quote(letter.subject)}&body={text}",
        # Phones differ on whether "?" or "&" comes before the text; each skips what it does not
        # expect. Without a number, whoever sends chooses whom to send to.
        sms=f"sms:{_number(invitation.phone)}?&body={quote(message, safe='')}",
    )


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


def _number(phone: str) -> str:
    """Return a number for a text message, which goes to no extension."""
    return dialled(phone).partition(",")[0] if phone else ""


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
