"""The tablet of a waiting room in a real browser: nobody sees anything of who was there before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from tests.journeys.axe import violations
from tests.journeys.conftest import Server
from tests.journeys.person import Person
from tests.journeys.therapist import PASSWORD, Therapist

FIRST, SECOND = "Zebrafinch", "Kingfisher"
OPEN = "Sign out and open the waiting room"
TABLET = ViewportSize(width=820, height=1180)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[str]:
    """The address of a server with a clinic, whose owner is signed in nowhere."""
    server = Server(tmp_path_factory.mktemp("waiting"))
    server.start()
    page = browser.new_page()
    Therapist(page, server.url).set_up(server.log.read_text("utf-8"))
    page.context.close()
    yield server.url
    server.stop()


def opened(context: BrowserContext, url: str) -> tuple[Page, Page]:
    """Sign in and open the waiting room; return its page, and another that was left open."""
    page, left_open = context.new_page(), context.new_page()
    page.clock.install()
    ana = Therapist(page, url)
    sign_in(page, url)
    left_open.goto(f"{url}/clinic/account")
    expect(left_open.locator("main")).to_contain_text("Your account")
    ana.go("/clinic/waiting")
    ana.press_button(OPEN)
    return page, left_open


def sign_in(page: Page, url: str) -> None:
    """Fill in the form for signing in."""
    ana = Therapist(page, url)
    ana.go("/clinic/sign-in")
    page.locator("[name=email]").fill("ana@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    ana.press_button("Sign in")


def answer(person: Person) -> None:
    """Begin on the tablet and answer until the result."""
    person.press(person.page.get_by_role("button", name="For me"))
    person.walk()
    person.see_result()


def type_name(person: Person, name: str) -> None:
    """Go to the page that sends, and type a name."""
    person.press(person.page.get_by_role("link", name="Send to").first)
    person.page.locator("#name").fill(name)


def test_two_persons_one_after_the_other_see_nothing_of_each_other(
    browser: Browser, clinic: str
) -> None:
    context = browser.new_context(viewport=TABLET, has_touch=True)
    page, left_open = opened(context, clinic)
    left_open.wait_for_url("**/clinic/sign-in**")
    assert violations(page) == []
    person = Person(page, clinic)

    answer(person)
    type_name(person, FIRST)
    page.locator("#signed").fill(FIRST)
    page.locator("#consent").check(force=True)
    page.clock.fast_forward(95_000)
    warning = page.get_by_role("dialog")
    expect(warning).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    expect(page.locator("#name")).to_have_value(FIRST)
    person.press(page.get_by_role("button", name="Send to"))
    expect(page.locator("h1")).to_have_text("Your answers were sent")
    assert FIRST not in page.content()
    assert violations(page) == []
    person.press(page.get_by_role("link", name="Finish"))

    shows_nothing_behind(page, clinic, FIRST)
    answer(person)
    type_name(person, SECOND)
    assert FIRST not in page.content()
    page.clock.fast_forward(121_000)
    page.wait_for_url(f"{clinic}/waiting")
    shows_nothing_behind(page, clinic, SECOND)
    assert "answers" not in {one["name"] for one in context.cookies()}

    page.goto(f"{clinic}/clinic")
    expect(page.locator("h1")).to_have_text("Sign in")
    sign_in(page, clinic)
    page.goto(f"{clinic}/clinic/inbox")
    expect(page.locator("main")).to_contain_text(FIRST)
    expect(page.locator("main")).not_to_contain_text(SECOND)
    context.close()


def shows_nothing_behind(page: Page, clinic: str, name: str) -> None:
    """Fail unless each press of Back leads to the first page, and shows nothing of anybody."""
    for _ in range(4):
        page.go_back()
        assert page.url == f"{clinic}/waiting"
        assert name not in page.content()
        assert page.get_by_role("button", name="For me").is_visible()


def test_without_script_a_page_goes_on_to_ask_and_then_forgets(
    browser: Browser, clinic: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, clinic)
    Therapist(page, clinic).go("/clinic/waiting")
    Therapist(page, clinic).press_button(OPEN)

    def soon(route: Route) -> None:
        answered = route.fetch()
        headers = {name: one.replace("30;", "1;") for name, one in answered.headers.items()}
        headers.pop("content-encoding", None)
        body = answered.text().replace('content="90; url=', 'content="1; url=')
        route.fulfill(response=answered, headers=headers, body=body)

    person = Person(page, clinic)
    person.press(page.get_by_role("button", name="For me"))
    question = page.url
    page.route("**/questions/**", soon)
    page.route("**/waiting/still-here", soon)
    page.goto(question)
    page.wait_for_url("**/waiting/still-here")
    page.wait_for_url(f"{clinic}/waiting")
    assert "answers" not in {one["name"] for one in context.cookies()}
    context.close()
