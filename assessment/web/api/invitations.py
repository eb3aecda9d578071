"""Calls about invitations: make one, read it, revoke it."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from assessment.exports.dates import calendar_of
from assessment.exports.phones import read_phone
from assessment.practice.post.calls import Call, SaidOtherwise
from assessment.practice.post.invitations import LinkEnded, Unknown
from assessment.practice.post.issuing import Details, Issued
from assessment.practice.post.stages import Stage
from assessment.practice.post.visits import BadVisit, check_visit
from assessment.practice.practice import Practice
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.keys import Caller
from assessment.records.acts import Act
from assessment.records.ids import InvitationId
from assessment.records.model import Invitation
from assessment.web.api.answer_models import InvitationAnswer, RevokedAnswer
from assessment.web.api.problems import NotDone
from assessment.web.api.reading import fault, idempotency_key, read_body
from assessment.web.api.replies import reply
from assessment.web.api.request_models import NewInvitation
from assessment.web.server.logs import Event, tell
from assessment.web.server.settings import Settings

_HAS_ENDED = frozenset({Stage.REVOKED, Stage.REPLACED})
"""What revoking an invitation again leads to: it is done."""


class InvitationCalls:
    """The views; each takes who calls."""

    def __init__(self, practice: Practice, settings: Settings) -> None:
        self._invitations = practice.invitations
        self._audit_log = practice.audit_log
        self._settings = settings

    def make(self, caller: Caller) -> Response:
        """Make an invitation, or answer the same call again."""
        who, sent = caller.who, read_body(NewInvitation)
        call = _call(sent, idempotency_key())
        try:
            issued = None if call is None else self._invitations.called(who, call)
            issued = issued or self._made(who, sent, call)
        except SaidOtherwise as other:
            raise NotDone(
                409,
                "This Idempotency-Key or reference made another invitation. Use a new one, and "
                "revoke that invitation if it is no longer wanted.",
                invitation=other.invitation,
            ) from None
        if issued.is_new:
            tell(Event.INVITATION_MADE)
        else:
            self._audit_log.saw(who, Act.INVITATION_READ, (issued.invitation.id,))
        response = self._answer(who, issued.invitation, issued, 201 if issued.is_new else 200)
        response.headers["Location"] = f"{self._here()}/api/v1/invitations/{issued.invitation.id}"
        return response

    def one(self, caller: Caller, invitation_id: str) -> Response:
        """Tell what became of an invitation."""
        return self._answer(caller.who, self._found(caller.who, invitation_id))

    def revoke(self, caller: Caller, invitation_id: str) -> Response:
        """Make a link stop working; doing so again changes nothing."""
        who, id = caller.who, InvitationId(invitation_id)
        try:
            self._invitations.revoke(who, id)
            tell(Event.LINK_REVOKED)
        except Unknown:
            tell(Event.NOT_THERE)
            raise NotDone(404) from None
        except LinkEnded as ended:
            if ended.stage not in _HAS_ENDED:
                raise NotDone(
                    409,
                    f"Nothing was changed. The invitation has already ended: {ended.stage.value}.",
                ) from None
        found = self._found(who, invitation_id)
        return reply(RevokedAnswer(id=found.id, state=self._invitations.stage(found)))

    def _made(self, who: SignedIn, sent: NewInvitation, call: Call | None) -> Issued:
        if sent.send and not sent.email:
            raise fault("email", "Give an address if the link is to be sent")
        if sent.send and not self._invitations.outbox.can_mail:
            raise fault("send", "This site has no mail server, so leave this out")
        return self._invitations.invite(
            who, sent.name, sent.email or "", sent.days or who.clinic.invitation_days, sent.note,
            details=Details(self._visit(sent), _phone(who, sent), sent.language),
            link_to=self._link if sent.send else None,
            call=call,
        )  # fmt: skip

    def _visit(self, sent: NewInvitation) -> int | None:
        if sent.visit_at is None:
            return None
        try:
            return check_visit(int(sent.visit_at.timestamp()), self._invitations.now())
        except BadVisit as bad:
            raise fault("visit_at", str(bad)) from None

    def _found(self, who: SignedIn, invitation_id: str) -> Invitation:
        try:
            return self._invitations.get(who, InvitationId(invitation_id))
        except Unknown:
            tell(Event.NOT_THERE)
            raise NotDone(404) from None

    def _answer(
        self, who: SignedIn, found: Invitation, issued: Issued | None = None, status: int = 200
    ) -> Response:
        machine, stage = calendar_of(who.clinic.time_zone).machine, self._invitations.stage(found)
        is_link_told = issued is not None and stage.is_open
        told = InvitationAnswer.model_validate({
            "id": found.id, "client": found.client, "state": stage,
            "made_at": machine(found.created_at), "expires_at": machine(found.expires_at),
            "visit_at": None if found.visit_at is None else machine(found.visit_at),
            "name": found.name, "email": found.email, "phone": found.phone,
            "language": found.language, "note": found.note,
            "answered": found.answered, "of_about": found.of_about,
            "response": self._invitations.response(who, found.id),
            "link": self._link(issued.token) if issued is not None and is_link_told else None,
            "readable": found.readable,
        })  # fmt: skip
        return reply(told, status)

    def _link(self, token: str) -> str:
        return f"{self._here()}/i/{token}"

    def _here(self) -> str:
        return self._settings.site_address(request.host)


def _call(sent: NewInvitation, key: str | None) -> Call | None:
    """Return what tells this call from others: a booking's own id counts more than a key."""
    says = sent.model_dump_json(exclude={"reference"})
    if sent.reference is not None:
        return Call(f"reference {sent.reference}", says)
    return None if key is None else Call(f"key {key}", says)


def _phone(who: SignedIn, sent: NewInvitation) -> str:
    if not sent.phone:
        return ""
    try:
        return read_phone(sent.phone, who.clinic.country)
    except ValueError:
        raise fault("phone", "Give a telephone number, such as +44 7700 900123") from None
