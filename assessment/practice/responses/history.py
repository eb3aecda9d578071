"""What a client told over time: what changed since last time, and pain and limits over visits.

Each answer is read in the words of its own day. Answers to private questions are never there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessment.engine.answers import Answer
from assessment.engine.protocol import Part
from assessment.engine.questions import Kind, Question, Worse
from assessment.practice.responses.old_protocols import OldProtocols, VersionLost
from assessment.practice.responses.seen import before_visits, file_for, line_for
from assessment.practice.staff.accounts import SignedIn
from assessment.records import responses
from assessment.records.database import Database
from assessment.records.ids import ClientId, ResponseId
from assessment.records.model import Content, Line
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable
from assessment.screening import Screening

MOST_VISITS = 12
"""Visits that are shown, the last ones."""


@dataclass(frozen=True, slots=True)
class Change:
    """One question with what was told before and now, line by line; empty where not asked."""

    question: str
    before: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An answer that was only confirmed, with when it was first told (Unix seconds)."""

    question: str
    first_told: int


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since the response before, which came at `last_at` (Unix seconds).

    `last` is None where this is the first one, or the one before cannot be read.
    """

    last: ResponseId | None
    last_at: int
    changes: tuple[Change, ...]
    confirmed: tuple[Confirmed, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """How bad it was at one visit (Unix seconds): `pain` 0 to 10, `limits` 0 (least) to 1.

    They are the first scale and the first ordered choice that gets worse upwards, of those that the
    protocol's summary has under `pain`, or of all where it has none.
    Each is None where it was not told; `limits_in_words` is as the client read it.
    """

    at: int
    pain: int | None
    limits: float | None
    limits_in_words: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A response with the questions of its day, and the answers that a clinic may read."""

    line: Line
    content: Content
    screening: Screening
    answers: dict[str, Answer]
    carer: bool

    def words(self, name: str) -> tuple[str, ...]:
        """Return an answer in words; empty where there is none."""
        question = self.screening.protocol.question.get(name)
        if question is None or name not in self.answers:
            return ()
        return self.screening.in_words(question, self.answers[name], carer=self.carer)

    def short(self, name: str) -> str:
        """Return what a question is called."""
        return self.screening.protocol.question[name].short.to(carer=self.carer)


class History:
    """What a therapist sees of a client over time; `who` is always the therapist who asks.

    What they may not see is not there. Every method raises Unavailable when the database is away.
    """

    def __init__(self, database: Database, library: OldProtocols) -> None:
        self._database = database
        self._library = library

    def since(self, who: SignedIn, response: ResponseId) -> Since | None:
        """Return what changed since the response before; None where there is nothing to tell."""
        with self._database.reading() as tx:
            line = line_for(tx, who, response)
            now = None if line is None else self._read(tx, who, line)
            if now is None:
                return None
            found = file_for(tx, who, now.line.client)
            lines = () if found is None else before_visits(found)
            if now.line.id not in {line.id for line in lines}:
                return None  # it asks about something else
            earlier = [one for one in lines if one.received_at < now.line.received_at]
            before = self._read(tx, who, earlier[0]) if earlier else None
        return _since(before, now)

    def course(self, who: SignedIn, client: ClientId) -> tuple[Visit, ...]:
        """Return pain and limits over the last visits, the oldest first."""
        with self._database.reading() as tx:
            found = file_for(tx, who, client)
            lines = () if found is None else found.lines[:MOST_VISITS]
            every = [self._read(tx, who, line) for line in lines]
        visits = [_visit(one) for one in every if one is not None]
        told = (one for one in visits if one.pain is not None or one.limits is not None)
        return tuple(reversed(list(told)))

    def _read(self, tx: Transaction, who: SignedIn, line: Line) -> _Read | None:
        if line.altered:
            return None
        try:
            found = responses.get(tx, who.clinic.id, line.id)
            if found is None:
                return None
            screening = self._library.screening(tx, found.version)
        except (Unreadable, VersionLost):
            return None
        private = screening.protocol.private
        restored = screening.restore(found.content.answers)
        answers = {name: one for name, one in restored.items() if name not in private}
        carer = screening.engine.is_carer(answers)
        return _Read(line, found.content, screening, answers, carer)


def _since(before: _Read | None, now: _Read) -> Since | None:
    confirmed = tuple(
        Confirmed(now.short(name), when)
        for name, when in now.content.confirmed.items()
        if name in now.answers
    )
    if before is None:
        return Since(None, 0, (), confirmed) if confirmed else None
    changes = tuple(_changes(before, now))
    return Since(before.line.id, before.line.received_at, changes, confirmed)


def _changes(before: _Read, now: _Read) -> Iterator[Change]:
    names = [one.id for one in now.screening.protocol.questions]
    names += [name for name in before.answers if name not in names]
    for name in names:
        was, told = before.words(name), now.words(name)
        same = set(was) == set(told) or before.answers.get(name) == now.answers.get(name)
        if not same:
            asker = now if name in now.screening.protocol.question else before
            yield Change(asker.short(name), was, told)


def _visit(read: _Read) -> Visit:
    protocol = read.screening.protocol
    named = protocol.summary.get(Part.PAIN, tuple(protocol.question))
    questions = [protocol.question[name] for name in named]
    scale = next((one for one in questions if one.kind is Kind.SCALE), None)
    ordered = next((one for one in questions if one.ordered and one.worse is Worse.UP), None)
    pain = None if scale is None else read.answers.get(scale.id)
    limits = None if ordered is None else _part(ordered, read.answers.get(ordered.id))
    words = "" if ordered is None else "; ".join(read.words(ordered.id))
    return Visit(read.line.received_at, pain if isinstance(pain, int) else None, limits, words)


def _part(question: Question, answer: Answer | None) -> float | None:
    """Return how far up in its order an answer is, 0 to 1; None for none, or not sure."""
    ids = [option.id for option in question.options]
    if answer not in ids or len(ids) < 2:
        return None
    return ids.index(str(answer)) / (len(ids) - 1)
