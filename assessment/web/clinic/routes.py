"""Every address of the clinic area, in one table. Nothing else adds one.

Each row says who may: whoever it does not name is denied.
"""

from __future__ import annotations

from flask import Blueprint
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.responses.downloads import Format
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.colleagues import Step
from assessment.practice.staff.questionnaire import Move
from assessment.web.clinic.account import Account
from assessment.web.clinic.after_visit import AfterVisitPages
from assessment.web.clinic.again import Again
from assessment.web.clinic.area import SET_UP_FACTOR, StaffArea, View
from assessment.web.clinic.audit import AuditPages
from assessment.web.clinic.clients import ClientPages
from assessment.web.clinic.colleagues import ColleaguePages
from assessment.web.clinic.enrol import Enrol
from assessment.web.clinic.factors import FactorPages
from assessment.web.clinic.inbox import InboxPages
from assessment.web.clinic.invitations import InvitationPages
from assessment.web.clinic.keeping import KeepingPages
from assessment.web.clinic.key_views import KeyPages
from assessment.web.clinic.many import ManyPages
from assessment.web.clinic.measures import MeasuresPages
from assessment.web.clinic.questions import QuestionPages
from assessment.web.clinic.responses import ResponsePages
from assessment.web.clinic.route import ANYBODY, OWNER, STAFF, Route
from assessment.web.clinic.second_step import SecondStepPages
from assessment.web.clinic.settings_pages import SettingsPages
from assessment.web.clinic.sign_in import SignIn
from assessment.web.clinic.sign_in_rules import SignInRules
from assessment.web.clinic.today import TodayPages
from assessment.web.clinic.upload import uploaded_fields
from assessment.web.clinic.waiting import WaitingRoomPages
from assessment.web.clinic.webhooks import WebhookAction, WebhookPages
from assessment.web.clinic.welcome import Welcome


def routes(area: StaffArea) -> tuple[Route, ...]:
    """Return the table."""
    return (
        *_today(area),
        *_signing_in(area),
        *_account(area),
        *_factors(area),
        *_settings(area),
        *_questions(area),
        *_webhooks(area),
        *_keeping(area),
        *_colleagues(area),
        *_keys(area),
        *_invitations(area),
        *_inbox(area),
        *_responses(area),
        *_clients(area),
        *_audit(area),
        *_waiting(area),
        # Whatever is not listed is denied, too, to those who are not signed in.
        Route("GET", "/clinic/<path:rest>", nowhere, STAFF),
        Route("POST", "/clinic/<path:rest>", nowhere, STAFF),
    )


def _today(area: StaffArea) -> tuple[Route, ...]:
    pages = TodayPages(area)
    return (
        Route("GET", "/clinic", pages.show, STAFF),
        Route("GET", "/clinic/welcome", Welcome(area).show, OWNER),
        Route("GET", "/clinic/count", pages.count, STAFF, is_use=False),
    )


def _signing_in(area: StaffArea) -> tuple[Route, ...]:
    pages, enrol, second = SignIn(area), Enrol(area), SecondStepPages(area)
    return (
        Route("GET", "/clinic/sign-in", pages.show, ANYBODY),
        Route("POST", "/clinic/sign-in", pages.sign_in, ANYBODY),
        Route("POST", "/clinic/sign-in/code", second.take, ANYBODY),
        Route("POST", "/clinic/sign-in/passkey", second.passkey, ANYBODY),
        Route("POST", "/clinic/sign-out", pages.sign_out, ANYBODY),
        Route("POST", "/clinic/stay", pages.stay, STAFF, sets_up=True),
        Route("GET", "/clinic/closed", pages.closed, ANYBODY),
        Route("GET", "/clinic/setup", enrol.setup, ANYBODY),
        Route("POST", "/clinic/setup", enrol.set_up, ANYBODY),
        Route("GET", "/clinic/code", enrol.code, ANYBODY),
        Route("POST", "/clinic/code", enrol.set_password, ANYBODY),
    )


def _account(area: StaffArea) -> tuple[Route, ...]:
    pages = Account(area)
    return (
        Route("GET", "/clinic/account", pages.show, STAFF),
        Route("POST", "/clinic/account", pages.change_details, STAFF),
        Route("POST", "/clinic/account/password", pages.change_password, STAFF),
        Route("POST", "/clinic/account/sessions/<session_id>/end", pages.end_session, STAFF),
        Route("POST", "/clinic/account/everywhere", pages.everywhere, STAFF),
    )


