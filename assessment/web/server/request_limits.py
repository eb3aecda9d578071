"""What a browser may send."""

from __future__ import annotations

from urllib.parse import parse_qsl

from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

from assessment.web.server.lean_flask import LeanRequest

LARGEST = 32_000
"""Bytes of a body: 2,000 characters of free text are up to 24,000, and other forms small."""
LARGEST_OF_STAFF = 64_000
"""Bytes of a body in the clinic area, where people write notes."""
LARGEST_SENT = 100_000
"""Bytes of the form that sends, with ten more answers of 500 characters: up to 60,000."""
MOST_FIELDS = 100


class SmallRequest(LeanRequest):
    """A request that reads small forms in the one encoding that our pages send.

    No other parser sees what a stranger sends: none for parts, files or JSON.
    """

    @cached_property
    def form(self) -> ImmutableMultiDict[str, str]:
        """The fields that were sent; none when it is no such form.

        Raises RequestEntityTooLarge (413) or BadRequest (400) for what no page of ours sends.
        """
        length = self.content_length or 0
        if length > self._largest:
            raise RequestEntityTooLarge
        if self.mimetype != "application/x-www-form-urlencoded":
            return ImmutableMultiDict()
        body = self.environ["wsgi.input"].read(length)
        if len(body) < length:  # its sender is gone, or too slow: what is missing may be a sign
            raise BadRequest
        try:
            fields = parse_qsl(
                body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
            )
        except ValueError:
            raise BadRequest from None
        return ImmutableMultiDict(fields)

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """The cookies that were sent, read once."""
        return parse_cookie(self.environ.get("HTTP_COOKIE"), cls=ImmutableMultiDict)  # type: ignore[return-value]  # it returns this class

    @property
    def _largest(self) -> int:
        if self.path.startswith("/clinic/"):
            return LARGEST_OF_STAFF
        return LARGEST_SENT if self.path == "/send" else LARGEST
