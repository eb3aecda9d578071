"""Names of rows, and secrets that are stored as their hash only."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from typing import NewType

ClinicId = NewType("ClinicId", str)
TherapistId = NewType("TherapistId", str)
ClientId = NewType("ClientId", str)
InvitationId = NewType("InvitationId", str)
ResponseId = NewType("ResponseId", str)
NoteId = NewType("NoteId", str)
MailId = NewType("MailId", str)
WebhookId = NewType("WebhookId", str)
DeliveryId = NewType("DeliveryId", str)


def new_id() -> str:
    """Return a name for a row: 128 random bits, so that nobody can count or guess rows.

    It never begins with a hyphen. A spreadsheet would take that for a formula, and the guard
    against formulas would make it another name in one file than in the next.
    """
    while (drawn := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return drawn


def id_from(*parts: str) -> str:
    """Return the name of a row that follows from these, so that nobody adds it twice."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return "m" + urlsafe_b64encode(digest).decode()[:21]


def new_token() -> str:
    """Return a secret of 256 random bits, for a link or a session."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """Return what is stored of a secret; at its length no slower hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
