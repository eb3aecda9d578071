"""Decides what was sent under a withdrawn version again, by the protocol of today.

An answer counts where its question means the same, as for a walk under way. What is asked today
and was not answered in today's words counts as "Not sure", and where that is not offered as not
answered: then only rules that are yes whatever it is count, and care comes first. So an answer that
does not carry over can make a response more urgent, never less so than what is known of it.

A private answer was never sent. Where it is asked on the way, it counts like one that does not
carry over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from assessment.engine.answers import Answer
from assessment.engine.carrying import carried
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import NOT_SURE, Question
from assessment.exports.machine import Json
from assessment.practice.intake.for_clinic import ForClinic
from assessment.practice.responses.old_protocols import OldProtocols, VersionLost
from assessment.practice.responses.stored_decision import read_decision
from assessment.protocols.versions import version_of
from assessment.records import rechecks, responses, versions
from assessment.records.database import Database
from assessment.records.model import Content, Recheck
from assessment.records.rechecks import Due
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable
from assessment.screening import Screening

AT_ONCE = 100
"""Responses that are decided in one transaction: what is done is done when it stops half-way."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the responses to withdrawn versions that were still to be decided again."""

    decided: int = 0
    more_urgent: int = 0
    unreadable: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return both together."""
        return Counts(
            self.decided + other.decided,
            self.more_urgent + other.more_urgent,
            self.unreadable + other.unreadable,
        )


@dataclass(frozen=True, slots=True)
class Again:
    """A decision that was made again; `unknown` is what was not known for it, in short."""

    recommend: Recommend
    stored: Json
    unknown: tuple[str, ...]


class Rechecker:
    """Decides again what another version decided, of every clinic.

    `library` was made with `served`, the protocol of today. `clock` gives Unix time.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        served: Screening,
        library: OldProtocols,
    ) -> None:
        self._database = database
        self._clock = clock
        self._served = served
        self._library = library
        self._for_clinic = ForClinic(served.protocol)
        self._version = version_of(served.protocol)

    def run(self, *, dry: bool = False) -> Counts:
        """Decide again what is not decided yet; `dry`: store nothing.

        Raises Unavailable when the database is away: what was done until then stays done, and the
        next run goes on from there.
        """
        with self._database.reading() as tx:
            kept = versions.of_protocol(tx, self._served.protocol.id)
            before = {one: self._withdrawn(tx, one) for one in kept if one != self._version}
        total = Counts()
        for version, asked in before.items():
            if asked is None or asked.version in self._served.protocol.withdraws:
                for counts in self._batches(version, asked, dry=dry):
                    total += counts
        return total

    def decide(self, before: Protocol | None, answers: Mapping[str, object]) -> Again:
        """Return what today's rules say of stored answers to `before`; None: that is lost."""
        served, engine = self._served, self._served.engine
        kept = {} if before is None else carried(before, served.protocol, answers)
        given = served.restore(kept)
        known, given = set(given), self._unsure(given)
        judged = self._for_clinic.judge(given)
        path = engine.path(given)
        apart = known.union(path.skipped, self._for_clinic.private)
        unknown = self._shorts(name for name in path.asked if name not in apart)
        again = Again(judged.recommend, judged.stored, unknown)
        sure = None if judged.complete else engine.most_urgent(given)
        if sure is None or sure.urgency <= judged.recommend.urgency:
            return again
        told = {"recommendation": sure.id, "urgency": sure.urgency, "pressure": sure.pressure}
        return replace(again, recommend=sure, stored={**judged.stored, **told})

    def _unsure(self, given: dict[str, Answer]) -> dict[str, Answer]:
        """Return the answers with "Not sure" for every other question that offers it."""
        given, questions = dict(given), self._served.protocol.question
        while True:
            missing = [questions[one] for one in self._served.engine.missing(given)]
            first = next((one for one in missing if one.offers_not_sure), None)
            if first is None:
                return given
            given[first.id] = _not_sure(first)

    def _shorts(self, names: Iterable[str]) -> tuple[str, ...]:
        questions = self._served.protocol.question
        return tuple(questions[name].short.text for name in names if not questions[name].optional)

    def _withdrawn(self, tx: Transaction, version: str) -> Protocol | None:
        """Return a version as it was; None where it cannot be loaded any more."""
        try:
            return self._library.screening(tx, version).protocol
        except VersionLost:
            return None

    def _batches(self, version: str, before: Protocol | None, *, dry: bool) -> Iterator[Counts]:
        after: Due | None = None
        transaction = self._database.reading if dry else self._database.writing
        while True:
            with transaction() as tx:
                found = rechecks.due(tx, version, self._version, after, AT_ONCE)
                counts = Counts()
                for one in found:
                    counts += self._one(tx, one, before, dry=dry)
            yield counts
            if len(found) < AT_ONCE:
                return
            after = found[-1]

    def _one(self, tx: Transaction, due: Due, before: Protocol | None, *, dry: bool) -> Counts:
        try:
            response = responses.get(tx, due.clinic, due.response)
        except Unreadable:
            return Counts(unreadable=1)
        if response is None or (before is None and not self._is_withdrawn(response.content)):
            return Counts()
        again = self.decide(before, response.content.answers)
        if not dry and not rechecks.add(tx, due.clinic, self._recheck(due, again)):
            return Counts()
        more = again.recommend.urgency > read_decision(response.content.decision).urgency
        return Counts(decided=1, more_urgent=int(more))

    def _is_withdrawn(self, content: Content) -> bool:
        return read_decision(content.decision).version in self._served.protocol.withdraws

    def _recheck(self, due: Due, again: Again) -> Recheck:
        return Recheck(
            response=due.response,
            version=self._version,
            urgency=again.recommend.urgency,
            recommendation=again.recommend.id,
            made_at=int(self._clock()),
            decision=again.stored,
            unknown=again.unknown,
        )


def _not_sure(question: Question) -> Answer:
    return frozenset({NOT_SURE}) if question.kind.is_set else NOT_SURE
