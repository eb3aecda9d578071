"""Two clinics on one installation never see each other, whatever address or form one tries.

Nor does anybody see more of the own clinic than their role lets them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import Rule

from assessment.practice.intake.consent import asked_by
from assessment.practice.intake.submission import Submission
from assessment.practice.practice import Practice
from assessment.practice.staff.colleagues import Step
from assessment.practice.staff.questionnaire import Move
from assessment.records import clients, deliveries, invitations, passkeys, tables
from assessment.records.database import Database
from assessment.records.ids import ClientId, ResponseId, new_id
from assessment.records.keys import Scope
from assessment.records.model import NoteKind
from assessment.records.passkeys import Passkey
from assessment.web.clinic.webhooks import WebhookAction
from tests.records.some import some_invitation
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, MASSAGE, SCREENING, client_of, send_to
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage
from tests.web.clinic.test_two_advices import decide_again
from tests.web.clinic.test_webhooks import some_webhook
from tests.web.conftest import Clock

CANARIES = ("Quillfeather", "Brambleshanks", "Thistlewick", "Marrowgate", "Hillside")
"""Words of the other clinic: a client's name, their message, a note, an invitation, its name."""

ENDS_THE_SESSION = {
    "/clinic/sign-out", "/clinic/account/everywhere", "/clinic/account/password", "/clinic/waiting",
}  # fmt: skip
SHOWS_A_FORM = ("/clinic/sign-in", "/clinic/account/second-step/app/new")
FORMATS = ("pdf", "csv", "json")
CHOICES = {"format": FORMATS, "step": tuple(Step), "move": tuple(Move), "act": tuple(WebhookAction)}
"""What stands in an address and is no id."""

OWNERS = (
    "/clinic/colleagues",
    "/clinic/audit",
    "/clinic/settings/keeping",
    "/clinic/settings/keys",
    "/clinic/settings/questions",
    "/clinic/settings/sign-in",
    "/clinic/settings/webhooks",
    "/clinic/settings/words",
    "/clinic/welcome",
)
OWNERS_FORMS = {"/clinic/settings", "/clinic/settings/logo"}
OPEN = {
    "/clinic/sign-in", "/clinic/sign-in/code", "/clinic/sign-in/passkey", "/clinic/sign-out",
    "/clinic/closed", "/clinic/setup", "/clinic/code",
}  # fmt: skip
"""Written down once more, so that a route that says something else does not pass unseen."""

FORM = {"kind": "reviewed", "text": "Ours.", "format": "csv", "password": PASSWORD}
ROLES = ("owner", "therapist", "nobody", "disabled")


@dataclass(frozen=True)
class Neighbour:
    """The other clinic, and every id that it has."""

    staff: Staff
    ids: Mapping[str, str]


@pytest.fixture
def neighbour(make_staff: MakeStaff, database: Database) -> Neighbour:
    staff = make_staff("Hillside", "bo@example.org", name="Bo Ek")
    webhook = some_webhook(database, staff)
    response = send_to(staff, EMERGENCY, "Quillfeather", message="Brambleshanks")
    staff.post(f"/clinic/responses/{response}/notes", {"text": "Thistlewick"})
    form = {"name": "Marrowgate", "email": "m@example.org", "days": "7", "note": "Thistlewick"}
    invited = staff.post("/clinic/invitations/new", form).goes_to
    who = staff.who
    with database.reading() as tx:
        [delivery] = deliveries.latest(tx, who.clinic.id, 9)
    passkey = Passkey(new_id(), who.clinic.id, who.therapist.id, "theirs", "Chrome", 1, None)
    staff.practice.questionnaire.add_ready_made(who, "goal")
    [question] = staff.practice.questionnaire.listed(who)
    ids = {
        "question": question.id,
        "webhook": webhook.id,
        "delivery": delivery.id,
        "passkey": passkey.id,
        "clinic": who.clinic.id,
        "therapist": who.therapist.id,
        "session": who.session.id,
        "response": response,
        "client": client_of(staff, response),
        "invitation": invited.rpartition("/")[2].partition("?")[0],
        "key": staff.practice.keys.make(who, "Bookings", frozenset(Scope)).key.id,
    }
    staff.sign_in()  # a key gives the session another secret
    ids["session"] = staff.who.session.id
    with staff.practice.database.writing() as tx:
        passkeys.add(tx, passkey)
    return Neighbour(staff, ids)