def _factors(area: StaffArea) -> tuple[Route, ...]:
    pages, home = FactorPages(area), SET_UP_FACTOR

    def changes(path: str, view: View, *, sets_up: bool = False) -> Route:
        return Route("POST", f"{home}/{path}", view, STAFF, again=True, sets_up=sets_up)

    return (
        Route("GET", home, pages.show, STAFF, sets_up=True),
        changes("app/new", pages.new_app, sets_up=True),
        changes("app", pages.switch_on_app, sets_up=True),
        changes("app/off", pages.switch_off_app),
        changes("codes", pages.new_codes),
        changes("passkeys/new", pages.new_passkey, sets_up=True),
        changes("passkeys", pages.add_passkey, sets_up=True),
        changes("passkeys/<passkey_id>/remove", pages.remove_passkey),
    )


def _settings(area: StaffArea) -> tuple[Route, ...]:
    pages, rules, measures = SettingsPages(area), SignInRules(area), MeasuresPages(area)
    return (
        Route("GET", "/clinic/settings/sign-in", rules.show, OWNER),
        Route("POST", "/clinic/settings/sign-in", rules.change, OWNER, again=True),
        Route("GET", "/clinic/settings/measures", measures.show, OWNER),
        Route("POST", "/clinic/settings/measures", measures.change, OWNER),
        Route("GET", "/clinic/settings", pages.show, STAFF),
        Route("POST", "/clinic/settings", pages.change, OWNER),
        Route("GET", "/clinic/settings/logo", pages.logo, STAFF),
        Route("POST", "/clinic/settings/logo", pages.change_logo, OWNER, form=uploaded_fields),
    )


def _questions(area: StaffArea) -> tuple[Route, ...]:
    pages = QuestionPages(area)
    home, words = "/clinic/settings/questions", "/clinic/settings/words"
    moves = ",".join(Move)
    return (
        Route("GET", home, pages.listed, OWNER),
        Route("POST", home, pages.add_ready_made, OWNER),
        Route("GET", f"{home}/new", pages.new, OWNER),
        Route("POST", f"{home}/new", pages.add, OWNER),
        Route("GET", f"{home}/<question_id>", pages.one, OWNER),
        Route("POST", f"{home}/<question_id>", pages.change, OWNER),
        Route("POST", f"{home}/<question_id>/<any({moves}):move>", pages.move, OWNER),
        Route("GET", words, pages.words, OWNER),
        Route("POST", words, pages.write, OWNER),
    )


def _webhooks(area: StaffArea) -> tuple[Route, ...]:
    pages = WebhookPages(area)
    home = "/clinic/settings/webhooks"
    acts = ",".join(WebhookAction)
    return (
        Route("GET", home, pages.listed, OWNER),
        Route("GET", f"{home}/new", pages.new, OWNER),
        Route("POST", f"{home}/new", pages.add, OWNER, again=True),
        Route("POST", f"{home}/<webhook_id>/<any({acts}):act>", pages.take, OWNER),
        Route("POST", f"{home}/deliveries/<delivery_id>/again", pages.again, OWNER),
    )


def _keeping(area: StaffArea) -> tuple[Route, ...]:
    pages = KeepingPages(area)
    return (
        Route("GET", "/clinic/settings/keeping", pages.show, OWNER),
        Route("POST", "/clinic/settings/keeping", pages.choose, OWNER, again=True),
        Route("GET", "/clinic/going", pages.going, STAFF),
    )


def _colleagues(area: StaffArea) -> tuple[Route, ...]:
    pages = ColleaguePages(area)
    home = "/clinic/colleagues"
    steps = ",".join(f'"{step}"' for step in Step)
    step = f"{home}/<therapist_id>/<any({steps}):step>"
    return (
        Route("GET", home, pages.listed, OWNER),
        Route("GET", f"{home}/new", pages.new, OWNER),
        Route("POST", f"{home}/new", pages.invite, OWNER, again=True),
        Route("GET", f"{home}/sharing", pages.sharing, OWNER),
        Route("POST", f"{home}/sharing", pages.share, OWNER, again=True),
        Route("GET", f"{home}/<therapist_id>", pages.one, OWNER),
        Route("GET", step, pages.ask, OWNER),
        Route("POST", step, pages.take, OWNER, again=True),
    )


