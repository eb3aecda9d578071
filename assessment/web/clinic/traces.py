"""What each address of the clinic area leaves in the audit log: one obvious place.

An address without a line here is not served. What is changed puts its entry down itself, in the
transaction of the change; what is shown is put down here, before anybody gets to see it. Where that
cannot be written, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.audit_log import AuditLog
from assessment.practice.staff.colleagues import ACTS
from assessment.records.acts import Act

Ids = tuple[str, ...]
View = Callable[..., Response]


def _in_address(args: Mapping[str, str]) -> Ids | None:
    """Return the id in an address, if there is one."""
    return tuple(value for name, value in args.items() if name.endswith("_id"))


def _ticked(args: Mapping[str, str]) -> Ids | None:
    """Return the ids of the responses that were ticked."""
    return tuple(dict.fromkeys(request.form.getlist("response")))


def _known_client(args: Mapping[str, str]) -> Ids | None:
    """Return who shall be invited again; None: the form shows nobody."""
    client = request.values.get("client")
    return (client,) if client else None


@dataclass(frozen=True, slots=True)
class Trace:
    """What an address leaves: what it `shows`, and what it shows `again` with a form that is wrong.

    `does` are the acts that its view puts down by itself; what comes before the view, a wrong
    password on a route that asks for it `again`, is put down wherever that is asked, and not said
    here. `about` gives the ids of what is shown,
    or None when nothing of anybody is. `why` says why it leaves nothing.
    """

    shows: Act | None = None
    again: Act | None = None
    does: tuple[Act, ...] = ()
    about: Callable[[Mapping[str, str]], Ids | None] = _in_address
    why: str = ""

    def seen_with(self, response: Response) -> Act | None:
        """Return the act of whoever gets this response: it may be a redirect, or an error."""
        if 200 <= response.status_code < 300:
            return self.shows
        is_page = response.status_code > 400
        return self.again if is_page else None


def _shows(act: Act, about: Callable[[Mapping[str, str]], Ids | None] = _in_address) -> Trace:
    return Trace(shows=act, about=about)


def _does(
    *acts: Act,
    page: Act | None = None,
    about: Callable[[Mapping[str, str]], Ids | None] = _in_address,
) -> Trace:
    """Return the trace of a change; `page` is what its answer shows, where that is no redirect."""
    return Trace(shows=page, again=page, does=acts, about=about)


def _nothing(why: str) -> Trace:
    return Trace(why=why)


_FORM = _nothing("an empty form")
_OWN = _nothing("their own account, and nothing of anybody else")
_PUBLIC = _nothing("what the clinic shows in public, and nothing of a client")
_RESPONSE, _CLIENT = "/clinic/responses/<response_id>", "/clinic/clients/<client_id>"
_COLLEAGUE, _INVITATION = "/clinic/colleagues", "/clinic/invitations"
_KEYS, _WEBHOOKS = "/clinic/settings/keys", "/clinic/settings/webhooks"
_QUESTIONS = "/clinic/settings/questions"
_FACTOR = "/clinic/account/second-step"

TRACES: Mapping[str, Trace] = {
    "GET /clinic": _shows(Act.TODAY_READ),
    "GET /clinic/welcome": _PUBLIC,
    "GET /clinic/count": _nothing("two numbers, and nothing of anybody"),
    "GET /clinic/sign-in": _FORM,
    "POST /clinic/sign-in": _does(Act.SIGNED_IN, Act.SIGN_IN_FAILED),
    "POST /clinic/sign-in/code": _does(Act.SIGNED_IN, Act.CODE_USED, Act.SIGN_IN_FAILED),
    "POST /clinic/sign-in/passkey": _does(Act.SIGNED_IN, Act.SIGN_IN_FAILED),
    "POST /clinic/sign-out": _does(Act.SIGNED_OUT),
    "POST /clinic/stay": _nothing("shows nothing"),
    "GET /clinic/waiting": _FORM,
    "POST /clinic/waiting": _does(Act.WAITING_ROOM_OPENED, Act.SIGNED_OUT),
    "GET /clinic/closed": _nothing("shows nothing"),
    "GET /clinic/setup": _FORM,
    "POST /clinic/setup": _does(Act.CLINIC_SET_UP, Act.SIGNED_IN),
    "GET /clinic/code": _FORM,
    "POST /clinic/code": _does(Act.PASSWORD_CHOSEN, Act.KEY_REVOKED),
    "GET /clinic/account": _OWN,
    "POST /clinic/account": _does(Act.DETAILS_CHANGED, Act.PASSWORD_REFUSED),
    "POST /clinic/account/password": _does(Act.PASSWORD_CHANGED, Act.PASSWORD_REFUSED),
    "POST /clinic/account/sessions/<session_id>/end": _does(Act.SESSION_ENDED, Act.SIGNED_OUT),
    "POST /clinic/account/everywhere": _does(Act.SIGNED_OUT_EVERYWHERE, Act.KEY_REVOKED),
    f"GET {_FACTOR}": _OWN,
    f"POST {_FACTOR}/app/new": _nothing("a new key for an app, and stores nothing"),
    f"POST {_FACTOR}/app": _does(Act.APP_ADDED),
    f"POST {_FACTOR}/app/off": _does(Act.APP_REMOVED),
    f"POST {_FACTOR}/codes": _does(Act.CODES_MADE),
    f"POST {_FACTOR}/passkeys/new": _nothing("a question to the browser, and stores nothing"),
    f"POST {_FACTOR}/passkeys": _does(Act.PASSKEY_ADDED),
    f"POST {_FACTOR}/passkeys/<passkey_id>/remove": _does(Act.PASSKEY_REMOVED),
    "GET /clinic/settings": _PUBLIC,
    "POST /clinic/settings": _does(Act.SETTINGS_CHANGED),
    "GET /clinic/settings/logo": _PUBLIC,
    "POST /clinic/settings/logo": _does(Act.LOGO_CHANGED),
    "GET /clinic/settings/sign-in": _nothing("a rule, and how many of the staff lack something"),
    "POST /clinic/settings/sign-in": _does(Act.FACTOR_RULE_CHANGED),
    "GET /clinic/settings/keeping": _nothing("periods, and nothing that is kept"),
    "POST /clinic/settings/keeping": _does(Act.PERIODS_CHOSEN),
    "GET /clinic/going": _shows(Act.GOING_READ),
    f"GET {_QUESTIONS}": _PUBLIC,
    f"POST {_QUESTIONS}": _does(Act.QUESTIONS_CHANGED),
    f"GET {_QUESTIONS}/new": _FORM,
    f"POST {_QUESTIONS}/new": _does(Act.QUESTIONS_CHANGED),
    f"GET {_QUESTIONS}/<question_id>": _PUBLIC,
    f"POST {_QUESTIONS}/<question_id>": _does(Act.QUESTIONS_CHANGED),
    f"POST {_QUESTIONS}/<question_id>/<move>": _does(Act.QUESTIONS_CHANGED),
    "GET /clinic/settings/measures": _nothing("a choice, and nothing of a client"),
    "POST /clinic/settings/measures": _does(Act.MEASURES_CHANGED),
    "GET /clinic/settings/words": _PUBLIC,
    "POST /clinic/settings/words": _does(Act.SETTINGS_CHANGED),
    f"GET {_KEYS}": _nothing("keys without what opens anything, and nothing of a client"),
    f"GET {_KEYS}/new": _FORM,
    f"POST {_KEYS}/new": _does(Act.KEY_MADE),
    f"GET {_KEYS}/<key_id>/revoke": _FORM,
    f"POST {_KEYS}/<key_id>/revoke": _does(Act.KEY_REVOKED),
    f"GET {_WEBHOOKS}": _nothing("addresses and what arrived there, and nothing of a client"),
    f"GET {_WEBHOOKS}/new": _FORM,
    f"POST {_WEBHOOKS}/new": _does(Act.WEBHOOK_ADDED),
    f"POST {_WEBHOOKS}/<webhook_id>/<act>": _does(
        Act.WEBHOOK_TRIED, Act.WEBHOOK_OFF, Act.WEBHOOK_ON, Act.WEBHOOK_REMOVED
    ),
    f"POST {_WEBHOOKS}/deliveries/<delivery_id>/again": _does(Act.SENT_AGAIN),
    f"GET {_COLLEAGUE}": _shows(Act.STAFF_READ),
    f"GET {_COLLEAGUE}/new": _FORM,
    f"POST {_COLLEAGUE}/new": _does(Act.COLLEAGUE_INVITED),
    f"GET {_COLLEAGUE}/sharing": _nothing("who sees responses, and none of them"),
    f"POST {_COLLEAGUE}/sharing": _does(Act.SHARING_CHANGED),
    f"GET {_COLLEAGUE}/<therapist_id>": _shows(Act.STAFF_READ),
    f"GET {_COLLEAGUE}/<therapist_id>/<step>": _shows(Act.STAFF_READ),
    f"POST {_COLLEAGUE}/<therapist_id>/<step>": _does(
        *ACTS.values(), Act.KEY_REVOKED, page=Act.STAFF_READ
    ),
    f"GET {_INVITATION}": _shows(Act.INVITATIONS_READ),
    f"GET {_INVITATION}/new": _shows(Act.CLIENT_READ, _known_client),
    f"POST {_INVITATION}/new": _does(Act.INVITED, page=Act.CLIENT_READ, about=_known_client),
    f"POST {_INVITATION}/trial": _does(Act.INVITED),
    f"GET {_INVITATION}/many": _FORM,
    f"POST {_INVITATION}/many": _does(Act.INVITED),
    f"POST {_INVITATION}/many/file": _nothing("shows the list that was sent, and stores nothing"),
    f"GET {_INVITATION}/<invitation_id>": _shows(Act.INVITATION_READ),
    f"GET {_INVITATION}/<invitation_id>/resend": _shows(Act.INVITATION_READ),
    f"POST {_INVITATION}/<invitation_id>/resend": _does(
        Act.LINK_REPLACED, page=Act.INVITATION_READ
    ),
    f"GET {_INVITATION}/<invitation_id>/revoke": _shows(Act.INVITATION_READ),
    f"POST {_INVITATION}/<invitation_id>/revoke": _does(Act.LINK_REVOKED, page=Act.INVITATION_READ),
    f"POST {_INVITATION}/<invitation_id>/mail": _does(Act.LINK_MAILED, page=Act.INVITATION_READ),
    "GET /clinic/inbox": _shows(Act.INBOX_READ),
    "POST /clinic/inbox": _nothing("leads to the inbox"),
    "POST /clinic/export": Trace(
        shows=Act.RESPONSE_EXPORTED, again=Act.INBOX_READ, about=_ticked
    ),
    f"GET {_RESPONSE}": _shows(Act.RESPONSE_READ),
    f"GET {_RESPONSE}.<format>": _shows(Act.RESPONSE_EXPORTED),
    f"POST {_RESPONSE}/read": _does(Act.MARKED_READ),
    f"POST {_RESPONSE}/notes": _does(Act.NOTE_ADDED, page=Act.RESPONSE_READ),
    f"POST {_RESPONSE}/state": _does(Act.RESPONSE_MARKED, page=Act.RESPONSE_READ),
    f"POST {_RESPONSE}/after-visit": _does(Act.INVITED),
    f"GET {_RESPONSE}/erase": _shows(Act.RESPONSE_READ),
    f"POST {_RESPONSE}/erase": _does(Act.RESPONSE_ERASED),
    "GET /clinic/clients": _shows(Act.CLIENTS_READ),
    "POST /clinic/clients": _nothing("leads to the list of clients"),
    f"GET {_CLIENT}": _shows(Act.CLIENT_READ),
    f"POST {_CLIENT}/copy.zip": _shows(Act.CLIENT_COPIED),
    f"GET {_CLIENT}/erase": _shows(Act.CLIENT_READ),
    f"POST {_CLIENT}/erase": _does(Act.CLIENT_ERASED),
    "GET /clinic/audit": _shows(Act.LOG_READ),
    "GET /clinic/audit.csv": Trace(shows=Act.LOG_EXPORTED, again=Act.LOG_READ),
    "GET /clinic/<path:rest>": _nothing("there is no such page"),
    "POST /clinic/<path:rest>": _nothing("there is no such page"),
}  # fmt: skip
"""By method and path."""


def traced(audit_log: AuditLog, address: str, view: View) -> View:
    """Return the view of somebody who is signed in, which leaves what its address says.

    Raises LookupError when nothing is said of the address.
    """
    if address not in TRACES:
        raise LookupError(f"say in {__name__} what `{address}` leaves in the audit log")
    trace = TRACES[address]

    @wraps(view)
    def seen(who: SignedIn, **args: str) -> Response:
        response = view(who, **args)
        act, about = trace.seen_with(response), trace.about(args)
        if act is not None and about is not None:
            audit_log.saw(who, act, about)
        return response

    return seen
