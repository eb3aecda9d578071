"""Pages on which a therapist makes links for clients, and sees what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.post.invitations import TRIAL, TRIAL_NOTE, LinkEnded, NoMailServer, Unknown
from assessment.practice.post.issuing import Issued
from assessment.practice.post.mail import MailFailed
from assessment.practice.post.mail_quota import TooMany
from assessment.practice.post.stages import Stage
from assessment.practice.post.visits import to_come
from assessment.practice.responses.reach import UNKNOWN
from assessment.practice.staff.accounts import SignedIn
from assessment.records.ids import ClientId, InvitationId, ResponseId
from assessment.records.model import LONGEST_CLIENT_NAME, Client, Invitation
from assessment.records.refusals import Unavailable
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.fresh_links import Fresh, FreshLinks
from assessment.web.clinic.invitation_forms import InvitationForm, MailForm, first_values
from assessment.web.clinic.invitation_pages import (
    AskPage,
    ListPage,
    NewPage,
    OnePage,
    Row,
    as_cursor,
    as_text,
    mail_trouble,
    too_many_mails,
)
from assessment.web.clinic.mail_rows import mail_rows, reminding
from assessment.web.clinic.settings_pages import LANGUAGES
from assessment.web.clinic.sharing import share
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, log, tell

HOME = "/clinic/invitations"
ON_A_PAGE = 25
SECTION = "invitations"
DONE = {"many": "They are invited. Their emails are on their way; each page says what was sent."}
GONE = "We can't show the link any more, so nothing was sent. You can make a new one below."
TOO_LATE = "Nothing was changed, because someone changed this invitation first."


class InvitationPages:
    """The views; each takes who is signed in, and raises NotFound for what is not theirs."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._invitations = area.practice.invitations
        self._outbox = area.practice.outbox
        self._local = area.settings.local
        self._fresh = FreshLinks(area, HOME)

    def listed(self, who: SignedIn) -> Response:
        """Show the invitations of the clinic, newest first."""
        cursor = as_cursor(request.args.get("before", ""))
        batch = self._invitations.listed(who, cursor, ON_A_PAGE)
        page = ListPage(
            title="Invitations",
            section=SECTION,
            notice=self._area.just_done(DONE),
            can_mail=self._outbox.can_mail,
            rows=tuple(self._row(one) for one in batch.invitations),
            older=None if batch.older is None else as_text(batch.older),
            is_first=cursor is None,
        )
        return self._area.page("invitations.html", page, who)

    def new(self, who: SignedIn) -> Response:
        """Show the form of a new invitation, or of one more for somebody who is known."""
        client = self._client(who)
        known = UNKNOWN if client is None else self._area.practice.clients.reach(who, client.id)
        form = self._form(who, client, data=first_values(who.clinic, known))
        return self._new_page(who, form, client)

    def create(self, who: SignedIn) -> Response:
        """Make an invitation, or show what is wrong with the form."""
        client = self._client(who)
        form = self._form(who, client, request.form)
        if not form.validate():
            return self._new_page(who, form, client, 422)
        name = form.name.data if client is None else client.name
        with _theirs():
            issued = self._invitations.invite(
                who, name, form.email.data, int(form.days.data), form.note.data,
                None if client is None else client.id,
                form.details(), self._link if form.sends else None,
            )  # fmt: skip
        return self._made(who, issued)

    def trial(self, who: SignedIn) -> Response:
        """Make a link for whoever is signed in, to answer as a client would."""
        me, days = who.therapist, who.clinic.invitation_days
        name = f"{TRIAL}{me.name}"[:LONGEST_CLIENT_NAME]
        issued = self._invitations.invite(who, name, me.email, days, TRIAL_NOTE, link_to=self._link)
        return self._made(who, issued)

    def one(self, who: SignedIn, invitation_id: str) -> Response:
        """Show one invitation."""
        return self._one_page(who, self._found(who, invitation_id))

    def ask_resend(self, who: SignedIn, invitation_id: str) -> Response:
        """Ask before a new link takes the place of this one."""
        lines = (
            "The old link stops working at once.",
            "You get a new one for your client. It works for as long as the first one did.",
        )
        return self._ask(who, invitation_id, "resend", "Make a new link", lines)

    def resend(self, who: SignedIn, invitation_id: str) -> Response:
        """Make a new link in place of this one."""
        try:
            with _theirs():
                issued = self._invitations.resend(who, InvitationId(invitation_id))
        except LinkEnded:
            return self._too_late(who, invitation_id)
        tell(Event.LINK_REPLACED)
        return self._fresh.shown(who, issued.invitation, Fresh(issued.token))

    def ask_revoke(self, who: SignedIn, invitation_id: str) -> Response:
        """Ask before this link stops working."""
        lines = ("The link stops working at once. Nothing more can be sent with it.",)
        return self._ask(who, invitation_id, "revoke", "Revoke the link", lines)

    def revoke(self, who: SignedIn, invitation_id: str) -> Response:
        """Make this link stop working."""
        try:
            with _theirs():
                self._invitations.revoke(who, InvitationId(invitation_id))
        except LinkEnded:
            return self._too_late(who, invitation_id)
        tell(Event.LINK_REVOKED)
        return go_to(f"{HOME}/{invitation_id}")

    def mail(self, who: SignedIn, invitation_id: str) -> Response:
        """Send the link by email; whatever happens, it is still on the page afterwards."""
        found = self._found(who, invitation_id)
        fresh = self._fresh.found(who, found)
        form = MailForm(request.form)
        if fresh is None:
            return self._one_page(who, found, status=409, notice=GONE)
        if not form.validate():
            return self._one_page(who, found, form, 422)
        try:
            to, link = form.email.data, self._link(fresh.token)
            with _theirs():
                is_sent = self._invitations.mail(who, found.id, to, link)
        except (LinkEnded, NoMailServer):
            return self._too_late(who, invitation_id)
        except TooMany as most:
            form.refuse("email", too_many_mails(most))
            return self._one_page(who, found, form, 429)
        except MailFailed as failed:
            log.warning("invitation not mailed: %s", failed)
            form.refuse("email", mail_trouble(failed.kind))
            return self._one_page(who, found, form, 502)
        return self._fresh.shown(who, found, Fresh(fresh.token, to if is_sent else ""))

    def _made(self, who: SignedIn, issued: Issued) -> Response:
        tell(Event.INVITATION_MADE)
        return self._fresh.shown(who, issued.invitation, self._sent(issued))

    def _sent(self, issued: Issued) -> Fresh:
        """Send the link of a new invitation, if it shall be; return what to show of it."""
        if issued.mail is None:
            return Fresh(issued.token)
        try:
            is_sent = self._outbox.send(issued.mail)
        except TooMany as most:
            return Fresh(issued.token, fault=too_many_mails(most))
        except MailFailed as failed:
            log.warning("invitation not mailed: %s", failed)
            return Fresh(issued.token, fault=mail_trouble(failed.kind))
        except (ValueError, Unavailable) as error:  # the link is made: it shall be seen
            log.error("invitation not mailed: %s", type(error).__qualname__)
            return Fresh(issued.token)
        return Fresh(issued.token, issued.invitation.email if is_sent else "")

    def _found(self, who: SignedIn, invitation_id: str) -> Invitation:
        with _theirs():
            return self._invitations.get(who, InvitationId(invitation_id))

    def _client(self, who: SignedIn) -> Client | None:
        """Return who shall be invited again; None for somebody new."""
        sent = request.args if request.method == "GET" else request.form
        wanted = sent.get("client", "")
        if not wanted:
            return None
        with _theirs():
            return self._invitations.client(who, ClientId(wanted))

    def _response(self, who: SignedIn, row: Row) -> ResponseId | None:
        if row.stage is not Stage.SENT_BACK:
            return None
        return self._invitations.response(who, row.invitation.id)

    def _link(self, token: str) -> str:
        return f"{self._area.settings.site_address(request.host)}/i/{token}"

    def _row(self, invitation: Invitation) -> Row:
        return Row(invitation, self._invitations.stage(invitation))

    def _form(
        self,
        who: SignedIn,
        client: Client | None,
        sent: MultiDict[str, str] | None = None,
        data: Mapping[str, object] | None = None,
    ) -> InvitationForm:
        form = InvitationForm(sent, data=data)
        form.clinic, form.now = who.clinic, int(self._area.clock())
        if client is not None:
            del form.name  # it is known, and does not change here
        if not self._outbox.can_mail:
            del form.send
        if len(LANGUAGES) == 1:
            del form.language
        return form

    def _new_page(
        self, who: SignedIn, form: InvitationForm, client: Client | None, status: int = 200
    ) -> Response:
        page = NewPage(
            title="New invitation", section=SECTION, narrow=True,
            form=form, client=client, problems=form.problems,
            reminding=reminding(who.clinic),
        )  # fmt: skip
        return self._area.page("invitation_new.html", page, who, status)

    def _one_page(
        self,
        who: SignedIn,
        invitation: Invitation,
        form: MailForm | None = None,
        status: int = 200,
        notice: str | None = None,
    ) -> Response:
        row = self._row(invitation)
        now = int(self._area.clock())
        fresh = self._fresh.found(who, invitation)
        shared = None
        if fresh is not None and row.stage.is_open:
            shared = share(who.clinic, to_come(invitation, now), self._link(fresh.token))
        if form is None:
            form = MailForm(data={"email": invitation.email})
            if shared is not None and fresh is not None:
                form.tell(fresh.fault)
                sent_to = fresh.mailed_to
                notice = notice or (sent_to and f"The link was sent to {sent_to}.") or None
        with _theirs():
            mails = self._invitations.mails(who, invitation.id)
        page = OnePage(
            title="Invitation",
            section=SECTION,
            problems=form.problems,
            notice=notice,
            row=row,
            response=self._response(who, row),
            shared=shared,
            mail=form if self._outbox.can_mail else None,
            mails=mail_rows(mails, row.stage, now),
            local=self._local,
        )
        return self._area.page("invitation.html", page, who, status)

    def _too_late(self, who: SignedIn, invitation_id: str) -> Response:
        found = self._found(who, invitation_id)
        return self._one_page(who, found, status=409, notice=TOO_LATE)

    def _ask(
        self, who: SignedIn, invitation_id: str, action: str, title: str, lines: tuple[str, ...]
    ) -> Response:
        found = self._found(who, invitation_id)
        stage = self._invitations.stage(found)
        if not (stage.can_resend if action == "resend" else stage.is_open):
            return go_to(f"{HOME}/{found.id}")
        page = AskPage(
            title=title, section=SECTION, narrow=True,
            invitation=found, lines=lines, action=action,
        )  # fmt: skip
        return self._area.page("invitation_ask.html", page, who)


@contextmanager
def _theirs() -> Iterator[None]:
    """Answer what the clinic does not have as a page that is not there."""
    try:
        yield
    except Unknown:
        raise NotFound from None
