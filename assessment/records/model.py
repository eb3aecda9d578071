"""What is stored, as it leaves and enters the database. Times are whole Unix seconds.

`readable` is False where a row could not be opened with the keys at hand, or was tampered with:
its words are empty then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assessment.records.ids import (
    ClientId,
    ClinicId,
    InvitationId,
    MailId,
    NoteId,
    ResponseId,
    TherapistId,
)

LONGEST_NAME = 80
"""Characters of the name of a clinic, and of one of its staff."""
LONGEST_CLIENT_NAME = 100
"""Characters of the name of a client."""
LARGEST_LOGO = 200_000
"""Bytes."""
MOST_URGENT = 3
"""The urgency of an emergency."""

LAST_TIME = 253_402_300_799 - 86_400
"""The last Unix second that a calendar shows in every zone: a day before the year 9999 ends."""


class State(StrEnum):
    """How far a therapist has got with a response."""

    NEW = "new"
    REVIEWED = "reviewed"
    CONTACTED = "contacted"


class NoteKind(StrEnum):
    """What a note records: words, or a change of state with words or without."""

    NOTE = "note"
    REVIEWED = "reviewed"
    CONTACTED = "contacted"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic and how its pages look.

    Numbers are text as in the settings ("112 Europe, 999 UK"). `revision` grows by one with each
    change; `invitation_days` is how long a link can be opened. `country` is a code of two letters
    and `time_zone` a name of tzdata; both are None where nobody has chosen them. Who has
    not answered is reminded `remind_after` so many days, None for never, and, with
    `remind_before`, on the day before their visit. `inviter_only`: what a client sent is for
    whoever invited them and for the owners, and not for everybody there. `needs_factor`: its staff
    sign in with a second factor. `keep_answered`, `keep_unanswered` and `keep_erased` are the days
    after which responses, links that nobody answered and what is noted of erasures go: 0 for never
    by itself, None until that is chosen. `welcome`, `before_visit` and `after_visit` are words of
    the clinic's own to its clients. `asks_measures`: who was invited may say how their pain is and
    what they can do, and again `measures_after` so many days after the visit, None for never.
    """

    id: ClinicId
    slug: str
    name: str
    phone: str | None
    booking_url: str | None
    accent: str | None
    emergency_numbers: str | None
    same_day_numbers: str | None
    language: str
    invitation_days: int
    logo_type: str | None
    revision: int
    created_at: int
    country: str | None = None
    time_zone: str | None = None
    remind_after: int | None = None
    remind_before: bool | None = None
    inviter_only: bool = False
    keep_answered: int | None = None
    keep_unanswered: int | None = None
    keep_erased: int | None = None
    needs_factor: bool = False
    welcome: str | None = None
    before_visit: str | None = None
    after_visit: str | None = None
    asks_measures: bool = False
    measures_after: int | None = None

    @property
    def has_periods(self) -> bool:
        """Whether its owner has chosen after how long things go."""
        return self.keep_answered is not None


@dataclass(frozen=True, slots=True)
class Therapist:
    """One of a clinic's staff. `urgent_mail` asks for a mail when an urgent response arrives.

    Who is removed is disabled as well: their name stays, for what they did before.
    """

    id: TherapistId
    clinic: ClinicId
    email: str
    name: str
    is_owner: bool
    urgent_mail: bool
    created_at: int
    disabled_at: int | None
    removed_at: int | None = None


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One sign-in. `id` names it in the list of sessions and opens nothing."""

    id: str
    clinic: ClinicId
    therapist: TherapistId
    csrf: str
    created_at: int
    used_at: int
    confirmed_at: int
    browser: str


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who was invited or who sent their answers.

    `phone` (as exports/phones.py keeps it) is what they gave themselves, where nobody invited them.
    """

    id: ClientId
    clinic: ClinicId
    name: str
    email: str
    created_at: int
    phone: str = ""
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Invitation:
    """An intake link. `answered` of about `of_about` questions is all that is told of a walk.

    `name`, `email` and `phone` (as exports/phones.py keeps it) are the client's at that time;
    `note` is the therapist's own. `closed_at` is when the client closed it for good. `visit_at` is
    when they come, where that is known; `language` is what they are asked in, None for that of the
    clinic. `follows` is the response before a visit that this link comes after; empty for every
    other link.
    """

    id: InvitationId
    clinic: ClinicId
    client: ClientId
    therapist: TherapistId
    created_at: int
    expires_at: int
    name: str
    email: str
    note: str
    mailed_at: int | None = None
    opened_at: int | None = None
    answered: int = 0
    of_about: int = 0
    used_at: int | None = None
    revoked_at: int | None = None
    replaced_by: InvitationId | None = None
    closed_at: int | None = None
    phone: str = ""
    follows: str = ""
    visit_at: int | None = None
    language: str | None = None
    readable: bool = True


