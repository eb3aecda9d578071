"""The second step: nothing opens without it, and no code is good twice."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest
from sqlalchemy import select

from assessment.practice.practice import Practice
from assessment.practice.staff.account_mails import AccountMails
from assessment.practice.staff.accounts import FRESH
from assessment.practice.staff.factors import CODES, STEP
from assessment.practice.staff.throttling import BY_ACCOUNT
from assessment.records import account_mails
from assessment.records.database import Database
from assessment.records.keys import Scope
from assessment.records.tables import metadata
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, client_of, send_to
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage
from tests.web.clinic.test_webhooks import URL, Program
from tests.web.conftest import Clock

HOME = "/clinic/account/second-step"
NEW = "violet harbour counts eleven spoons"


def key_on(page: StaffPage) -> str:
    """The key that a page shows as text."""
    [found] = [text_of(one) for one in page.all("code")]
    return found.replace(" ", "")


def set_up_app(staff: Staff, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    """Set an app up in the browser; return it with the recovery codes."""
    page = staff.post(f"{HOME}/app/new")
    app = pyotp.TOTP(key_on(page))
    shown = staff.post(f"{HOME}/app", {**page.hidden, "code": app.at(int(clock.now))})
    assert shown.heading == "Your recovery codes"
    return app, [text_of(one) for one in shown.all("code")]


def give(staff: Staff, page: StaffPage, code: str) -> StaffPage:
    """Send a code from the page that asks for it."""
    sent = {name: page.value(name) for name in ("csrf_token", "half", "next")}
    return staff.post("/clinic/sign-in/code", {**sent, "code": code})


def test_asvs_6_3_3_with_an_app_the_password_alone_opens_nothing(
    staff: Staff, clock: Clock
) -> None:
    app, _ = set_up_app(staff, clock)
    page = staff.sign_in(next="/clinic/settings")

    assert page.heading == "Second step"
    assert staff.session_cookie is None
    assert staff.get("/clinic/inbox").goes_to.startswith("/clinic/sign-in?next=")
    clock.now += STEP
    assert give(staff, page, app.at(int(clock.now))).goes_to == "/clinic/settings"
    assert staff.get("/clinic/inbox").status == 200


def test_asvs_6_5_1_no_code_of_an_app_is_taken_twice(staff: Staff, clock: Clock) -> None:
    app, _ = set_up_app(staff, clock)
    first = app.at(int(clock.now))
    page = staff.sign_in()
    assert give(staff, page, first).status == 422, "the one that set it up counts as used"
    clock.now += STEP
    second = app.at(int(clock.now))
    assert give(staff, page, second).status == 303
    again = staff.sign_in()
    refused = give(staff, again, second)
    assert refused.status == 422
    assert "used already" in refused.errors[0]
    assert staff.session_cookie is None


def test_asvs_6_5_5_a_code_lives_for_a_minute_and_a_half_at_most(
    staff: Staff, clock: Clock
) -> None:
    app, _ = set_up_app(staff, clock)
    clock.now = (clock.now // STEP + 10) * STEP
    page = staff.sign_in()
    for steps, status in ((-2, 422), (2, 422), (-1, 303)):
        assert give(staff, page, app.at(int(clock.now + steps * STEP))).status == status, steps


def test_asvs_6_5_1_each_recovery_code_works_once_and_only_its_hash_is_stored(
    staff: Staff, clock: Clock, practice: Practice
) -> None:
    _, codes = set_up_app(staff, clock)
    assert len(set(codes)) == CODES
    assert give(staff, staff.sign_in(), codes[0].lower().replace("-", " ")).status == 303
    assert give(staff, staff.sign_in(), codes[0]).status == 422
    assert give(staff, staff.sign_in(), codes[1]).status == 303
    assert practice.factors.held(staff.who).codes_left == CODES - 2
    assert not any(code in staff.get(HOME).html for code in codes)
    new = [text_of(one) for one in staff.post(f"{HOME}/codes").all("code")]
    assert not set(new) & set(codes)
    assert give(staff, staff.sign_in(), codes[2]).status == 422
    assert give(staff, staff.sign_in(), new[2]).status == 303


def test_asvs_6_5_2_recovery_codes_and_keys_are_nowhere_in_the_database(
    staff: Staff, clock: Clock, database: Database
) -> None:
    app, codes = set_up_app(staff, clock)
    with database.reading() as tx:
        rows = "".join(
            repr(tx.connection.execute(select(table)).all()) for table in metadata.sorted_tables
        )
    for secret in (app.secret, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in rows


def test_asvs_6_3_1_guesses_at_a_code_are_slowed_down(staff: Staff, clock: Clock) -> None:
    app, _ = set_up_app(staff, clock)
    page = staff.sign_in()
    for _ in range(BY_ACCOUNT.free):
        assert give(staff, page, "000 000").status == 422
    slowed = give(staff, staff.sign_in(), app.at(int(clock.now) + STEP))
    assert slowed.status == 429, "signing in anew gives no further tries"
    assert slowed.response.headers["Retry-After"]


def test_what_the_password_showed_ends_after_minutes_and_with_the_password(
    staff: Staff, clock: Clock, practice: Practice
) -> None:
    _, codes = set_up_app(staff, clock)
    page = staff.sign_in()
    practice.enrolment.set_password(
        staff.email, practice.enrolment.new_password_code(staff.email), NEW
    )
    assert give(staff, page, codes[0]).heading == "Sign in", "the password is another one"
    page = staff.sign_in(NEW)
    clock.now += 301
    assert give(staff, page, codes[0]).heading == "Sign in"
    assert staff.session_cookie is None


def test_asvs_6_4_3_a_new_password_by_code_does_not_get_around_the_second_step(
    staff: Staff, clock: Clock, practice: Practice
) -> None:
    set_up_app(staff, clock)
    code = practice.enrolment.new_password_code(staff.email)
    staff.forget()
    token = staff.get("/clinic/code").value("csrf_token")
    form = {"csrf_token": token, "email": staff.email, "code": code, "password": NEW}

    page = staff.post("/clinic/code", form)

    assert page.heading == "Second step"
    assert staff.session_cookie is None
    assert staff.sign_in(NEW).heading == "Second step"
    assert staff.session_cookie is None


def test_a_wrong_first_code_sets_nothing_up_and_the_key_stays_the_same(
    staff: Staff, practice: Practice
) -> None:
    page = staff.post(f"{HOME}/app/new")
    again = staff.post(f"{HOME}/app", {**page.hidden, "code": "12345x"})
    assert again.status == 422
    assert key_on(again) == key_on(page)
    assert practice.factors.held(staff.who).count == 0


def test_a_key_that_was_shown_to_somebody_else_is_not_taken(
    staff: Staff, make_staff: MakeStaff, clock: Clock
) -> None:
    bo = make_staff("Hillside", "bo@example.org", name="Bo Ek")
    page = staff.post(f"{HOME}/app/new")
    code = pyotp.TOTP(key_on(page)).at(int(clock.now))
    sent = {"sealed_key": page.value("sealed_key"), "code": code}
    assert bo.post(f"{HOME}/app", sent).goes_to == HOME
    assert bo.practice.factors.held(bo.who).count == 0


def test_without_the_app_the_password_is_enough_again(staff: Staff, clock: Clock) -> None:
    set_up_app(staff, clock)
    assert staff.post(f"{HOME}/app/off").goes_to == f"{HOME}?done=app-off"
    assert staff.sign_in().goes_to == "/clinic"


def test_asvs_6_3_3_where_the_clinic_requires_it_nothing_opens_before_it_is_set_up(
    staff: Staff, make_staff: MakeStaff, clock: Clock
) -> None:
    tess = make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)
    set_up_app(staff, clock)
    staff.post("/clinic/settings/sign-in", {"needs_factor": "y"})

    for path in ("/clinic/inbox", "/clinic/account", "/clinic/settings"):
        assert tess.get(path).goes_to == HOME, path
    assert tess.post("/clinic/account/everywhere").goes_to == HOME
    assert "/clinic/inbox" not in tess.get(HOME).links
    assert tess.sign_in().goes_to == "/clinic"
    assert tess.get("/clinic").goes_to == HOME
    set_up_app(tess, clock)
    assert tess.get("/clinic/inbox").status == 200
    kept = tess.post(f"{HOME}/app/off")
    assert "requires a second step" in kept.errors[0]
    assert staff.get("/clinic/inbox").status == 200


def test_an_owner_resets_the_second_step_of_a_colleague_who_is_told(
    staff: Staff,
    make_staff: MakeStaff,
    clock: Clock,
    practice: Practice,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="assessment")
    tess = make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)
    set_up_app(tess, clock)
    told = telling(practice)
    page = f"/clinic/colleagues/{tess.who.therapist.id}/reset-factors"
    assert staff.get(page).status == 200
    assert staff.post(page).status == 303

    assert tess.get("/clinic/inbox").status == 303, "their sessions end"
    assert tess.sign_in().goes_to == "/clinic"
    assert "clinic: second factor of a colleague reset" in caplog.messages
    assert (tess.who.therapist.id, "reset") in told()


def test_an_account_is_told_of_new_devices_and_of_what_changes_without_secrets(
    staff: Staff, clock: Clock, practice: Practice
) -> None:
    told = telling(practice)
    staff.sign_in()
    staff.post("/clinic/account/password", {"old_password": PASSWORD, "new_password": NEW})
    _, codes = set_up_app(staff, clock)
    give(staff, staff.sign_in(NEW), codes[0])
    staff.post(f"{HOME}/codes")
    staff.post(f"{HOME}/app/off")

    kinds = [kind for _, kind in told()]
    assert sorted(kinds) == sorted(
        ["new device", "password", "app on", "new device", "code used", "new codes", "app off"]
    )


def telling(practice: Practice) -> Callable[[], list[tuple[str, str]]]:
    """Have mails put down; return what reads to whom, and about what."""
    for part in (practice.accounts, practice.enrolment, practice.colleagues, practice.factors,
                 practice.second_step, practice.passkeys):  # fmt: skip
        part._mails = AccountMails(can_mail=True)

    def told() -> list[tuple[str, str]]:
        with practice.database.reading() as tx:
            found = account_mails.due(tx, 2**40, 50)
        return [(one.therapist, one.kind) for one in found]

    return told


SHOWN = {
    "export": "a file", "response": None, "client": None, "rules": None,
    "invite": "Hand over this code", "key": "Copy this key now", "revoke": None,
    "webhook": "Copy this secret",
}  # fmt: skip
"""What is sensitive, and what is shown once it is done: None where it leads to another page."""


@pytest.mark.parametrize("what", list(SHOWN))
def test_asvs_7_5_1_what_is_sensitive_asks_for_the_password_again_and_keeps_what_was_typed(
    staff: Staff, clock: Clock, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff.practice.webhooks, "_caller", Program())
    key = staff.practice.keys.make(staff.who, "Bookings", frozenset(Scope)).key.id
    response = send_to(staff, EMERGENCY, "Ann Berg")
    path, form = {
        "export": ("/clinic/export", {"response": response, "format": "csv"}),
        "response": (f"/clinic/responses/{response}/erase", {}),
        "client": (f"/clinic/clients/{client_of(staff, response)}/erase", {}),
        "rules": ("/clinic/settings/sign-in", {"needs_factor": "y"}),
        "invite": (
            "/clinic/colleagues/new",
            {"name": "Tess", "email": "t@example.org", "role": "owner"},
        ),
        "key": ("/clinic/settings/keys/new", {"name": "Till", "read_responses": "y"}),
        "revoke": (f"/clinic/settings/keys/{key}/revoke", {}),
        "webhook": ("/clinic/settings/webhooks/new", {"url": URL}),
    }[what]
    clock.now += FRESH
    asked = staff.post(path, form)

    assert asked.heading == "Confirm it is you"
    assert {name: asked.value(name) for name in form} == form
    assert "Ann Berg" in staff.get("/clinic/inbox").html, "nothing is done yet"
    assert [one.key.id for one in staff.practice.keys.listed(staff.who)] == [key]
    assert staff.practice.webhooks.every(staff.who)[0] == ()
    wrong = staff.post(path, {**asked.hidden, "again_password": "a guess at it"})
    assert wrong.errors == ["This is not your password. Try again"]
    assert "a guess at it" not in wrong.html
    done = staff.post(path, {**wrong.hidden, "again_password": PASSWORD})
    assert done.status == (200 if SHOWN[what] else 303)
    if SHOWN[what] not in (None, "a file"):
        assert done.heading == SHOWN[what]
    assert staff.practice.accounts.is_fresh(staff.who)
