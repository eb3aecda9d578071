"""A fresh link in every form in which it can reach a client."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from assessment.exports.phones import dialled
from assessment.practice.post.letters import invitation_letter, invitation_message
from assessment.records.model import Clinic, Invitation
from assessment.web.html.qr_codes import qr_code, reaches_phones


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


def _number(phone: str) -> str:
    """Return a number for a text message, which goes to no extension."""
    return dialled(phone).partition(",")[0] if phone else ""
