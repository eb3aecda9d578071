"""A clinician's review, recorded against exactly the content that was reviewed."""

from __future__ import annotations

from pathlib import Path

import yaml

from assessment.engine.protocol import Protocol, Review
from assessment.protocols.folder import REVIEW_FILE
from assessment.protocols.writing import write_whole


def sign_off(folder: Path, protocol: Protocol, review: Review) -> Path:
    """Write `review.yaml`; a later change of the protocol makes it void. Returns its path."""
    content = yaml.safe_dump(
        {
            "reviewer": review.reviewer,
            "role": review.role,
            "date": review.date,
            "rules_hash": protocol.rules_hash,
            "wording_hash": protocol.wording_hash,
        },
        allow_unicode=True,
        sort_keys=False,
    )
    path = folder / REVIEW_FILE
    write_whole(path, content.encode())
    return path
