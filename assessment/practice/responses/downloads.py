"""Responses as files to keep: PDF, CSV and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from assessment.exports.csv_file import csv_file
from assessment.exports.dates import calendar_of
from assessment.exports.response_json import Entry, responses_json
from assessment.exports.response_pdf import Pile, responses_pdf
from assessment.practice.responses.csv_row import COLUMNS, row_of
from assessment.practice.responses.opened import Opened
from assessment.practice.responses.printout import sheet_of
from assessment.records.model import Clinic

TITLE = "Responses"


class Format(StrEnum):
    """A kind of file."""

    PDF = "pdf"
    CSV = "csv"
    JSON = "json"


def file_of(format: Format, responses: Sequence[Opened], clinic: Clinic, now: int) -> bytes:
    """Return these responses as one file, made at `now` (Unix seconds)."""
    return _MAKERS[format](responses, clinic, now)


def _pdf(responses: Sequence[Opened], clinic: Clinic, now: int) -> bytes:
    calendar = calendar_of(clinic.time_zone)
    sheets = tuple(sheet_of(one, calendar) for one in responses)
    made = calendar.time_there(now)
    return responses_pdf(Pile(TITLE, clinic.language, clinic.name, made, sheets))


def _csv(responses: Sequence[Opened], clinic: Clinic, now: int) -> bytes:
    calendar = calendar_of(clinic.time_zone)
    return csv_file(COLUMNS, (row_of(one, calendar) for one in responses))


def _json(responses: Sequence[Opened], clinic: Clinic, now: int) -> bytes:
    entries = map(entry_of, responses)
    return responses_json(entries, now, calendar_of(clinic.time_zone))


def entry_of(opened: Opened) -> Entry:
    """Return a response with everything that programs are told of it."""
    again = () if opened.again is None else (opened.again.lead, *opened.again.others)
    return Entry(
        opened.line,
        opened.response,
        opened.notes,
        again,
        opened.withdrawn_at,
        opened.own,
        opened.measured,
    )


_MAKERS: Mapping[Format, Callable[[Sequence[Opened], Clinic, int], bytes]] = {
    Format.PDF: _pdf,
    Format.CSV: _csv,
    Format.JSON: _json,
}
