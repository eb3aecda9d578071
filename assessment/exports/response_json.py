"""Responses as JSON: the machine contract of a decision, and what a clinic stores beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessment.exports.dates import machine_time
from assessment.exports.machine import Json
from assessment.records.model import Line, Note, Response

FORMAT = "clinic responses 1"
"""Changes when a program that reads these files would have to change."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One response with its notes; `response` is None where its content cannot be read."""

    line: Line
    response: Response | None
    notes: Sequence[Note]


def responses_json(entries: Iterable[Entry], made_at: int) -> bytes:
    """Return responses as one JSON document in UTF-8; `made_at` is Unix seconds."""
    document = {
        "format": FORMAT,
        "made_at": machine_time(made_at),
        "responses": [_entry(entry) for entry in entries],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(errors="replace")


def _entry(entry: Entry) -> Json:
    line, response = entry.line, entry.response
    return {
        "id": line.id,
        "received_at": machine_time(line.received_at),
        "state": line.state.value,
        "urgency": line.urgency,
        "recommendation": line.recommendation,
        "complete": line.complete,
        "readable": response is not None,
        **({} if response is None else _content(response)),
        "notes": [_note(note) for note in entry.notes],
    }


def _content(response: Response) -> Json:
    content = response.content
    return {
        "version": response.version,
        "client": {"id": response.line.client, "name": content.name, "born": content.birth},
        "message": content.message,
        "consent": {
            "version": content.consent.version,
            "text": content.consent.text,
            "given_at": machine_time(content.consent.given_at),
        },
        "answers": dict(content.answers),
        "decision": dict(content.decision),
    }


def _note(note: Note) -> Json:
    return {
        "made_at": machine_time(note.created_at),
        "by": note.author_name,
        "kind": note.kind.value,
        "text": note.text,
        "readable": note.readable,
    }
