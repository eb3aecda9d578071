"""Decides what was sent under a withdrawn version again, by the protocol of today.

An answer counts where its question means the same, as for a walk under way. What is asked today
and was not answered in today's words counts as "Not sure", and where that is not offered as not
answered: then only rules that are yes whatever it is count, and care comes first. So an answer that
does not carry over can make a response more urgent, never less so than what is known of it.

A private answer was never sent. Where it is asked on the way, it counts like one that does not
carry over, and the second advice says that it could not be checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from assessment.engine.answers import Answer, is_unsure
from assessment.engine.carrying import carried
from assessment.engine.decision import Decision, Path
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import NOT_SURE, Question
from assessment.exports.machine import Json
from assessment.practice.intake.for_clinic import PRIVATE_LIMITS, REASON_IS_PRIVATE, ForClinic
from assessment.practice.responses.old_protocols import OldProtocols, VersionLost
from assessment.practice.responses.stored_decision import PRIVATE_UNCHECKED, read_decision
from assessment.practice.responses.strictness import strictness
from assessment.protocols.versions import version_of
from assessment.records import audit, rechecks, responses, versions
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import ClinicId
from assessment.records.model import Content, Recheck
from assessment.records.rechecks import Due
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable
from assessment.screening import Screening

AT_ONCE = 100
"""Responses that are decided in one transaction: what is done is done when it stops half-way."""

NOT_KNOWN = "Not asked in today's words"
"""Begins a reason that rests on a question that nobody answered as it is asked today."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the responses to withdrawn versions that were still to be decided again.

    `raised` are how many of each clinic are stricter than all that anybody has seen to.
    `others` are the versions that were left out: those of a protocol with another id.
    """

    decided: int = 0
    raised: Mapping[ClinicId, int] = field(default_factory=dict)
    unreadable: int = 0
    others: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return both together."""
        return Counts(
            self.decided + other.decided,
            Counter(self.raised) + Counter(other.raised),
            self.unreadable + other.unreadable,
            self.others + other.others,
        )


@dataclass(frozen=True, slots=True)
class Redecided:
    """A decision that was made again; `unknown` is what was not known for it, in short."""

    recommend: Recommend
    stored: Json
    unknown: tuple[str, ...]


class Rechecker:
    """Decides again what another version decided, of every clinic.

    `library` was made with `served`, the protocol of today. `clock` gives Unix time. `beside` are
    the ids of protocols that another one of these decides again.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        served: Screening,
        library: OldProtocols,
        beside: Collection[str] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._served = served
        self._library = library
        self._known = {served.protocol.id, *beside}
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
            total = Counts(others=versions.of_others(tx, self._known))
        for version, asked in before.items():
            if asked is None or asked.version in self._served.protocol.withdraws:
                for counts in self._batches(version, asked, dry=dry):
                    total += counts
        return total

    def decide(self, before: Protocol | None, answers: Mapping[str, object]) -> Redecided:
        """Return what today's rules say of stored answers to `before`; None: that is lost."""
        served, engine = self._served, self._served.engine
        kept = {} if before is None else carried(before, served.protocol, answers)
        given = served.restore(kept)
        known, given = set(given), self._unsure(given)
        judged = self._for_clinic.judge(given, decision=self._decision(given))
        asked = self._needed(engine.path(given))
        private = self._for_clinic.private
        unknown = [name for name in asked if name not in known and name not in private]
        unchecked = judged.private_reason or judged.limits or private.intersection(asked)
        stored = {
            **judged.stored,
            "rules": self._reworded(judged.stored["rules"], given, unknown),
            # Nobody gave a private answer, so nothing is so for a private reason.
            REASON_IS_PRIVATE: False,
            PRIVATE_LIMITS: [],
            PRIVATE_UNCHECKED: bool(unchecked),
        }
        return Redecided(judged.recommend, stored, tuple(map(self._short, unknown)))

    def _decision(self, given: Mapping[str, Answer]) -> Decision:
        """Return the decision; where not all is known, what is certain counts if more urgent."""
        engine = self._served.engine
        decision = engine.decide(given)
        sure = () if decision.complete else engine.sure(given)
        if not sure or sure[0].recommend.urgency <= decision.recommend.urgency:
            return decision
        return replace(decision, recommend=sure[0].recommend, fired=sure, fail_safe=False)

    def _reworded(
        self, rules: object, given: Mapping[str, Answer], unknown: Collection[str]
    ) -> list[Json]:
        """Return stored rules that say of nobody that they were not sure where nobody asked."""
        return [self._reason(rule, given, unknown) for rule in cast("list[Json]", rules)]

    def _reason(self, rule: Json, given: Mapping[str, Answer], unknown: Collection[str]) -> Json:
        unsure = [name for name in cast("Json", rule["answers"]) if is_unsure(given[name])]
        lost = [self._short(name) for name in unsure if name in unknown]
        if not rule["unsure"] or not lost:
            return rule
        said = [self._short(name) for name in unsure if name not in unknown]
        more = f" Not sure about this: {'; '.join(said)}." if said else ""
        return {**rule, "because": f"{NOT_KNOWN}: {'; '.join(lost)}.{more}"}

    def _unsure(self, given: dict[str, Answer]) -> dict[str, Answer]:
        """Return the answers with "Not sure" for every other question that offers it."""
        given, questions = dict(given), self._served.protocol.question
        while True:
            missing = [questions[one] for one in self._served.engine.missing(given)]
            first = next((one for one in missing if one.offers_not_sure), None)
            if first is None:
                return given
            given[first.id] = _not_sure(first)

    def _needed(self, path: Path) -> list[str]:
        """Return the questions on which something rests, those aside that nobody has to answer."""
        questions = self._served.protocol.question
        return [
            name for name in path.asked if name not in path.skipped and not questions[name].optional
        ]

    def _short(self, name: str) -> str:
        return self._served.protocol.question[name].short.text

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
                for clinic in () if dry else sorted({one.clinic for one in found}):
                    now = int(self._clock())
                    audit.append(tx, audit.operator_of(clinic), Act.DECIDED_AGAIN, now)
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
        raised = self._is_raised(tx, due, response.content, again)
        if not dry and not rechecks.add(tx, due.clinic, self._recheck(due, again, raised=raised)):
            return Counts()
        return Counts(decided=1, raised={due.clinic: 1} if raised else {})

    def _is_raised(self, tx: Transaction, due: Due, content: Content, again: Redecided) -> bool:
        """Whether it is stricter than what was told and all that somebody has seen to."""
        known = strictness(read_decision(content.decision))
        for one in rechecks.of_responses(tx, due.clinic, [due.response]).get(due.response, ()):
            if one.seen_to is not None and one.readable:
                known = known.joined(strictness(read_decision(one.decision)))
        return strictness(read_decision(again.stored)).exceeds(known)

    def _is_withdrawn(self, content: Content) -> bool:
        return read_decision(content.decision).version in self._served.protocol.withdraws

    def _recheck(self, due: Due, again: Redecided, *, raised: bool) -> Recheck:
        return Recheck(
            response=due.response,
            version=self._version,
            urgency=again.recommend.urgency,
            recommendation=again.recommend.id,
            made_at=int(self._clock()),
            decision=again.stored,
            unknown=again.unknown,
            raised=raised,
        )


def _not_sure(question: Question) -> Answer:
    return frozenset({NOT_SURE}) if question.kind.is_set else NOT_SURE
