"""What people do with it, in a real browser on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from assessment.engine.text import Text
from assessment.engine.words import PLACES
from assessment.protocols.load import find_protocol, load_protocol
from tests.journeys.axe import inspecting, violations
from tests.journeys.conftest import Server
from tests.journeys.person import Person

PROTOCOL = load_protocol(find_protocol("muscle_pain"))


def recommendation(page: Page) -> str:
    """Return which recommendation the page leads with."""
    heading = page.locator("h1").inner_text()
    for recommend, advice in PROTOCOL.advice.items():
        begun = [words.partition(PLACES)[0] for words in _forms(advice.headline)]
        if heading.startswith(tuple(begun)):
            return recommend.id
    return heading


def _forms(text: Text) -> list[str]:
    return [words for words in (text.text, text.carer) if words]


def test_a_knot_that_lasts_leads_to_a_therapist(person: Person) -> None:
    person.start()
    person.walk()
    assert person.path == "/result", "nothing in it is worth a second look"
    assert recommendation(person.page) == "certified_therapist"
    expect(person.page.get_by_text("This is not a diagnosis.").first).to_be_visible()
    expect(person.page.get_by_text("Not yet reviewed by a clinician").first).to_be_attached()


def test_little_change_after_trigger_point_therapy_leads_to_deep_tissue_work(
    person: Person,
) -> None:
    person.start()
    person.walk(treatment="little", where=["left_shoulder_back"], how_long="over_3_months")
    person.see_result()
    assert recommendation(person.page) == "deep_tissue"


def test_a_carer_reads_they(person: Person) -> None:
    person.start(who="For somebody else")
    assert "they" in person.heading
    person.walk()
    person.see_result()
    assert re.search(r"\b(they|their|them)\b", person.page.locator("main").inner_text())


def test_an_emergency_interrupts_at_once_and_a_slip_can_be_corrected(person: Person) -> None:
    person.start()
    person.walk_to("low", where=["lower_back"])
    person.answer(["saddle"])
    page = person.page
    assert person.path == "/result"
    first = page.locator("main a[href^='tel:']").first
    expect(first).to_have_text(re.compile("112"))
    shown = page.locator("main").inner_text().lower()
    assert "massage" not in shown
    assert "booking" not in shown
    assert violations(page) == []

    page.goto(f"{person.url}/check")
    assert person.path == "/result"

    person.press(page.get_by_role("link", name=re.compile("correct|change|answer", re.I)).first)
    assert person.path.startswith("/questions/low")
    expect(page.locator("input[value=saddle]")).to_be_checked()
    person.answer("none")
    person.walk()
    person.see_result()
    assert recommendation(page) == "certified_therapist"


def test_changing_an_answer_keeps_the_rest_and_asks_what_depends_on_it(person: Person) -> None:
    person.start()
    person.walk()
    page = person.page
    page.get_by_text("Change an answer").click()
    person.press(page.locator("a[href^='/questions/health']"))
    expect(page.locator("input[value=none]")).to_be_checked()
    person.answer(["cancer"])
    assert person.path.startswith("/questions/cancer")
    person.answer(["active"])
    person.walk()
    assert person.path == "/check"
    person.see_result()
    assert recommendation(page) == "medical_clearance_first"

    page.goto(f"{person.url}/questions/health?from=check")
    person.answer("none")
    assert person.path == "/check"
    assert page.locator("a[href^='/questions/cancer']").count() == 0

    page.goto(f"{person.url}/questions/health?from=check")
    person.answer(["cancer"])
    assert person.path == "/check", "the answer of the branch is found again"


def test_back_shows_the_earlier_choice(person: Person) -> None:
    person.start()
    person.answer(37)
    person.answer(["neck_back"])
    person.press(person.page.get_by_role("link", name="Back"))
    expect(person.page.locator("input[value=neck_back]")).to_be_checked()
    person.press(person.page.get_by_role("link", name="Back"))
    assert person.path.startswith("/questions/age")
    assert person.page.locator("input[name=answer]").input_value() == "37"


def test_a_mistake_is_explained_and_what_was_typed_is_kept(person: Person) -> None:
    person.start()
    person.answer("430")
    page = person.page
    assert page.title().startswith("Error: ")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.locator("input[name=answer]").input_value() == "430"
    summary.get_by_role("link").click()
    expect(page.locator("input[name=answer]")).to_be_focused()
    assert violations(page) == []


def test_everything_works_without_javascript(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    person = Person(context.new_page(), server.url)
    person.start()
    person.walk()
    person.see_result()
    assert recommendation(person.page) == "certified_therapist"
    context.close()


def test_the_keyboard_alone_is_enough(person: Person) -> None:
    page = person.page
    page.goto(person.url)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.begin button')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/age")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "answer":
            break
    page.keyboard.type("37")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/where")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "checkbox":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/how_long")


def test_a_page_that_has_expired_says_so_and_the_way_on(
    person: Person, context: BrowserContext
) -> None:
    person.start()
    context.clear_cookies()
    person.answer(37)
    assert "expired" in person.page.locator("main").inner_text().lower()
    assert violations(person.page) == []


def test_two_tabs_share_one_set_of_answers(
    person: Person, context: BrowserContext, server: Server
) -> None:
    person.start()
    other = Person(context.new_page(), server.url)
    other.page.goto(f"{server.url}/questions/age")
    person.answer(37)
    other.answer(38)
    assert other.path == "/questions/where"
    other.page.goto(f"{server.url}/questions/age")
    assert other.page.locator("input[name=answer]").input_value() == "38"


def test_after_clearing_the_back_button_shows_nothing(person: Person) -> None:
    person.start()
    person.walk()
    page = person.page
    person.see_result()
    person.press(page.get_by_role("button", name=re.compile("clear my answers", re.I)))
    assert person.path == "/"
    for _ in range(4):
        page.go_back()
        assert "pulled muscle" not in page.locator("main").inner_text().lower()
        assert page.locator("input:checked").count() == 0


def test_the_result_can_be_kept_as_a_pdf(person: Person) -> None:
    person.start()
    person.walk()
    page = person.page
    person.see_result()
    reply = page.request.get(f"{person.url}/result.pdf")
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.body().startswith(b"%PDF-")


def test_clicking_the_drawing_ticks_the_list(person: Person) -> None:
    person.start()
    person.walk_to("where")
    person.page.locator("label:has(input[value=lower_back]) .hit").click()
    expect(person.page.locator("input[value=lower_back]")).to_be_checked()
    assert violations(person.page) == []


def test_axe_finds_nothing_on_any_page(browser: Browser, server: Server) -> None:
    with inspecting(browser) as inspection:
        page, look = inspection.page, inspection.look
        person = Person(page, server.url)
        for address in (
            "/",
            "/about",
            "/privacy",
            "/accessibility",
            "/guide/trigger_points",
            "/nope",
        ):
            page.goto(server.url + address)
            look(address)
        person.start()
        while person.path.startswith("/questions/"):
            look(person.path)
            person.walk_one()
        look("/result")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        look("/result, all open")
        page.goto(f"{server.url}/check")
        look("/check")
