"""What the pages of invitations show."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.exports.phones import phone_in_words
from assessment.practice.post.invitations import TRIAL_NOTE, Cursor
from assessment.practice.post.mail import Trouble
from assessment.practice.post.mail_quota import MOST_A_DAY, MOST_BY_LINK, TooMany
from assessment.practice.post.stages import Stage
from assessment.records.ids import ResponseId
from assessment.records.model import Client, Invitation
from assessment.web.clinic.invitation_forms import InvitationForm, MailForm
from assessment.web.clinic.mail_rows import MailRow
from assessment.web.clinic.pages import StaffPage
from assessment.web.clinic.sharing import Shared

_STATES = {
    Stage.MADE: "Link made",
    Stage.MAILED: "Sent",
    Stage.OPENED: "Opened",
    Stage.SENT_BACK: "Sent back",
    Stage.EXPIRED: "Expired",
    Stage.REVOKED: "Revoked",
    Stage.REPLACED: "Replaced",
    Stage.CLOSED: "Closed by the client",
}
_EXPLAINED = {
    Stage.EXPIRED: "This link has expired. If your client still needs one, make a new link.",
    Stage.REVOKED: "This link was revoked and no longer works.",
    Stage.REPLACED: "This link no longer works. A newer one has replaced it.",
    Stage.CLOSED: "Your client has closed this invitation. Please do not remind them.",
    Stage.SENT_BACK: "Your client has sent their answers, so this link is finished.",
}
_NOT_SHOWN = (
    "The link itself was shown right after it was made, and cannot be shown again. "
    "If your client lost it, make a new one. The old one stops working then."
)
_ANOTHER_WAY = "You can copy the link below and send it another way."
_ADVICE = {
    Trouble.NO_ANSWER: "Try again in a few minutes.",
    Trouble.BROKEN_OFF: "Ask your client before you send it again.",
    Trouble.SLOW: "Ask your client before you send it again.",
    Trouble.LATER: "Try again in a few minutes.",
    Trouble.ADDRESS: "Check it for typing mistakes.",
}
_ASK_OPERATOR = "Tell whoever runs this site."


def mail_trouble(kind: Trouble) -> str:
    """Return why a mail was not sent, and what to do."""
    return f"{kind.value} {_ADVICE.get(kind, _ASK_OPERATOR)} {_ANOTHER_WAY}"


def too_many_mails(most: TooMany) -> str:
    """Return why no more mail goes out today, and what to do."""
    if most.by_link:
        why = f"This link was emailed {MOST_BY_LINK} times today, which is the most for one day."
    else:
        why = f"Your clinic has sent {MOST_A_DAY} emails today, which is the most for one day."
    return f"{why} {_ANOTHER_WAY}"


@dataclass(frozen=True, slots=True)
class Row:
    """One invitation, and what has become of it: in words, and as the strength of a tag."""

    invitation: Invitation
    stage: Stage

    @property
    def name(self) -> str:
        """The client's name, or what is shown in place of one that cannot be read."""
        return self.invitation.name if self.invitation.readable else "Unreadable"

    @property
    def is_trial(self) -> bool:
        """Whether it is a test that a therapist sent to themselves."""
        return self.invitation.note == TRIAL_NOTE

    @property
    def phone(self) -> str:
        """The client's number, to be read."""
        return phone_in_words(self.invitation.phone)

    @property
    def state(self) -> str:
        """What has become of it."""
        if self.stage is Stage.ANSWERING:
            return f"{self.invitation.answered} of about {self.invitation.of_about} answered"
        return _STATES[self.stage]

    @property
    def strength(self) -> str:
        """How much the state shall be seen."""
        if self.stage is Stage.SENT_BACK:
            return "strong"
        return "" if self.stage.is_open else "faint"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(StaffPage):
    """`invitations.html`; `older` is where the list goes on, `is_first` tells its beginning.

    `can_mail`: several can be invited at once.
    """

    can_mail: bool
    rows: tuple[Row, ...]
    older: str | None
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage(StaffPage):
    """`invitation_new.html`; `client` is who is invited again, if somebody is.

    `reminding` says when clients of this clinic are reminded, if they are.
    """

    form: InvitationForm
    client: Client | None
    reminding: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePage(StaffPage):
    """`invitation.html`: one invitation, and its link right after it was made.

    `response` is what came back. `mail` is there where a mail server is set up; `mails` are those
    about this invitation. `local` tells
    that the link works on this computer only.
    """

    row: Row
    response: ResponseId | None
    shared: Shared | None
    mail: MailForm | None
    mails: tuple[MailRow, ...]
    local: bool

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return self.row.stage.is_open

    @property
    def can_resend(self) -> bool:
        """Whether a new link can take its place."""
        return self.row.stage.can_resend and self.row.invitation.readable

    @property
    def can_invite_again(self) -> bool:
        """Whether another invitation may follow."""
        return self.row.stage is not Stage.CLOSED and self.row.invitation.readable

    @property
    def explained(self) -> str:
        """What the state means for the therapist, where the link is not shown."""
        return _EXPLAINED.get(self.row.stage, _NOT_SHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage(StaffPage):
    """`invitation_ask.html`: a step that ends a link, and is asked about first."""

    invitation: Invitation
    lines: tuple[str, ...]
    action: str


def as_text(cursor: Cursor) -> str:
    """Return the place in the list for an address; it holds no words of anybody."""
    return f"{cursor[0]}.{cursor[1]}"


def as_cursor(text: str) -> Cursor | None:
    """Return the place that an address names; None, the beginning, when it names none."""
    made, _, name = text.partition(".")
    return (int(made), name) if made.isascii() and made.isdecimal() and len(made) < 12 else None
