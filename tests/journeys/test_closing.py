"""Nobody who comes by later reads a page whose session has ended, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, StorageState, expect

from assessment.practice.staff.accounts import IDLE
from tests.journeys.axe import violations
from tests.journeys.conftest import Server
from tests.journeys.therapist import Therapist

CLIENT = "Zebrafinch"
PAGE = "/clinic/invitations"
PAST_THE_END = (IDLE + 2) * 1000


@pytest.fixture(scope="module")
def signed_in(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[tuple[str, StorageState]]:
    """The address of a server with a clinic, and the cookies of its owner, who invited somebody."""
    server = Server(tmp_path_factory.mktemp("closing"))
    server.start()
    page = browser.new_page()
    ana = Therapist(page, server.url)
    ana.set_up(server.log.read_text("utf-8"))
    ana.invite(CLIENT)
    yield server.url, page.context.storage_state()
    page.context.close()
    server.stop()


@pytest.fixture
def context(browser: Browser, signed_in: tuple[str, StorageState]) -> Iterator[BrowserContext]:
    """A browser of the owner."""
    context = browser.new_context(storage_state=signed_in[1], base_url=signed_in[0])
    yield context
    context.close()


def test_at_the_end_of_its_session_a_page_is_blank_and_stays_so(context: BrowserContext) -> None:
    page = context.new_page()
    page.clock.install(time="2099-01-01")
    page.clock.pause_at("2099-01-02")  # it moves when it is told to, however slow this machine is
    page.goto(PAGE)
    expect(page.locator("main")).to_contain_text(CLIENT)
    page.clock.fast_forward((IDLE - 60) * 1000)
    expect(page.locator("main")).to_contain_text(CLIENT)
    page.clock.fast_forward(PAST_THE_END)
    page.wait_for_url(f"**/clinic/closed?next={PAGE}")
    expect(page.locator("h1")).to_have_text("This page was closed")
    assert CLIENT not in page.content()
    page.clock.resume()
    assert violations(page) == []
    page.get_by_role("link", name="Open it again").click()
    expect(page.locator("main")).to_contain_text(CLIENT)


def test_a_computer_that_slept_shows_nothing_when_it_wakes(context: BrowserContext) -> None:
    page = context.new_page()
    page.clock.install()
    page.goto(PAGE)
    page.route("**/clinic/closed**", lambda _: None)  # there is no network yet
    page.clock.set_system_time("2099-01-01")  # timers rested, the clock did not
    expect(page.locator("body")).to_contain_text(CLIENT)
    shown = page.evaluate("(dispatchEvent(new Event('focus')), document.body.textContent)")
    assert CLIENT not in shown


def test_what_was_being_typed_is_kept_for_who_typed_it(context: BrowserContext) -> None:
    page = context.new_page()
    page.clock.install()
    page.goto("/clinic/invitations/new")
    page.get_by_label("name", exact=False).first.fill("Kingfisher")
    context.clear_cookies()  # the session has ended
    page.clock.fast_forward(PAST_THE_END)
    expect(page.locator("h1")).to_have_text("Sign in")
    expect(page.get_by_role("status").first).to_contain_text("We have kept what you typed")
    assert "Kingfisher" not in page.content()


def test_whoever_signs_out_in_one_tab_closes_the_others(
    context: BrowserContext, signed_in: tuple[str, StorageState]
) -> None:
    page, other = context.new_page(), context.new_page()
    page.goto(PAGE)
    expect(page.locator("main")).to_contain_text(CLIENT)
    context.clear_cookies()  # as after signing out; the session goes on for the other tests
    other.goto("/clinic/sign-in")
    page.wait_for_url("**/clinic/sign-in**")
    assert CLIENT not in page.content()


def test_a_tab_in_use_keeps_the_others_open(context: BrowserContext) -> None:
    page, other = context.new_page(), context.new_page()
    page.clock.install()
    page.goto(PAGE)
    page.clock.fast_forward((IDLE - 60) * 1000)
    warning = page.locator(".leaving")
    expect(warning).to_be_visible()
    other.clock.install(time=page.evaluate("Date.now() / 1000"))
    other.goto(PAGE)
    expect(warning).to_be_hidden()
    page.clock.fast_forward(120_000)
    expect(page.locator("main")).to_contain_text(CLIENT)


def test_without_script_a_page_closes_by_itself(
    browser: Browser, signed_in: tuple[str, StorageState]
) -> None:
    url, cookies = signed_in
    context = browser.new_context(storage_state=cookies, java_script_enabled=False)
    page = context.new_page()

    def soon(route: Route) -> None:
        answer = route.fetch()
        body, changed = re.subn(r'content="[0-9]+; url=', 'content="1; url=', answer.text())
        assert changed == 1
        route.fulfill(response=answer, body=body)

    page.route(f"{url}{PAGE}/new", soon)
    page.goto(f"{url}{PAGE}/new")
    footer = page.locator("footer").inner_text()
    assert "what you have not sent is lost" in footer
    assert "What you are typing is kept" not in footer
    page.wait_for_url("**/clinic/closed**")
    expect(page.locator("h1")).to_have_text("This page was closed")
    context.close()


def test_with_script_the_footer_says_that_what_is_typed_is_kept(context: BrowserContext) -> None:
    page: Page = context.new_page()
    page.goto(PAGE)
    footer = page.locator("footer").inner_text()
    assert "What you are typing is kept" in footer
    assert "is lost" not in footer
