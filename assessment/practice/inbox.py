"""The inbox: what clients sent, and what therapists do with it.

Reading never writes. What marks a response as read is `opened`, and every note on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assessment.practice.accounts import SignedIn
from assessment.practice.intake import URGENT
from assessment.practice.library import Library, VersionLost
from assessment.practice.names import named
from assessment.practice.summary import Summary, summarise
from assessment.practice.words import hashes_of, write_words
from assessment.records import clients, invitations, notes, responses
from assessment.records.database import Database, Transaction
from assessment.records.ids import ClientId, ClinicId, NoteId, ResponseId, new_id
from assessment.records.model import Client, Invitation, Line, Note, NoteKind, Response, State
from assessment.records.responses import Filter, Key, key_of
from assessment.records.vault import Unreadable

PAGE = 25
"""Lines of the inbox that are shown at once."""

LEADS_TO = {
    NoteKind.REVIEWED: State.REVIEWED,
    NoteKind.CONTACTED: State.CONTACTED,
    NoteKind.REOPENED: State.NEW,
}
"""The state that each kind of note brings; a plain note leaves it as it is."""

_ON_ITS_WAY = 60  # seconds, at most, from taking a form to saying that we failed


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which responses a therapist wants to see. `name` are words of the client's name."""

    state: State | None = State.NEW
    recommendation: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Some lines, most urgent first, then newest; `more` is where the next ones start."""

    lines: tuple[Line, ...]
    more: Key | None


@dataclass(frozen=True, slots=True)
class Opened:
    """One response. `response` and `summary` are None where its content cannot be read.

    `recommended` is the recommendation as the protocol that is served calls it.
    """

    line: Line
    recommended: str
    response: Response | None
    summary: Summary | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A client with everything that is stored of them, the newest first."""

    client: Client
    invitations: tuple[Invitation, ...]
    lines: tuple[Line, ...]


class Inbox:
    """What a therapist can do with responses; `who` is always the therapist who asks.

    `clock` gives Unix time. Whatever another clinic has is not there. Every method raises
    Unavailable when the database is away; then nothing was changed.
    """

    def __init__(self, database: Database, clock: Callable[[], float], library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library
        self.names = library.names
        """What the protocol that is served calls recommendations."""

    def unread_urgent(self, who: SignedIn) -> int:
        """Return how many urgent responses nobody has read; counts up to 100."""
        with self._database.reading() as tx:
            return responses.unread_urgent(tx, who.clinic.id, URGENT)

    def listed(self, who: SignedIn, wanted: Wanted, after: Key | None = None) -> Listed:
        """Return the lines that are wanted, after the one with this key."""
        clinic = who.clinic.id
        with self._database.reading() as tx:
            words = hashes_of(tx.vault, clinic, wanted.name)
            if wanted.name and not words:
                return Listed((), None)  # nothing in it that any name could have
            found = Filter(wanted.state, wanted.recommendation, words)
            lines = responses.listed(tx, clinic, found, after, PAGE + 1)
        shown = lines[:PAGE]
        return Listed(shown, key_of(shown[-1]) if len(lines) > PAGE else None)

    def response(self, who: SignedIn, response: ResponseId) -> Opened | None:
        """Return one response, in the words of the protocol that was answered."""
        with self._database.reading() as tx:
            return self._opened(tx, who, response)

    def several(self, who: SignedIn, ids: Sequence[ResponseId]) -> tuple[Opened, ...] | None:
        """Return these responses, in this order; None unless this clinic has every one."""
        with self._database.reading() as tx:
            found = [self._opened(tx, who, one) for one in ids]
        every = tuple(one for one in found if one is not None)
        return every if len(every) == len(found) else None

    def opened(self, who: SignedIn, response: ResponseId) -> bool:
        """Mark a response as read; return whether there is such a one."""
        with self._database.writing() as tx:
            there = responses.line(tx, who.clinic.id, response) is not None
            if there:
                responses.mark_read(tx, who.clinic.id, response, self._now())
            return there

    def note(
        self,
        who: SignedIn,
        response: ResponseId,
        kind: NoteKind,
        text: str = "",
        *,
        first_sent: int | None = None,
    ) -> bool:
        """Add a note, with the state that its kind brings; return whether there is the response.

        What was noted before stays as it is. Who makes a note has read the response. A second
        press, that brings neither words nor another state, adds nothing. Nor does a note that is
        sent again because nobody knew whether it was saved, first at `first_sent` (Unix seconds),
        when it is there.
        """
        clinic, now = who.clinic.id, self._now()
        with self._database.writing() as tx:
            line = responses.line(tx, clinic, response)
            if line is None:
                return False
            if LEADS_TO.get(kind) == line.state and not text:
                return True
            by = who.therapist.id
            if first_sent is not None and any(
                (note.therapist, note.kind, note.text) == (by, kind, text)
                for note in notes.of_response(tx, clinic, response)
                if note.created_at >= first_sent - _ON_ITS_WAY
            ):
                return True
            if kind in LEADS_TO:
                responses.set_state(tx, clinic, response, LEADS_TO[kind])
            responses.mark_read(tx, clinic, response, now)
            name = who.therapist.name
            notes.add(tx, clinic, Note(NoteId(new_id()), response, by, name, now, kind, text))
            return True

    def erase_response(self, who: SignedIn, response: ResponseId) -> bool:
        """Erase a response with its notes for good; return whether there was such a one.

        Its client is no longer found by a name that only this response had.
        """
        clinic = who.clinic.id
        with self._database.writing() as tx:
            line = responses.line(tx, clinic, response)
            if line is None or not responses.erase(tx, clinic, response):
                return False
            write_words(tx, clinic, line.client)
            return True

    def client(self, who: SignedIn, client: ClientId) -> ClientFile | None:
        """Return a client with their invitations and responses."""
        clinic = who.clinic.id
        with self._database.reading() as tx:
            found = clients.get(tx, clinic, client)
            if found is None:
                return None
            invited = invitations.of_client(tx, clinic, client)
            return ClientFile(found, invited, responses.of_client(tx, clinic, client))

    def erase_client(self, who: SignedIn, client: ClientId) -> bool:
        """Erase a client with everything that is stored of them; return whether there was one."""
        with self._database.writing() as tx:
            return clients.erase(tx, who.clinic.id, client)

    def _opened(self, tx: Transaction, who: SignedIn, id: ResponseId) -> Opened | None:
        clinic = who.clinic.id
        line = responses.line(tx, clinic, id)
        if line is None:
            return None
        written = notes.of_response(tx, clinic, id)
        try:
            response = responses.get(tx, clinic, id)
        except Unreadable:
            response = None
        summary = None if response is None else self._summary(tx, clinic, response)
        return Opened(line, named(self.names, line.recommendation), response, summary, written)

    def _summary(self, tx: Transaction, clinic: ClinicId, response: Response) -> Summary:
        try:
            screening = self._library.screening(tx, response.version)
        except VersionLost:
            screening = None
        return summarise(
            response.content,
            screening,
            self._now(),
            line=response.line,
            invited_as=_invited_as(tx, clinic, response),
            names=self.names,
        )

    def _now(self) -> int:
        return int(self._clock())


def _invited_as(tx: Transaction, clinic: ClinicId, response: Response) -> str:
    """Return the name of who was invited; empty when nobody was, or it cannot be read."""
    invited = response.invitation and invitations.get(tx, clinic, response.invitation)
    return invited.name if invited else ""
