"""What is answered when something cannot be done: RFC 9457, whatever the status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.http import HTTP_STATUS_CODES

CONTENT_TYPE = "application/problem+json"
SECONDS_TO_RETRY = "20"
"""How long to wait when we failed."""

DETAILS: Mapping[int, str] = {
    400: "The request could not be read.",
    401: "Send a working key of the clinic, like this: Authorization: Bearer KEY.",
    403: "This key may not do that. Make one with the scope it needs.",
    404: "There is nothing here that this clinic can see.",
    405: "This address does not accept this method.",
    409: "It has already ended.",
    413: "The request is too long.",
    415: "Send JSON, with Content-Type: application/json.",
    422: "Something in the request is wrong.",
    429: "Too many calls. Wait before the next one.",
    500: "Something went wrong on our side. Try again; the same Idempotency-Key or reference never "
    "makes a second invitation.",
    503: "We can't reach the records right now. Try again; the same Idempotency-Key or "
    "reference never makes a second invitation.",
}


class Fault(BaseModel):
    """Something in a request that is wrong."""

    model_config = ConfigDict(frozen=True)

    pointer: str = Field(description="Where it is: a JSON pointer, or the name of a parameter.")
    detail: str = Field(description="What to do about it.")


class Problem(BaseModel):
    """Why something was not done (RFC 9457)."""

    model_config = ConfigDict(frozen=True)

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: tuple[Fault, ...] | None = Field(None, description="Every fault of a 422.")
    invitation: str | None = Field(
        None,
        description="The id of the invitation that an earlier call made.",
    )


class NotDone(Exception):
    """Something is not done, and this is what is answered."""

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        errors: Sequence[Fault] = (),
        invitation: str | None = None,
    ) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.invitation = invitation


def answer(what: NotDone, headers: Mapping[str, str] | None = None) -> Response:
    """Return what is answered to whoever calls."""
    status = what.status
    problem = Problem(
        title=HTTP_STATUS_CODES[status],
        status=status,
        detail=what.detail or DETAILS.get(status) or DETAILS[400 if status < 500 else 500],
        errors=what.errors or None,
        invitation=what.invitation,
    )
    response = Response(problem.model_dump_json(exclude_none=True), status)
    response.headers["Content-Type"] = CONTENT_TYPE
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status in (429, 503):
        response.headers["Retry-After"] = SECONDS_TO_RETRY
    response.headers.update(headers or {})
    return response
