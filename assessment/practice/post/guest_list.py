"""A list of people to invite, pasted or from a spreadsheet: read whole, or every fault named."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assessment.exports.typed_times import split_time
from assessment.practice.intake.clean_text import is_name, one_line
from assessment.practice.post.addresses import cleaned, is_address
from assessment.practice.post.visits import BadVisit, read_visit
from assessment.records.model import LONGEST_CLIENT_NAME, Clinic

MOST = 200
"""People who can be invited at once."""
_BETWEEN = "\t;,"
_EXPECTED = "Write a name, an email address and, if you like, the day and time of the visit"


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody to invite, from the line of this number."""

    line: int
    name: str
    email: str
    visit_at: int | None


@dataclass(frozen=True, slots=True)
class GuestList:
    """Who is to be invited, and what is wrong with which line. With a fault, nobody is."""

    guests: tuple[Guest, ...]
    faults: tuple[str, ...]


def read_guests(text: str, clinic: Clinic, now: int) -> GuestList:
    """Return whom a list names: a line each, with commas, semicolons or tabs between.

    A first line with names of columns is passed over. Times are in the clinic's zone.
    """
    guests: list[Guest] = []
    faults: list[str] = []
    for line, fields in _rows(text):
        try:
            guests.append(_guest(line, fields, clinic, now))
        except (_Fault, BadVisit) as fault:
            faults.append(f"Line {line}: {fault}")
    faults += _twice(guests)
    if not guests and not faults:
        faults.append("Enter at least one line")
    if len(guests) > MOST:
        faults.insert(0, f"Invite at most {MOST} people at once: this list has {len(guests)}")
    return GuestList(tuple(guests), tuple(faults))


class _Fault(Exception):
    """What to do about a line."""


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.replace("\0", "").splitlines()
    first = next((line for line in lines if line.strip()), "")
    between = next((sign for sign in _BETWEEN if sign in first), ",")
    is_first = True
    for number, line in enumerate(lines, 1):
        fields = [one_line(field) for field in next(csv.reader([line], delimiter=between), [])]
        while fields and not fields[-1]:
            fields.pop()
        if fields and not (is_first and _is_heading(fields)):
            yield number, fields
        is_first = is_first and not fields


def _is_heading(fields: Sequence[str]) -> bool:
    return "mail" in " ".join(fields).lower() and not any("@" in field for field in fields)


def _guest(line: int, fields: Sequence[str], clinic: Clinic, now: int) -> Guest:
    if not 2 <= len(fields) <= 4:
        raise _Fault(_EXPECTED)
    name, email = fields[0], cleaned(fields[1])
    if not is_name(name):
        raise _Fault("Enter a name or initials first")
    if len(name) > LONGEST_CLIENT_NAME:
        raise _Fault(f"The name must be {LONGEST_CLIENT_NAME} characters or fewer")
    if not is_address(email):
        raise _Fault("Enter an email address after the name, such as name@example.org")
    day, time = _day_and_time(fields[2:])
    return Guest(line, name, email, read_visit(day, time, clinic, now))


def _day_and_time(fields: Sequence[str]) -> tuple[str, str]:
    if len(fields) == 2:
        return fields[0], fields[1]
    if not fields:
        return "", ""
    try:
        return split_time(fields[0])
    except ValueError:
        raise _Fault("Enter the day and the time of the visit, such as 1 December 14:00") from None


def _twice(guests: Sequence[Guest]) -> Iterator[str]:
    seen: dict[tuple[str, str, int | None], int] = {}
    for guest in guests:
        first = seen.setdefault((guest.name, guest.email.lower(), guest.visit_at), guest.line)
        if first != guest.line:
            yield f"Line {guest.line}: This is the same as line {first}. Remove one of them"
