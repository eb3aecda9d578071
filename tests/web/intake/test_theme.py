"""The look of a clinic: where it shows, where it does not, and what happens when it changes."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import fields, replace

import pytest
from flask import Flask

from assessment.engine.protocol import Protocol
from assessment.records import clinics
from assessment.records.ids import new_id
from assessment.records.model import Clinic
from assessment.web.html.clinic_cache import AWAY, FRESH, MOST_CLINICS, ClinicCache
from assessment.web.walk.theme import MOST_THEMES
from tests.records.some import some_clinic
from tests.web.client import Client, Page, text_of
from tests.web.intake.riverside import CHEST, WELL, Riverside, begin_at, send

PNG = b"\x89PNG\r\n\x1a\n"


ROUTES = """
/back GET
/back POST
/back/told GET
/back/told POST
/c/<path:slug> GET
/c/<slug> POST
/c/<slug>/logo GET
/c/<slug>/style-<fingerprint>.css GET
/close POST
/i/<path:token> GET
/i/<token> POST
/passkey-<fingerprint>.js GET
/send GET
/send POST
/sent GET
/waiting GET
/waiting POST
/waiting-<fingerprint>.js GET
/waiting/leave POST
/waiting/stay POST
/waiting/still-here GET
/withdraw POST
"""

SCRIPT = re.compile("-[0-9a-f]{12}[.]js$")
NINES = re.compile(r"(?<![\w-])999(?![\w-])")
"""The number, and not three digits of a token."""


def style_of(page: Page) -> str:
    return page.one("link", rel="stylesheet").get("href") or ""


def change(riverside: Riverside, **changed: object) -> Clinic:
    with riverside.database.writing() as tx:
        found = clinics.get(tx, riverside.clinic.id)
        assert found is not None
        return clinics.update(tx, replace(found, **changed))  # type: ignore[arg-type]  # any field


def test_these_are_all_the_routes_for_clients_of_clinics(riverside: Riverside, app: Flask) -> None:
    without = {rule.rule for rule in app.url_map.iter_rules()}
    found = {
        f"{SCRIPT.sub('-<fingerprint>.js', rule.rule)} {method}"
        for rule in riverside.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
        if rule.rule not in without and not rule.rule.startswith("/clinic")
    }
    assert sorted(found) == ROUTES.split("\n")[1:-1]


def test_the_public_address_shows_the_clinic_and_says_that_nothing_is_stored(
    riverside: Riverside,
) -> None:
    page = riverside.phone().get("/c/riverside")

    assert text_of(page.one("a", class_="brand")) == "Riverside Massage"
    assert page.one("a", class_="brand").get("href") == "/c/riverside"
    assert "Nothing, unless you choose to send your answers to Riverside Massage" in page.text
    assert "60 minutes" in page.text
    assert "tel:+442079460000" in page.links


def test_every_page_of_a_walk_is_in_the_look_of_its_clinic(riverside: Riverside) -> None:
    phone = riverside.phone()
    start = phone.get("/c/riverside")
    first = begin_at(phone)
    pages = [start, phone.get(first), phone.post(first, {"csrf_token": "wrong"})]
    pages.append(phone.post(first, {"csrf_token": riverside.token(phone)}))
    phone.walk(WELL, first)
    pages += [phone.get(path) for path in ("/check", "/result", "/send")]
    pages += [phone.get(path) for path in ("/about", "/privacy", "/accessibility", "/guide/plan")]
    pages += [phone.get("/nope"), phone.post("/about"), phone.post("/clear")]
    assert send(phone).goes_to == "/sent"
    pages.append(phone.get("/sent"))
    for page in pages:
        assert text_of(page.one("a", class_="brand")) == "Riverside Massage"
        assert style_of(page) == style_of(start)
        assert style_of(page).startswith("/c/riverside/style-")
        assert not NINES.search(page.html), "the clinic has its own numbers"
    phone.walk(CHEST, begin_at(phone))
    assert style_of(phone.get("/result")) == style_of(start)
    assert phone.get("/result.pdf").response.data.startswith(b"%PDF-")


def test_the_site_itself_keeps_its_own_look(riverside: Riverside) -> None:
    phone = riverside.phone()
    begin_at(phone)
    for page in (phone.get("/"), riverside.phone().get("/about"), riverside.phone().get("/x")):
        assert "Riverside" not in page.html
        assert style_of(page).startswith("/style-")


def test_a_self_assessment_never_asks_the_database(riverside: Riverside) -> None:
    phone = riverside.phone()
    with riverside.away() as asked:
        phone.walk(WELL)
        for path in ("/", "/check", "/result", "/result.pdf", "/about", "/privacy", "/nope"):
            phone.get(path)
        assert phone.get("/send").goes_to == "/result"
        phone.walk(CHEST)
        phone.get("/result")
        phone.post("/clear", {"csrf_token": riverside.token(phone)})

    assert asked == []


def test_booking_and_telephone_of_the_clinic_stand_on_massage_results_only(
    riverside: Riverside,
) -> None:
    phone = riverside.phone()
    for given, offered in (
        (WELL, True),
        ({**WELL, "lasted": "days"}, False),
        ({**WELL, "signs": "fever"}, False),
        ({**WELL, "signs": "numb"}, False),
        (CHEST, False),
    ):
        phone.walk(given, begin_at(phone))
        page = phone.get("/result")
        assert ("https://clinic.example/book" in page.links) is offered, given
        assert ("Or call Riverside Massage" in page.text) is offered, given


def test_a_clinic_without_a_booking_page_is_called(riverside: Riverside) -> None:
    change(riverside, booking_url=None)
    phone = riverside.phone()
    phone.walk(WELL, begin_at(phone))

    assert "To book, call Riverside Massage: +44 20 7946 0000" in phone.get("/result").text


def test_an_unknown_clinic_is_an_unknown_page(riverside: Riverside) -> None:
    phone = riverside.phone()
    for path in ("/c/nobody", "/c/nobody/logo", "/c/nobody/style-0.css", "/c/", "/c/%00"):
        assert phone.get(path).status == 404, path
    assert phone.post("/c/nobody").status == 404
    assert phone.get("/c/riverside/logo").status == 404, "it has none"


def test_starts_at_a_clinic_are_slowed_down_with_all_others(riverside: Riverside) -> None:
    riverside.settings = {"starts_per_hour": 2}
    phone = riverside.phone()
    phone.start()
    begin_at(phone)
    slowed = phone.post("/c/riverside", {"csrf_token": phone.get("/c/riverside").token})

    assert slowed.status == 429
    assert slowed.response.headers["Retry-After"] == "3600"


def test_a_start_at_a_clinic_never_replaces_answers_by_mistake(riverside: Riverside) -> None:
    phone = riverside.phone()
    phone.answer(phone.start().goes_to, "me")
    page = phone.post("/c/riverside")
    assert page.status == 400
    assert "Carry on where you stopped" in page.text
    assert riverside.visit(phone).clinic is None
    assert begin_at(phone) == "/questions/who"
    assert riverside.visit(phone).clinic == riverside.clinic.id


def test_a_change_shows_on_first_pages_links_and_send_and_then_on_all_others(
    riverside: Riverside,
) -> None:
    phone, link = riverside.phone(), riverside.invite()
    phone.walk(WELL, begin_at(phone))
    style = style_of(phone.get("/result"))
    for path, name in (("/c/riverside", "Lakeside"), (link.path, "Hillside"), ("/send", "Seaside")):
        change(riverside, name=f"{name} Massage", accent="#aa3311")
        riverside.clock.now += FRESH + 1
        assert name not in phone.get("/result").title
        assert f"{name} Massage" in phone.get(path).title
        page = phone.get("/result")
        assert f"{name} Massage" in page.title
        assert style_of(page) != style


def test_a_stylesheet_is_kept_under_its_own_address_only(riverside: Riverside) -> None:
    phone = riverside.phone()
    path = style_of(phone.get("/c/riverside"))
    right = phone.get(path).response
    wrong = phone.get("/c/riverside/style-000000000000.css").response

    assert right.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert wrong.headers["Cache-Control"] == "no-store"
    assert right.data == wrong.data
    assert right.mimetype == "text/css"
    assert b"--accent:#" in right.data
    assert right.data != phone.get(style_of(phone.get("/"))).response.data


def test_a_clinic_without_an_accent_shares_our_stylesheet(riverside: Riverside) -> None:
    change(riverside, accent=None)
    phone = riverside.phone()

    assert style_of(phone.get("/c/riverside")) == style_of(phone.get("/"))


def test_a_logo_is_shown_and_its_address_changes_with_it(riverside: Riverside) -> None:
    phone = riverside.phone()
    with riverside.database.writing() as tx:
        clinics.set_logo(tx, riverside.clinic.id, PNG, "image/png")
    image = phone.get("/c/riverside").one("img")
    assert image.get("alt") == "Riverside Massage"
    response = phone.get(image.get("src") or "").response
    assert (response.data, response.mimetype) == (PNG, "image/png")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    with riverside.database.writing() as tx:
        clinics.set_logo(tx, riverside.clinic.id, PNG + b"2", "image/png")
    assert phone.get("/c/riverside").one("img").get("src") != image.get("src")


@pytest.mark.parametrize("written", ["112 Europe, 000 Australia", "", "nonsense", "5", None])
def test_numbers_that_cannot_be_read_are_ours(riverside: Riverside, written: str | None) -> None:
    change(riverside, emergency_numbers=written, same_day_numbers=written)
    html = riverside.phone().get("/c/riverside").html

    assert "112" in html
    assert ("tel:000" in html) is (written == "112 Europe, 000 Australia")
    assert ("tel:911" in html) is (written != "112 Europe, 000 Australia")


@pytest.mark.parametrize(("country", "shown"), [(None, True), ("GB", True), ("FR", False)], ids=str)
def test_a_british_same_day_number_is_shown_to_nobody_elsewhere(
    riverside: Riverside, country: str | None, shown: bool
) -> None:
    change(riverside, country=country, same_day_numbers=None)
    phone = riverside.phone()
    phone.walk({**WELL, "signs": "numb"}, begin_at(phone))

    assert ("tel:111" in phone.get("/result").html) is shown


def test_what_a_clinic_writes_is_shown_as_words(riverside: Riverside) -> None:
    name = "<script>alert(1)</script> \"&' {{ 7*7 }}"
    change(riverside, name=name)
    phone = riverside.phone()
    assert text_of(phone.get("/c/riverside").one("a", class_="brand")) == name
    phone.walk(WELL, begin_at(phone))
    for path in ("/check", "/result", "/send"):
        assert name in phone.get(path).text
    send(phone)
    assert f"{name} received them" in phone.get("/sent").text


def test_a_database_that_is_away_shows_the_last_known_look(riverside: Riverside) -> None:
    phone = riverside.phone()
    style = style_of(phone.get("/c/riverside"))
    with riverside.away():
        riverside.clock.now += FRESH + 1
        assert "Riverside Massage" in phone.get("/c/riverside").title
        assert begin_at(phone) == "/questions/who"
        assert phone.get(style).status == 200
        assert "Riverside Massage" in phone.get("/questions/who").title
        assert phone.get("/c/other").status == 503
        assert phone.get("/c/riverside/logo").status == 503


def test_without_any_known_look_the_site_has_its_own(riverside: Riverside) -> None:
    phone = riverside.phone()
    first = begin_at(phone)
    style = style_of(phone.get(first))
    del riverside.app
    other = riverside.phone()
    for name, value in phone.cookies.items():
        other.set_cookie(name, value)
    with riverside.away() as asked:
        page = other.get(first)
        assert page.status == 200
        assert style_of(page).startswith("/style-")
        assert "Riverside" not in page.html
        assert asked == ["reading"], "once, since it was never seen"
        fallback = other.get(style).response
        assert (fallback.status_code, fallback.headers["Cache-Control"]) == (200, "no-store")
        assert other.get("/c/riverside").status == 503
    riverside.clock.now += AWAY + 1
    assert "Riverside Massage" in other.get(first).title


def test_a_database_that_is_away_is_not_asked_for_every_page(riverside: Riverside) -> None:
    phone = riverside.phone()
    phone.walk(WELL, begin_at(phone))
    riverside.clock.now += FRESH + 1
    with riverside.away() as asked:
        for _ in range(20):
            phone.get("/send")

    assert len(asked) == 1


def test_no_page_of_a_walk_waits_for_a_database_that_hangs(riverside: Riverside) -> None:
    phone, other = riverside.phone(), riverside.phone()
    first = begin_at(phone)
    begin_at(other)
    for seconds in (FRESH + 1, 86_400):
        riverside.clock.now += seconds
        begin_at(phone)
        begin_at(other)
        riverside.clock.now += FRESH + 1
        with riverside.away() as asked:
            assert "Riverside Massage" in phone.get(first).title
            phone.walk(CHEST, first)
            assert "Riverside Massage" in phone.get("/result").title
            other.walk(WELL, first)
            for path in ("/check", "/result", "/result.pdf", "/about", "/nope"):
                other.get(path)
        assert asked == []


def test_a_clinics_own_emergency_numbers_show_where_nobody_can_be_asked(
    riverside: Riverside,
) -> None:
    change(riverside, emergency_numbers="000 Australia, 112 Europe")
    invited, public = riverside.phone(), riverside.phone()
    invited.walk(CHEST, riverside.invite().open(invited))
    public.walk(CHEST, begin_at(public))
    del riverside.app
    with riverside.away():
        for phone in (invited, public):
            fresh = riverside.phone()
            for name, value in phone.cookies.items():
                fresh.set_cookie(name, value)
            for path in ("/result", "/send", "/nope"):
                page = fresh.get(path)
                assert "tel:000" in page.links
                assert "tel:999" not in page.links
        assert "tel:999" in riverside.phone().get("/").links


@pytest.mark.parametrize("away", [True, False])
def test_a_page_about_our_own_fault_has_the_clinics_emergency_numbers(
    riverside: Riverside, monkeypatch: pytest.MonkeyPatch, *, away: bool
) -> None:
    change(riverside, emergency_numbers="000 Australia, 112 Europe")
    phone = riverside.phone()
    phone.walk(CHEST, riverside.invite().open(phone))

    def broken(*_: object) -> None:
        raise RuntimeError

    if away:
        del riverside.app
    with riverside.away() if away else nullcontext():
        fresh = riverside.phone()
        monkeypatch.setattr("assessment.screening.Screening.position", broken)
        for name, value in phone.cookies.items():
            fresh.set_cookie(name, value)
        page = fresh._client.get("/result", base_url="http://127.0.0.1:8000")
    assert page.status_code == 500
    assert "tel:000" in page.get_data(as_text=True)
    assert "tel:999" not in page.get_data(as_text=True)


def test_clinics_may_be_found_while_others_are_added(
    riverside: Riverside, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = riverside.phone()
    for number in range(3):
        with riverside.database.writing() as tx:
            clinics.add(tx, some_clinic(slug=f"clinic{number}", name=f"Clinic {number}."))
    found: list[ClinicCache] = []
    by_slug = ClinicCache.by_slug

    def seen(self: ClinicCache, slug: str) -> Clinic | None:
        found.append(self)
        return by_slug(self, slug)

    monkeypatch.setattr(ClinicCache, "by_slug", seen)
    phone.get("/c/clinic0")
    kept = found[0]._kept

    class Busy(Clinic):
        """A clinic; whenever its address is asked for, another thread adds one."""

        def __getattribute__(self, name: str) -> object:
            if name == "slug":
                kept[new_id()] = next(iter(kept.values()))
            return super().__getattribute__(name)

    [(id, (clinic, when))] = kept.items()
    kept[id] = Busy(**{one.name: getattr(clinic, one.name) for one in fields(clinic)}), when
    assert phone.get("/c/clinic1").status == 200


def test_so_many_looks_are_kept_and_no_more(riverside: Riverside) -> None:
    phone, most = riverside.phone(), max(MOST_CLINICS, MOST_THEMES)
    with riverside.database.writing() as tx:
        for number in range(most + 10):
            clinics.add(tx, some_clinic(slug=f"clinic{number}", name=f"Clinic {number}."))
    for number in (*range(most + 10), 0, 5):
        assert f"Clinic {number}." in phone.get(f"/c/clinic{number}").title


@pytest.mark.parametrize("path", ["/privacy", "/accessibility"])
def test_pages_to_read_tell_of_sending_only_where_there_are_clinics(
    riverside: Riverside, client: Client, path: str
) -> None:
    with_clinics, without = riverside.phone().get(path).text, client.get(path).text

    assert "24 hours" in with_clinics
    assert "24 hours" not in without
    if path == "/accessibility":
        assert "check every page" in with_clinics
        assert "check every page" in without
    if path == "/privacy":
        assert "unless you send them to a clinic" in with_clinics
        assert "The Send page says how long the clinic keeps it" in with_clinics
        assert "If the clinic has connected its booking or record system" in with_clinics
        assert "You can take back your agreement at any time" in with_clinics
        assert "A code by email comes first" in with_clinics
        assert "We do not store your answers. There is no account" in without


def test_a_look_and_an_outage_of_a_wrong_clock_are_not_kept(riverside: Riverside) -> None:
    phone = riverside.phone()
    riverside.clock.now += 30 * 86_400
    phone.get("/c/riverside")
    with riverside.away():
        phone.get("/c/nowhere")
    riverside.clock.now -= 30 * 86_400
    change(riverside, name="Riverside Two")
    assert (
        text_of(riverside.phone().get("/c/riverside").one("a", class_="brand")) == "Riverside Two"
    )


def older_than(riverside: Riverside) -> list[Protocol]:
    """Return two versions that were served before."""
    return [replace(riverside.protocol, wording_hash=sign * 64) for sign in "01"]


def walks_under_each_version(riverside: Riverside) -> dict[str, Client]:
    """Phones before one server, which ended in an emergency under what it serves and served."""
    older = older_than(riverside)
    app = riverside.app_that_served(*older, goes_on=True)
    phones = {"served": Client(app), "old": Client(app), "oldest": Client(app)}
    for phone in phones.values():
        phone.walk(CHEST, begin_at(phone))
    for phone, version in zip(list(phones.values())[1:], older, strict=True):
        riverside.put_under(phone, version)
    return phones


def test_new_emergency_numbers_show_under_every_version_at_once(riverside: Riverside) -> None:
    phones = walks_under_each_version(riverside)
    for phone in phones.values():
        assert "tel:000" not in phone.get("/result").links
    change(riverside, emergency_numbers="000 Australia, 112 Europe")
    riverside.clock.now += FRESH + 1
    assert "tel:000" in phones["served"].get("/c/riverside").links

    for name, phone in phones.items():
        assert "tel:000" in phone.get("/result").links, name
        assert "tel:999" not in phone.get("/result").links, name


def test_what_a_walk_under_an_older_version_finds_shows_on_all_others(
    riverside: Riverside,
) -> None:
    phones = walks_under_each_version(riverside)
    change(riverside, emergency_numbers="000 Australia, 112 Europe")
    riverside.clock.now += FRESH + 1
    phones["old"].get("/send")

    for name, phone in phones.items():
        assert "tel:000" in phone.get("/result").links, name


def test_a_database_that_hangs_delays_one_page_and_not_one_for_each_version(
    riverside: Riverside,
) -> None:
    phones = walks_under_each_version(riverside)
    riverside.clock.now += FRESH + 1
    with riverside.away() as asked:
        for _ in range(2):
            for phone in phones.values():
                phone.get("/result")
                phone.get("/send")

    assert asked == ["reading"]


def test_a_server_that_never_saw_the_clinic_asks_a_database_that_hangs_once(
    riverside: Riverside,
) -> None:
    phones = walks_under_each_version(riverside)
    fresh = riverside.app_that_served(*older_than(riverside), goes_on=True)
    with riverside.away() as asked:
        for phone in phones.values():
            other = Client(fresh)
            for name, value in phone.cookies.items():
                other.set_cookie(name, value)
            assert other.get("/result").status == 200

    assert asked == ["reading"]
