"""A therapist's day in a real browser: from set-up to a link, and what comes in meanwhile."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.axe import violations
from tests.journeys.conftest import Server
from tests.journeys.therapist import Therapist

EMPTY = """() => [...document.querySelectorAll("main :is(h2, h3)")].filter((heading) => {
  if (!heading.offsetParent) return false;
  const shown = (one) => one && one.checkVisibility() && one.innerText.trim();
  let next = heading.nextElementSibling;
  while (next && !shown(next)) next = next.nextElementSibling;
  return !next || next.matches("h2, h3");
}).map((heading) => heading.textContent)"""
"""Headings that are seen and have nothing below them."""
PHONE, DESK = 390, 1280


@pytest.fixture(scope="module")
def therapist(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Therapist]:
    """Ana, who has just set up her clinic."""
    server = Server(tmp_path_factory.mktemp("today"))
    server.start()
    context = browser.new_context(bypass_csp=True)
    therapist = Therapist(context.new_page(), server.url)
    therapist.set_up(server.log.read_text("utf-8"))
    yield therapist
    context.close()
    server.stop()


def is_well(page: Page) -> None:
    """Fail unless the page is well on a phone and on a desk, in light and in dark, and on paper."""
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 844})
        lines = page.locator(".bar nav > *").evaluate_all(
            "all => all.map(one => Math.round(one.getBoundingClientRect().top))"
        )
        assert len({*lines}) == 1, f"the navigation has one line at {width}"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == []
    page.emulate_media(media="print")
    assert page.evaluate(EMPTY) == []
    page.emulate_media(media="screen")


def test_from_set_up_to_the_visits_of_tomorrow(therapist: Therapist) -> None:
    page = therapist.page
    therapist.follow("Decide later")
    is_well(page)
    therapist.press_button("Send myself a test")
    expect(page.get_by_role("link", name="Open the link in a new tab")).to_be_visible()
    is_well(page)
    therapist.follow("Today")
    is_well(page)
    therapist.press(page.get_by_role("link", name="Send a link").first)
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    page.locator("[name=name]").fill("Rosa Bianchi")
    page.locator("[name=visit_day]").fill(tomorrow.date().isoformat())
    page.locator("[name=visit_time]").fill("12:00")
    therapist.press_button("Make the link")
    is_well(page)
    therapist.follow("Today")
    expect(page.get_by_role("row")).to_contain_text(["", "Rosa Bianchi"])
    is_well(page)
    for path in ("/clinic/clients", "/clinic/inbox"):
        therapist.go(path)
        is_well(page)
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.get_by_text("More", exact=True).click()
    assert violations(page) == []
    therapist.follow("Settings")
    expect(page.locator("h1")).to_have_text("Settings")


def test_what_comes_in_is_told_while_the_page_is_open(therapist: Therapist) -> None:
    page = therapist.page
    page.clock.install()
    page.route("**/clinic/count", lambda route: route.fulfill(json={"urgent": 2, "unread": 3}))
    therapist.go("/clinic")
    expect(page.locator("nav .count")).to_have_count(0)
    page.clock.fast_forward(61_000)
    expect(page.locator("nav .count")).to_have_text("2 urgent unread")
    expect(page.get_by_role("status").first).to_contain_text("New answers have come in.")
    assert page.title().startswith("(2 urgent) Today")
    assert violations(page) == []
    page.unroute("**/clinic/count")
    page.clock.fast_forward(61_000)
    expect(page.locator("nav .count")).to_have_count(0)
    assert page.title().startswith("Today")
