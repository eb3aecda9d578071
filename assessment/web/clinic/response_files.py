"""Responses as downloads. No word of a client stands in their names, but an id (ASVS 5.4.1)."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from assessment.practice.responses.downloads import Format, file_of
from assessment.practice.responses.opened import Opened
from assessment.practice.staff.accounts import SignedIn

CONTENT_TYPES = {
    Format.PDF: "application/pdf",
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/json",
}
SHORT_ID = 8
"""Letters of an id by which a file is told from others in the same folder."""


def format_of(name: str) -> Format:
    """Return the kind of file with this name; raises BadRequest when there is none."""
    try:
        return Format(name)
    except ValueError:
        raise BadRequest from None


def as_file(format: Format, responses: Sequence[Opened], who: SignedIn, now: float) -> Response:
    """Return the responses as one file to keep."""
    stem = "responses"
    if len(responses) == 1:
        stem = f"response-{responses[0].line.id[:SHORT_ID]}"
    response = Response(file_of(format, responses, who.clinic, int(now)))
    response.headers["Content-Type"] = CONTENT_TYPES[format]
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}.{format}"'
    return response
