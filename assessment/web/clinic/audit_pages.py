"""Contexts of the audit log: its entries in words, and how a search is read from an address."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from assessment.exports.dates import Calendar
from assessment.practice.staff.audit_log import Found
from assessment.records.acts import Act, Kind
from assessment.records.audit import FOLLOWING, KEPT, RESTORED, Entry, Key, Sought
from assessment.records.ids import TherapistId
from assessment.records.model import Therapist
from assessment.web.clinic.fields import Problem
from assessment.web.clinic.pages import StaffPage

WORDS: Mapping[str, str] = {
    Act.LOG_BEGUN: "This log began",
    Act.CLINIC_SET_UP: "Set up the clinic",
    Act.TODAY_READ: "Opened Today",
    Act.INBOX_READ: "Opened the inbox",
    Act.ARRIVALS_READ: "Listed new responses",
    Act.GOING_READ: "Looked at what will be erased soon",
    Act.RESPONSE_READ: "Read a response",
    Act.CLIENTS_READ: "Opened the list of clients",
    Act.CLIENT_READ: "Read the page of a client",
    Act.INVITATIONS_READ: "Opened the list of invitations",
    Act.INVITATION_READ: "Read an invitation",
    Act.STAFF_READ: "Looked at accounts",
    Act.LOG_READ: "Opened this log",
    Act.DECIDED_AGAIN: "Checked responses again",
    Act.RESPONSE_EXPORTED: "Exported a response",
    Act.CLIENT_COPIED: "Saved a copy for a client",
    Act.LOG_EXPORTED: "Exported this log",
    Act.MARKED_READ: "Marked a response as read",
    Act.NOTE_ADDED: "Added a note",
    Act.RESPONSE_MARKED: "Changed the state of a response",
    Act.INVITED: "Made an invitation",
    Act.LINK_MAILED: "Emailed a link",
    Act.LINK_REPLACED: "Replaced a link",
    Act.LINK_REVOKED: "Revoked a link",
    Act.DETAILS_CHANGED: "Changed their own details",
    Act.SETTINGS_CHANGED: "Changed the settings",
    Act.QUESTIONS_CHANGED: "Changed the clinic's own questions",
    Act.MEASURES_CHANGED: "Chose what to ask about pain and activities",
    Act.LOGO_CHANGED: "Changed the logo",
    Act.SHARING_CHANGED: "Changed who sees responses",
    Act.COLLEAGUE_INVITED: "Invited a colleague",
    Act.MADE_OWNER: "Made a colleague an owner",
    Act.MADE_THERAPIST: "Made an owner a therapist",
    Act.CODE_MADE: "Made a code for a new password",
    Act.COLLEAGUE_SIGNED_OUT: "Signed a colleague out",
    Act.COLLEAGUE_DISABLED: "Disabled an account",
    Act.COLLEAGUE_ENABLED: "Enabled an account",
    Act.COLLEAGUE_REMOVED: "Removed a colleague",
    Act.HANDED_OVER: "Handed over the clients of a colleague",
    Act.PERIODS_CHOSEN: "Chose how long to keep things",
    Act.KEY_MADE: "Made an API key",
    Act.KEY_REVOKED: "Revoked an API key",
    Act.WEBHOOK_ADDED: "Added a webhook",
    Act.WEBHOOK_ON: "Switched a webhook on",
    Act.WEBHOOK_OFF: "Switched a webhook off",
    Act.WEBHOOK_REMOVED: "Removed a webhook",
    Act.WEBHOOK_TRIED: "Sent a test to a webhook",
    Act.SENT_AGAIN: "Sent something to a webhook again",
    Act.KEYS_CHANGED: "Changed the keys of the records",
    Act.RESPONSE_ERASED: "Erased a response",
    Act.CLIENT_ERASED: "Erased a client",
    Act.INVITATION_ERASED: "Erased an invitation",
    Act.SIGNED_IN: "Signed in",
    Act.SIGN_IN_FAILED: "Failed to sign in",
    Act.SIGNED_OUT: "Signed out",
    Act.SIGNED_OUT_EVERYWHERE: "Signed out everywhere",
    Act.SESSION_ENDED: "Ended one of their sessions",
    Act.WAITING_ROOM_OPENED: "Opened the waiting room",
    Act.PASSWORD_CHANGED: "Changed their password",
    Act.PASSWORD_REFUSED: "Entered a wrong password",
    Act.PASSWORD_CHOSEN: "Chose a password with a code",
    Act.CODE_USED: "Signed in with a recovery code",
    Act.APP_ADDED: "Set up an app for codes",
    Act.APP_REMOVED: "Removed their app for codes",
    Act.PASSKEY_ADDED: "Added a passkey",
    Act.PASSKEY_REMOVED: "Removed a passkey",
    Act.CODES_MADE: "Made new recovery codes",
    Act.FACTORS_RESET: "Reset a second step",
    Act.FACTOR_RULE_CHANGED: "Chose who needs a second step",
    Act.UNLOCKED: "Unlocked sign-in after wrong passwords",
}
KINDS = (
    ("", "Everything"),
    (Kind.READ.value, "Read"),
    (Kind.EXPORTED.value, "Exported"),
    (Kind.CHANGED.value, "Changed"),
    (Kind.ERASED.value, "Erased"),
    (Kind.SIGN_IN.value, "Signing in and out"),
)
OPERATOR = "operator"
OPERATOR_WORDS = "Whoever runs this site"
BY_ITSELF = "By itself"
COLUMNS = ("Number", "Time", "Who", "Account", "What", "Kind", "About", "Device")
BAD_FROM = "Enter a start date, such as 2026-11-27"
BAD_TO = "Enter an end date, such as 2026-11-27"
_PLACES = {
    "responses": {
        Act.RESPONSE_READ, Act.RESPONSE_EXPORTED, Act.MARKED_READ, Act.NOTE_ADDED,
        Act.RESPONSE_MARKED,
    },
    "clients": {Act.CLIENT_READ, Act.CLIENT_COPIED},
    "invitations": {
        Act.INVITATION_READ, Act.INVITED, Act.LINK_MAILED, Act.LINK_REPLACED, Act.LINK_REVOKED,
    },
}  # fmt: skip
_KEY = re.compile(r"(\d{1,15})\.(\d{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, as it stands in an address."""

    who: str
    what: str
    since: str
    until: str

    @property
    def query(self) -> str:
        """The search as a part of an address."""
        parts = {"who": self.who, "what": self.what, "from": self.since, "to": self.until}
        return urlencode({name: value for name, value in parts.items() if value})

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.query)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. `href` leads to what it is about, `whom` names a colleague it is about."""

    number: int
    at: int
    who: str
    what: str
    device: str
    about: str
    href: str = ""
    whom: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage(StaffPage):
    """`audit.html`; `older` is where the next entries start, `is_first` that none are newer."""

    rows: tuple[Row, ...]
    search: Search
    staff: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...] = KINDS
    older: str | None
    is_first: bool


def search_of(values: Mapping[str, str], staff: Iterable[Therapist]) -> Search:
    """Return what an address looks for; somebody or something unknown is everybody, everything."""
    known = {OPERATOR, *(one.id for one in staff)}
    who, what = values.get("who", ""), values.get("what", "")
    return Search(
        who if who in known else "",
        what if what in dict(KINDS) else "",
        values.get("from", "").strip()[:10],
        values.get("to", "").strip()[:10],
    )


def sought_of(search: Search, calendar: Calendar) -> tuple[Sought, tuple[Problem, ...]]:
    """Return what is looked for, and what is wrong with it: both days count whole."""
    problems = []
    times: dict[str, int | None] = {"from": None, "to": None}
    ends = (("from", search.since, -1, BAD_FROM), ("to", search.until, 0, BAD_TO))
    for name, text, days, message in ends:
        try:
            times[name] = _end_of(text, calendar, days) if text else None
        except (ValueError, OverflowError):
            problems.append(Problem(name, message))
    by_operator = search.who == OPERATOR
    sought = Sought(
        therapist=TherapistId(search.who) if search.who and not by_operator else None,
        by_operator=by_operator,
        kind=Kind(search.what) if search.what else None,
        since=times["from"],
        until=times["to"],
    )
    return sought, tuple(problems)


def staff_choices(staff: Iterable[Therapist]) -> tuple[tuple[str, str], ...]:
    """Return whom one can look for."""
    people = ((one.id, one.name + (" (removed)" if one.removed_at else "")) for one in staff)
    return (("", "Everybody"), *people, (OPERATOR, f"{OPERATOR_WORDS}, or by itself"))


def rows_of(found: Found, staff: Iterable[Therapist]) -> tuple[Row, ...]:
    """Return the entries as the page shows them."""
    names = {one.id: one.name for one in staff}
    return tuple(_row(one, names) for one in found.entries)


def cells_of(
    entries: Iterable[Entry], staff: Iterable[Therapist], calendar: Calendar
) -> Iterator[tuple[str, ...]]:
    """Give the entries as lines of a table."""
    names = {one.id: one.name for one in staff}
    for one in entries:
        yield (
            str(one.number), calendar.machine(one.made_at), _name(one, names),
            one.therapist or "", WORDS.get(one.act, one.act), one.kind, one.about or "",
            one.device,
        )  # fmt: skip


def key_as_text(key: Key | None) -> str | None:
    """Return a place in the log as an address holds it."""
    return None if key is None else f"{key[0]}.{key[1]}"


def key_from_text(text: str) -> Key | None:
    """Return the place in an address; None where it holds none."""
    found = _KEY.fullmatch(text)
    return None if found is None else (int(found[1]), int(found[2]))


def _row(entry: Entry, names: Mapping[TherapistId, str]) -> Row:
    about = entry.about or ""
    place = next((place for place, acts in _PLACES.items() if entry.act in acts), "")
    return Row(
        number=entry.number,
        at=entry.made_at,
        who=_name(entry, names),
        what=WORDS.get(entry.act, entry.act),
        device=entry.device,
        about=about,
        href=f"/clinic/{place}/{about}" if place and about else "",
        whom=names.get(TherapistId(about), ""),
    )


def _name(entry: Entry, names: Mapping[TherapistId, str]) -> str:
    if entry.therapist is None:
        return BY_ITSELF if entry.device in (FOLLOWING, KEPT, RESTORED) else OPERATOR_WORDS
    return names.get(entry.therapist, entry.therapist)


def _end_of(text: str, calendar: Calendar, days: int) -> int:
    noon = calendar.moment(datetime.date.fromisoformat(text), datetime.time(12))
    return calendar.end_of_day(noon, days)
