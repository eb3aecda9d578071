"""The tablet of a waiting room: one person after the other, and nothing left of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from assessment.records import clinics
from assessment.records.acts import Act
from assessment.records.audit_tables import audit_entries
from assessment.web.walk.waiting_room import FORGOTTEN, OPEN
from tests.web.client import EVERY_PAGE, Given, Page, text_of
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage
from tests.web.conftest import PUBLIC, Clock
from tests.web.intake.riverside import CHEST, TYPED, WELL, Riverside, send
from tests.web.intake.test_own_questions import GOAL, answered, asks

ANA = "ana@example.org"
SCRIPT = "script-src 'self'"


@dataclass(frozen=True)
class TabletPage(StaffPage):
    """A page in the waiting room: like any page, with the one script that forgets."""

    def check(self) -> None:
        """Fail unless this page keeps what every page in the room promises."""
        for name, value in EVERY_PAGE.items():
            assert self.response.headers.get_all(name) == [value], name
        assert self.response.headers.get_all("Cache-Control") == ["no-store"]
        assert "unsafe" not in self.response.headers["Content-Security-Policy"]
        assert (
            self.all("script") == [] or SCRIPT in self.response.headers["Content-Security-Policy"]
        )
        self.one("h1")
        self._check_elements()

    @property
    def forgets(self) -> bool:
        """Whether it goes on by itself, with script and without."""
        scripts = [one.get("src", "").rsplit("-", 1)[0] for one in self.all("script")]
        return scripts == ["/waiting"] and bool(self.all("meta", **{"http-equiv": "refresh"}))


class Tablet(Staff):
    """The tablet of a clinic, in the hands of staff at first."""

    def _look(self, response: object) -> Page:
        page = TabletPage(response)  # type: ignore[arg-type]  # what the test client gives
        assert page.status != 500, page.html
        if page.response.mimetype == "text/html" and page.status != 303:
            page.check()
        return page

    def open_waiting_room(self) -> None:
        """Sign out and open the room."""
        form = {"csrf_token": self.get("/clinic/waiting").value("csrf_token")}
        assert self.post("/clinic/waiting", form).goes_to == "/waiting"

    def begin(self, given: Mapping[str, Given] = WELL) -> str:
        """Press a button of the first page and answer everything; return where that ends."""
        assert self.get("/waiting").status == 200
        return self.walk(given, self.post("/waiting", {"who": "me"}).goes_to)


@pytest.fixture
def tablet(riverside: Riverside) -> Tablet:
    """The tablet in the waiting room of the clinic."""
    return tablet_of(riverside)


def tablet_of(riverside: Riverside) -> Tablet:
    enrolment = riverside.practice.enrolment
    code = enrolment.add_therapist(ANA, "Ana Ruiz", riverside.clinic.slug)
    enrolment.set_password(ANA, code, PASSWORD)
    base = str(riverside.settings.get("public_url") or "http://127.0.0.1:8000")
    tablet = Tablet(riverside.app, riverside.practice, ANA, base)
    assert tablet.sign_in().goes_to == "/clinic"
    tablet.open_waiting_room()
    return tablet


def acts(riverside: Riverside) -> list[str]:
    with riverside.database.reading() as tx:
        return list(tx.connection.execute(select(audit_entries.c.act)).scalars())


def test_opening_it_signs_out_and_says_so_in_the_log(tablet: Tablet, riverside: Riverside) -> None:
    assert tablet.session_cookie is None
    assert acts(riverside)[-2:] == [Act.WAITING_ROOM_OPENED, Act.SIGNED_OUT]
    for path in ("/clinic", "/clinic/inbox", "/clinic/clients", "/clinic/waiting"):
        assert tablet.get(path).goes_to.startswith("/clinic/sign-in")


def test_7_4_1_a_copied_secret_opens_nothing_once_the_waiting_room_is_open(
    tablet: Tablet, riverside: Riverside
) -> None:
    tablet.sign_in()
    copied = tablet.session_cookie or ""
    tablet.open_waiting_room()
    tablet.set_cookie("clinic", copied)
    assert tablet.get("/clinic/inbox").goes_to.startswith("/clinic/sign-in")


def test_what_is_sent_is_in_the_inbox_with_name_and_date_of_birth(
    tablet: Tablet, riverside: Riverside
) -> None:
    assert tablet.begin() == "/result"
    assert "Send to Riverside" in tablet.get("/result").text
    assert send(tablet).goes_to == "/sent"
    assert "Nothing is kept on this tablet" in tablet.get("/sent").text

    [response] = riverside.responses()
    assert (response.content.name, response.content.birth) == (TYPED["name"], "1986-05-03")
    assert response.content.consent is not None
    assert response.invitation is None
    assert tablet.sign_in().goes_to == "/clinic"
    assert TYPED["name"] in tablet.get("/clinic/inbox").html


def test_two_persons_one_after_the_other_see_nothing_of_each_other(
    tablet: Tablet, riverside: Riverside
) -> None:
    """Also the second one who presses Back, or sends a form of the first once more."""
    tablet.begin()
    page = tablet.get("/send")
    form = {
        "csrf_token": page.token,
        **TYPED,
        "consent": page.one("input", name="consent").get("value") or "",
    }
    refused = tablet.post("/send", form | {"name": ""})
    assert refused.status == 422
    tablet.post("/send", form)
    assert tablet.get("/sent").text.count(TYPED["name"]) == 0

    for path in ("/sent", "/result", "/check", "/send", "/questions/pain", "/result.pdf"):
        assert tablet.get(path).goes_to == "/waiting", path
    for path in ("/send", "/questions/pain", "/withdraw", "/close", "/clear"):
        answer = tablet.post(path, form)
        assert answer.goes_to == "/waiting", path
    assert "answers" not in tablet.cookies

    tablet.begin({**WELL, "age": "61"})
    assert (
        send(tablet, name="Ben Okoro", signed="Ben Okoro", day="", month="", year="").goes_to
        == "/sent"
    )
    assert {one.content.name for one in riverside.responses()} == {TYPED["name"], "Ben Okoro"}


@pytest.mark.parametrize("way", ["leave", "first page"])
def test_leaving_forgets(tablet: Tablet, way: str) -> None:
    tablet.begin()
    left = tablet.post("/waiting/leave") if way == "leave" else tablet.get("/waiting")
    assert "cache" in left.response.headers["Clear-Site-Data"]
    assert "answers" not in tablet.cookies
    assert tablet.get("/result").goes_to == "/waiting"


def test_after_two_idle_minutes_the_next_request_forgets(tablet: Tablet, clock: Clock) -> None:
    """Without script, and also where the browser itself forgot nothing."""
    tablet.begin()
    kept = tablet.cookies["answers"]
    clock.now += FORGOTTEN + 30
    assert tablet.get("/result").goes_to == "/waiting"
    assert "answers" not in tablet.cookies

    tablet.get("/waiting")
    clock.now += FORGOTTEN + 30
    tablet.set_cookie("answers", kept)
    assert tablet.post("/waiting/stay").goes_to == "/waiting", "it wakes nobody who has gone"
    assert tablet.get("/send").goes_to == "/waiting"


def test_whoever_says_that_they_are_still_there_loses_nothing(tablet: Tablet, clock: Clock) -> None:
    """However often they are asked (WCAG 2.2.1)."""
    tablet.begin()
    for _ in range(12):
        clock.now += FORGOTTEN - 30
        asked = tablet.get("/waiting/still-here")
        assert asked.response.headers["Refresh"] == "30; url=/waiting"
        assert "still here" in asked.text
        clock.now += 20
        assert tablet.post("/waiting/stay").goes_to == "/result"
    assert tablet.get("/result").status == 200


def test_to_be_asked_is_no_sign_of_being_there(tablet: Tablet, clock: Clock) -> None:
    tablet.begin()
    for _ in range(4):
        clock.now += 40
        tablet.get("/waiting/still-here")
    assert tablet.get("/result").goes_to == "/waiting"


def test_every_page_with_answers_forgets_by_itself_and_offers_to_stop(tablet: Tablet) -> None:
    tablet.begin()
    paths = ("/questions/pain", "/check", "/result", "/send", "/privacy", "/about")
    for path in paths:
        page = tablet.get(path)
        assert page.status == 200, path
        assert page.forgets, path  # type: ignore[attr-defined]  # a page of the tablet
        assert page.all("form", action="/waiting/leave"), path
    assert not tablet.get("/waiting").all("meta", **{"http-equiv": "refresh"})


def test_the_browser_is_asked_to_remember_nothing_that_is_typed(tablet: Tablet) -> None:
    tablet.begin()
    typed = [
        one
        for one in tablet.get("/send").one("main").iter("input")
        if one.get("type") not in ("hidden", "checkbox")
    ]
    assert len(typed) == 6
    assert {one.get("autocomplete") for one in typed} == {"off"}


def test_nothing_is_left_to_take_along_or_to_book(tablet: Tablet) -> None:
    tablet.begin()
    links = tablet.get("/result").links
    assert not [one for one in links if one.startswith(("http", "/result.pdf"))]
    assert tablet.get("/result.pdf").goes_to == "/result"


def test_an_emergency_stays_in_front_of_whoever_sent_it_and_is_shown_once(tablet: Tablet) -> None:
    assert tablet.begin(CHEST) == "/result"
    assert send(tablet).goes_to == "/sent"
    told = tablet.get("/sent")
    assert "112" in text_of(told.one("main"))
    assert not told.all("form", action="/withdraw")
    assert tablet.get("/sent").goes_to == "/waiting"


def test_the_tablet_begins_walks_for_its_clinic_and_no_others(
    tablet: Tablet, riverside: Riverside
) -> None:
    link = riverside.invite()
    for path in ("/", "/c/riverside", "/c/elsewhere", link.path):
        assert tablet.get(path).goes_to == "/waiting", path
        assert tablet.post(path, {"who": "me"}).goes_to == "/waiting", path
    assert link.stored.opened_at is None


def test_the_room_ends_with_its_day_and_with_signing_in(tablet: Tablet, clock: Clock) -> None:
    tablet.begin()
    tablet.sign_in()
    assert "waiting" not in tablet.cookies
    assert tablet.get("/waiting").goes_to == "/"
    tablet.open_waiting_room()
    for _ in range(OPEN // 3600 + 1):
        clock.now += 3600
        page = tablet.get("/waiting")
    assert page.goes_to == "/"


def test_a_walk_begun_before_is_not_shown_in_the_room(riverside: Riverside) -> None:
    tablet = tablet_of(riverside)
    tablet.sign_in()
    tablet.walk(WELL, tablet.post("/c/riverside", {"who": "me"}).goes_to)
    assert tablet.get("/result").status == 200
    tablet.open_waiting_room()
    assert tablet.get("/result").goes_to == "/waiting"
    assert "answers" not in tablet.cookies


def test_elsewhere_no_page_has_a_script_or_goes_on_by_itself(riverside: Riverside) -> None:
    phone = riverside.phone()
    assert phone.get("/waiting").goes_to == "/"
    assert phone.post("/waiting").goes_to == "/"
    phone.walk(WELL, phone.post("/c/riverside", {"who": "me"}).goes_to)
    page = phone.get("/result")
    assert not page.all("script")
    assert SCRIPT not in page.response.headers["Content-Security-Policy"]


def test_the_code_leads_to_the_clinics_page_on_ones_own_phone(riverside: Riverside) -> None:
    riverside.settings = {"public_url": PUBLIC, "proxy_hops": 0}
    page = tablet_of(riverside).get("/waiting")
    assert 'class="qr"' in page.html
    assert f"{PUBLIC}/c/riverside" in page.text


def test_in_local_mode_there_is_no_code_that_no_phone_can_follow(tablet: Tablet) -> None:
    page = tablet.get("/waiting")
    assert "On your own phone" not in page.text
    assert 'class="qr"' not in page.html


def test_a_cookie_that_somebody_made_up_opens_no_room(tablet: Tablet) -> None:
    tablet.forget()
    tablet.set_cookie("waiting", "made-up")
    assert tablet.get("/waiting").goes_to == "/"


def test_who_sits_in_the_waiting_room_is_asked_what_the_clinic_wants_to_know(
    tablet: Tablet, riverside: Riverside
) -> None:
    asks(riverside, GOAL)
    tablet.begin()
    assert "What would you like?" in tablet.get("/send").text

    assert send(tablet, **{"own-goal": "To sleep"}).goes_to == "/sent"

    [own] = answered(riverside)
    assert own is not None
    assert own[0].answers == ("To sleep",)
    tablet.begin()
    assert "To sleep" not in tablet.get("/send").text


def test_a_room_that_closes_shows_nobody_what_was_typed_in_it(
    tablet: Tablet, riverside: Riverside
) -> None:
    tablet.begin()
    form = {"csrf_token": tablet.get("/send").token, "message": "It began in the garden."}
    closed = riverside.phone()  # as after twelve hours: the cookie of the room is gone
    closed.set_cookie("answers", tablet.cookies["answers"])
    page = closed.post("/send", form)
    assert (page.goes_to, "garden" in page.html) == ("/", False)
    assert not closed.cookies.get("answers")


def test_pages_forget_where_neither_the_clinic_nor_the_database_is_known(
    tablet: Tablet, riverside: Riverside
) -> None:
    tablet.begin()
    del riverside.app
    again = Tablet(riverside.app, riverside.practice, ANA, "http://127.0.0.1:8000")
    for name, value in tablet.cookies.items():
        again.set_cookie(name, value)
    with riverside.away():
        page = again.get("/result")
    assert isinstance(page, TabletPage)
    assert (page.status, page.forgets) == (200, True)


def test_nobody_is_told_of_a_later_mail_in_a_waiting_room(
    tablet: Tablet, riverside: Riverside
) -> None:
    with riverside.database.writing() as tx:
        clinics.set_measures(tx, riverside.clinic.id, asks=True, after=3)
    tablet.begin()
    page = tablet.get("/send")
    assert "How you are now" in page.text
    assert "email" not in text_of(page.one("form", **{"class": "fields"}))