def _keys(area: StaffArea) -> tuple[Route, ...]:
    pages = KeyPages(area)
    home = "/clinic/settings/keys"
    return (
        Route("GET", home, pages.listed, OWNER),
        Route("GET", f"{home}/new", pages.new, OWNER),
        Route("POST", f"{home}/new", pages.make, OWNER, again=True),
        Route("GET", f"{home}/<key_id>/revoke", pages.ask_revoke, OWNER),
        Route("POST", f"{home}/<key_id>/revoke", pages.revoke, OWNER, again=True),
    )


def _invitations(area: StaffArea) -> tuple[Route, ...]:
    pages, many = InvitationPages(area), ManyPages(area)
    one = "/clinic/invitations/<invitation_id>"
    return (
        Route("GET", "/clinic/invitations", pages.listed, STAFF),
        Route("GET", "/clinic/invitations/new", pages.new, STAFF),
        Route("POST", "/clinic/invitations/new", pages.create, STAFF),
        Route("POST", "/clinic/invitations/trial", pages.trial, STAFF),
        Route("GET", "/clinic/invitations/many", many.show, STAFF),
        Route("POST", "/clinic/invitations/many", many.make, STAFF),
        Route("POST", "/clinic/invitations/many/file", many.upload, STAFF, form=uploaded_fields),
        Route("GET", one, pages.one, STAFF),
        Route("GET", f"{one}/resend", pages.ask_resend, STAFF),
        Route("POST", f"{one}/resend", pages.resend, STAFF),
        Route("GET", f"{one}/revoke", pages.ask_revoke, STAFF),
        Route("POST", f"{one}/revoke", pages.revoke, STAFF),
        Route("POST", f"{one}/mail", pages.mail, STAFF),
    )


def _inbox(area: StaffArea) -> tuple[Route, ...]:
    pages = InboxPages(area)
    return (
        Route("GET", "/clinic/inbox", pages.listed, STAFF),
        Route("POST", "/clinic/inbox", pages.search, STAFF),
        Route("POST", "/clinic/export", pages.export, STAFF, again=True),
    )


def _responses(area: StaffArea) -> tuple[Route, ...]:
    pages = ResponsePages(area)
    one = "/clinic/responses/<response_id>"
    formats = ",".join(Format)
    return (
        Route("GET", one, pages.one, STAFF),
        Route("GET", f"{one}.<any({formats}):format>", pages.file, STAFF),
        Route("POST", f"{one}/read", pages.read, STAFF),
        Route("POST", f"{one}/notes", pages.note, STAFF),
        Route("POST", f"{one}/state", pages.mark, STAFF),
        Route("POST", f"{one}/after-visit", AfterVisitPages(area).make, STAFF),
        Route("GET", f"{one}/erase", pages.ask_erase, STAFF),
        Route("POST", f"{one}/erase", pages.erase, STAFF, again=True),
    )


def _clients(area: StaffArea) -> tuple[Route, ...]:
    pages = ClientPages(area)
    one = "/clinic/clients/<client_id>"
    return (
        Route("GET", "/clinic/clients", pages.listed, STAFF),
        Route("POST", "/clinic/clients", pages.search, STAFF),
        Route("GET", one, pages.one, STAFF),
        Route("POST", f"{one}/copy.zip", pages.copy, STAFF, again=True),
        Route("GET", f"{one}/erase", pages.ask_erase, STAFF),
        Route("POST", f"{one}/erase", pages.erase, STAFF, again=True),
    )


def _audit(area: StaffArea) -> tuple[Route, ...]:
    pages = AuditPages(area)
    return (
        Route("GET", "/clinic/audit", pages.listed, OWNER),
        Route("GET", "/clinic/audit.csv", pages.export, OWNER),
    )


def _waiting(area: StaffArea) -> tuple[Route, ...]:
    pages = WaitingRoomPages(area)
    return (
        Route("GET", "/clinic/waiting", pages.ask, STAFF),
        Route("POST", "/clinic/waiting", pages.open, STAFF),
    )


def register(blueprint: Blueprint, area: StaffArea) -> None:
    """Give every page of the clinic area its route."""
    area.templates.files.register(blueprint)
    again = Again(area)
    for route in routes(area):
        view = area.safe(route.guarded(area, again))
        blueprint.add_url_rule(route.path, route.endpoint, view, methods=[route.method])


def nowhere(who: SignedIn, rest: str) -> Response:
    """Say that there is no such page."""
    raise NotFound
