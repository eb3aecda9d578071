"""Sends what is answered."""

from __future__ import annotations

from flask import Response
from pydantic import BaseModel


def reply(told: BaseModel, status: int = 200, *, sparse: bool = False) -> Response:
    """Return an answer as JSON; a `sparse` one leaves out what was not said."""
    text = told.model_dump_json(exclude_unset=sparse)
    return Response(text, status, mimetype="application/json")
