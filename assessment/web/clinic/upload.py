"""The forms that hold a file: a clinic's logo, and a list of people to invite.

No other addresses read such forms. What is sent stays in memory and is bounded before it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask import g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from assessment.records.model import LARGEST_LOGO

MOST_BYTES = LARGEST_LOGO + 20_000
"""Of the whole form."""
_MOST_DROPPED = 20_000_000
"""Bytes that are read and dropped of a larger one: a browser that is cut off shows no page."""
_MOST_PARTS = 5


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent: the fields, and the file, empty where none was chosen."""

    fields: MultiDict[str, str]
    data: bytes


def uploaded() -> Upload:
    """Return what the request at hand sends; raises RequestEntityTooLarge (413)."""
    if "upload" not in g:
        g.upload = _read()
    upload: Upload = g.upload
    return upload


def uploaded_fields() -> MultiDict[str, str]:
    """Return the fields beside the file."""
    return uploaded().fields


def _read() -> Upload:
    length = request.content_length or 0
    if length > MOST_BYTES:
        _drop(min(length, _MOST_DROPPED))
        raise RequestEntityTooLarge
    parser = FormDataParser(
        stream_factory=lambda *_args, **_more: BytesIO(),
        max_form_memory_size=MOST_BYTES,
        max_content_length=MOST_BYTES,
        max_form_parts=_MOST_PARTS,
    )
    body = BytesIO(request.environ["wsgi.input"].read(length))
    _, fields, files = parser.parse(body, request.mimetype, length, request.mimetype_params)
    file = next(iter(files.values()), None)
    return Upload(fields, b"" if file is None else file.read())


def _drop(length: int) -> None:
    body = request.environ["wsgi.input"]
    while length > 0 and (read := len(body.read(min(length, MOST_BYTES)))):
        length -= read
