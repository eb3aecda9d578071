"""A client who comes back, in a real browser: after the visit, and before the next one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.axe import violations
from tests.journeys.conftest import Server
from tests.journeys.person import Given, Person
from tests.journeys.test_sending import go_to_send, send
from tests.journeys.therapist import Therapist
from tests.practice import mail_server
from tests.web.intake.test_returning import lasting

HERE: dict[str, Given] = {"who": "me", "where": ["left_calf"], "lasted": "weeks"}
ACTIVITY = "Digging potatoes"
Clinic = tuple[Server, mail_server.MailServer]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """A server that sends mail, over a protocol of which something lasts; and where it goes."""
    folder = tmp_path_factory.mktemp("back")
    lasting(folder)
    cases = folder / "lasting/cases.yaml"
    cases.write_text(cases.read_text().replace("home: [none]", "home: [none], old: [none]"))
    with mail_server.running(mail_server.MailServer()) as post:
        server = Server(
            folder, PROTOCOL=str(cases.parent), SMTP_HOST="127.0.0.1", SMTP_PORT=str(post.port),
            SMTP_SECURITY="none", SMTP_FROM="desk@clinic.example",
        )  # fmt: skip
        server.start()
        yield server, post
        server.stop()


@pytest.fixture
def therapist(browser: Browser, clinic: Clinic) -> Iterator[Therapist]:
    """The owner of a clinic that asks for pain and activities, and again after a visit."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    context.set_default_timeout(10_000)
    server, _ = clinic
    ana = Therapist(context.new_page(), server.url)
    ana.set_up(server.log.read_text("utf-8"))
    ana.go("/clinic/settings/measures")
    ana.page.locator("#asks").check()
    ana.page.locator("#after").select_option("3")
    ana.press_button("Save")
    yield ana
    context.close()


def begin(person: Person, link: str) -> None:
    """Open a link on a phone that keeps nothing, and press its first button."""
    person.page.context.clear_cookies()
    person.page.goto(link)
    person.press(person.page.locator(".begin button").first)


def looked_at(page: Page) -> None:
    """Fail if axe finds anything on a page, in light or dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], f"{page.url}, {scheme}"


def enter_code(person: Person, post: mail_server.MailServer) -> None:
    """Ask for a code, and type the one that came by mail."""
    person.press(person.page.get_by_role("button", name="Send me a code"))
    looked_at(person.page)
    [code] = re.findall(r"\b\d{6}\b", str(post.mails[-1].get_content()))
    person.page.get_by_label("6-digit code").fill(code)
    person.press(person.page.get_by_role("button", name="Check this code"))


def test_from_the_first_visit_by_the_link_after_it_to_the_next_visit(
    page: Page, clinic: Clinic, therapist: Therapist
) -> None:
    person, post = Person(page, clinic[0].url), clinic[1]
    begin(person, therapist.invite("Zoë F.", "zoe@example.org"))
    person.walk(**HERE)
    person.see_result()
    go_to_send(person)
    page.locator("#measure-activity-1").fill(ACTIVITY)
    send(person)
    assert person.path == "/sent"

    therapist.go("/clinic/inbox")
    therapist.follow("Open the response from Zoë F.")
    therapist.press_button("Make the link for after the visit")
    link = therapist.page.locator("#link").input_value()
    page.goto(link)
    looked_at(page)
    begin(person, link)
    while person.path.startswith("/questions/"):
        person.answer("none")
    looked_at(page)
    assert "none of these signs" in page.locator("main").inner_text()
    go_to_send(person)
    assert ACTIVITY not in page.content()
    person.press(page.get_by_role("link", name="Show what I named before"))
    enter_code(person, post)
    assert person.path == "/send"
    expect(page.locator("#measure-activity-1")).to_have_value(ACTIVITY)
    looked_at(page)
    send(person)
    assert person.path == "/sent"

    therapist.go("/clinic/clients")
    therapist.follow("Zoë F.")
    therapist.follow("Send a link")
    therapist.press_button("Make the link")
    begin(person, therapist.page.locator("#link").input_value())
    assert person.path == "/back"
    looked_at(page)
    enter_code(person, post)
    assert person.path == "/back/told"
    looked_at(page)
    person.press(page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("alert")).to_be_focused()
    looked_at(page)
    for right in page.get_by_label("Still right").all():
        right.check(force=True)
    person.press(page.get_by_role("button", name="Continue"))
    person.walk(**HERE)
    person.see_result()
