"""A clinician's review, recorded against exactly the content that was reviewed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import yaml

from assessment.engine.protocol import Protocol, Review
from assessment.protocols.load import REVIEW_FILE


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
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".review")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
    return path
