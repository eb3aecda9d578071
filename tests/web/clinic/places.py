"""A clinic with something of everything, and what a person sends to each address who means it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import pyotp
import pytest
from sqlalchemy import delete, select

from assessment.practice.practice import Practice
from assessment.practice.staff import passkeys as service
from assessment.practice.staff.factors import STEP, forget_factors
from assessment.practice.staff.passkeys import Place as Origin
from assessment.records import keys, own_questions, passkeys
from assessment.records.api_tables import api_keys
from assessment.records.database import Database
from assessment.records.ids import new_id, new_token
from assessment.records.keys import ApiKey, Scope
from assessment.records.own_questions import OwnQuestions
from assessment.records.passkeys import Passkey
from assessment.records.webhook_tables import deliveries, webhooks
from assessment.web.clinic.passkey_offers import PasskeyOffers
from tests.pictures import picture
from tests.records.some import NOW
from tests.web.client import Given
from tests.web.clinic.sent import answered, asks_again, client_of
from tests.web.clinic.staff import PASSWORD, Staff
from tests.web.clinic.test_second_step import HOME as FACTOR
from tests.web.clinic.test_second_step import key_on, set_up_app
from tests.web.clinic.test_settings_pages import upload
from tests.web.clinic.test_webhooks import URL, Program, some_webhook
from tests.web.conftest import Clock

NAME = "Quillfeather"
NEW_PASSWORD = "seven grey herons wade at noon"
_CREDENTIAL = "a-credential"
ASK = {"words": "How are you?", "kind": "text", "options": ""}
ANSWER = json.dumps({"id": _CREDENTIAL})

Form = Mapping[str, Given]


@dataclass(frozen=True)
class Place:
    """Somebody who is signed in, with a client, what came back from them, and a colleague."""

    staff: Staff
    ids: Mapping[str, str]
    code: str
    clock: Clock


@pytest.fixture
def trusting(practice: Practice, can_mail: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail leaves and webhooks answer, and what a passkey says is believed."""
    monkeypatch.setattr(practice.outbox, "send", lambda _: True)
    monkeypatch.setattr(practice.welcome, "mail", lambda *_: False)
    monkeypatch.setattr(practice.webhooks, "_caller", Program())
    at_home = Origin("localhost", "http://localhost")
    monkeypatch.setattr(PasskeyOffers, "_place", lambda _: at_home)
    made = SimpleNamespace(credential_id=b"made", credential_public_key=b"key", sign_count=0)
    monkeypatch.setattr(service, "verify_registration_response", lambda **_: made)
    shown = SimpleNamespace(new_sign_count=1)
    monkeypatch.setattr(service, "verify_authentication_response", lambda **_: shown)


@pytest.fixture
def place(staff: Staff, database: Database, clock: Clock, trusting: None) -> Callable[[], Place]:
    """Make a new one, for every address: some of them take it away."""
    made, practice = 0, staff.practice
    clinic, me = staff.who.clinic.id, staff.who.therapist.id
    asks_again(staff)

    def make() -> Place:
        nonlocal made
        made += 1
        with database.writing() as tx:
            forget_factors(tx, clinic, me)
            for table in (deliveries, webhooks, api_keys):
                tx.connection.execute(delete(table))
            own_questions.put(tx, clinic, OwnQuestions())
            key = ApiKey(new_id(), clinic, me, "Bookings", frozenset(Scope), NOW)
            keys.add(tx, key, new_token())
        assert staff.sign_in(password=PASSWORD).goes_to == "/clinic"
        webhook = some_webhook(database, staff)
        response = answered(staff, name=NAME, message="Brambleshanks")
        link = {"name": NAME, "email": "", "days": "7", "note": "Thistlewick"}
        invited = staff.post("/clinic/invitations/new", link).goes_to
        email, slug = f"col{made}@example.org", staff.who.clinic.slug
        code = practice.enrolment.add_therapist(email, "Marrowgate", slug)
        everybody = practice.colleagues.everybody(staff.who)
        [colleague] = [one.therapist for one in everybody if one.therapist.email == email]
        practice.enrolment.set_password(colleague.email, code, PASSWORD)
        session = practice.accounts.sign_in(staff.email, PASSWORD, "192.0.2.1", "Safari on Mac")
        other = practice.accounts.session(session)
        assert other is not None
        with database.reading() as tx:
            delivery = tx.connection.execute(select(deliveries.c.id)).scalars().first()
        practice.questionnaire.add_ready_made(staff.who, "goal")
        [question] = practice.questionnaire.listed(staff.who)
        ids = {
            "key_id": key.id,
            "webhook_id": webhook.id,
            "delivery_id": delivery or "",
            "passkey_id": new_id(),
            "act": "off",
            "response_id": response,
            "client_id": client_of(staff, response),
            "invitation_id": invited.rpartition("/")[2].partition("?")[0],
            "therapist_id": colleague.id,
            "session_id": other.session.id,
            "format": "csv",
            "step": "code",
            "question_id": question.id,
            "move": "down",
            "rest": "nowhere",
            "email": colleague.email,
        }
        code = practice.enrolment.new_password_code(colleague.email)
        return Place(staff, ids, code, clock)

    return make


