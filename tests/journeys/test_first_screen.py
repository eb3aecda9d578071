"""What a phone shows before anybody scrolls or presses."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.journeys.person import Person

SCREEN = 844
"""Pixels of the phone's height."""
MOST_WORDS = 350
OPEN_WORDS = """page => {
  const copy = page.cloneNode(true);
  const uncounted = 'details > :not(summary), .vh, .disclaimer, .sooner, .missed, svg';
  copy.querySelectorAll(uncounted).forEach(part => part.remove());
  return copy.innerText.split(/\\s+/).filter(Boolean).length;
}"""


def bottom(target: Locator) -> float:
    box = target.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def words(page: Page) -> int:
    """The words of a result, but for what opens, the disclaimer and "get help if"."""
    return int(page.locator("main").evaluate(OPEN_WORDS))


def test_the_buttons_that_start_stand_on_the_first_screen(person: Person) -> None:
    page = person.page
    page.goto(person.url)
    for button in page.locator(".begin button").all():
        assert bottom(button) <= SCREEN
    expect(page.get_by_text("It cannot examine you")).to_be_hidden()
    page.get_by_text("What this is, and its limits").click()
    expect(page.locator("main details").get_by_text("not a diagnosis").first).to_be_visible()


def test_a_page_of_the_walk_has_one_line_and_one_press_below_the_question(person: Person) -> None:
    person.start()
    footer = person.page.locator("footer")
    expect(footer.get_by_text("not a diagnosis")).to_be_visible()
    expect(footer.get_by_role("link", name="112")).to_be_hidden()
    footer.get_by_text("Emergency numbers").click()
    for name in ("112", "About", "Privacy", "Accessibility"):
        expect(footer.get_by_role("link", name=name)).to_be_visible()


def test_a_result_shows_its_action_and_when_to_get_help_sooner_at_once_in_few_words(
    person: Person,
) -> None:
    person.start()
    person.walk()
    person.see_result()
    page = person.page
    assert bottom(page.locator(".sooner")) <= SCREEN
    assert words(page) <= MOST_WORDS
