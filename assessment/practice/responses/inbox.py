"""The inbox: what clients sent, and what therapists do with it.

Reading changes nothing; the page that shows it puts down who read. What marks a response as read is
`opened`, and every note on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assessment.practice.following import end_after
from assessment.practice.name_search import hashes_of, renew_index, write_words
from assessment.practice.responses.again import to_review
from assessment.practice.responses.ahead import Ahead, ahead_of
from assessment.practice.responses.neighbours import Beside, beside
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.practice.responses.opened import Opened, Opener
from assessment.practice.responses.seen import (
    ClientFile,
    Marked,
    file_for,
    line_for,
    marked,
    seen_by,
)
from assessment.practice.responses.stored_decision import read_decision
from assessment.practice.responses.tampering import Altered
from assessment.practice.responses.wanted import Wanted, filter_of
from assessment.practice.staff.accounts import SignedIn
from assessment.records import audit, clients, inbox, notes, rechecks, responses
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import ClientId, ClinicId, NoteId, ResponseId, new_id
from assessment.records.inbox import Key, key_of
from assessment.records.model import (
    Line,
    Note,
    NoteKind,
    State,
)
from assessment.records.responses import Decision
from assessment.records.transactions import Transaction, alone
from assessment.records.vault import Unreadable

PAGE = 25
"""Lines of the inbox that are shown at once."""

LEADS_TO = {
    NoteKind.REVIEWED: State.REVIEWED,
    NoteKind.CONTACTED: State.CONTACTED,
    NoteKind.REOPENED: State.NEW,
}
"""The state that each kind of note brings; a plain note leaves it as it is."""

SEES_TO = (NoteKind.REVIEWED, NoteKind.CONTACTED)
"""The kinds of note by which somebody has seen to what a recheck said."""

_ON_ITS_WAY = 60  # seconds, at most, from taking a form to saying that we failed


@dataclass(frozen=True, slots=True)
class Listed(Marked):
    """Some lines, most urgent first, then newest; `more` is where the next ones start.

    `unread` is how many urgent responses nobody has read, wanted or not.
    """

    more: Key | None = None
    unread: int = 0


class Inbox:
    """What a therapist can do with responses; `who` is always the therapist who asks.

    `clock` gives Unix time. Whatever another clinic has is not there. Nor is what came back to
    others, where the clinic chose so; owners alone see then what somebody changed in the database,
    since it may say anything about whose it is. Every method raises Unavailable when the database
    is away; then nothing was changed.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float], library: OldProtocols
    ) -> None:
        self._database = database
        self._clock = clock
        self._opener = Opener(library, clock)
        self._altered = Altered()
        self.names = library.names
        """What the protocol that is served calls recommendations."""

    def unread_urgent(self, who: SignedIn) -> int:
        """Return how many urgent responses nobody has read, as `Ahead` counts them."""
        with self._database.reading() as tx:
            return self._ahead(tx, who).unread_urgent(tx, who)

    def listed(self, who: SignedIn, wanted: Wanted, after: Key | None = None) -> Listed:
        """Return the lines that are wanted, after the one with this key.

        Before all others stand those that somebody changed in the database, then those with
        which the rules of today are stricter and that nobody has seen to, wanted or not.
        """
        clinic = who.clinic.id
        with self._database.reading() as tx:
            # A search by name has enough to look through.
            ahead = self._ahead(tx, who, look=after is None and not wanted.name)
            unread = ahead.unread_urgent(tx, who)
            words = hashes_of(tx.vault, clinic, wanted.name)
            if wanted.name and not words:
                return Listed(unread=unread)  # nothing in it that any name could have
            found = filter_of(tx, who, wanted, words)
            lines = inbox.listed(tx, clinic, found, after, PAGE + 1)
            before = _first(tx, who, wanted, ahead) if after is None else ()
            first = {line.id for line in before}
            on_page = lines[:PAGE]
            rest = (line for line in on_page if line.id not in first)
            shown = marked(tx, clinic, seen_by(who, (*before, *rest)))
        more = key_of(on_page[-1]) if len(lines) > PAGE else None
        return Listed(shown.lines, shown.ask_age, shown.again, more, unread)

    def make_ready(self, who: SignedIn) -> None:
        """Let every client be found by today's rules; call it before a search for a name.

        The first search after an update that changed them takes longer: only the server has the
        key that the hashes need, so no step of the database can make them.
        """
        renew_index(self._database, who.clinic.id)

    def response(self, who: SignedIn, response: ResponseId) -> Opened | None:
        """Return one response, in the words of the protocol that was answered."""
        with self._database.reading() as tx:
            return self._opener.open(tx, who, response)

    def beside(self, who: SignedIn, wanted: Wanted, response: ResponseId) -> Beside:
        """Return what stands before and after a response in the list of what is wanted."""
        with self._database.reading() as tx:
            line = line_for(tx, who, response)
            words = hashes_of(tx.vault, who.clinic.id, wanted.name)
            if line is None or (wanted.name and not words):
                return Beside(None, None)
            found = filter_of(tx, who, wanted, words)
            first = _first(tx, who, wanted, self._ahead(tx, who))
            return beside(tx, who, found, [one.id for one in first], line)

    def several(self, who: SignedIn, ids: Sequence[ResponseId]) -> tuple[Opened, ...] | None:
        """Return these responses, in this order; None unless this clinic has every one."""
        with self._database.reading() as tx:
            found = [self._opener.open(tx, who, one) for one in ids]
        every = tuple(one for one in found if one is not None)
        return every if len(every) == len(found) else None

    def opened(self, who: SignedIn, response: ResponseId) -> bool:
        """Mark a response as read; return whether there is such a one."""
        with self._database.writing() as tx:
            there = line_for(tx, who, response) is not None
            if there:
                responses.mark_read(tx, who.clinic.id, response, self._now())
                audit.append(tx, who.by, Act.MARKED_READ, self._now(), response)
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
            alone(tx, "notes", response)
            line = line_for(tx, who, response)
            if line is None:
                return False
            [shown] = to_review(tx, clinic, [line])
            if LEADS_TO.get(kind) == shown.state and not text:
                return True
            by = who.therapist.id
            if first_sent is not None and any(
                (note.therapist, note.kind, note.text) == (by, kind, text)
                for note in notes.of_response(tx, clinic, response)
                if note.created_at >= first_sent - _ON_ITS_WAY
            ):
                return True
            if kind in LEADS_TO:
                self._put_right(tx, clinic, line)
                responses.set_state(tx, clinic, response, LEADS_TO[kind])
            responses.mark_read(tx, clinic, response, now)
            name, account = who.therapist.name, who.therapist.email
            written = Note(NoteId(new_id()), response, by, name, account, now, kind, text)
            notes.add(tx, clinic, written)
            if kind in SEES_TO:
                rechecks.see_to(tx, clinic, response, written.id)
            act = Act.RESPONSE_MARKED if kind in LEADS_TO else Act.NOTE_ADDED
            audit.append(tx, who.by, act, now, response)
            return True

    def erase_response(self, who: SignedIn, response: ResponseId) -> bool:
        """Erase a response with its notes for good; return whether there was such a one.

        Its client is no longer found by a name that only this response had.
        """
        clinic = who.clinic.id
        with self._database.writing() as tx:
            line = line_for(tx, who, response)
            if line is None or not responses.erase(tx, clinic, response, self._now()):
                return False
            end_after(tx, clinic, response, self._now())
            write_words(tx, clinic, line.client)
            audit.append(tx, who.by, Act.RESPONSE_ERASED, self._now(), response)
            return True

    def client(self, who: SignedIn, client: ClientId) -> ClientFile | None:
        """Return a client with their invitations and responses."""
        with self._database.reading() as tx:
            return file_for(tx, who, client)

    def erase_client(self, who: SignedIn, client: ClientId) -> bool:
        """Erase a client with everything that is stored of them; return whether there was one.

        What is not all for who asks, others may still need: then nothing is erased.
        """
        with self._database.writing() as tx:
            found = file_for(tx, who, client)
            is_theirs = found is not None and found.is_whole
            is_erased = is_theirs and clients.erase(tx, who.clinic.id, client, self._now())
            if is_erased:
                audit.append(tx, who.by, Act.CLIENT_ERASED, self._now(), client)
            return is_erased

    def _ahead(self, tx: Transaction, who: SignedIn, *, look: bool = False) -> Ahead:
        """Return what stands first; `look` for more that somebody changed in the database, and not
        only at what was found before.
        """
        found = self._altered.look if look else self._altered.known
        return ahead_of(tx, who, found(tx, who.clinic.id))

    def _put_right(self, tx: Transaction, clinic: ClinicId, line: Line) -> None:
        """Have a response that was changed say again what the client sent, where that is known."""
        if not line.altered:
            return
        try:
            found = responses.get(tx, clinic, line.id)
        except Unreadable:
            return
        if found is not None:
            decided = read_decision(found.content.decision, 0)
            version = decided.rules_hash + decided.wording_hash
            sent = Decision(decided.urgency, decided.recommendation, decided.complete, version)
            responses.put_right(tx, clinic, line.id, sent, self._now())

    def _now(self) -> int:
        return int(self._clock())


def _first(tx: Transaction, who: SignedIn, wanted: Wanted, ahead: Ahead) -> tuple[Line, ...]:
    """Return the lines that stand first: of a search by name only those that somebody changed."""
    return ahead.seen if wanted.name else ahead.lines(tx, who)
