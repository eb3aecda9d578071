"""Coming back: what a client told before and may confirm, once they have shown who they are.

Nothing of it is shown for a link alone, which may have been passed on: first comes a code, mailed
to the address that the clinic has. What lasts is shown in the words of that day; what was reworded
since, and what they were not sure of, is asked.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from assessment.engine.answers import Answer, is_unsure
from assessment.engine.carrying import still_asks
from assessment.engine.protocol import Protocol
from assessment.engine.questions import NONE, Question
from assessment.practice.post.mail import MailFailed
from assessment.practice.post.mail_quota import TooMany
from assessment.practice.post.outbox import CODE_SECONDS, Outbox, put_code
from assessment.practice.responses.old_protocols import OldProtocols, VersionLost
from assessment.records import clients, invitations, responses, return_codes, withdrawals
from assessment.records.database import Database
from assessment.records.ids import ClinicId, InvitationId, hash_of
from assessment.records.model import Envelope, Invitation, Response
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable
from assessment.screening import AFTER_VISIT, Screening

GOOD_FOR_DAYS = 365
"""What was first told longer ago is asked anew, however often it was confirmed since."""
_DAY = 86_400
_DIGITS = 6


class CodeSent(Enum):
    """What came of a code that somebody asked for."""

    SENT = "sent"
    FAILED = "failed"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Told:
    """One answer as it was told: the question, its lines with their ticks, and when (Unix seconds).

    `heading` is the part of the questions that it is in. `answer` is the answer itself.
    """

    question: str
    heading: str
    ask: str
    lines: tuple[tuple[str, bool], ...]
    first_told: int
    answer: Answer


def mark_of(told: Iterable[Told]) -> str:
    """Return what a form sends of the answers that it showed: it stands for exactly these."""
    shown = [
        [one.question, one.heading, one.ask, one.lines, one.first_told, sorted(_given(one.answer))]
        for one in told
    ]
    return hash_of(json.dumps(shown))[:16]


class Returning:
    """What an invited client can do with what they told before.

    `clock` gives Unix time. Every method raises Unavailable when the database is away.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        library: OldProtocols,
        outbox: Outbox,
    ) -> None:
        self._database = database
        self._clock = clock
        self._library = library
        self._outbox = outbox

    def offers(self, clinic: ClinicId, invitation: InvitationId, now: Protocol) -> bool:
        """Whether this client has answered before, and has an address for a code.

        Whether anything is left to confirm plays no part: a link alone would tell of it. Where
        nothing lasts in this version nobody is offered a code.
        """
        if not any(one.lasts for one in now.questions):
            return False
        return self.can_prove(clinic, invitation)

    def can_prove(self, clinic: ClinicId, invitation: InvitationId) -> bool:
        """Whether this client has answered before, and can show by a code that it is them."""
        if not self._outbox.can_mail:
            return False
        with self._database.reading() as tx:
            found = self._open(tx, clinic, invitation)
            if found is None or not _address(tx, found):
                return False
            return bool(responses.of_client(tx, clinic, found.client))

    def send_code(self, clinic: ClinicId, invitation: InvitationId) -> CodeSent:
        """Mail a new code to the address that the clinic has; the one before it is void."""
        if not self._outbox.can_mail:
            return CodeSent.FAILED
        moment, code = int(self._clock()), f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        with self._database.writing() as tx:
            found = self._open(tx, clinic, invitation)
            to = "" if found is None else _address(tx, found)
            if found is None or not to:
                return CodeSent.FAILED
            if not return_codes.put(tx, clinic, invitation, code, moment + CODE_SECONDS):
                return CodeSent.ENOUGH
            mail = put_code(tx, found, Envelope(to, code), moment)
        try:
            return CodeSent.SENT if self._outbox.send(mail) else CodeSent.FAILED
        except (TooMany, MailFailed, ValueError):
            return CodeSent.FAILED

    def code_waits(self, clinic: ClinicId, invitation: InvitationId) -> bool:
        """Whether a code is out that can still be typed."""
        with self._database.reading() as tx:
            return return_codes.waits(tx, clinic, invitation, int(self._clock()))

    def is_right(self, clinic: ClinicId, invitation: InvitationId, code: str) -> bool:
        """Try a code that was typed; a right one works once."""
        digits = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
        with self._database.writing() as tx:
            return return_codes.take(tx, clinic, invitation, digits, int(self._clock()))

    def told(self, clinic: ClinicId, invitation: InvitationId, now: Protocol) -> tuple[Told, ...]:
        """Return what lasts of what was told last time, where this version still asks the same.

        Call it only for somebody whose code was right.
        """
        with self._database.reading() as tx:
            found = self._open(tx, clinic, invitation)
            return () if found is None else self._told(tx, found, now)

    def _open(
        self, tx: Transaction, clinic: ClinicId, invitation: InvitationId
    ) -> Invitation | None:
        found = invitations.get(tx, clinic, invitation)
        ended = found is None or found.used_at or found.revoked_at or found.closed_at
        return None if ended else found

    def _told(self, tx: Transaction, invitation: Invitation, now: Protocol) -> tuple[Told, ...]:
        oldest = int(self._clock()) - GOOD_FOR_DAYS * _DAY
        before = _last_of(tx, invitation, oldest)
        if before is None:
            return ()
        try:
            old = self._library.screening(tx, before.version)
        except VersionLost:
            return ()
        return tuple(one for one in _lasting(before, old, now) if one.first_told >= oldest)


def _lasting(before: Response, old: Screening, now: Protocol) -> tuple[Told, ...]:
    answers = old.restore(before.content.answers)
    carer = old.engine.is_carer(answers)
    first = before.content.confirmed
    found = []
    for question in now.questions:
        answer = answers.get(question.id)
        if not question.lasts or answer is None or is_unsure(answer):
            continue
        was = old.protocol.question.get(question.id)
        if was is not None and was.lasts and still_asks(old.protocol, now, question.id):
            since = first.get(question.id, before.line.received_at)
            found.append(_in_words(old.protocol, was, answer, since, carer=carer))
    return tuple(found)


def _in_words(
    protocol: Protocol, question: Question, answer: Answer, since: int, *, carer: bool
) -> Told:
    ticked = _given(answer)
    lines = [(one.label.to(carer=carer), one.id in ticked) for one in question.options]
    if question.none_label is not None and NONE in ticked:
        lines.append((question.none_label.to(carer=carer), True))
    section = protocol.texts.get(f"section_{question.section}")
    heading = "" if section is None else section.to(carer=carer)
    ask = question.ask.to(carer=carer)
    return Told(question.id, heading, ask, tuple(lines), since, answer)


def _given(answer: Answer) -> frozenset[str]:
    return answer if isinstance(answer, frozenset) else frozenset({str(answer)})


def _last_of(tx: Transaction, invitation: Invitation, since: int) -> Response | None:
    """Return the last response of a client, if it is whole, ours, recent and still agreed to.

    What they sent after a visit is left aside: nothing in it lasts.
    """
    every = responses.of_client(tx, invitation.clinic, invitation.client)
    line = next((one for one in every if one.protocol != AFTER_VISIT), None)
    if line is None:
        return None
    if line.altered or not line.readable or not line.complete or line.received_at < since:
        return None
    if withdrawals.of_responses(tx, invitation.clinic, [line.id]):
        return None
    try:
        return responses.get(tx, invitation.clinic, line.id)
    except Unreadable:
        return None


def _address(tx: Transaction, invitation: Invitation) -> str:
    """Return the mail address that the clinic has of a client; empty where it has none."""
    client = clients.get(tx, invitation.clinic, invitation.client)
    return "" if client is None else client.email
