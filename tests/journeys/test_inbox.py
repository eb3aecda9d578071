"""A therapist reads what clients sent, in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    StorageState,
    ViewportSize,
    expect,
)

from assessment.practice.intake.intake import Intake
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.protocols.load import find_protocol, load_protocol
from assessment.records import clinics
from assessment.records.ids import ResponseId
from assessment.screening import Screening
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
from tests.journeys.axe import inspecting, violations
from tests.journeys.conftest import Server
from tests.journeys.therapist import Therapist
from tests.practice.sending import send

INBOX = "/clinic/inbox"
SEARCH = "Client\u2019s name"
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
WELL: dict[str, object] = {
    "who": "me", "age": 46, "where": ["neck_back", "left_shoulder_back", "upper_back", "left_arm"],
    "how_long": "over_3_months", "began": "overuse", "now": ["none"], "signs": ["none"],
    "low": ["none"], "chest": ["none"], "health": ["none"], "course": "same", "pain": 7,
    "limits": "much", "feel": ["pulled_muscle", "knot", "spreads"], "rhythm": ["moving_helps"],
    "heat": "fades", "treatment": "returns", "checked": "same",
}  # fmt: skip
THINNER = {**WELL, "health": ["blood"], "blood": ["thinner"]}
UNSURE = {**WELL, "health": ["not_sure"], "health__blood": "not_sure", "blood": ["none"], **{
    f"health__{line}": "no"
    for line in ("cancer", "heart", "bones", "illness", "medicine", "pregnant")
}}  # fmt: skip
EMERGENCY = {"who": "me", "age": 61, "where": ["chest"], "how_long": "under_3_days",
             "began": "no_cause", "now": ["chest"]}  # fmt: skip
MESSAGE = "My left shoulder is worst after work. I have a race on Sunday, can I still run?"
SENT = (("Rosa Bianchi", THINNER), ("Karl Meier", UNSURE), ("Nora Berg", WELL), ("Otto", EMERGENCY))


@dataclass(frozen=True)
class Clinic:
    """A site with one clinic, whose therapist is signed in, and what it received."""

    url: str
    folder: Path
    cookies: StorageState
    responses: dict[str, ResponseId]

    def receive(self, name: str, answers: dict[str, object]) -> ResponseId:
        """Let somebody send answers."""
        database = open_database(read_settings(instance=self.folder / "instance"))
        place = find_protocol("muscle_pain")
        screening = Screening(load_protocol(place))
        intake = Intake(
            database, time.time, screening.protocol, OldProtocols(screening, place).keep
        )
        with database.reading() as tx:
            [clinic] = clinics.every(tx)
        try:
            return send(intake, clinic, screening, answers, name=name, birth="", message=MESSAGE)
        finally:
            database.close()


@pytest.fixture(scope="module")
def clinic(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("clinic")
    server = Server(folder)
    server.start()
    try:
        context = browser.new_context()
        Therapist(context.new_page(), server.url).set_up(server.log.read_text("utf-8"))
        made = Clinic(server.url, folder, context.storage_state(), {})
        made.responses.update({name: made.receive(name, answers) for name, answers in SENT})
        yield made
        context.close()
    finally:
        server.stop()


@pytest.fixture
def at_desk(browser: Browser, clinic: Clinic) -> Iterator[BrowserContext]:
    context = browser.new_context(
        storage_state=clinic.cookies, bypass_csp=True, viewport=DESK, accept_downloads=True
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def therapist(at_desk: BrowserContext, clinic: Clinic) -> Therapist:
    return Therapist(at_desk.new_page(), clinic.url)


def client(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=f"Open the response from {name}")


def test_the_most_urgent_is_on_top_and_opening_it_marks_it_as_read(therapist: Therapist) -> None:
    page = therapist.page
    therapist.go(INBOX)
    assert page.title().startswith("(1 urgent) Inbox")
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text("Emergency")
    expect(first).to_contain_text("Unread")

    therapist.press(client(page, "Otto"))
    assert page.locator("h1").inner_text() == "Otto"
    expect(page.get_by_role("heading", name="No massage", exact=True)).to_be_visible()
    assert "chest" in therapist.main
    expect(page.locator("[data-unread]")).to_be_hidden()
    expect(page.get_by_role("button", name="Read", exact=True)).to_be_hidden()

    therapist.press(page.locator("main").get_by_role("link", name="Inbox"))
    assert page.title().startswith("Inbox")
    expect(page.get_by_role("row").nth(1)).not_to_contain_text("Unread")


def test_notes_and_marks_are_made_and_seen(therapist: Therapist, clinic: Clinic) -> None:
    page = therapist.page
    clinic.receive("Ben Carter", WELL)
    therapist.go(INBOX)
    therapist.press(client(page, "Ben Carter"))
    page.get_by_label("Note", exact=True).fill("Called, no answer.")
    therapist.press_button("Add the note")
    expect(page.get_by_role("status").first).to_contain_text("Your note was added.")
    expect(page.locator(".notes li")).to_contain_text("Called, no answer.")
    therapist.press_button("Contacted")
    expect(page.locator(".notes li").last).to_contain_text("Ana Ruiz")
    therapist.press(page.locator("main").get_by_role("link", name="Inbox"))
    expect(client(page, "Ben Carter")).to_have_count(0)
    page.get_by_text("Filter and search").click()
    page.get_by_label("State").select_option("contacted")
    therapist.press_button("Show")
    expect(client(page, "Ben Carter")).to_have_count(1)


def test_a_client_is_searched_for_and_back_leads_back(therapist: Therapist) -> None:
    page = therapist.page
    therapist.go(INBOX)
    expect(page.get_by_label(SEARCH)).to_be_hidden()
    page.get_by_text("Filter and search").click()
    page.get_by_label(SEARCH).fill("bianchi")
    therapist.press_button("Search")
    assert "bianchi" not in page.url.lower()
    expect(page.get_by_role("row")).to_have_count(2)
    therapist.press(client(page, "Rosa Bianchi"))
    page.go_back()
    expect(client(page, "Rosa Bianchi")).to_be_visible()
    expect(page.get_by_label(SEARCH)).to_have_value("bianchi")


@pytest.mark.parametrize("kind", ["PDF", "CSV", "JSON"])
def test_what_is_ticked_is_saved_as_a_file(therapist: Therapist, kind: str) -> None:
    page = therapist.page
    therapist.go(INBOX)
    page.get_by_label("Select Rosa Bianchi").check()
    page.get_by_label("Select Nora Berg").check()
    with page.expect_download() as download:
        page.get_by_role("button", name=kind).click()
    assert download.value.suggested_filename == f"responses.{kind.lower()}"


def test_nothing_ticked_is_explained(therapist: Therapist) -> None:
    page = therapist.page
    therapist.go(INBOX)
    therapist.press_button("PDF")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.locator("#select-1")).to_be_focused()
    assert violations(page) == []


def test_a_response_is_erased_after_asking_again(therapist: Therapist, clinic: Clinic) -> None:
    page = therapist.page
    response = clinic.receive("Ines Duarte", WELL)
    therapist.go(f"/clinic/responses/{response}")
    therapist.follow("Erase this response")
    assert violations(page) == []
    therapist.press_button("Erase it for good")
    expect(page.get_by_role("status").first).to_contain_text("erased")
    expect(client(page, "Ines Duarte")).to_have_count(0)
    page.go_back()
    assert "Ines" not in page.locator("main").inner_text()


def test_everything_works_without_javascript(browser: Browser, clinic: Clinic) -> None:
    context = browser.new_context(
        storage_state=clinic.cookies, java_script_enabled=False, viewport=PHONE
    )
    therapist = Therapist(context.new_page(), clinic.url)
    page = therapist.page
    therapist.go(INBOX)
    page.get_by_text("Filter and search").click()
    page.get_by_label("Recommendation").select_option("regular_plan")
    therapist.press_button("Show")
    therapist.press(client(page, "Nora Berg"))
    expect(page.locator(".where svg").first).to_be_visible()
    page.locator(".sources summary").first.click()
    expect(page.locator(".sources li").first).to_be_visible()
    context.close()


def test_the_keyboard_alone_is_enough(therapist: Therapist) -> None:
    page = therapist.page
    therapist.go(INBOX)
    for _ in range(40):
        page.keyboard.press("Tab")
        if "Nora Berg" in page.evaluate("document.activeElement.innerText || ''"):
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "Nora Berg"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "text":
            break
    page.keyboard.type("By keyboard.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".notes li").last).to_contain_text("By keyboard.")


def bottom_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).evaluate("one => one.getBoundingClientRect().bottom"))


@pytest.mark.parametrize("name", ["Rosa Bianchi", "Nora Berg", "Otto"])
def test_verdict_place_and_what_to_mind_fit_on_one_screen_of_a_desk(
    therapist: Therapist, clinic: Clinic, name: str
) -> None:
    therapist.go(f"/clinic/responses/{clinic.responses[name]}")

    page = therapist.page
    for part in (".verdict", ".where", ".mind li >> nth=0"):
        assert bottom_of(page, part) <= DESK["height"], part
    sizes = page.locator(".two :is(li, dt, dd, section > p)").evaluate_all(
        "all => all.map(one => getComputedStyle(one).fontSize)"
    )
    assert len(set(sizes)) == 1, "one size of text"
    lefts = page.locator(".two section").evaluate_all(
        "all => all.map(one => Math.round(one.getBoundingClientRect().left))"
    )
    assert len(set(lefts)) <= 2, "two columns at most"


@pytest.mark.parametrize("name", ["Rosa Bianchi", "Nora Berg", "Otto"])
def test_on_a_phone_two_swipes_of_the_thumb_show_it_all(
    browser: Browser, clinic: Clinic, name: str
) -> None:
    context = browser.new_context(storage_state=clinic.cookies, viewport=PHONE, is_mobile=True)
    page = context.new_page()
    page.goto(f"{clinic.url}/clinic/responses/{clinic.responses[name]}")

    assert bottom_of(page, ".verdict") <= PHONE["height"]
    assert bottom_of(page, ".glance") <= 3 * PHONE["height"]
    context.close()


def test_on_paper_there_are_no_buttons_and_every_answer(
    therapist: Therapist, clinic: Clinic
) -> None:
    page = therapist.page
    therapist.go(f"/clinic/responses/{clinic.responses['Rosa Bianchi']}")
    page.emulate_media(media="print")

    for hidden in (".acts", ".noting", ".files", ".bar"):
        expect(page.locator(hidden)).to_be_hidden()
    for shown in (".verdict", ".glance", ".every"):
        expect(page.locator(shown)).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF-")


PAPER = ViewportSize(width=658, height=1017)
"""What the margins leave of a sheet of A4, in CSS pixels."""
MAY_BE_LONG = (".words", ".notes", ".every", ".two section")


def test_on_paper_there_are_no_slivers_and_no_empty_page(browser: Browser, clinic: Clinic) -> None:
    context = browser.new_context(storage_state=clinic.cookies, viewport=PAPER)
    page = context.new_page()
    page.goto(f"{clinic.url}/clinic/responses/{clinic.responses['Karl Meier']}")
    page.emulate_media(media="print")

    assert page.locator("h1").evaluate("one => one.offsetHeight") < 60
    lists = page.locator(".more li").evaluate_all(
        "all => all.filter(one => one.offsetParent).map(one => one.offsetWidth)"
    )
    assert lists
    assert min(lists) > 120
    for name in MAY_BE_LONG:
        breaks = page.locator(name).evaluate_all(
            "all => all.map(one => getComputedStyle(one).breakInside)"
        )
        assert set(breaks) == {"auto"}, name
    context.close()


def test_axe_finds_nothing_on_any_page(browser: Browser, clinic: Clinic) -> None:
    paths = [INBOX, f"{INBOX}?state=contacted&recommendation=self_care"]
    paths += [f"/clinic/responses/{response}" for response in clinic.responses.values()]
    paths.append(f"/clinic/responses/{clinic.responses['Otto']}/erase")
    with inspecting(browser, clinic.cookies) as inspection:
        page, look = inspection.page, inspection.look
        for path in paths:
            page.set_viewport_size(PHONE)  # where most is folded away
            page.goto(clinic.url + path)
            for one in page.locator("main details summary:visible").all():
                one.click()
            look(path)
        page.get_by_role("link", name=re.compile("the client.s page")).click()
        look("client")
        page.get_by_role("link", name="Erase this client").click()
        look("erase client")
