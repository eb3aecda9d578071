"""What a clinic chooses for itself."""

from __future__ import annotations

import io

import pytest

from assessment.practice.practice import Practice
from tests.web.client import LOCAL
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.staff import Staff, StaffPage

FILLED = {
    "name": "Riverside Massage & Movement",
    "phone": "+44 20 7946 0000",
    "booking_url": "https://booking.example/riverside",
    "accent": "#7A3E9D",
    "emergency_numbers": "112 Europe, 999 UK",
    "same_day_numbers": "111 UK",
    "invitation_days": "14",
    "language": "en",
}
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
JPEG = b"\xff\xd8\xff\xe0" + b"picture"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 picture"


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
    assert "Your settings are saved." in page.text
    kept = {**FILLED, "accent": "#7a3e9d"}
    assert {name: page.value(name) for name in FILLED} == kept
    clinic = practice.clinics.by_slug("riverside-massage")
    assert clinic is not None
    assert (clinic.invitation_days, clinic.emergency_numbers) == (14, "112 Europe, 999 UK")
    assert clinic.revision == 2


def test_what_is_left_empty_is_as_on_the_site(staff: Staff, practice: Practice) -> None:
    staff.post("/clinic/settings", FILLED)
    empty = dict.fromkeys(FILLED, "") | {
        "name": "Riverside", "invitation_days": "7", "language": "en",
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
        ("invitation_days", "٣", "from 1 to 90"),
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
    if field != "language":
        assert page.value(field) == value
    clinic = practice.clinics.by_slug("riverside-massage")
    assert clinic is not None
    assert clinic.revision == 1


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


@pytest.mark.parametrize(
    ("data", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")]
)
def test_a_picture_becomes_the_logo(staff: Staff, data: bytes, kind: str) -> None:
    assert upload(staff, data).goes_to == "/clinic/settings?done=logo"
    page = staff.get("/clinic/settings")
    [picture] = page.all("img")
    assert picture.get("alt") == "The logo of Riverside Massage"
    response = staff._client.get(picture.get("src") or "", base_url=LOCAL)
    assert (response.status_code, response.mimetype, response.data) == (200, kind, data)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"<script>", PNG * 20_000],
    ids=["nothing", "svg", "gif", "script", "too large"],
)
def test_what_is_no_logo_is_refused_kindly(staff: Staff, data: bytes) -> None:
    page = upload(staff, data, "logo.png")
    assert page.status in (422, 413)
    assert page.status == 413 or page.errors == [
        "Choose a PNG, JPEG or WebP picture of at most 200 kB"
    ]
    assert staff.get("/clinic/settings/logo").status == 404


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
