"""What a clinic chooses for itself."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from flask import Flask

from assessment.practice.practice import Practice
from assessment.records import clinics
from assessment.records.database import Database
from tests.pictures import HIDDEN, picture, seen, with_position
from tests.web.client import LOCAL, Client
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.staff import Staff, StaffPage

FILLED = {
    "name": "Riverside Massage & Movement",
    "country": "GB",
    "time_zone": "Europe/London",
    "phone": "+44 20 7946 0000",
    "booking_url": "https://booking.example/riverside",
    "accent": "#7A3E9D",
    "emergency_numbers": "112 Europe, 999 UK",
    "same_day_numbers": "111 UK",
    "invitation_days": "14",
    "language": "en",
}


PNG = picture()


def upload(staff: Staff, data: bytes, name: str = "logo.png", **fields: str) -> StaffPage:
    """Send a picture, as a browser does."""
    form = {"csrf_token": staff.token or "", **fields, "logo": (io.BytesIO(data), name)}
    response = staff._client.post("/clinic/settings/logo", data=form, base_url=LOCAL)
    page = staff._look(response)
    assert isinstance(page, StaffPage)
    return page


def test_the_owner_changes_everything_and_finds_it_again(staff: Staff, practice: Practice) -> None:
    page = staff.post("/clinic/settings", FILLED)
    assert page.goes_to == "/clinic/settings?done=saved"
    page = staff.get(page.goes_to)
    assert "Your settings have been saved." in page.text
    kept = {**FILLED, "accent": "#7a3e9d"}
    assert {name: page.value(name) for name in FILLED} == kept
    clinic = practice.clinics.by_slug("riverside-massage")
    assert clinic is not None
    assert (clinic.invitation_days, clinic.emergency_numbers) == (14, "112 Europe, 999 UK")
    assert clinic.revision == 2


def test_what_is_left_empty_is_as_on_the_site(staff: Staff, practice: Practice) -> None:
    staff.post("/clinic/settings", FILLED)
    empty = dict.fromkeys(FILLED, "") | {
        "name": "Riverside", "invitation_days": "7", "language": "en", "country": "GB",
    }  # fmt: skip
    assert staff.post("/clinic/settings", empty).status == 303
    clinic = practice.clinics.by_slug("riverside-massage")
    assert clinic is not None
    assert clinic.phone is clinic.booking_url is clinic.accent is clinic.emergency_numbers is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Enter the name of the clinic"),
        ("name", "x" * 81, "80 characters or fewer"),
        ("phone", "call me", "Enter a telephone number"),
        ("booking_url", "http://booking.example", "starts with https://"),
        ("booking_url", "javascript:alert(1)", "starts with https://"),
        ("booking_url", "https://[", "starts with https://"),
        ("booking_url", "https://user:secret@booking.example", "starts with https://"),
        ("booking_url", "https://b.example/" + "x" * 500, "500 characters or fewer"),
        ("accent", "green", "Enter a colour"),
        ("accent", "#12345", "Enter a colour"),
        ("accent", "#0b6e63}body{display:none", "Enter a colour"),
        ("emergency_numbers", "112", "with commas between"),
        ("emergency_numbers", "112 Europe,, 999 UK", "with commas between"),
        ("same_day_numbers", "call a doctor", "with commas between"),
        ("invitation_days", "0", "from 1 to 90"),
        ("invitation_days", "91", "from 1 to 90"),
        ("invitation_days", "³", "from 1 to 90"),
        ("phone", "7946 0000", "with its area code"),
        ("emergency_numbers", "0 x", "with commas between"),
        ("emergency_numbers", "0 Europe", "with commas between"),
        ("emergency_numbers", "112 x", "with commas between"),
        ("country", "", "Choose the country of your clinic"),
        ("country", "XX", "Choose the country of your clinic"),
        ("time_zone", "Europe/Nowhere", "Choose one of these time zones"),
        ("invitation_days", "", "from 1 to 90"),
        ("language", "xx", "Choose one of these languages"),
    ],
)
def test_2_2_1_what_does_not_fit_is_explained_and_kept(
    staff: Staff, practice: Practice, field: str, value: str, words: str
) -> None:
    page = staff.post("/clinic/settings", {**FILLED, field: value})
    assert page.status == 422
    [error] = page.errors
    assert words in error
    if field not in ("language", "country", "time_zone"):
        assert page.value(field) == value
    clinic = practice.clinics.by_slug("riverside-massage")
    assert clinic is not None
    assert clinic.revision == 1


@pytest.mark.parametrize(
    ("country", "typed", "kept", "shown", "dialled"),
    [
        ("GB", "+44 (0)20 7946 0000", "+442079460000", "+44 20 7946 0000", "+442079460000"),
        ("GB", "020\u20117946\u20110000", "+442079460000", "+44 20 7946 0000", "+442079460000"),
        (
            "GB", "020 7946 0000 ext 5", "+442079460000;ext=5", "+44 20 7946 0000 ext. 5",
            "+442079460000,5",
        ),
        ("US", "(415) 555-0132", "+14155550132", "+1 415-555-0132", "+14155550132"),
        ("DE", "0044 20 7946 0000", "+442079460000", "+44 20 7946 0000", "+442079460000"),
    ],
)  # fmt: skip
def test_a_telephone_is_kept_whole_and_dialled_rightly(
    staff: Staff,
    practice: Practice,
    clinic_app: Flask,
    country: str,
    typed: str,
    kept: str,
    shown: str,
    dialled: str,
) -> None:
    zone = "America/New_York" if country == "US" else ""
    filled = {**FILLED, "country": country, "time_zone": zone, "phone": typed}
    assert staff.post("/clinic/settings", filled).status == 303
    clinic = practice.clinics.by_slug("riverside-massage")
    assert clinic is not None
    assert clinic.phone == kept
    assert staff.get("/clinic/settings").value("phone") == shown
    page = Client(clinic_app).get("/c/riverside-massage")
    assert f"tel:{dialled}" in page.links
    assert shown in page.response.text


def test_a_country_with_one_time_zone_needs_no_choice(staff: Staff, practice: Practice) -> None:
    for country, zone in (("JP", "Asia/Tokyo"), ("DE", "Europe/Berlin"), ("US", None)):
        page = staff.post("/clinic/settings", {**FILLED, "country": country, "time_zone": ""})
        clinic = practice.clinics.by_slug("riverside-massage")
        assert clinic is not None
        if zone is None:
            assert page.errors == ["Choose a time zone: your country has several"]
        else:
            assert clinic.time_zone == zone


def test_a_clinic_that_never_chose_a_time_zone_is_told_so(
    staff: Staff, practice: Practice, database: Database
) -> None:
    assert "Nobody has chosen" not in staff.get("/clinic/settings").text
    with database.writing() as tx:
        clinics.update(tx, replace(staff.who.clinic, country=None, time_zone=None))
    assert "Nobody has chosen a country and a time zone" in staff.get("/clinic/settings").text
    staff.post("/clinic/settings", FILLED)
    assert "Nobody has chosen" not in staff.get("/clinic/settings").text


def test_8_2_1_only_the_owner_changes_the_settings(
    make_staff: MakeStaff, practice: Practice
) -> None:
    owner = make_staff()
    other = make_staff(email="cleo@example.org", name="Cleo Diaz", joins="riverside-massage")
    owner.post("/clinic/settings", FILLED)
    page = other.get("/clinic/settings")
    assert "Only the owner" in page.text
    assert "+44 20 7946 0000" in page.text
    assert not page.one("main").findall(".//input")
    assert other.post("/clinic/settings", {**FILLED, "name": "Mine"}).status == 403
    assert upload(other, PNG).status == 403
    clinic = practice.clinics.by_slug("riverside-massage")
    assert clinic is not None
    assert (clinic.name, clinic.logo_type) == (FILLED["name"], None)


def test_the_settings_of_one_clinic_are_not_anothers(make_staff: MakeStaff) -> None:
    ana, ben = make_staff(), make_staff("Hillside", "ben@example.org", "Ben")
    ana.post("/clinic/settings", FILLED)
    upload(ana, PNG)
    assert ben.get("/clinic/settings").value("name") == "Hillside"
    assert ben.get("/clinic/settings/logo").status == 404


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_picture_becomes_the_logo_without_what_else_it_tells(staff: Staff, kind: str) -> None:
    sent = picture(kind, exif=with_position())
    assert HIDDEN in sent
    assert upload(staff, sent).goes_to == "/clinic/settings?done=logo"
    page = staff.get("/clinic/settings")
    [shown] = page.all("img")
    assert shown.get("alt") == "The logo of Riverside Massage"
    for address in (shown.get("src") or "", "/c/riverside-massage/logo"):
        response = staff._client.get(address, base_url=LOCAL)
        assert (response.status_code, response.mimetype) == (200, f"image/{kind}")
        assert seen(response.data).size == seen(sent).size
        assert HIDDEN not in response.data
        assert not seen(response.data).getexif()
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"<script>", PNG * 5000],
    ids=["nothing", "svg", "gif", "script", "too large"],
)
def test_what_is_no_logo_is_refused_kindly(staff: Staff, data: bytes) -> None:
    page = upload(staff, data, "logo.png")
    assert page.status in (422, 413)
    assert page.status == 413 or page.errors == [
        "Choose a PNG, JPEG or WebP picture of at most 200 kB and 2000 by 2000 pixels"
    ]
    assert staff.get("/clinic/settings/logo").status == 404


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_picture_that_would_fill_a_browser_is_refused(staff: Staff, kind: str) -> None:
    for size in ((2001, 1), (1, 2001), (3_000, 3_000)):
        page = upload(staff, picture(kind, size, mode="L", colour=0))
        assert page.status == 422
        assert "2000 by 2000 pixels" in page.errors[0]
    assert staff.get("/clinic/settings/logo").status == 404
    assert upload(staff, picture(kind, (2000, 2000))).status == 303


def test_a_logo_just_above_the_size_is_explained(staff: Staff) -> None:
    assert upload(staff, PNG + b"x" * 200_000).status == 422
    assert upload(staff, PNG + b"x" * (200_000 - len(PNG))).status == 303


def test_a_logo_is_removed(staff: Staff) -> None:
    upload(staff, PNG)
    assert upload(staff, b"", "", remove="yes").goes_to == "/clinic/settings?done=no-logo"
    assert not staff.get("/clinic/settings").all("img")


def test_a_logo_needs_the_token_and_a_form_with_parts_is_read_nowhere_else(staff: Staff) -> None:
    assert upload(staff, PNG, csrf_token="x").status == 400
    form = {"csrf_token": staff.token or "", "name": "Taken", "logo": (io.BytesIO(PNG), "x.png")}
    response = staff._client.post("/clinic/settings", data=form, base_url=LOCAL)
    assert response.status_code == 400
    assert staff.get("/clinic/settings").value("name") == "Riverside Massage"


@pytest.mark.parametrize(
    "body", [b"", b"--x", b"--x\r\n\r\n", b"\xff" * 1000, b"--x\r\n" * 5000],
    ids=["empty", "cut", "no head", "noise", "many"],
)  # fmt: skip
def test_a_broken_upload_is_refused_without_an_accident(staff: Staff, body: bytes) -> None:
    response = staff._client.post(
        "/clinic/settings/logo", data=body, base_url=LOCAL,
        content_type="multipart/form-data; boundary=x",
    )  # fmt: skip
    assert response.status_code in (400, 413)


def test_the_clinics_public_page_is_a_press_away(staff: Staff) -> None:
    assert "/c/riverside-massage" in staff.get("/clinic/settings").links


def test_what_an_owner_may_never_have_heard_of_is_explained_in_a_line(staff: Staff) -> None:
    page = staff.get("/clinic/settings").text

    assert "API keys Let your booking system make the links." in page
    assert "Webhooks Let your booking system know when a client has answered." in page
