"""What the page of a response shows, and the form for notes on it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from assessment.exports.phones import dialled, phone_in_words
from assessment.practice.post.after_visit import SecondLink
from assessment.practice.responses.history import Since
from assessment.practice.responses.inbox import LEADS_TO
from assessment.practice.responses.measured import HEADING, LOST, in_lines
from assessment.practice.responses.names import Names
from assessment.practice.responses.opened import Opened
from assessment.practice.responses.phrases import (
    KINDS,
    NOTE_LOST,
    NOWHERE,
    OWN_HEADING,
    OWN_LOST,
    UNREADABLE,
    WORDS_LOST,
    author_of,
    protocol_lines,
    warnings,
)
from assessment.practice.responses.summary import Summary
from assessment.records.ids import ResponseId
from assessment.records.model import Line, Note, NoteKind
from assessment.records.own_answers import OwnAnswers
from assessment.web.clinic.fields import LongText, StaffForm, at_most
from assessment.web.clinic.inbox_pages import Row, row_of
from assessment.web.clinic.pages import StaffPage
from assessment.web.html.pages import Link

LONGEST_NOTE = 4000
NO_SECOND_LINK = "no-second-link"
DONE = {
    NoteKind.NOTE.value: "Your note was added.",
    NoteKind.REVIEWED.value: "Marked as reviewed.",
    NoteKind.CONTACTED.value: "Marked as contacted.",
    NoteKind.REOPENED.value: "Moved back to review.",
    NO_SECOND_LINK: "No link was made. Your client can no longer be asked about this visit.",
}
ACTIONS = (
    (NoteKind.REVIEWED, "Reviewed"),
    (NoteKind.CONTACTED, "Contacted"),
    (NoteKind.REOPENED, "To review"),
)
"""Everything that a response can be marked as, and how its button calls it."""


class NoteForm(StaffForm):
    """A note on a response."""

    text = LongText(
        "Note",
        [at_most(LONGEST_NOTE, "The note")],
        hint="Only your clinic sees it. It shows your name, your email address and the date, and "
        "can't be changed later.",
    )

    def fits(self, *, needs_words: bool) -> bool:
        """Whether the note can be taken; `needs_words` when it comes without anything else."""
        fits: bool = self.validate()
        if fits and needs_words and not self.text.data:
            self.refuse("text", "Write a note first")
            return False
        return fits


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note as it is shown; `words` is empty for a change of state alone."""

    kind: str
    author: str
    at: int
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a response stands in the list that somebody came from; `query` asks for that list."""

    query: str
    before: ResponseId | None
    after: ResponseId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsePage(StaffPage):
    """`response.html`. `summary` is None where the content cannot be read; `fault` says why.

    `actions` are pairs of a kind of note and the words of its button. `calls` are links that reach
    the client, where it is urgent to; `nowhere` says that none are known. `own` are answers to the
    clinic's own questions, None where they cannot be read; `measured` are pain and activities with
    their numbers, likewise. `since` is what changed since the response before. `second_link` is the
    link for after the visit, where there is one or one may be made.
    """

    place: Place
    calls: tuple[Link, ...]
    nowhere: str | None
    row: Row
    line: Line
    summary: Summary | None
    fault: str | None
    warnings: tuple[str, ...]
    protocol: tuple[str, ...]
    notes: tuple[NoteRow, ...]
    actions: tuple[tuple[str, str], ...]
    form: NoteForm
    withdrawn_at: int | None
    own: OwnAnswers | None
    measured: tuple[tuple[str, str], ...] | None
    since: Since | None = None
    second_link: SecondLink | None = None
    own_heading: str = OWN_HEADING
    own_lost: str = OWN_LOST
    measured_heading: str = HEADING
    measured_lost: str = LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseResponsePage(StaffPage):
    """`response_erase.html`."""

    line: Line


def page_of(
    opened: Opened, place: Place, names: Names, form: NoteForm, notice: str | None = None
) -> ResponsePage:
    """Return the page of a response. Its title holds no name."""
    line, summary = opened.line, opened.summary
    return ResponsePage(
        title="Response",
        section="inbox",
        problems=form.problems,
        notice=notice,
        place=place,
        calls=_calls(opened),
        nowhere=NOWHERE if opened.is_out_of_reach else None,
        row=row_of(line, names, again={} if opened.again is None else {line.id: opened.again}),
        line=line,
        summary=summary,
        fault=_fault(summary),
        warnings=warnings(summary) if summary else (),
        protocol=protocol_lines(summary) if summary else (),
        notes=tuple(map(note_row, opened.notes)),
        actions=tuple(
            (kind.value, words) for kind, words in ACTIONS if LEADS_TO[kind] is not line.state
        ),
        form=form,
        withdrawn_at=opened.withdrawn_at,
        own=opened.own,
        measured=None if opened.measured is None else in_lines(opened.measured),
    )


def _calls(opened: Opened) -> tuple[Link, ...]:
    """Return links to telephone and mail, of whoever has to hear something soon."""
    if not opened.is_pressing:
        return ()
    phone, email = opened.reach.phone, opened.reach.email
    ways = []
    if phone:
        ways.append(Link(f"Call {phone_in_words(phone)}", f"tel:{dialled(phone)}"))
    if email:
        ways.append(Link(f"Email {email}", f"mailto:{quote(email, safe='@')}"))
    return tuple(ways)


def _fault(summary: Summary | None) -> str | None:
    if summary is None:
        return UNREADABLE
    return WORDS_LOST if summary.words_lost else None


def note_row(note: Note) -> NoteRow:
    """Return a note as it is shown."""
    return NoteRow(
        kind=KINDS[note.kind],
        author=author_of(note),
        at=note.created_at,
        words=note.text if note.readable else NOTE_LOST,
    )
