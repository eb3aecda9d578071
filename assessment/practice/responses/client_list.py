"""The clients of a clinic: the list with its search, and what is on the page of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assessment.practice.name_search import hashes_of
from assessment.practice.responses.again import Second
from assessment.practice.responses.names import Names, named
from assessment.practice.responses.reach import Reach, reach_of
from assessment.practice.staff.accounts import SignedIn
from assessment.records import client_list, notes
from assessment.records.client_list import Entry, Place
from assessment.records.database import Database
from assessment.records.ids import ClientId, ResponseId
from assessment.records.model import Line, Note

PAGE = 25
"""Clients that are shown at once."""


@dataclass(frozen=True, slots=True)
class ClientsListed:
    """Some clients, the newest first; `more` is where the next ones start."""

    entries: tuple[Entry, ...]
    more: Place | None


@dataclass(frozen=True, slots=True)
class Change:
    """What was recommended `at` a time (Unix seconds) was another thing than the time before.

    `by` is how much more urgent it is: negative where it is less.
    """

    at: int
    response: ResponseId
    before: str
    after: str
    by: int


class ClientList:
    """The clients that a therapist sees. Every method raises Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self, who: SignedIn, name: str = "", after: Place | None = None) -> ClientsListed:
        """Return clients whose names have the words of `name`, or all, after that place."""
        clinic = who.clinic.id
        with self._database.reading() as tx:
            words = hashes_of(tx.vault, clinic, name)
            if name and not words:
                return ClientsListed((), None)  # nothing in it that any name could have
            found = client_list.listed(tx, clinic, words, after, PAGE + 1, who.only)
        shown = found[:PAGE]
        return ClientsListed(shown, shown[-1].place if len(found) > PAGE else None)

    def notes(self, who: SignedIn, lines: Sequence[Line]) -> tuple[Note, ...]:
        """Return the notes on responses that they see, the newest first."""
        with self._database.reading() as tx:
            found = notes.of_responses(tx, who.clinic.id, [line.id for line in lines])
        return tuple(reversed(found))

    def reach(self, who: SignedIn, client: ClientId) -> Reach:
        """Return how to reach a client, as far as they see it."""
        with self._database.reading() as tx:
            return reach_of(tx, who, client)


def changes_of(
    lines: Sequence[Line], again: Mapping[ResponseId, Second], names: Names
) -> tuple[Change, ...]:
    """Return where the advice changed between two responses of a client, the newest first.

    `lines` are theirs, the newest first. Where the rules of today are stricter (`again`), their
    advice counts; what somebody changed in the database is left out.
    """
    said = [(line, *_advice(line, again.get(line.id))) for line in lines if not line.altered]
    return tuple(
        Change(line.received_at, line.id, named(names, before), named(names, after), now - then)
        for (line, now, after), (_, then, before) in pairwise(said)
        if after != before
    )


def _advice(line: Line, second: Second | None) -> tuple[int, str]:
    """Return the urgency and the recommendation that count."""
    if second is None or not second.lead.readable:
        return line.urgency, line.recommendation
    return max(line.urgency, second.lead.urgency), second.lead.recommendation
