"""A therapist makes a passkey and signs in with it, in a real browser with a virtual device."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.axe import violations
from tests.journeys.conftest import Server
from tests.journeys.therapist import PASSWORD, Therapist

HOME = "/clinic/account/second-step"


@pytest.fixture
def ana(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Therapist]:
    """Ana, who has just set up a clinic, on a computer that can keep passkeys."""
    server = Server(tmp_path_factory.mktemp("passkeys"))
    server.start()
    page = browser.new_context(bypass_csp=True).new_page()  # for axe
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    ana = Therapist(page, server.url)
    ana.set_up(server.log.read_text("utf-8"))
    yield ana
    page.context.close()
    server.stop()


def password(page: Page) -> None:
    page.get_by_label("Email address").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_made_on_localhost_and_signs_in_alone_and_after_the_password(
    ana: Therapist,
) -> None:
    page = ana.page
    ana.go(HOME)
    assert violations(page) == []
    ana.follow(ana.url.replace("127.0.0.1", "localhost"))
    ana.url = ana.url.replace("127.0.0.1", "localhost")
    password(page)
    assert ana.path == HOME
    ana.press_button("Make a passkey")
    assert violations(page) == []
    ana.press_button("Make the passkey")
    expect(page.locator(".codes li")).to_have_count(10)
    assert violations(page) == []
    ana.follow("I have saved them")
    ana.press_button("Sign out")

    with page.expect_request("**/clinic/sign-in/passkey") as sent:
        ana.press_button("Sign in with a passkey")
    assert ana.path == "/clinic"
    ana.press_button("Sign out")
    password(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    assert violations(page) == []
    ana.press_button("Use a passkey")
    assert ana.path == "/clinic"
    ana.press_button("Sign out")
    fields = parse_qsl(sent.value.post_data or "", keep_blank_values=True)
    form: dict[str, str | float | bool] = dict(fields)
    again = page.request.post(f"{ana.url}/clinic/sign-in/passkey", form=form)
    assert again.status == 422, "an answer is good once"
    ana.go("/clinic/inbox")
    assert ana.path.startswith("/clinic/sign-in")
