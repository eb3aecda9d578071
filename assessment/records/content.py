"""What a client sent, to and from the JSON that is sealed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assessment.records.model import Consent, Content
from assessment.records.sealed import known


def to_json(content: Content) -> dict[str, object]:
    """Return the content as it is sealed."""
    return {
        "answers": content.answers,
        "decision": content.decision,
        "name": content.name,
        "birth": content.birth,
        "message": content.message,
        "consent": asdict(content.consent),
        **({"confirmed": content.confirmed} if content.confirmed else {}),
        **({"phone": content.phone} if content.phone else {}),
    }


def from_json(value: dict[str, Any]) -> Content:
    """Return what this code knows of the content that was sealed."""
    consent = Consent(**known(Consent, value["consent"]))
    return Content(**known(Content, value) | {"consent": consent})
