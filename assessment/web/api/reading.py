"""Reads what is sent into its type, or says what is wrong with it; it quotes none of it."""

from __future__ import annotations

import re
from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from assessment.web.api.problems import Fault, NotDone

IDEMPOTENCY_KEY = "Idempotency-Key"
KEY_PATTERN = r"^[!-~]{1,255}$"

_Type = TypeVar("_Type", bound=BaseModel)


def read_body(of: type[_Type]) -> _Type:
    """Return the JSON that was sent; raises NotDone (400, 413, 415, 422)."""
    if request.mimetype != "application/json":
        raise NotDone(415)
    try:
        return of.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        if any(one["type"] == "json_invalid" for one in found):
            raise NotDone(400, "This is not JSON.") from None
        raise NotDone(422, errors=[_fault("#/", one) for one in found]) from None


def read_query(of: type[_Type]) -> _Type:
    """Return the parameters behind the question mark; raises NotDone (422)."""
    try:
        return of.model_validate(request.args.to_dict())
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise NotDone(422, errors=[_fault("", one) for one in found]) from None


def idempotency_key() -> str | None:
    """Return the name that whoever calls gave to the call; raises NotDone (422)."""
    sent = request.headers.get(IDEMPOTENCY_KEY)
    if sent is None or re.fullmatch(KEY_PATTERN, sent):
        return sent
    wrong = Fault(pointer=IDEMPOTENCY_KEY, detail="Use 1 to 255 letters, digits and symbols.")
    raise NotDone(422, errors=[wrong])


def fault(field: str, detail: str) -> NotDone:
    """Return the answer to one field of the body that is wrong."""
    return NotDone(422, errors=[Fault(pointer=f"#/{field}", detail=detail)])


def _fault(root: str, found: object) -> Fault:
    assert isinstance(found, dict)  # noqa: S101  what pydantic gives
    steps = (str(one).replace("~", "~0").replace("/", "~1") for one in found["loc"])
    detail = str(found["msg"]).removeprefix("Value error, ")
    return Fault(pointer=root + "/".join(steps), detail=detail[:1].upper() + detail[1:])