def rules(app: Flask, method: str) -> list[Rule]:
    """Every address of the clinic area that takes this method."""
    found = [
        rule
        for rule in app.url_map.iter_rules()
        if (rule.rule + "/").startswith("/clinic/") and method in (rule.methods or ())
    ]
    assert len(found) >= 10
    return found


def addresses(rule: Rule, ids: Mapping[str, str]) -> Iterator[str]:
    """Every address that the rule gives with these ids in every place of it."""
    places = [CHOICES.get(name, tuple(ids.values())) for name in sorted(rule.arguments)]
    for values in itertools.product(*places):
        built = rule.build(dict(zip(sorted(rule.arguments), values, strict=True)))
        assert built is not None
        yield built[1]


def rows_of(database: Database, clinic: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is stored of a clinic, but for the entries that say who looked."""
    with database.reading() as tx:
        return {
            name: sorted(
                (
                    tuple(row)
                    for row in tx.connection.execute(select(table).where(table.c.clinic == clinic))
                ),
                key=repr,
            )
            for name, table in tables.metadata.tables.items()
            if "clinic" in table.c and not name.startswith("audit_")
        }


@pytest.fixture
def people(
    staff: Staff, stranger: Staff, make_staff: MakeStaff, practice: Practice
) -> dict[str, Staff]:
    """Everybody who may knock: of one clinic an owner, a therapist and one who is disabled."""
    slug = staff.who.clinic.slug
    therapist = make_staff(email="tess@example.org", name="Tess Low", joins=slug)
    disabled = make_staff(email="dan@example.org", name="Dan Out", joins=slug)
    practice.colleagues.change(staff.who, disabled.who.therapist.id, Step.DISABLE)
    staff.sign_in()  # a step gives the session another secret
    return dict(zip(ROLES, (staff, therapist, stranger, disabled), strict=True))


def is_for_owners(method: str, path: str) -> bool:
    return path.startswith(OWNERS) or (method == "POST" and path in OWNERS_FORMS)


def knock(one: Staff, method: str, address: str) -> StaffPage:
    return one.get(address) if method == "GET" else one.post(address, FORM)


@pytest.mark.parametrize("role", ROLES)
def test_asvs_8_4_1_every_address_with_an_id_of_another_clinic_is_not_there(
    role: str,
    clinic_app: Flask,
    people: Mapping[str, Staff],
    neighbour: Neighbour,
    database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Downloads are among them."""
    caplog.set_level("INFO", logger="assessment")
    caplog.clear()
    before = rows_of(database, neighbour.ids["clinic"])
    one, expected = people[role], []
    for method in ("GET", "POST"):
        for rule in rules(clinic_app, method):
            for address in addresses(rule, neighbour.ids) if rule.arguments else ():
                page = knock(one, method, address)
                said = f"{method} {address}: {page.status}"
                if role in ("nobody", "disabled"):
                    assert page.status == (303 if method == "GET" else 401), said
                elif role == "therapist" and is_for_owners(method, address):
                    assert page.status == 403, said
                    expected.append("clinic: denied")
                else:
                    assert page.status == 404, said
                    expected.append("clinic: denied: not of this clinic, or not there")
                assert not any(word.encode() in page.response.data for word in CANARIES), address

    assert len(expected) > 200 or role in ("nobody", "disabled")
    assert caplog.messages == expected, "each leaves a line"
    assert rows_of(database, neighbour.ids["clinic"]) == before


@pytest.mark.parametrize("role", ROLES)
def test_asvs_8_2_1_each_address_is_open_to_its_roles_and_to_nobody_else(
    role: str, clinic_app: Flask, people: Mapping[str, Staff], database: Database
) -> None:
    """With the ids of their own clinic: whoever may not, is denied before anything is looked up."""
    owner = people["owner"]
    own = {"session": owner.who.session.id, "therapist": owner.who.therapist.id}
    clinic = owner.who.clinic.id
    before = rows_of(database, clinic)
    one = people[role]
    for method in ("GET", "POST"):
        for rule in rules(clinic_app, method):
            if rule.rule in OPEN or (role == "therapist" and not is_for_owners(method, rule.rule)):
                continue
            if role == "owner" and method == "POST":
                continue
            for address in addresses(rule, own) if rule.arguments else [rule.rule]:
                page = knock(one, method, address)
                said = f"{method} {address}: {page.status}"
                if role == "owner":
                    assert page.status in (200, 303, 404), said
                elif role == "therapist":
                    is_file = method == "POST" and address == "/clinic/settings/logo"
                    assert page.status == (400 if is_file else 403), f"{said}; no file, no token"
                else:
                    assert page.status == (303 if method == "GET" else 401), said
                    assert method == "POST" or "/clinic/sign-in" in page.goes_to, said

    assert rows_of(database, clinic) == before


def test_every_address_with_an_id_is_there_for_the_clinic_that_has_it(
    clinic_app: Flask, neighbour: Neighbour
) -> None:
    """Else the test above would pass for addresses that lead nowhere."""
    own = {f"{name}_id": id for name, id in neighbour.ids.items()}
    own |= {"format": "csv", "step": Step.HAND_OVER, "act": WebhookAction.TEST, "move": Move.UP}
    form = FORM | {"email": "m@example.org", "password": "not this one"}
    gentle = [("GET", rule) for rule in rules(clinic_app, "GET")]
    last = ("/revoke", "<response_id>/erase", "<client_id>/erase", "/end")
    changing = sorted(
        (("POST", rule) for rule in rules(clinic_app, "POST")),
        key=lambda one: max(
            (place for place, end in enumerate(last) if one[1].rule.endswith(end)), default=-1
        ),
    )
    there = 0
    for method, rule in (*gentle, *changing):
        if rule.arguments and "rest" not in rule.arguments:
            built = rule.build({name: own[name] for name in rule.arguments})
            assert built is not None
            staff, address = neighbour.staff, built[1]
            page = staff.get(address) if method == "GET" else staff.post(address, form)
            asks = method == "POST" and rule.arguments & {"step", "key_id"}
            wrong = (404, 422) if asks else (422,) if "question_id" in rule.arguments else ()
            assert page.status in (200, 303, 409, *wrong), f"{method} {address}: {page.status}"
            there += 1

    assert there >= 15


def test_asvs_8_4_1_no_page_without_an_id_shows_anything_of_another_clinic(
    clinic_app: Flask, staff: Staff, neighbour: Neighbour
) -> None:
    send_to(staff, EMERGENCY, "Ann")
    seen = set()
    for rule in rules(clinic_app, "GET"):
        if not rule.arguments:
            page = staff.get(rule.rule)
            seen.add(rule.rule)
            assert not any(word.encode() in page.response.data for word in CANARIES), rule.rule

    assert {
        "/clinic", "/clinic/count", "/clinic/inbox", "/clinic/clients", "/clinic/invitations",
        "/clinic/account", "/clinic/settings",
    } <= seen  # fmt: skip


def test_asvs_8_4_1_no_form_takes_an_id_of_another_clinic(
    clinic_app: Flask, staff: Staff, neighbour: Neighbour, database: Database
) -> None:
    before = rows_of(database, neighbour.ids["clinic"])
    forms = [
        rule.rule
        for rule in rules(clinic_app, "POST")
        if not rule.arguments and rule.rule not in ENDS_THE_SESSION
    ]
    for path, (name, id) in itertools.product(forms, neighbour.ids.items()):
        fields = {
            "response": id, "client": id, "invitation": id, "clinic": id, "therapist": id,
            "id": id, "format": "csv", "name": "Quillfeather", "days": "7", "note": "",
        }  # fmt: skip
        page = staff.post(f"{path}?client={id}&response={id}", fields | {"taker": id})
        assert page.status != 200 or path in SHOWS_A_FORM, f"{path} with {name}"
        for word in CANARIES[1:]:
            assert word.encode() not in page.response.data, path

    assert rows_of(database, neighbour.ids["clinic"]) == before


def test_asvs_8_4_1_a_search_finds_nobody_of_another_clinic(
    staff: Staff, neighbour: Neighbour
) -> None:
    send_to(staff, EMERGENCY, "Ann Quillfeather")

    ours = staff.get(staff.post("/clinic/inbox", {"name": "quillfeather"}).goes_to)
    theirs = neighbour.staff.get(
        neighbour.staff.post("/clinic/inbox", {"name": "quillfeather"}).goes_to
    )

    assert [text_of(row).count("Quillfeather") > 0 for row in ours.all("tr")[1:]] == [True]
    assert neighbour.ids["response"] not in ours.html
    assert neighbour.ids["response"] in theirs.html


def test_asvs_8_4_1_where_the_clinic_chose_so_nobody_sees_what_came_back_to_a_colleague(
    clinic_app: Flask,
    people: Mapping[str, Staff],
    practice: Practice,
    database: Database,
) -> None:
    """In no address, list, count, search, file or download; the owner does, and nothing changes."""
    owner, tess = people["owner"], people["therapist"]
    practice.colleagues.share(owner.who, inviter_only=True)
    owner.sign_in()
    theirs = invited(owner, "Quillfeather", message="Brambleshanks")
    public = send_to(owner, EMERGENCY, "Marrowgate")
    ids = {"public": public, "its client": client_of(owner, public), **theirs}
    before = rows_of(database, owner.who.clinic.id)

    for method in ("GET", "POST"):
        for rule in rules(clinic_app, method):
            if not is_for_owners(method, rule.rule):
                for address in addresses(rule, ids) if rule.arguments else ():
                    page = knock(tess, method, address)
                    assert page.status == 404, f"{method} {address}: {page.status}"
    for path in (
        "/clinic", "/clinic/inbox?state=any", "/clinic/clients", "/clinic/invitations",
        "/clinic/account",
    ):  # fmt: skip
        page = tess.get(path)
        assert not any(word in page.html for word in CANARIES), path
        assert "urgent unread" not in page.html, path
    for client in (theirs["client"], ids["its client"]):
        assert tess.get(f"/clinic/invitations/new?client={client}").status == 404
    found = tess.get(tess.post("/clinic/inbox", {"name": "quillfeather"}).goes_to)
    assert theirs["response"] not in found.html
    for response in (theirs["response"], public):
        export = tess.post("/clinic/export", {"response": response, "format": "json"})
        assert export.status == 404

    assert rows_of(database, owner.who.clinic.id) == before
    seen = owner.get("/clinic/inbox?state=any")
    assert "Quillfeather" in seen.html
    assert "Marrowgate" in seen.html
    assert "2 urgent unread" in text_of(seen.one("nav", **{"aria-label": "Clinic"}))


def test_what_came_back_to_them_they_see_and_can_use(
    people: Mapping[str, Staff], practice: Practice
) -> None:
    """And once it is handed over, somebody else does."""
    owner, tess = people["owner"], people["therapist"]
    practice.colleagues.share(owner.who, inviter_only=True)
    owner.sign_in()
    mine = invited(tess, "Quillfeather")
    response = f"/clinic/responses/{mine['response']}"

    assert "Quillfeather" in tess.get("/clinic/inbox").html
    assert "1 urgent unread" in text_of(
        tess.get("/clinic/inbox").one("nav", **{"aria-label": "Clinic"})
    )
    assert tess.get(f"{response}.pdf").status == 200
    assert tess.post(f"{response}/notes", {"text": "Call her."}).status == 303
    assert tess.get(f"/clinic/clients/{mine['client']}/erase").status == 200
    again = {"name": "", "email": "", "days": "7", "note": "", "client": mine["client"]}
    assert owner.post("/clinic/invitations/new", again).status == 303
    assert tess.get(f"/clinic/clients/{mine['client']}/erase").status == 404, (
        "others have some, too"
    )

    them = tess.who.therapist.id
    taker = owner.who.therapist.id
    practice.colleagues.change(owner.who, them, Step.HAND_OVER, taker)
    owner.sign_in()
    assert tess.get(response).status == 404
    assert "Tess Low" in owner.get(response).html, "the note keeps its name"


def test_asvs_8_4_1_a_second_advice_is_for_whoever_may_see_the_response(
    people: Mapping[str, Staff], practice: Practice, clock: Clock
) -> None:
    """At the head of the inbox, in its counts, on a client's page and in files."""
    owner, tess = people["owner"], people["therapist"]
    practice.colleagues.share(owner.who, inviter_only=True)
    owner.sign_in()
    theirs = invited(owner, "Quillfeather", answers=MASSAGE)
    public = send_to(owner, MASSAGE, "Marrowgate")
    mine = invited(tess, "Ann", answers=MASSAGE)
    for response in (theirs["response"], public, mine["response"]):
        practice.inbox.note(owner.who, ResponseId(response), NoteKind.REVIEWED)
    clock.now += 60
    for response in (theirs["response"], public):
        decide_again(owner, ResponseId(response), int(clock.now))

    for path in ("/clinic/inbox", "/clinic/inbox?state=any", "/clinic/invitations"):
        page = tess.get(path)
        assert not any(word in page.html for word in ("Quillfeather", "Marrowgate")), path
        assert "urgent unread" not in page.html, path
        assert "Decided again" not in page.html, path
    for response in (theirs["response"], public):
        for file in ("", ".csv", ".json", ".pdf"):
            assert tess.get(f"/clinic/responses/{response}{file}").status == 404
        export = tess.post("/clinic/export", {"response": response, "format": "json"})
        assert export.status == 404
    for client in (theirs["client"], client_of(owner, ResponseId(public))):
        assert tess.get(f"/clinic/clients/{client}").status == 404
    seen = owner.get("/clinic/inbox")
    assert "Quillfeather" in seen.html
    assert "Marrowgate" in seen.html
    assert seen.html.count("Decided again") == 2
    assert "2 urgent unread" in text_of(seen.one("nav", **{"aria-label": "Clinic"}))

    decide_again(tess, ResponseId(mine["response"]), int(clock.now))
    seen = tess.get("/clinic/inbox")
    assert seen.html.count("Decided again") == 1
    assert "Ann" in seen.html
    assert "1 urgent unread" in text_of(seen.one("nav", **{"aria-label": "Clinic"}))
    assert "Decided again" in tess.get(f"/clinic/clients/{mine['client']}").text


def test_asvs_8_4_1_a_second_advice_that_somebody_changed_shows_nobody_more_than_before(
    people: Mapping[str, Staff], practice: Practice, clock: Clock, database: Database
) -> None:
    owner, tess = people["owner"], people["therapist"]
    practice.colleagues.share(owner.who, inviter_only=True)
    owner.sign_in()
    theirs = invited(owner, "Quillfeather", answers=MASSAGE)
    mine = invited(tess, "Ann Berg", answers=MASSAGE)
    clock.now += 60
    for one in (theirs, mine):
        decide_again(owner, ResponseId(one["response"]), int(clock.now))
    with database.writing() as tx:
        tx.connection.execute(update(tables.rechecks).values(recommendation="made up"))

    seen = owner.get("/clinic/inbox")
    assert "Quillfeather" in seen.html
    assert "2 urgent unread" in text_of(seen.one("nav", **{"aria-label": "Clinic"}))
    for path in ("/clinic/inbox", "/clinic/inbox?state=contacted"):
        seen = tess.get(path)
        assert "Quillfeather" not in seen.html, path
        assert "Ann Berg" in seen.html, path
        assert "1 urgent unread" in text_of(seen.one("nav", **{"aria-label": "Clinic"})), path
    found = tess.get(tess.post("/clinic/inbox", {"name": "quillfeather"}).goes_to)
    assert theirs["response"] not in found.html


def test_asvs_8_4_1_a_client_of_two_shows_each_their_own_second_advice(
    people: Mapping[str, Staff], practice: Practice, clock: Clock
) -> None:
    owner, tess = people["owner"], people["therapist"]
    practice.colleagues.share(owner.who, inviter_only=True)
    owner.sign_in()
    theirs = invited(owner, "Quillfeather", answers=MASSAGE)
    client = ClientId(theirs["client"])
    with practice.database.writing() as tx:
        person = clients.get(tx, owner.who.clinic.id, client)
        assert person is not None
        invitations.add(tx, some_invitation(person, tess.who.therapist), "a link of Tess")
    clock.now += 60
    decide_again(owner, ResponseId(theirs["response"]), int(clock.now))

    assert "Decided again" in owner.get(f"/clinic/clients/{client}").text
    page = tess.get(f"/clinic/clients/{client}")
    assert page.status == 200
    assert theirs["response"] not in page.html
    assert "Decided again" not in page.text


def test_asvs_8_4_1_invitations_of_a_list_and_their_mails_are_for_who_made_them(
    people: Mapping[str, Staff], practice: Practice, can_mail: None, database: Database
) -> None:
    owner, tess = people["owner"], people["therapist"]
    practice.colleagues.share(owner.who, inviter_only=True)
    owner.sign_in()
    form = {"list": "Quillfeather, quill@example.org", "batch": "A" * 22}
    assert owner.post("/clinic/invitations/many", form).status == 303
    form = {"list": "Ann, ann@example.org", "batch": "B" * 22}
    assert tess.post("/clinic/invitations/many", form).status == 303
    before = rows_of(database, owner.who.clinic.id)["outbox"]
    every = {one.name: one for one in practice.invitations.listed(owner.who).invitations}

    assert set(every) == {"Quillfeather", "Ann"}
    assert "Quillfeather" not in tess.get("/clinic/invitations").html
    assert "Ann" in tess.get("/clinic/invitations").html
    page = f"/clinic/invitations/{every['Quillfeather'].id}"
    assert tess.get(page).status == 404
    assert tess.post(f"{page}/mail", {"email": "tess@example.org"}).status == 404
    assert rows_of(database, owner.who.clinic.id)["outbox"] == before
    mine = tess.get(f"/clinic/invitations/{every['Ann'].id}")
    assert "Waiting" in mine.text


def invited(
    staff: Staff, name: str, message: str = "", answers: Mapping[str, object] = EMERGENCY
) -> dict[str, str]:
    """Return the ids of a response, urgent if not told, that came back with a link of theirs."""
    made = staff.practice.invitations.invite(staff.who, name, "", 7, "Thistlewick")
    submission = Submission(
        clinic=staff.who.clinic.id, invitation=made.invitation.id, visit=new_id(),
        answers=SCREENING.restore(dict(answers)), name=name, birth="1982-05-03", message=message,
        agreed=asked_by(staff.who.clinic, carer=False),
    )  # fmt: skip
    response = staff.practice.intake.send(submission).response
    return {
        "invitation": made.invitation.id,
        "client": made.invitation.client,
        "response": response,
    }
