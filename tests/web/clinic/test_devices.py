"""A device that somebody signed in from before keeps an allowance of its own."""

from __future__ import annotations

import re

from flask import Flask

from assessment.engine.protocol import Protocol
from assessment.practice.practice import Practice
from assessment.practice.staff.throttling import BY_ACCOUNT, BY_ADDRESS
from assessment.web.clinic.device import SECONDS
from assessment.web.factory import make_app
from assessment.web.server.settings import read_settings
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage
from tests.web.conftest import KEY, Clock

WRONG = "wrong password here"


def again(staff: Staff, password: str = PASSWORD, email: str | None = None) -> StaffPage:
    """Sign in once more, on a device that has kept its cookies."""
    page = staff.get("/clinic/sign-in")
    if page.status == 303:
        staff.post("/clinic/sign-out")
        page = staff.get("/clinic/sign-in")
    form = {**page.hidden, "email": email or staff.email, "password": password}
    return staff.post("/clinic/sign-in", form)


def a_guest_tries(app: Flask, practice: Practice, email: str | None = None) -> None:
    """Somebody in the same network tries wrong passwords until they are held up."""
    guest = Staff(app, practice, "x")
    for number in range(BY_ADDRESS.most):
        guest.email = email or f"guess{number}@example.org"
        if guest.sign_in(WRONG).status == 429:
            return
    raise AssertionError("nothing held the guest up")


def test_6_3_1_wrong_sign_ins_of_a_guest_keep_no_therapist_out(
    make_staff: MakeStaff, clinic_app: Flask, practice: Practice
) -> None:
    ana = make_staff()
    ben = make_staff(email="ben@example.org", name="Ben Okoro", joins="riverside-massage")
    a_guest_tries(clinic_app, practice)
    for one in (ana, ben):
        a_guest_tries(clinic_app, practice, one.email)
    for one in (ana, ben):
        assert again(one).goes_to == "/clinic"
    assert ana.sign_in().status == 429, "with every cookie lost, it is a device like any other"


def test_people_who_share_a_device_are_all_known_on_it(
    make_staff: MakeStaff, clinic_app: Flask, practice: Practice
) -> None:
    ana = make_staff()
    ben = make_staff(email="ben@example.org", name="Ben Okoro", joins="riverside-massage")
    assert again(ana, email=ben.email).goes_to == "/clinic"
    a_guest_tries(clinic_app, practice)
    for email in (ana.email, ben.email):
        assert again(ana, email=email).goes_to == "/clinic"


def test_6_3_1_a_device_that_is_known_may_not_guess_for_ever(
    make_staff: MakeStaff, clinic_app: Flask, practice: Practice
) -> None:
    ana = make_staff()
    make_staff(email="ben@example.org", name="Ben Okoro", joins="riverside-massage")
    tries = 0
    while again(ana, WRONG).status == 422:
        tries += 1
    assert tries == 2 * BY_ACCOUNT.free, "its own allowance, then that of anybody"
    tries = 0
    while again(ana, WRONG, "ben@example.org").status == 422:
        tries += 1
    assert tries == BY_ACCOUNT.free, "of somebody who never signed in on it"


def test_a_cookie_of_a_device_cannot_be_made_up_and_ends(
    make_staff: MakeStaff, clinic_app: Flask, practice: Practice, clock: Clock
) -> None:
    ana = make_staff()
    kept = ana.cookies["clinic-device"]
    a_guest_tries(clinic_app, practice)
    for made_up in ("", "x", kept[:-2], kept[1:]):
        ana.set_cookie("clinic-device", made_up)
        assert again(ana).status == 429
    ana.set_cookie("clinic-device", kept)
    clock.now += SECONDS + 1
    a_guest_tries(clinic_app, practice)
    assert again(ana).status == 429


def test_the_cookie_of_a_device_says_nothing_and_is_for_https(
    make_staff: MakeStaff, practice: Practice, clock: Clock, small: Protocol
) -> None:
    make_staff()
    public = "https://clinic.example"
    app = make_app(
        read_settings(public_url=public, proxy_hops=0), small, KEY, clock, practice=practice
    )
    page = Staff(app, practice, "ana@example.org", public).sign_in()
    [cookie] = [one for one in page.response.headers.getlist("Set-Cookie") if "device" in one]
    name, _, rest = cookie.partition("=")
    assert name == "__Host-clinic-device"
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={SECONDS}"):
        assert part in rest.split("; ")
    assert not re.search(r"\bana\b", rest), "as a word: what is sealed may hold it by chance"
    assert "example" not in rest


def test_6_3_1_the_operator_lifts_a_lock(
    make_staff: MakeStaff, clinic_app: Flask, practice: Practice
) -> None:
    ana = make_staff()
    a_guest_tries(clinic_app, practice, ana.email)
    assert ana.sign_in().status == 429
    practice.enrolment.unlock(ana.email)
    assert ana.sign_in().goes_to == "/clinic"
    a_guest_tries(clinic_app, practice)
    assert ana.sign_in().status == 429
    practice.enrolment.unlock()
    assert ana.sign_in().goes_to == "/clinic"
