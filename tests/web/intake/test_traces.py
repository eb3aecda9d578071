"""Words of a client are found where they belong and nowhere else; forged forms do no harm."""

from __future__ import annotations

import base64
import logging
import random
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.records import clinics
from assessment.web.walk.cookie import Seal
from tests.records.some import some_clinic
from tests.web.client import Page
from tests.web.conftest import KEY
from tests.web.intake.riverside import TYPED, WELL, Riverside, begin_at, send, walked

CANARIES = {
    "signed": "canarysigner",
    "name": "Canaryname",
    "day": "19",
    "month": "7",
    "year": "1931",
    "message": "canarymessage",
    "measure-activity-1": "canaryactivity",
}
SEED = 20261123
TIMES = 1500


def readable(cookie: str) -> str:
    """What anybody can read in a cookie."""
    raw = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
    return cookie + raw.decode("latin-1")


def test_asvs_16_2_5_what_is_typed_is_in_no_log_cookie_address_file_or_error(
    riverside: Riverside, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    riverside.settings = {"access_log": True}
    with riverside.database.writing() as tx:
        clinics.set_measures(tx, riverside.clinic.id, asks=True, after=None)
    phone = walked(riverside.phone(), riverside.invite(), {**WELL, "age": "95"})
    seen: list[Page] = [send(phone, **{**CANARIES, "consent": "canaryconsent"})]
    with riverside.away():
        seen.append(send(phone, **CANARIES))
    answers_cookie = phone.cookies["answers"]
    seen.append(send(phone, **CANARIES))
    seen += [phone.get(path) for path in ("/sent", "/result.pdf", "/canaryaddress", "/")]
    other = riverside.phone()
    other.walk(WELL, begin_at(other))
    seen += [send(other, phone="+44 7700 900123"), other.get("/sent"), other.get("/c/riverside")]

    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    born = "1931-07-19"
    number = "7700 900123", "+447700900123"
    for word in (*CANARIES.values(), born, *number, "canaryaddress", "canaryconsent"):
        if word.isdecimal():
            continue  # short enough to stand in a hash by chance
        assert word not in caplog.text
        assert word.encode() not in written
        for page in seen:
            assert word not in page.response.headers.get("Location", "")
            assert word not in readable(page.response.headers.get("Set-Cookie", "").split(";")[0])
        for page in seen[2:]:
            if page.response.mimetype == "text/html":
                assert word not in page.html, "nothing that was typed is shown again"
    assert answers_cookie != phone.cookies["answers"]
    told = {(one.content.name, one.content.phone) for one in riverside.responses()}
    assert told == {("Canaryname", ""), (TYPED["name"], "+447700900123")}


def test_asvs_14_3_3_a_cookie_of_an_invited_walk_shows_nothing(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    walked(phone, link, {**WELL, "home": "hurt"})
    send(phone)
    shown = readable(phone.cookies["answers"])

    # Long words only: a short one can be there by chance.
    for word in ("left_calf", "Fischer", riverside.clinic.id, link.id, link.token, "riverside"):
        assert word not in shown, word
    assert list(phone.cookies) == ["answers"]


def test_asvs_14_3_2_no_page_of_a_client_is_kept_by_a_browser(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    pages = [phone.get(link.path), phone.get("/i/none")]
    walked(phone, link)
    pages += [phone.get("/send"), send(phone, name=""), send(phone), phone.get("/sent")]
    pages += [phone.get("/result.pdf"), phone.get(link.path), phone.get("/c/riverside")]

    assert [page.response.headers["Cache-Control"] for page in pages] == ["no-store"] * len(pages)


def test_a_public_site_binds_the_cookie_of_an_invited_walk_to_host_and_https(
    riverside: Riverside,
) -> None:
    riverside.settings = {"public_url": "https://clinic.example", "proxy_hops": 0}
    link, phone = riverside.invite(), riverside.phone()
    page = phone.get(link.path)
    header = phone.post(link.path, {"csrf_token": page.token}).response.headers["Set-Cookie"]

    assert header.startswith("__Host-answers=")
    assert "; Max-Age=86400; Secure; HttpOnly; Path=/; SameSite=Lax" in header


def test_another_clinic_gets_nothing(riverside: Riverside) -> None:
    lakeside = Riverside(
        riverside.database, riverside.clock, riverside.protocol, clinic=some_clinic(slug="lakeside")
    )
    theirs, ours = lakeside.invite(), riverside.invite()
    phone = walked(riverside.phone(), ours)
    assert send(phone).goes_to == "/sent"
    mixed = walked(riverside.phone(), riverside.invite())
    visit = replace(riverside.visit(mixed), invitation=theirs.id)
    mixed.set_cookie("answers", Seal(KEY, "answers", 3600, riverside.clock).close(visit))
    assert send(mixed).status == 409

    assert len(riverside.responses()) == 1
    assert lakeside.responses() == []
    assert theirs.stored.used_at is None


ODD = [
    "", " ", "\x00", "none", "é", "💥", "\u202e", "' OR 1=1 --", "{{7*7}}", "<script>", "%00",
    "../../etc/passwd", "null", "[]", "a" * 3000, "=cmd|' /C calc'!A0", "\r\nSet-Cookie: a=b",
    "9" * 400, "-1", "٤٢", "31", "2", "1980", "\ufeff", "\ud800",
]  # fmt: skip
FIELDS = [
    "name", "day", "month", "year", "message", "consent", "csrf_token", "clinic", "invitation",
    "sent_at", "go_on", "answer", "urgency", "signed", "withdraw", "",
]  # fmt: skip
PATHS = [
    "/send", "/sent", "/c/riverside", "/c/riverside/logo", "/c/riverside/style-x.css", "/c/",
    "/c/%2e%2e", "/i/x", "/i/", "/i/%00", "/i/" + "a" * 3000, "/send/", "/sent/x", "/withdraw",
]  # fmt: skip


def test_whatever_is_sent_nothing_breaks_and_nothing_is_stored(riverside: Riverside) -> None:
    riverside.settings = {"starts_per_hour": 100_000}
    dice = random.Random(SEED)
    phone = walked(riverside.phone(), riverside.invite())
    mine, token = phone.cookies["answers"], riverside.token(phone)
    browser = phone._client
    for number in range(TIMES):
        path = dice.choice(PATHS)
        form = [(dice.choice(FIELDS), dice.choice(ODD)) for _ in range(dice.randrange(8))]
        if dice.random() < 0.5:
            form = [one for one in form if one[0] != "csrf_token"] + [("csrf_token", token)]
        if path == "/c/riverside" and ("csrf_token", token) in form:
            continue  # a start that they wanted
        body = "&".join(f"{name}={value}" for name, value in form).encode(errors="surrogatepass")
        status = browser.open(
            path,
            method=dice.choice(["GET", "POST", "POST", "HEAD"]),
            data=body,
            content_type="application/x-www-form-urlencoded",
            base_url="http://127.0.0.1:8000",
        ).status_code
        assert status < 500, f"number {number}: {path}"
        assert phone.cookies["answers"] == mine, f"number {number}: {path}"
    assert riverside.responses() == []


@pytest.mark.parametrize(
    "forged",
    [
        {"clinic": "another"},
        {"invitation": "another"},
        {"urgency": "0"},
        {"answers": "{}"},
        {"sent_at": "1"},
        {"birth": "1900-01-01"},
    ],
)
def test_asvs_15_3_3_a_field_that_the_form_does_not_have_changes_nothing(
    riverside: Riverside, forged: dict[str, str]
) -> None:
    phone = riverside.phone()
    phone.walk({**WELL, "signs": "numb"}, begin_at(phone))
    assert send(phone, **forged).goes_to == "/sent"

    [response] = riverside.responses()
    assert (response.line.urgency, response.content.birth) == (2, "1986-05-03")
    assert response.invitation is None


def test_asvs_15_3_7_of_a_field_given_twice_the_first_counts(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    send(phone, name=[TYPED["name"], "Somebody"], message=["one", "two"])

    [response] = riverside.responses()
    assert (response.content.name, response.content.message) == (TYPED["name"], "one")


def test_asvs_2_2_1_a_megabyte_is_refused_kindly(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    page = send(phone, message="x" * 1_000_000)

    assert page.status == 413
    assert "Nothing is lost" in page.text
    assert riverside.responses() == []


def test_the_longest_message_of_any_letters_is_taken(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    assert send(phone, message="💥" * 2000, name="é" * 100).goes_to == "/sent"
