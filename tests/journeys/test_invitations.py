"""A therapist gives somebody a link, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, StorageState, expect

from tests.journeys.axe import inspecting
from tests.journeys.conftest import Server
from tests.journeys.person import Person
from tests.journeys.therapist import Therapist
from tests.practice import mail_server

LIST = "/clinic/invitations"


@dataclass(frozen=True)
class Clinic:
    """A site with one clinic, whose therapist is signed in, and its mail server."""

    url: str
    cookies: StorageState
    mail: mail_server.MailServer


@pytest.fixture(scope="module")
def clinic(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with mail_server.running(mail_server.MailServer()) as mail:
        server = Server(
            tmp_path_factory.mktemp("clinic"),
            SMTP_HOST="127.0.0.1",
            SMTP_PORT=str(mail.port),
            SMTP_FROM="desk@clinic.example",
            SMTP_SECURITY="none",
        )
        server.start()
        try:
            context = browser.new_context()
            Therapist(context.new_page(), server.url).set_up(server.log.read_text("utf-8"))
            yield Clinic(server.url, context.storage_state(), mail)
            context.close()
        finally:
            server.stop()


@pytest.fixture
def therapist(clinic: Clinic, browser: Browser) -> Iterator[Therapist]:
    """A therapist at a desk."""
    context = browser.new_context(storage_state=clinic.cookies, bypass_csp=True)
    context.set_default_timeout(10_000)
    yield Therapist(context.new_page(), clinic.url)
    context.close()


def test_a_link_is_made_given_and_opened(
    therapist: Therapist, clinic: Clinic, context: BrowserContext
) -> None:
    link = therapist.invite("Zoe Walker")
    assert link.startswith(f"{clinic.url}/i/")
    client = Person(context.new_page(), clinic.url)
    client.page.goto(link)
    client.press(client.page.get_by_role("button").first)
    assert client.path == "/questions/age"
    client.answer("me")
    client.answer(37)
    assert link.rsplit("/", 1)[1] not in client.page.url
    therapist.go(LIST)
    row = therapist.page.get_by_role("row").filter(has_text="Zoe Walker")
    expect(row).to_contain_text("2 of about")


def test_one_press_copies_the_link(therapist: Therapist) -> None:
    page = therapist.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    link = therapist.invite("Copy")
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.get_by_role("button", name="Copy the message").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('7 days'))")
    assert link in page.evaluate("navigator.clipboard.readText()")


def test_the_link_is_mailed_and_a_refusal_loses_nothing(
    therapist: Therapist, clinic: Clinic
) -> None:
    clinic.mail.answers["RCPT"] = "550 no such person"
    link = therapist.invite("Mail", "mail@example.org")  # it goes out by itself
    expect(therapist.page.get_by_role("alert")).to_be_focused()
    assert "accept the address" in therapist.main
    assert therapist.page.locator("#link").input_value() == link

    clinic.mail.answers.clear()
    therapist.page.locator("[name=email]").fill("better@example.org")
    therapist.press_button("Send by email")
    assert "The link was sent to better@example.org." in therapist.main
    assert link in str(clinic.mail.mails[-1].get_content())


def test_a_phone_hands_the_message_to_any_of_its_programs(
    therapist: Therapist, clinic: Clinic
) -> None:
    page = therapist.page
    page.add_init_script(
        "navigator.share = async (what) => { document.title = JSON.stringify(what); };"
    )
    link = therapist.invite("Share")
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_function("document.title.startsWith('{')")
    assert link in page.title()


def test_without_sharing_the_button_is_not_there(therapist: Therapist) -> None:
    therapist.page.add_init_script("delete Navigator.prototype.share;")
    therapist.invite("No Share")
    expect(therapist.page.locator("[data-share]")).to_be_hidden()


def test_everything_works_without_javascript(clinic: Clinic, browser: Browser) -> None:
    context = browser.new_context(
        storage_state=clinic.cookies,
        java_script_enabled=False,
        viewport={"width": 320, "height": 640},
    )
    therapist = Therapist(context.new_page(), clinic.url)
    page = therapist.page
    link = therapist.invite("No Script")
    expect(page.locator("#link")).to_be_visible()
    expect(page.locator("#link")).not_to_be_editable()
    for hidden in page.locator("[data-copy]").all():
        expect(hidden).to_be_hidden()
    therapist.follow("Make a new link")
    therapist.press_button("Make a new link")
    assert page.locator("#link").input_value() not in ("", link)
    therapist.follow("Revoke the link")
    therapist.press_button("Revoke the link")
    assert "Revoked" in therapist.main
    context.close()


def test_the_keyboard_alone_is_enough(therapist: Therapist) -> None:
    page = therapist.page

    def tab_to(found: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(f"(one => {found})(document.activeElement)"):
                return
        raise AssertionError(f"no key leads there: {found}")

    therapist.go(LIST)
    tab_to("one.innerText === 'Send a link'")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to("one.name === 'name'")
    page.keyboard.type("Keys Only")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to("one.id === 'link'")
    chosen = page.evaluate(
        "(one => one.value.slice(one.selectionStart, one.selectionEnd))(document.activeElement)"
    )
    assert chosen == page.locator("#link").input_value(), "a tab into the field selects all of it"
    tab_to("one.innerText === 'Revoke the link'")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to("one.innerText === 'Revoke the link'")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Revoked" in therapist.main


def test_axe_finds_nothing_on_any_page(clinic: Clinic, browser: Browser) -> None:
    with inspecting(browser, clinic.cookies) as inspection:
        page, look = inspection.page, inspection.look
        therapist = Therapist(page, clinic.url)
        therapist.go(f"{LIST}/new")
        look("new")
        therapist.press_button("Make the link")
        look("errors")
        therapist.invite("Wolfeschlegelsteinhausenbergerdorff " * 2, "anna.keller@example.org")
        look("link")
        address = therapist.path
        therapist.go(f"{address}/resend")
        look("resend")
        therapist.press_button("Make a new link")
        therapist.follow("Revoke the link")
        look("revoke")
        therapist.press_button("Revoke the link")
        look("revoked")
        therapist.go(address)
        look("replaced")
        therapist.go(f"{LIST}/many")
        look("many")
        page.locator("#list").fill("Anna, anna\nBen")
        therapist.press_button("Check the list")
        look("faults in a list")
        page.locator("#list").fill(
            "Wolfeschlegelsteinhausenbergerdorff, "
            "a-very-long-name.of.somebody@example.org, 3 May 14:00"
        )
        therapist.press_button("Check the list")
        look("what will be made")
        therapist.press_button("Invite this person")
        look("list")


def test_an_owner_writes_questions_and_words_and_a_client_answers_them(
    therapist: Therapist, clinic: Clinic, context: BrowserContext, browser: Browser
) -> None:
    therapist.go("/clinic/settings/questions")
    therapist.press_button("Add “What would you like from this visit?”")
    therapist.press_button("Add “How much pressure do you like?”")
    therapist.follow("Add a question")
    therapist.page.get_by_label("Question").fill("Which oils do you like?")
    therapist.page.get_by_label("How they answer").select_option(label="Several choices")
    therapist.page.get_by_label("Choices").fill("Rose\nAlmond")
    therapist.press_button("Add the question")
    up = therapist.page.get_by_role("button", name=re.compile("^Up.*oils"))
    therapist.press(up)
    therapist.go("/clinic/settings/words")
    therapist.page.get_by_label("Welcome").fill("Welcome to the river.")
    therapist.page.get_by_label("Before the visit").fill("Park behind the house.")
    therapist.press_button("Save your words")
    therapist.go("/clinic/settings/measures")
    therapist.page.get_by_label("Ask invited clients how their pain is").check(force=True)
    therapist.page.get_by_label("Ask again by email").select_option(label="3 days after the visit")
    therapist.press_button("Save")
    person = Person(context.new_page(), clinic.url)
    page, link = person.page, therapist.invite("Zoe")
    person.start(link.removeprefix(clinic.url))
    person.walk()
    person.see_result()
    assert "Park behind the house." in page.locator("main").inner_text()
    person.press(page.get_by_role("link", name="Send to Riverside Massage"))
    page.get_by_label("What would you like from this visit?").fill("To sleep again.")
    page.get_by_role("checkbox", name="Almond").check(force=True)
    page.get_by_role("radio", name="Firm").check(force=True)
    page.get_by_label("How bad was your pain").select_option("6")
    page.get_by_label("What is hard? (1)").fill("Climbing stairs")
    page.get_by_label("How well does it go? (1)").select_option("3")
    with inspecting(browser, context.storage_state()) as inspection:
        for path in (link.removeprefix(clinic.url), "/result", "/send"):
            inspection.page.goto(clinic.url + path)
            inspection.look(path)
    for label in ("Your name", "Type your name to sign"):
        page.get_by_label(label, exact=True).fill("Zoe Fischer")
    page.get_by_label("I agree to all of this").check(force=True)
    person.press(page.get_by_role("button", name="Send to Riverside Massage"))
    assert person.path == "/sent"

    therapist.go("/clinic/inbox")
    therapist.press(therapist.page.get_by_role("link", name="Zoe").first)
    own = therapist.page.get_by_role("region", name="Our own questions")
    for told in ("Almond", "To sleep again.", "Firm"):
        expect(own.get_by_text(told)).to_be_visible()
    measured = therapist.page.get_by_role("region", name="Pain and activities")
    expect(measured.get_by_text("Climbing stairs")).to_be_visible()
    response = therapist.path
    therapist.press(measured.get_by_role("link", name="See what has changed"))
    expect(therapist.page.get_by_role("row", name="Climbing stairs 3")).to_be_visible()
    with inspecting(browser, clinic.cookies) as inspection:
        settings = "/clinic/settings"
        for path in (
            response, therapist.path, f"{settings}/questions", f"{settings}/questions/new",
            f"{settings}/words", f"{settings}/measures", settings,
        ):  # fmt: skip
            inspection.page.goto(clinic.url + path)
            inspection.look(path)