class MailKind(StrEnum):
    """Why a client gets a mail."""

    LINK = "link"
    REMINDER = "reminder"
    BEFORE_VISIT = "before the visit"
    AFTER_VISIT = "after the visit"
    CODE = "code"


class Outcome(StrEnum):
    """What came of a mail whose sending has begun. UNSURE: perhaps it was sent."""

    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to a client that waits to be sent, or whose sending has begun: `claimed_at`.

    It is due from `due_at` on. `tries` counts how often it was not taken. `trouble` names why it
    was not sent. Whom it goes to and what it says is not in here: see `Envelope`.
    """

    id: MailId
    clinic: ClinicId
    invitation: InvitationId
    kind: MailKind
    made_at: int
    due_at: int
    claimed_at: int | None = None
    outcome: Outcome | None = None
    trouble: str | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a mail goes to, and the link or code in it; sealed, and gone once sending begins."""

    to: str
    link: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to: the whole text, its version, and when.

    `signed_by` is the name that was typed to sign it, that of a `guardian` where the client is a
    minor. `text_hash` is the SHA-256 of the text. Agreements before these were asked have none.
    """

    version: str
    text: str
    given_at: int
    signed_by: str = ""
    guardian: bool = False
    text_hash: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a client sent, sealed as one record. No private answer is in it.

    `answers` and `decision` are JSON values; `birth` is a date (YYYY-MM-DD) or empty, and `phone`
    a number as exports/phones.py keeps it, or empty.
    `confirmed` are the answers that were told before and only confirmed, with when they were first
    told (Unix seconds).
    """

    answers: Mapping[str, object]
    decision: Mapping[str, object]
    name: str
    birth: str
    message: str
    consent: Consent
    confirmed: Mapping[str, int] = field(default_factory=dict)
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the inbox.

    `altered`: somebody else changed it in the database. It counts as unread, to be reviewed and
    MOST_URGENT then, and `key` is the urgency and the time by which the list has it sorted. A time
    of it that no calendar shows is 0. `protocol` is the id of what was answered, where it is known.
    """

    id: ResponseId
    client: ClientId
    client_name: str
    urgency: int
    recommendation: str
    complete: bool
    state: State
    received_at: int
    read_at: int | None
    readable: bool = True
    altered: bool = False
    key: tuple[int, int] | None = None
    protocol: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `version` names the protocol that was answered (rules and wording hash)."""

    line: Line
    invitation: InvitationId | None
    version: str
    content: Content


@dataclass(frozen=True, slots=True)
class Recheck:
    """What another version says of a response to one that was withdrawn.

    `decision` is as that of a response. `unknown` are what it asks about and nobody answered in its
    words, in short. `raised`: it is graver than all that anybody had seen to when it was made.
    `seen_to` is the note by which somebody has seen to it. One that is not `readable` counts as
    MOST_URGENT.
    """

    response: ResponseId
    version: str
    urgency: int
    recommendation: str
    made_at: int
    decision: Mapping[str, object]
    unknown: tuple[str, ...]
    raised: bool = True
    seen_to: NoteId | None = None
    readable: bool = True

    @property
    def waits(self) -> bool:
        """Whether somebody still has to see to it."""
        return self.raised and self.seen_to is None


@dataclass(frozen=True, slots=True)
class Note:
    """What a therapist wrote or did about a response; never changed afterwards.

    `author_name` and `account`, the address with which they sign in, are those of that time.
    """

    id: NoteId
    response: ResponseId
    therapist: TherapistId
    author_name: str
    account: str
    created_at: int
    kind: NoteKind
    text: str
    readable: bool = True
