"""What clients send to a clinic: their answers, all of it or nothing, and once only."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from assessment.engine.answers import Answers
from assessment.engine.protocol import Protocol
from assessment.practice import events
from assessment.practice.cooldown import NEVER, lately
from assessment.practice.intake.for_clinic import ForClinic, Judged
from assessment.practice.intake.said_before import says
from assessment.practice.intake.submission import NotTaken, Receipt, Refusal, Submission
from assessment.practice.name_search import write_words
from assessment.records import (
    clients,
    invitations,
    measures,
    own_answers,
    own_questions,
    responses,
    therapists,
    withdrawals,
)
from assessment.records.database import Database
from assessment.records.ids import ClientId, ClinicId, InvitationId, ResponseId, new_id
from assessment.records.measures import NOTHING
from assessment.records.model import (
    Client,
    Consent,
    Content,
    Invitation,
    Line,
    Response,
    State,
)
from assessment.records.own_questions import OwnQuestions
from assessment.records.refusals import Misfit, Unavailable
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable

URGENT = 2
"""The urgency from which on therapists are told at once: a doctor today, or an emergency."""
PAUSE = 60.0
"""Seconds for which a database that was away is not told how far people got."""

Keep = Callable[[Transaction], str]
Notify = Callable[[Receipt], None]
Plan = Callable[[Transaction, Invitation, Line, int], None]
"""Puts down what comes after the answers to an invitation, at a time (Unix seconds)."""

log = logging.getLogger("assessment")


@dataclass(frozen=True, slots=True)
class _Written:
    """What is stored of a submission, ready to be written."""

    judged: Judged
    content: Content


class _Twice(Exception):
    """The same walk was sent by two presses at once, and the other one was first."""


def nobody(receipt: Receipt) -> None:
    """Tell nobody."""


def no_plan(tx: Transaction, invited: Invitation, line: Line, now: int) -> None:
    """Put nothing down."""


class Intake:
    """The client's side of a clinic: what is asked, and what is sent.

    `clock` gives Unix time. `keep` stores the `protocol` of the answers and returns its version;
    `notify` is told of each new urgent response, and `plan` puts down what follows where
    somebody agreed to that. Every method raises Unavailable when the database is away, unless it
    says something else.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        protocol: Protocol,
        keep: Keep,
        notify: Notify = nobody,
        plan: Plan = no_plan,
    ) -> None:
        self.for_clinic = ForClinic(protocol)
        """What a clinic may know of answers."""
        self._database = database
        self._clock = clock
        self._keep = keep
        self._notify = notify
        self._plan = plan
        self._away_at = NEVER

    def under(self, protocol: Protocol, keep: Keep) -> Intake:
        """Return the same for answers to another version, which is stored with them as its own."""
        return Intake(self._database, self._clock, protocol, keep, self._notify, self._plan)

    def therapist_name(self, clinic: ClinicId, invitation: InvitationId) -> str | None:
        """Return who invited somebody; None when they do not work there any more."""
        with self._database.reading() as tx:
            found = invitations.get(tx, clinic, invitation)
            who = None if found is None else therapists.get(tx, clinic, found.therapist)
        return None if who is None or who.disabled_at is not None else who.name

    def own_questions(self, clinic: ClinicId) -> OwnQuestions:
        """Return what a clinic asks of its own accord, beside the protocol."""
        with self._database.reading() as tx:
            return own_questions.of_clinic(tx, clinic)

    def activities_before(self, clinic: ClinicId, invitation: InvitationId) -> tuple[str, ...]:
        """Return the activities that a client named before the visit that this link comes after.

        Call it only for somebody whose code was right. There are none where that was erased, or
        their consent to it was taken back.
        """
        with self._database.reading() as tx:
            found = invitations.get(tx, clinic, invitation)
            before = [] if found is None else [ResponseId(found.follows)]
            if not before or withdrawals.of_responses(tx, clinic, before):
                return ()
            measured = measures.of_responses(tx, clinic, before).get(before[0])
        return () if measured is None else tuple(one.words for one in measured.activities)

    def agreed_before(self, clinic: ClinicId, invitation: InvitationId) -> Consent | None:
        """Return what was agreed to before the visit that this link comes after, and by whom.

        What comes after a visit asks neither for an age nor whether somebody answers for another
        person. None where it was erased or cannot be read.
        """
        with self._database.reading() as tx:
            found = invitations.get(tx, clinic, invitation)
            if found is None or not found.follows:
                return None
            with suppress(Unreadable):
                before = responses.get(tx, clinic, ResponseId(found.follows))
                return None if before is None else before.content.consent
        return None

    def tell_progress(self, clinic: ClinicId, invitation: InvitationId, answers: Answers) -> None:
        """Store how far somebody got, as counts; raises nothing.

        Nobody waits for a database that is away because of this: it is left alone for a while.
        """
        if lately(self._away_at, self._clock(), PAUSE):
            return
        extent = self.for_clinic.extent(answers)
        try:
            with self._database.writing() as tx:
                invitations.progress(tx, clinic, invitation, extent.answered, extent.of_about)
        except Unavailable:
            self._away_at = self._clock()

    def send(self, submission: Submission) -> Receipt:
        """Store what somebody sends, all of it or nothing, and once only; raises NotTaken.

        Sending the same again is harmless. Sending something else in the same walk is refused:
        whoever believed that it arrived would wait for a clinic that never saw it.
        """
        now = self._now()
        written = self._written(submission, now)  # before the transaction, which others wait for
        try:
            with self._database.writing() as tx:
                earlier = self._earlier(tx, submission, written.content)
                return earlier or self._stored(tx, submission, written, now)
        except _Twice:
            with self._database.reading() as tx:
                earlier = self._earlier(tx, submission, written.content)
        except Misfit:
            if submission.invitation is None:
                raise
            raise NotTaken(Refusal.LINK_GONE) from None  # the client was erased in between
        if earlier is None:
            raise Unavailable("a response was sent twice and is not there")
        return earlier

    def has(self, submission: Submission) -> bool:
        """Whether exactly this was sent before in the same walk."""
        wanted = self._written(submission, self._now()).content
        try:
            with self._database.reading() as tx:
                return self._earlier(tx, submission, wanted) is not None
        except NotTaken:
            return False

    def announce(self, receipt: Receipt) -> None:
        """Tell of a new urgent response; whatever goes wrong with that is logged as its type."""
        if not receipt.is_new or receipt.urgency < URGENT:
            return
        try:
            self._notify(receipt)
        except Exception as error:
            log.error("urgent response not announced: %s", type(error).__qualname__)

    def _earlier(self, tx: Transaction, submission: Submission, wanted: Content) -> Receipt | None:
        """Return what the same walk has sent before; raises NotTaken if it was something else."""
        response = responses.by_visit(tx, submission.clinic, submission.visit)
        line = None if response is None else responses.line(tx, submission.clinic, response)
        if line is None:
            return None
        if not says(tx, submission, line.id, wanted):
            raise NotTaken(Refusal.ALREADY_SENT_OTHERWISE, line.received_at)
        return submission.receipt(line, is_new=False)

    def _stored(
        self, tx: Transaction, submission: Submission, written: _Written, now: int
    ) -> Receipt:
        invited = self._used(tx, submission, written.content, now)
        line = Line(
            id=ResponseId(new_id()),
            client=_new_client(tx, submission, now) if invited is None else invited.client,
            client_name=submission.name,
            urgency=written.judged.recommend.urgency,
            recommendation=written.judged.recommend.id,
            complete=written.judged.complete,
            state=State.NEW,
            received_at=now,
            read_at=None,
        )
        response = Response(line, submission.invitation, self._keep(tx), written.content)
        if not responses.add(tx, submission.clinic, response, submission.visit):
            raise _Twice
        if submission.own:
            own_answers.add(tx, submission.clinic, line.id, submission.own)
        measured = submission.measured or NOTHING
        measured = replace(measured, follows="" if invited is None else invited.follows)
        if not measured.is_empty:
            measures.add(tx, submission.clinic, line.id, measured)
        write_words(tx, submission.clinic, line.client)
        events.response_received(
            tx, submission.clinic, line.id, submission.invitation, line.urgency, now
        )
        if invited is not None and submission.again:
            self._plan(tx, invited, line, now)
        return submission.receipt(line, is_new=True)

    def _used(
        self, tx: Transaction, submission: Submission, content: Content, now: int
    ) -> Invitation | None:
        """Use up the invitation, if it is one: of several at once only one gets past this."""
        invitation = submission.invitation
        if invitation is None:
            return None
        if not invitations.use(tx, submission.clinic, invitation, now):
            if self._earlier(tx, submission, content) is not None:
                raise _Twice
            found = invitations.get(tx, submission.clinic, invitation)
            used = found is not None and found.used_at is not None
            raise NotTaken(Refusal.ALREADY_SENT if used else Refusal.LINK_GONE)
        used_now = invitations.get(tx, submission.clinic, invitation)
        if used_now is None:
            raise NotTaken(Refusal.LINK_GONE)
        return used_now

    def _written(self, submission: Submission, now: int) -> _Written:
        judged = self.for_clinic.judge(submission.answers, invited=submission.is_asked_for)
        stored, confirmed = self.for_clinic.confirmed(submission.answers, submission.confirmed)
        content = Content(
            answers=stored,
            confirmed=confirmed,
            decision=judged.stored,
            name=submission.name,
            birth=submission.birth,
            phone=submission.phone,
            message=submission.message,
            consent=submission.agreed.given(
                now, submission.signed_by, guardian=submission.guardian
            ),
        )
        return _Written(judged, content)

    def _now(self) -> int:
        return int(self._clock())


def _new_client(tx: Transaction, submission: Submission, now: int) -> ClientId:
    """Add whoever sends from the public page or the waiting room; return who that is now."""
    client = ClientId(new_id())
    sent = submission
    clients.add(tx, Client(client, sent.clinic, sent.name, "", now, sent.phone))
    return client
