"""What a clinic chooses for itself."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

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


def png(width: int = 2000, height: int = 1) -> bytes:
    head = struct.pack(">I4sII5B", 13, b"IHDR", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + head + b"sum, and the picture"


def jpeg(width: int = 1, height: int = 2000, marker: int = 0xC0) -> bytes:
    application = b"\xff\xe0" + struct.pack(">H", 6) + b"\xff\xc0.."
    tables = b"\xff\xff\xc4" + struct.pack(">H", 3) + b"."
    frame = bytes([0xFF, marker]) + struct.pack(">HBHHB", 8, 8, height, width, 0)
    return b"\xff\xd8" + application + tables + frame + b"\xff\xda and the picture"


def webp(chunk: bytes, head: bytes) -> bytes:
    body = b"WEBP" + chunk + struct.pack("<I", len(head)) + head
    return b"RIFF" + struct.pack("<I", len(body)) + body


def lossy(width: int = 2000, height: int = 1) -> bytes:
    return webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width | 0x4000, height))


def lossless(width: int = 2000, height: int = 1) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14 | 1 << 28))


def extended(width: int = 1, height: int = 2000) -> bytes:
    sizes = [(one - 1).to_bytes(3, "little") for one in (width, height)]
    return webp(b"VP8X", b"\x10\0\0\0" + b"".join(sizes))


PNG = png()


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
    ("data", "kind"),
    [
        (png(), "image/png"), (png(1, 2000), "image/png"), (jpeg(), "image/jpeg"),
        (jpeg(marker=0xC2), "image/jpeg"), (lossy(), "image/webp"), (lossless(), "image/webp"),
        (lossless(1, 2000), "image/webp"), (extended(), "image/webp"),
    ],
)  # fmt: skip
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


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n", png()[:20], png(0), png().replace(b"IHDR", b"IDAT"), jpeg()[:24],
        b"\xff\xd8\xff\xda" + jpeg()[2:], b"\xff\xd8\xff\xe0\0\x04..no marker", jpeg(0),
        lossy()[:26], lossy(0), lossy().replace(b"\x9d", b"\0"), lossless()[:23],
        lossless().replace(b"\x2f", b"\0"), extended()[:28], webp(b"ALPH", b"x" * 20),
    ],
    ids=lambda data: repr(data[:16]),
)  # fmt: skip
def test_a_picture_that_tells_no_size_is_refused(staff: Staff, data: bytes) -> None:
    page = upload(staff, data)
    assert page.status == 422
    assert "2000 by 2000 pixels" in page.errors[0]
    assert staff.get("/clinic/settings/logo").status == 404


@pytest.mark.parametrize("make", [png, jpeg, lossy, lossless, extended])
def test_a_picture_that_would_fill_a_browser_is_refused(
    staff: Staff, make: Callable[[int, int], bytes]
) -> None:
    for size in ((2001, 1), (1, 2001), (16_000, 16_000)):
        page = upload(staff, make(*size))
        assert page.status == 422
        assert "2000 by 2000 pixels" in page.errors[0]
    assert upload(staff, make(2000, 2000)).status == 303


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
