"""OWASP ASVS 5.0, chapter 3: cookies and headers, on every address of a public site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import Morsel, SimpleCookie

import pytest
from flask import Flask
from werkzeug.test import Client as Browser
from werkzeug.test import TestResponse

from assessment.engine.protocol import Protocol
from assessment.practice.practice import Practice
from assessment.web.factory import make_app
from assessment.web.server.settings import read_settings
from tests.web.clinic.staff import PASSWORD, Staff
from tests.web.conftest import KEY, PUBLIC, Clock

EMAIL = "ana@example.org"
ID = "x" * 22


@pytest.fixture
def public_app(practice: Practice, clock: Clock, small: Protocol) -> Flask:
    enrolment = practice.enrolment
    enrolment.set_up(enrolment.new_setup_code(), "Riverside", "Ana Ruiz", EMAIL, PASSWORD)
    settings = read_settings(public_url=PUBLIC, proxy_hops=0)
    return make_app(settings, small, KEY, clock, practice=practice)


@pytest.fixture
def ana(public_app: Flask, practice: Practice) -> Staff:
    staff = Staff(public_app, practice, EMAIL, PUBLIC)
    assert staff.sign_in().status == 303
    return staff


@dataclass(frozen=True)
class Answered:
    """One address, and what came back from it."""

    address: str
    response: TestResponse


def every_answer(app: Flask, browser: Browser) -> Iterator[Answered]:
    """Send a GET and a POST to every address that there is, and to one that there is not."""
    addresses = {
        "/".join(ID if part.startswith("<") else part for part in rule.rule.split("/"))
        for rule in app.url_map.iter_rules()
    }
    for address in sorted([*addresses, "/no/such/page"]):
        if address not in ("/clinic/sign-out", "/clinic/account/everywhere"):
            for method in ("GET", "POST", "PUT"):
                response = browser.open(address, method=method, base_url=PUBLIC)
                yield Answered(f"{method} {address}", response)
    yield Answered("a wrong host", browser.get("/", base_url="https://evil.example"))
    too_much = {"x": "y" * 2_000_000}
    yield Answered("too much", browser.post("/clinic/sign-in", base_url=PUBLIC, data=too_much))


@pytest.fixture
def answers(public_app: Flask, ana: Staff) -> list[Answered]:
    """What strangers and staff are answered, an error of ours included."""
    stranger = public_app.test_client()
    found = [*every_answer(public_app, stranger), *every_answer(public_app, ana._client)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(ana.practice.inbox), "listed", None)
        failed = ana._client.get("/clinic/inbox", base_url=PUBLIC)
    assert failed.status_code == 500
    statuses = {one.response.status_code for one in found}
    assert {200, 303, 400, 404, 405, 413} <= statuses
    return [*found, Answered("an error of ours", failed)]


def without(answers: list[Answered], name: str, value: str) -> list[str]:
    """The addresses whose answer does not carry this header exactly once."""
    return [one.address for one in answers if one.response.headers.getlist(name) != [value]]


def test_asvs_3_4_1_every_answer_demands_https_for_two_years(answers: list[Answered]) -> None:
    assert (
        without(answers, "Strict-Transport-Security", "max-age=63072000; includeSubDomains") == []
    )


def test_asvs_3_4_3_and_3_4_6_every_answer_has_a_policy_that_allows_nothing_inline_and_no_frame(
    answers: list[Answered],
) -> None:
    for one in answers:
        [policy] = one.response.headers.getlist("Content-Security-Policy")
        rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        assert rules["default-src"] == "'none'", one.address
        assert rules["base-uri"] == "'none'", one.address
        assert rules["frame-ancestors"] == "'none'", one.address
        assert rules.get("script-src", "'self'") == "'self'", one.address
        assert not {"unsafe", "data:", "http:", "https:", "*"} & set(policy.split()), one.address


def test_asvs_3_4_4_and_3_4_5_and_3_4_8_every_answer_keeps_to_itself(
    answers: list[Answered],
) -> None:
    assert without(answers, "X-Content-Type-Options", "nosniff") == []
    assert without(answers, "Referrer-Policy", "no-referrer") == []
    assert without(answers, "Cross-Origin-Opener-Policy", "same-origin") == []


@pytest.fixture
def cookies(public_app: Flask, ana: Staff, answers: list[Answered]) -> list[Morsel[str]]:
    """Every cookie that is set, in either part of the site."""
    client = public_app.test_client()
    responses = [one.response for one in answers]
    responses += [client.post("/", base_url=PUBLIC), client.post("/clear", base_url=PUBLIC)]
    form = {"name": "C D", "email": "", "days": "7", "note": ""}
    responses += [ana.post("/clinic/invitations/new", form).response]
    again = Staff(public_app, ana.practice, EMAIL, PUBLIC)
    responses += [again.sign_in().response, again.post("/clinic/sign-out").response]
    responses += [again.sign_in().response, again.post("/clinic/waiting").response]
    return [
        morsel
        for response in responses
        for line in response.headers.getlist("Set-Cookie")
        for morsel in SimpleCookie(line).values()
    ]


def test_asvs_3_3_1_and_3_3_4_every_cookie_is_for_https_and_hidden_from_script(
    cookies: list[Morsel[str]],
) -> None:
    assert [one.key for one in cookies if not one["secure"] or not one["httponly"]] == []


def test_asvs_3_3_2_every_cookie_stays_on_the_site(cookies: list[Morsel[str]]) -> None:
    assert {one["samesite"] for one in cookies} <= {"Lax", "Strict"}
    strict = {one.key for one in cookies if one["samesite"] == "Strict"}
    assert "__Host-clinic-form" in strict


def test_asvs_3_3_3_every_cookie_is_bound_to_this_host(cookies: list[Morsel[str]]) -> None:
    names = {one.key for one in cookies}
    assert {"__Host-answers", "__Host-clinic", "__Host-clinic-form", "__Host-waiting"} <= names
    assert {name for name in names if not name.startswith("__Host-")} <= {"__Secure-fresh-link"}
    for one in cookies:
        assert not one["domain"]
        assert one["path"] == "/" or one.key.startswith("__Secure-")
