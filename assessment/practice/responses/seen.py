"""What of a clinic one therapist sees: everything, or what came back to their own invitations.

Of what somebody changed in the database nobody knows whose it is: where not everybody sees
everything, only owners see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assessment.practice.responses.again import Second, reviewed, seconds_of
from assessment.practice.responses.words import contradiction_in
from assessment.practice.staff.accounts import SignedIn
from assessment.records import clients, invitations, measures, rechecks, responses
from assessment.records.ids import ClientId, ClinicId, ResponseId
from assessment.records.measures import Measured
from assessment.records.model import Client, Invitation, Line
from assessment.records.transactions import Transaction
from assessment.records.whose import is_client_of
from assessment.screening import AFTER_VISIT


@dataclass(frozen=True, slots=True)
class Marked:
    """Some lines, as to be reviewed where nobody has seen to what the rules of today say.

    `ask_age` are those in which the age that was answered contradicts the date of birth, `again`
    those with which the rules of today are stricter than a version that was withdrawn.
    """

    lines: tuple[Line, ...] = ()
    ask_age: frozenset[ResponseId] = frozenset()
    again: Mapping[ResponseId, Second] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A client with what is stored of them and for who asks, the newest first.

    `ask_age` and `again` are as in `Marked`. `measured` is pain and activities, of those with any:
    None where that cannot be read. `is_whole`: nothing is left out, so that who asks can erase the
    client.
    """

    client: Client
    invitations: tuple[Invitation, ...]
    lines: tuple[Line, ...]
    ask_age: frozenset[ResponseId]
    again: Mapping[ResponseId, Second]
    measured: Mapping[ResponseId, Measured | None]
    is_whole: bool


def before_visits(found: ClientFile) -> tuple[Line, ...]:
    """Return the responses of a client but for those about what happened since a visit."""
    return tuple(line for line in found.lines if line.protocol != AFTER_VISIT)


def seen_by(who: SignedIn, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return those lines of theirs that nobody else has changed, or as an owner all."""
    return tuple(line for line in lines if who.only is None or not line.altered)


def theirs(tx: Transaction, who: SignedIn, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return those lines of the clinic, of whoever, that they see."""
    if who.only is None:
        return tuple(lines)
    seen = {line.id for line in lines_for(tx, who, [line.id for line in lines])}
    return tuple(line for line in lines if line.id in seen)


def lines_for(tx: Transaction, who: SignedIn, ids: Sequence[ResponseId]) -> tuple[Line, ...]:
    """Return the lines of those of these responses that they see, in this order."""
    found = responses.several(tx, who.clinic.id, ids, who.only)
    return seen_by(who, [found[id] for id in ids if id in found])


def line_for(tx: Transaction, who: SignedIn, response: ResponseId) -> Line | None:
    """Return the line of a response that they see."""
    return next(iter(lines_for(tx, who, [response])), None)


def file_for(tx: Transaction, who: SignedIn, client: ClientId) -> ClientFile | None:
    """Return a client of theirs with what they see of them."""
    clinic, only = who.clinic.id, who.only
    found = clients.get(tx, clinic, client)
    if found is None or (only is not None and not is_client_of(tx, clinic, client, only)):
        return None
    invited = invitations.of_client(tx, clinic, client)
    made = tuple(one for one in invited if only in (None, one.therapist))
    every = responses.of_client(tx, clinic, client)
    mine = every if only is None else responses.of_client(tx, clinic, client, only)
    lines = seen_by(who, mine)
    is_whole = (len(made), len(lines)) == (len(invited), len(every))
    told = marked(tx, clinic, lines)
    measured = measures.of_responses(tx, clinic, [line.id for line in lines])
    return ClientFile(found, made, told.lines, told.ask_age, told.again, measured, is_whole)


def marked(tx: Transaction, clinic: ClinicId, lines: Sequence[Line]) -> Marked:
    """Return lines with what a list says of each."""
    by_id = {line.id: line for line in lines}
    contents = responses.contents(tx, clinic, by_id)
    found = rechecks.of_responses(tx, clinic, by_id)
    ask_age = (id for id, content in contents.items() if contradiction_in(content) is not None)
    return Marked(reviewed(found, lines), frozenset(ask_age), seconds_of(found, contents, by_id))
