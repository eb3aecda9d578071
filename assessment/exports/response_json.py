"""Responses as JSON: the machine contract of a decision, and what a clinic stores beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessment.exports.ages import contradiction
from assessment.exports.dates import Calendar
from assessment.exports.machine import Json
from assessment.records.measures import NOTHING, Measured
from assessment.records.model import Line, Note, Recheck, Response
from assessment.records.own_answers import OwnAnswers

FORMAT = "clinic responses 1"
"""Changes when a program that reads these files would have to change."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One response with its notes; `response` is None where its content cannot be read.

    `again` is there where the rules of today are stricter than those of its day: the second advice
    that leads, then others that count. `own` are answers to the clinic's own questions; None where
    they cannot be read. `measured` is how their pain was and what they could do, or None likewise.
    """

    line: Line
    response: Response | None
    notes: Sequence[Note]
    again: Sequence[Recheck] = ()
    withdrawn_at: int | None = None
    own: OwnAnswers | None = ()
    measured: Measured | None = NOTHING


def responses_json(entries: Iterable[Entry], made_at: int, calendar: Calendar) -> bytes:
    """Return responses as one JSON document in UTF-8; `made_at` is Unix seconds."""
    document = {
        "format": FORMAT,
        "made_at": calendar.machine(made_at),
        "responses": [entry_json(entry, calendar) for entry in entries],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(errors="replace")


def entry_json(entry: Entry, calendar: Calendar) -> Json:
    """Return one response as it stands in such a document."""
    line, response = entry.line, entry.response
    return {
        "id": line.id,
        "received_at": calendar.machine(line.received_at),
        "state": line.state.value,
        "urgency": line.urgency,
        "recommendation": line.recommendation,
        "complete": line.complete,
        "readable": response is not None,
        **_withdrawn(entry, calendar),
        **({} if response is None else _content(response, calendar)),
        **_own(entry.own),
        **_measured(entry.measured),
        **_decided_again([_again(one, calendar) for one in entry.again]),
        "notes": [_note(note, calendar) for note in entry.notes],
    }


def _withdrawn(entry: Entry, calendar: Calendar) -> Json:
    """Return when the client took their consent back, where they did."""
    at = entry.withdrawn_at
    return {} if at is None else {"consent_withdrawn_at": calendar.machine(at)}


def _content(response: Response, calendar: Calendar) -> Json:
    content = response.content
    return {
        "version": response.version,
        "client": {
            "id": response.line.client,
            "name": content.name,
            "born": content.birth,
            **({"phone": content.phone} if content.phone else {}),
        },
        "ages_contradict": contradiction(content.answers, content.birth, content.consent.given_at)
        is not None,
        "message": content.message,
        "consent": {
            "version": content.consent.version,
            "text": content.consent.text,
            "given_at": calendar.machine(content.consent.given_at),
            "signed_by": content.consent.signed_by,
            "guardian": content.consent.guardian,
            "text_sha256": content.consent.text_hash,
        },
        "answers": dict(content.answers),
        **_confirmed(content.confirmed, calendar),
        "decision": dict(content.decision),
    }


def _confirmed(confirmed: Mapping[str, int], calendar: Calendar) -> Json:
    """Return what was told before and only confirmed, with when it was first told."""
    first_told = {name: calendar.machine(when) for name, when in confirmed.items()}
    return {"confirmed": first_told} if first_told else {}


def _own(answers: OwnAnswers | None) -> Json:
    """Return the answers to the clinic's own questions, with their wording on that day."""
    if answers is None:
        return {"own_questions": None}
    told = [
        {
            "id": one.id,
            "kind": one.kind.value,
            "question": one.question,
            "answers": list(one.answers),
        }
        for one in answers
    ]
    return {"own_questions": told} if told else {}


def _measured(measured: Measured | None) -> Json:
    """Return pain and activities; `follows` names the response before the visit."""
    if measured is None:
        return {"measures": None}
    if measured.is_empty:
        return {}
    activities = [{"activity": one.words, "score": one.score} for one in measured.activities]
    follows = {"follows": measured.follows} if measured.follows else {}
    return {"measures": {"pain": measured.pain, "activities": activities, **follows}}


def _decided_again(found: list[Json]) -> Json:
    lead = {"decided_again": found[0]} if found else {}
    return {**lead, **({"also_decided_again": found[1:]} if found[1:] else {})}


def _again(recheck: Recheck, calendar: Calendar) -> Json:
    return {
        "made_at": calendar.machine(recheck.made_at),
        "version": recheck.version,
        "urgency": recheck.urgency,
        "recommendation": recheck.recommendation,
        "decision": dict(recheck.decision),
        "unknown": list(recheck.unknown),
        "readable": recheck.readable,
    }


def _note(note: Note, calendar: Calendar) -> Json:
    return {
        "made_at": calendar.machine(note.created_at),
        "by": note.author_name,
        "account": note.account,
        "kind": note.kind.value,
        "text": note.text,
        "readable": note.readable,
    }
