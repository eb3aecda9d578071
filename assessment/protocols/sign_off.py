"""A clinician's review, recorded against exactly the content that was reviewed."""

from __future__ import annotations

from pathlib import Path

import yaml

from assessment.engine.protocol import Protocol, Review
from assessment.protocols.diagnostics import Report
from assessment.protocols.folder import REVIEW_FILE, Folder
from assessment.protocols.hashes import content_hash
from assessment.protocols.writing import write_whole


def sign_off(folder: Path, protocol: Protocol, review: Review) -> Path:
    """Write `review.yaml` and return its path; a later change in the folder makes it void.

    The two hashes of the protocol say which version was reviewed; the third covers everything.
    """
    content = yaml.safe_dump(
        {
            "reviewer": review.reviewer,
            "role": review.role,
            "date": review.date,
            "rules_hash": protocol.rules_hash,
            "wording_hash": protocol.wording_hash,
            "content_hash": content_hash(Folder(folder, Report()).covered()),
        },
        allow_unicode=True,
        sort_keys=False,
    )
    path = folder / REVIEW_FILE
    write_whole(path, content.encode())
    return path
