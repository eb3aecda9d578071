"""Somebody whom a clinic invited: from the link in a message to the confirmation."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assessment.records import clients, clinics, invitations, therapists
from assessment.records.database import Database
from assessment.records.ids import new_token
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
from tests.journeys.axe import inspecting, violations
from tests.journeys.conftest import Server
from tests.journeys.person import WELL, Person
from tests.journeys.test_first_screen import SCREEN, bottom
from tests.records.some import some_client, some_clinic, some_invitation, some_therapist

SADDLE = ["saddle"]
Invite = Callable[[], str]


def born_in() -> str:
    """The year in which somebody was born on 31 March who is as old as people here say."""
    today = datetime.datetime.now().astimezone().date()
    return str(today.year - int(str(WELL["age"])) - (today < today.replace(month=3, day=31)))


@pytest.fixture(scope="module")
def clinic_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("clinic"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def database(clinic_server: Server) -> Iterator[Database]:
    """What the server writes to."""
    database = open_database(read_settings(instance=clinic_server.log.parent / "instance"))
    yield database
    database.close()


@pytest.fixture(scope="module")
def invite(clinic_server: Server, database: Database) -> Invite:
    """Invite somebody to Riverside Massage; return the address of their link."""
    clinic = some_clinic(slug="riverside", accent="#7a2e8e")
    therapist = some_therapist(clinic.id, name="Anna Berg")
    with database.writing() as tx:
        clinics.add(tx, clinic)
        therapists.add(tx, therapist, None)

    def make() -> str:
        client, token, now = some_client(clinic.id), new_token(), int(time.time())
        made = some_invitation(client, therapist, created_at=now, expires_at=now + 86400)
        with database.writing() as tx:
            clients.add(tx, client)
            invitations.add(tx, made, token)
        return f"{clinic_server.url}/i/{token}"

    return make


@pytest.fixture
def client(page: Page, clinic_server: Server) -> Person:
    return Person(page, clinic_server.url)


def open_link(person: Person, link: str) -> None:
    person.start(link.removeprefix(person.url))


def go_to_send(person: Person) -> None:
    person.press(person.page.get_by_role("link", name=re.compile("^Send .*to Riverside Massage$")))


def send(person: Person) -> None:
    page = person.page
    page.get_by_label("Your name", exact=True).fill("Zoë Fischer")
    page.get_by_label("Type your name to sign").fill("Zoë Fischer")
    page.get_by_label("I agree to all of this").check(force=True)
    person.press(page.get_by_role("button", name="Send to Riverside Massage"))


def test_an_invited_client_answers_sees_the_result_and_sends_it(
    client: Person, invite: Invite, database: Database
) -> None:
    link = invite()
    open_link(client, link)
    client.walk()
    client.see_result()
    with database.reading() as tx:
        stored = invitations.by_token(tx, link.rpartition("/")[2])
    assert stored is not None
    assert stored.answered == stored.of_about > 10
    assert "Your visit" in client.heading
    go_to_send(client)
    expect(client.page.get_by_label("I agree to all of this")).not_to_be_checked()
    send(client)
    assert client.path == "/sent"
    expect(client.page.get_by_role("heading", level=1)).to_have_text("Your answers were sent")
    assert "Your visit" in client.page.locator("main").inner_text()
    reply = client.page.request.get(f"{client.url}/result.pdf")
    assert reply.body().startswith(b"%PDF-")

    client.page.go_back()
    client.page.reload()
    assert client.path == "/sent", "nothing can be sent or changed any more"
    client.page.goto(link)
    assert client.path == "/sent"
    client.press(client.page.get_by_role("button", name="Clear my answers"))
    client.page.goto(link)
    assert client.heading == "Your answers have already been sent"


def test_on_the_first_screen_stand_the_buttons_that_start_and_later_the_one_that_sends(
    client: Person, invite: Invite
) -> None:
    client.page.goto(invite())
    for button in client.page.locator(".begin button").all():
        assert bottom(button) <= SCREEN
    client.press(client.page.locator(".begin button").first)
    client.walk()
    client.see_result()
    send = client.page.get_by_role("link", name="Send to Riverside Massage")
    assert bottom(send) <= SCREEN
    assert client.page.get_by_role("link", name="Book").count() == 0
    assert violations(client.page) == []


def test_a_crisis_has_a_page_of_its_own_from_which_reminders_end(
    client: Person, invite: Invite
) -> None:
    link = invite()
    open_link(client, link)
    client.walk()
    page = client.page
    client.press(page.get_by_role("link", name="Something private"))
    client.answer(["better_dead"])
    assert client.path == "/result"
    first = page.locator("main a").first
    expect(first).to_have_attribute("href", "tel:116123")
    assert bottom(first) <= SCREEN
    assert violations(page) == []
    client.press(page.get_by_role("button", name="Don\u2019t remind me again"))
    expect(page.get_by_role("status")).to_contain_text("No one will remind you")
    client.press(page.get_by_role("link", name="Go back to my result"))
    assert "doctor today" in client.heading
    page.goto(link)
    assert client.heading == "This link does not work"


def test_an_emergency_comes_first_and_may_be_sent_afterwards(
    client: Person, invite: Invite
) -> None:
    open_link(client, invite())
    client.walk_to("low", where=["lower_back"])
    client.answer(SADDLE)
    assert client.path == "/result"
    go_to_send(client)
    first = client.page.locator("main a[href^='tel:']").first
    expect(first).to_have_text(re.compile("112"))
    send(client)
    assert client.path == "/sent"
    expect(client.page.locator("main a[href^='tel:']").first).to_have_text(re.compile("112"))
    expect(client.page.get_by_text("No one there reads them straight away")).to_be_visible()
    assert violations(client.page) == []


def test_a_mistake_on_the_last_page_costs_nothing_that_was_typed(
    client: Person, invite: Invite
) -> None:
    open_link(client, invite())
    client.walk()
    client.see_result()
    go_to_send(client)
    page = client.page
    page.get_by_label("Day").fill("31")
    page.get_by_label("Month").fill("2")
    page.get_by_label("Year").fill(born_in())
    page.get_by_label("Anything else").fill("It began in the garden.\n\nTwice.")
    client.press(page.get_by_role("button", name="Send to"))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error: ")
    assert page.get_by_label("Anything else").input_value() == "It began in the garden.\n\nTwice."
    summary.get_by_role("link", name="Enter a real date").click()
    expect(page.get_by_label("Day")).to_be_focused()
    summary.get_by_role("link", name="Tick the box").click()
    expect(page.get_by_label("I agree to all of this")).to_be_focused()
    assert violations(page) == []
    page.get_by_label("Month").fill("3")
    send(client)
    assert client.path == "/sent"


def test_the_keyboard_alone_sends_answers(client: Person, invite: Invite) -> None:
    open_link(client, invite())
    client.walk()
    client.see_result()
    go_to_send(client)
    page = client.page

    def tab_to(element: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == element:
                return
        raise AssertionError(f"{element} cannot be reached")

    tab_to("name")
    page.keyboard.type("Zoë Fischer")
    tab_to("consent")
    page.keyboard.press("Space")
    tab_to("signed")
    page.keyboard.type("Zoë Fischer")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent")


def test_it_all_works_without_javascript(
    browser: Browser, clinic_server: Server, invite: Invite
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    person = Person(context.new_page(), clinic_server.url)
    link = invite()
    open_link(person, link)
    person.answer(37)
    person.page.goto(link)
    person.press(person.page.get_by_role("button", name="Carry on where you stopped"))
    assert person.path == "/questions/where"
    person.walk()
    person.see_result()
    go_to_send(person)
    person.press(person.page.get_by_role("button", name="Send to"))
    expect(person.page.get_by_text("There is a problem")).to_be_visible()
    send(person)
    assert person.path == "/sent"
    context.close()


def test_the_public_address_offers_sending_as_the_last_step_only(
    client: Person, invite: Invite
) -> None:
    page = client.page
    client.start("/c/riverside")
    client.walk()
    client.see_result()
    expect(page.get_by_role("link", name="Book an appointment")).to_be_visible()
    go_to_send(client)
    send(client)
    assert client.path == "/sent"
    client.press(page.get_by_role("button", name="Clear my answers"))
    assert client.path == "/c/riverside"


def test_axe_finds_nothing_on_any_page_of_an_invited_walk(
    browser: Browser, clinic_server: Server, invite: Invite
) -> None:
    with inspecting(browser) as inspection:
        page, look = inspection.page, inspection.look
        person = Person(page, clinic_server.url)
        link = invite()
        for address in (link, f"{person.url}/i/none", f"{person.url}/c/riverside"):
            page.goto(address)
            look(address)
        open_link(person, link)
        look("question")
        person.walk_one()
        page.goto(link)
        look("go on")
        person.press(page.get_by_role("button", name="Carry on where you stopped"))
        person.walk()
        look("check")
        person.see_result()
        look("result")
        go_to_send(person)
        look("send")
        person.press(page.get_by_role("button", name="Send to"))
        look("mistake")
        send(person)
        look("sent")
        page.goto(f"{person.url}/privacy")
        look("privacy")
        page.context.clear_cookies()
        page.goto(link)
        look("used")
        page.locator("summary", has_text="agreement").click()
        person.press(page.get_by_role("button", name="Take back my agreement"))
        look("withdrawn")
