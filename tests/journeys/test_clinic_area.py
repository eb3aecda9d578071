"""A therapist sets up a clinic, signs in and keeps house, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.axe import inspecting, violations
from tests.journeys.conftest import Server
from tests.journeys.therapist import PASSWORD, Therapist

EMAIL = "ana@example.org"
MINUTE = 60_000


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[str]:
    """The address of a server on which Ana has set up a clinic, in her browser."""
    server = Server(tmp_path_factory.mktemp("clinic"))
    server.start()
    page = browser.new_page()
    Therapist(page, server.url).set_up(server.log.read_text("utf-8"))
    expect(page.get_by_role("status").first).to_contain_text("Your clinic is set up.")
    page.context.close()
    yield server.url
    server.stop()


def sign_in(page: Page, clinic: str, to: str = "/clinic/account") -> None:
    page.goto(f"{clinic}{to}")
    page.get_by_label("Email address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation(url=f"{clinic}{to}"):
        page.get_by_role("button", name="Sign in").click()


def test_settings_are_changed_and_clients_see_them(page: Page, clinic: str) -> None:
    sign_in(page, clinic, "/clinic/settings")
    page.get_by_label("Telephone").fill("020 7946 0000")
    page.get_by_label("Colour").fill("#7a3e9d")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_role("status").first).to_contain_text("Your settings have been saved.")
    page.get_by_role("link", name="See your clients\u2019 page").click()
    expect(page.locator("header")).to_contain_text("Riverside Massage")


def test_a_mistake_is_explained_first_and_beside_its_field(page: Page, clinic: str) -> None:
    sign_in(page, clinic, "/clinic/settings")
    page.get_by_label("Telephone").fill("call me")
    page.get_by_role("button", name="Save the settings").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error: ")
    summary.get_by_role("link").click()
    expect(page.get_by_label("Telephone")).to_be_focused()
    expect(page.get_by_label("Telephone")).to_have_value("call me")
    assert violations(page) == []


def test_everything_works_without_javascript_and_nothing_typed_is_lost(
    browser: Browser, clinic: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    sign_in(page, clinic)
    page.get_by_label("Your name").fill("Ana María Ruiz")
    context.clear_cookies()
    page.get_by_role("button", name="Save your details").click()
    expect(page.get_by_role("status").first).to_contain_text("We have kept what you typed")
    page.get_by_label("Email address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_contain_text("Ana María Ruiz")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Your name")).to_have_value("Ana María Ruiz")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("You are signed out.")
    context.close()


def test_the_keyboard_alone_is_enough(page: Page, clinic: str) -> None:
    page.goto(f"{clinic}/clinic/account")
    reach(page, "email")
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation(url=f"{clinic}/clinic/account"):
        page.keyboard.press("Enter")
    reach(page, "name")
    page.keyboard.press("Control+A")
    page.keyboard.type("Ana Ruiz Vega")
    reach(page, "password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation(url=f"{clinic}/clinic/account?done=details"):
        page.keyboard.press("Enter")
    expect(page.get_by_label("Your name")).to_have_value("Ana Ruiz Vega")


def reach(page: Page, element: str) -> None:
    """Press Tab until the focus is on the element with this id."""
    for _ in range(40):
        if page.evaluate("document.activeElement.id") == element:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{element} is not reached")


def test_before_the_session_ends_a_warning_offers_to_stay(page: Page, clinic: str) -> None:
    page.clock.install()
    sign_in(page, clinic)
    warning = page.locator(".leaving")
    page.clock.fast_forward(12 * MINUTE)
    expect(warning).to_be_hidden()
    page.clock.fast_forward(90_000)
    expect(warning).to_be_visible()
    expect(warning.get_by_role("status")).to_contain_text("You will be signed out in")
    assert violations(page) == []
    with page.expect_response("**/clinic/stay") as answer:
        warning.get_by_role("button", name="Stay signed in").click()
    assert answer.value.status == 204
    expect(warning).to_be_hidden()
    page.clock.fast_forward(12 * MINUTE)
    expect(warning).to_be_hidden()


def test_after_signing_out_the_back_button_shows_nothing(
    page: Page, context: BrowserContext, clinic: str
) -> None:
    sign_in(page, clinic)
    [copied] = [one["value"] for one in context.cookies() if one["name"] == "clinic"]
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("You are signed out.")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Sign in")
    context.add_cookies([{"name": "clinic", "value": copied, "url": clinic}])
    page.goto(f"{clinic}/clinic/account")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_signing_out_elsewhere_ends_the_other_session(
    page: Page, browser: Browser, clinic: str
) -> None:
    other = browser.new_context()
    elsewhere = other.new_page()
    sign_in(elsewhere, clinic)
    sign_in(page, clinic)
    others = page.get_by_role("button", name=re.compile("^Sign out Chrome"))
    while others.count():
        with page.expect_navigation():
            others.first.click()
    expect(page.get_by_role("status").first).to_contain_text("That session has ended.")
    elsewhere.reload()
    expect(elsewhere.locator("h1")).to_have_text("Sign in")
    other.close()


def test_axe_finds_nothing_on_any_page(browser: Browser, clinic: str) -> None:
    with inspecting(browser) as inspection:
        page, look = inspection.page, inspection.look
        for name in ("sign-in", "setup", "code"):
            page.goto(f"{clinic}/clinic/{name}")
            look(name)
            page.locator("main button").click()
            page.wait_for_selector("[role=alert]")
            look(f"{name} with faults")
        sign_in(page, clinic)
        look("account")
        page.get_by_role("button", name="Change the password").click()
        page.wait_for_selector("[role=alert]")
        look("account with faults")
        for name in (
            "settings", "colleagues", "colleagues/new", "colleagues/sharing", "nowhere",
            "audit", "audit?from=none",
            "settings/keys", "settings/keys/new", "settings/webhooks", "settings/webhooks/new",
            "settings/keeping", "settings/sign-in", "going", "account/second-step", "welcome",
        ):  # fmt: skip
            page.goto(f"{clinic}/clinic/{name}")
            look(name)
        make_key_and_webhook(page, clinic, look)
        page.goto(f"{clinic}/clinic/colleagues")
        page.locator("tbody a").first.click()
        look("a colleague")
        page.get_by_role("link", name="Make a therapist").click()
        page.get_by_role("button", name="Make a therapist").click()
        page.wait_for_selector("[role=alert]")
        look("a step about a colleague with faults")
        page.goto(f"{clinic}/clinic/account")
        page.context.clear_cookies()
        page.get_by_role("button", name="Save your details").click()
        page.get_by_label("Email address").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        look("signed out")
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("h1")).to_have_text("Send what you typed")
        look("carried")


def make_key_and_webhook(page: Page, clinic: str, look: Callable[[str], None]) -> None:
    """Look at what is shown once, and at what takes a key back."""
    page.goto(f"{clinic}/clinic/settings/webhooks/new")
    page.get_by_label("Address").fill("https://93.184.216.34/hook")
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.locator("h1")).to_have_text("Copy this secret")
    look("the secret of a webhook")
    page.goto(f"{clinic}/clinic/settings/keys/new")
    page.get_by_label("Name").fill("Booking")
    page.locator("[name=write_invitations]").check(force=True)
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("main .code")).to_contain_text("mpa_")
    look("a key that was made")
    page.goto(f"{clinic}/clinic/settings/keys")
    page.get_by_role("link", name="Revoke Booking").click()
    look("a key to revoke")


def test_the_pages_obey_their_own_policy(browser: Browser, clinic: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.on("pageerror", lambda error: refused.append(str(error)))
    sign_in(page, clinic)
    for name in ("settings", "invitations", "inbox"):
        page.goto(f"{clinic}/clinic/{name}")
    context.close()
    assert [text for text in refused if "Policy" in text or "rror" in text] == []