def good_form(address: str, place: Place) -> Form:
    """What a person sends who means it."""
    staff, ids = place.staff, place.ids
    note = {"text": "Thistlewick", "kind": "contacted"}
    invite = {"name": "Ann", "email": "", "days": "7", "note": ""}
    settings = {
        "name": "Riverside", "country": "GB", "time_zone": "Europe/London", "invitation_days": "7",
        "language": "en",
    }  # fmt: skip
    account = {"name": "Ana R.", "password": PASSWORD}
    colleague = {"name": "Bo", "email": f"b{ids['email']}", "role": "therapist"}
    forms: dict[str, Form] = {
        "POST /clinic/account": account,
        "POST /clinic/account/password": {"old_password": PASSWORD, "new_password": NEW_PASSWORD},
        "POST /clinic/settings": settings,
        "POST /clinic/colleagues/new": colleague,
        "POST /clinic/colleagues/sharing": {"seen_by": "everybody"},
        "POST /clinic/invitations/new": invite,
        "POST /clinic/invitations/many": {
            "list": "Ann, ann@example.org", "batch": ids["client_id"][:22],
        },
        "POST /clinic/invitations/<invitation_id>/mail": {"email": "ann@example.org"},
        "POST /clinic/inbox": {"name": NAME},
        "POST /clinic/clients": {"name": NAME},
        "POST /clinic/settings/keeping": {"answered": "365", "unanswered": "90", "erased": "365"},
        "POST /clinic/settings/questions": {"ready": "front"},
        "POST /clinic/settings/questions/new": ASK,
        "POST /clinic/settings/questions/<question_id>": ASK,
        "POST /clinic/settings/words": {"welcome": "Hello."},
        "POST /clinic/settings/keys/new": {"name": "Bookings", "write_invitations": "yes"},
        "POST /clinic/settings/webhooks/new": {"url": URL},
        "POST /clinic/export": {"format": "csv", "response": ids["response_id"]},
        "POST /clinic/responses/<response_id>/notes": note,
        "POST /clinic/responses/<response_id>/state": note,
        "POST /clinic/code": {
            "email": ids["email"], "code": place.code, "password": NEW_PASSWORD,
        },
        "POST /clinic/setup": {
            "code": staff.practice.enrolment.new_setup_code(), "clinic_name": "Hillside",
            "country": "GB", "time_zone": "Europe/London", "name": "Cy",
            "email": f"cy{ids['email']}", "password": NEW_PASSWORD,
        },
        "POST /clinic/sign-in": {"email": staff.email, "password": PASSWORD},
    }  # fmt: skip
    return forms.get(address) or factor_form(address, place)


def factor_form(address: str, place: Place) -> Form:
    """What a person sends about a second step, once there is what that needs."""
    staff, clock, where = place.staff, place.clock, address.removeprefix(f"POST {FACTOR}/")
    if address == "POST /clinic/sign-in/code":
        app, _ = set_up_app(staff, clock)
        clock.now += STEP
        page = staff.sign_in()
        sent = {name: page.value(name) for name in ("csrf_token", "half", "next")}
        return {**sent, "code": app.at(int(clock.now))}
    if address == "POST /clinic/sign-in/passkey":
        add_passkey(place)
        staff.forget()
        page = staff.get("/clinic/sign-in")
        names = ("csrf_token", "passkey_challenge")
        return {**{name: page.value(name) for name in names}, "passkey_answer": ANSWER}
    if where == "app":
        page = staff.post(f"{FACTOR}/app/new")
        return {**page.hidden, "code": pyotp.TOTP(key_on(page)).at(int(clock.now))}
    if where in ("app/off", "codes"):
        set_up_app(staff, clock)
    if where == "passkeys":
        return {**staff.post(f"{FACTOR}/passkeys/new").hidden, "new_passkey_answer": ANSWER}
    if where == "passkeys/<passkey_id>/remove":
        add_passkey(place)
    return {}


def add_passkey(place: Place) -> None:
    """Give whoever is signed in a passkey."""
    who = place.staff.who
    one = Passkey(
        place.ids["passkey_id"], who.clinic.id, who.therapist.id, _CREDENTIAL, "Safari", NOW, None
    )
    with place.staff.practice.database.writing() as tx:
        passkeys.add(tx, one)


def ask(address: str, place: Place, form: Form) -> bytes:
    """Go to an address; return what is shown."""
    method, path = address.split(" ")
    for name, id in place.ids.items():
        path = path.replace(f"<{name}>", id).replace(f"<path:{name}>", id)
    if address == "GET /clinic/invitations/new":
        path = f"{path}?client={place.ids['client_id']}"
    if address == "POST /clinic/settings/logo" and "remove" not in form:
        return bytes(upload(place.staff, picture()).response.data)
    if path in ("/clinic/sign-in/code", "/clinic/sign-in/passkey"):
        return bytes(place.staff.post(path, form).response.data)
    if address in ("POST /clinic/sign-in", "POST /clinic/setup", "POST /clinic/code"):
        place.staff.forget()
        form = {**form, "csrf_token": place.staff.get(path).value("csrf_token")}
    if method == "GET":
        return bytes(place.staff.get(path).response.data)
    return bytes(place.staff.post(path, form).response.data)
