"""An owner looks after colleagues in the browser, and each change asks for the password."""

from __future__ import annotations

import pytest
from flask import Flask

from assessment.practice.post.mail import Letter, MailFailed, Trouble
from assessment.practice.practice import Practice
from assessment.practice.staff.accounts import FRESH
from assessment.practice.staff.colleagues import MOST_INVITED, Step
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, send_to
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage
from tests.web.conftest import Clock

HOME = "/clinic/colleagues"
NEW = {"name": "Tess Low", "email": "tess@example.org", "role": "therapist"}
THEIRS = "violet harbour counts eleven spoons"


@pytest.fixture
def tess(staff: Staff, make_staff: MakeStaff) -> Staff:
    """A therapist of the same clinic, signed in."""
    return make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)


def take(owner: Staff, step: Step, of: Staff | str, **more: str) -> StaffPage:
    """Take a step about somebody in the browser of an owner."""
    id = of if isinstance(of, str) else id_of(owner, of.email)
    return owner.post(f"{HOME}/{id}/{step}", more)


def id_of(owner: Staff, email: str) -> str:
    everybody = owner.practice.colleagues.everybody(owner.who)
    [found] = [one.therapist.id for one in everybody if one.therapist.email == email]
    return found


def code_on(page: StaffPage) -> str:
    [found] = [text_of(one) for one in page.all("p") if one.get("class") == "code"]
    return found


def choose_password(one: Staff, code: str, password: str = THEIRS) -> StaffPage:
    token = one.get("/clinic/code").value("csrf_token")
    form = {"csrf_token": token, "email": one.email, "code": code, "password": password}
    return one.post("/clinic/code", form)


def test_an_owner_invites_a_colleague_who_chooses_a_password_with_a_code_shown_once(
    staff: Staff, clinic_app: Flask, practice: Practice
) -> None:
    page = staff.post(f"{HOME}/new", NEW)
    code = code_on(page)
    tess = Staff(clinic_app, practice, "tess@example.org")

    assert page.status == 200
    assert "/clinic/code" in page.html
    assert "No password yet" in staff.get(HOME).html
    assert code not in staff.get(f"{HOME}/{id_of(staff, tess.email)}").html
    assert choose_password(tess, code).goes_to == "/clinic"
    assert not tess.who.therapist.is_owner
    assert tess.who.clinic.id == staff.who.clinic.id
    assert choose_password(tess, code, PASSWORD).status == 422, "it works once"


def test_where_mail_can_be_sent_the_code_goes_by_mail_and_is_not_shown(
    staff: Staff, can_mail: None, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, Letter]] = []
    monkeypatch.setattr(
        practice.welcome._mailer, "send", lambda to, letter: sent.append((to, letter))
    )
    page = staff.post(f"{HOME}/new", NEW)

    [(to, letter)] = sent
    assert to == "tess@example.org"
    assert "/clinic/code" in letter.text
    assert page.title.startswith("Email sent")
    code = next(line for line in letter.text.splitlines() if line.count("-") == 3)
    assert code not in page.html
    practice.enrolment.set_password(to, code, THEIRS)


def test_a_mail_that_does_not_go_out_leaves_the_code_to_hand_over(
    staff: Staff, can_mail: None, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(to: str, letter: Letter) -> None:
        raise MailFailed(Trouble.NO_ANSWER)

    monkeypatch.setattr(practice.welcome._mailer, "send", refuse)
    page = staff.post(f"{HOME}/new", NEW)

    assert "could not be sent" in page.html
    practice.enrolment.set_password("tess@example.org", code_on(page), THEIRS)


def test_an_address_that_somebody_uses_is_refused_alike_wherever_they_work(
    staff: Staff, make_staff: MakeStaff
) -> None:
    make_staff("Hillside", "bo@example.org", name="Bo Ek")

    errors = {
        str(staff.post(f"{HOME}/new", NEW | {"email": email}).errors)
        for email in ("bo@example.org", "ana@example.org")
    }
    assert errors == {'["This email address can\'t be used here. Enter another one"]'}


def test_only_so_many_are_invited_in_a_day(staff: Staff) -> None:
    """Else an owner could try which addresses have an account on this site."""
    for number in range(MOST_INVITED):
        email = "ana@example.org" if number else "new@example.org"
        staff.post(f"{HOME}/new", NEW | {"email": email})

    page = staff.post(f"{HOME}/new", NEW)
    assert page.status == 422
    assert "Try again tomorrow" in page.errors[0]


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", "", "Enter their name"),
        ("email", "tess", "Enter an email address, such as name@example.org"),
        ("role", "king", "Choose one of these"),
    ],
)
def test_asvs_2_2_1_what_does_not_fit_is_explained_and_nobody_is_invited(
    staff: Staff, field: str, value: str, error: str
) -> None:
    page = staff.post(f"{HOME}/new", NEW | {field: value})

    assert page.status == 422
    assert page.errors == [error]
    assert PASSWORD not in page.html
    assert len(staff.practice.colleagues.everybody(staff.who)) == 1


@pytest.mark.parametrize("step", Step)
def test_asvs_7_5_1_no_step_is_taken_without_the_password_and_guesses_are_slowed(
    staff: Staff, tess: Staff, step: Step, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="assessment")
    before = staff.practice.colleagues.one(staff.who, tess.who.therapist.id)
    taker = {"taker": staff.who.therapist.id}
    clock.now += FRESH

    assert take(staff, step, tess, **taker).value("again_password") == ""
    assert take(staff, step, tess, **taker, again_password="").errors == ["Enter your password"]
    for _ in range(5):
        page = take(staff, step, tess, **taker, again_password="a guess at it")
        assert page.errors == ["This is not your password. Try again"]
    slowed = take(staff, step, tess, **taker, again_password=PASSWORD)
    assert "There have been too many tries" in slowed.errors[0], "the right one waits, too"
    assert staff.practice.colleagues.one(staff.who, tess.who.therapist.id) == before
    assert caplog.messages.count("clinic: password refused") == 6
    assert tess.get("/clinic/inbox").status == 200


def test_asvs_7_2_4_the_password_before_a_step_gives_the_owner_another_session_secret(
    staff: Staff, tess: Staff, clock: Clock
) -> None:
    clock.now += FRESH
    old = staff.session_cookie
    assert old is not None
    assert take(staff, Step.SIGN_OUT, tess, again_password=PASSWORD).status == 303
    assert staff.session_cookie != old
    assert staff.practice.accounts.session(old) is None
    assert staff.get("/clinic/inbox").status == 200


def test_asvs_7_4_5_an_owner_ends_the_sessions_of_a_colleague(staff: Staff, tess: Staff) -> None:
    take(staff, Step.SIGN_OUT, tess)

    assert tess.get("/clinic/inbox").status == 303
    assert tess.sign_in().goes_to == "/clinic"


def test_disabling_ends_sessions_codes_and_mail_at_once_and_can_be_undone(
    staff: Staff, tess: Staff, practice: Practice
) -> None:
    practice.accounts.change_details(tess.who, "Tess Low", urgent_mail=True)
    code = practice.enrolment.new_password_code(tess.email)
    practice.accounts.change_details(tess.who, "Tess Low", urgent_mail=True)
    take(staff, Step.DISABLE, tess)

    assert "Disabled" in staff.get(HOME).html
    for step in (Step.CODE, Step.MAKE_OWNER):
        page = take(staff, step, tess)
        assert page.errors == ["This account is disabled. Enable it first"]
    assert tess.get("/clinic/inbox").status == 303
    assert tess.sign_in().status == 422
    assert choose_password(tess, code).status == 422
    take(staff, Step.ENABLE, tess)
    assert tess.get("/clinic/inbox").status == 303, "an old session stays ended"
    assert tess.sign_in().goes_to == "/clinic"
    assert not tess.who.therapist.urgent_mail


def test_a_colleague_is_removed_and_their_notes_keep_the_name_of_that_time(
    staff: Staff, tess: Staff, practice: Practice
) -> None:
    response = send_to(staff, EMERGENCY)
    tess.post(f"/clinic/responses/{response}/notes", {"text": "I called her."})
    made = practice.invitations.invite(tess.who, "Zoe", "", 7, "").invitation
    id = id_of(staff, tess.email)
    ask = staff.get(f"{HOME}/{id}/{Step.REMOVE}")
    assert "They have 1 invitation and 0 responses." in ask.html
    assert ask.value("taker") == staff.who.therapist.id

    page = take(staff, Step.REMOVE, id, taker=staff.who.therapist.id)

    assert page.goes_to == f"{HOME}?done=remove"
    assert "Tess Low" not in staff.get(HOME).html
    assert staff.get(f"{HOME}/{id}").status == 404
    assert tess.sign_in().status == 422
    note = staff.get(f"/clinic/responses/{response}").html
    assert "Tess Low" in note
    assert "I called her." in note
    assert practice.invitations.get(staff.who, made.id).therapist == staff.who.therapist.id
    assert staff.post(f"{HOME}/new", NEW).status == 200, "the address is free again"


def test_a_new_code_lets_a_colleague_choose_another_password(staff: Staff, tess: Staff) -> None:
    code = code_on(take(staff, Step.CODE, tess))

    assert tess.get("/clinic/inbox").status == 200, "until then nothing changes"
    before = tess.session_cookie
    assert before is not None
    assert choose_password(tess, code).goes_to == "/clinic"
    assert tess.get("/clinic/inbox").status == 200
    tess.set_cookie("clinic", before)
    assert tess.get("/clinic/inbox").status == 303, "what was open elsewhere ends"
    assert tess.sign_in(THEIRS).goes_to == "/clinic"


def test_a_role_counts_from_the_next_page_on(staff: Staff, tess: Staff) -> None:
    assert tess.get(HOME).status == 403
    take(staff, Step.MAKE_OWNER, tess)
    assert tess.get(HOME).status == 200
    take(tess, Step.MAKE_THERAPIST, staff)
    assert staff.get(HOME).status == 403


def test_the_last_owner_stays_one(staff: Staff, tess: Staff) -> None:
    own = staff.who.therapist.id
    last = ["You are the only owner who can sign in. Make a colleague an owner first"]
    assert take(staff, Step.MAKE_THERAPIST, own).errors == last
    staff.post(f"{HOME}/new", NEW | {"email": "new@example.org", "role": "owner"})
    assert take(staff, Step.MAKE_THERAPIST, own).errors == last, "who has no password yet is none"
    take(staff, Step.MAKE_OWNER, tess)
    assert take(staff, Step.MAKE_THERAPIST, own).goes_to == "/clinic/settings"
    assert take(tess, Step.MAKE_THERAPIST, tess).errors == last


@pytest.mark.parametrize("step", [Step.DISABLE, Step.REMOVE, Step.SIGN_OUT, Step.CODE])
def test_nobody_closes_their_own_account(staff: Staff, tess: Staff, step: Step) -> None:
    own, taker = staff.who.therapist.id, tess.who.therapist.id
    assert staff.get(f"{HOME}/{own}/{step}").goes_to == f"{HOME}/{own}"
    page = take(staff, step, own, **({"taker": taker} if step is Step.REMOVE else {}))
    assert page.errors == ["Only another owner can do this to your account"]
    assert staff.get("/clinic/inbox").status == 200


def test_nobody_takes_over_who_cannot_sign_in(
    staff: Staff, tess: Staff, make_staff: MakeStaff
) -> None:
    dan = make_staff(email="dan@example.org", name="Dan Out", joins=staff.who.clinic.slug)
    left = dan.who.therapist.id
    take(staff, Step.DISABLE, left)
    for taker in (left, tess.who.therapist.id, "nobody"):
        page = take(staff, Step.REMOVE, tess, taker=taker)
        assert page.errors == ["Choose one of these"], taker
    assert tess.get("/clinic/inbox").status == 200


def test_asvs_16_3_2_what_an_owner_does_leaves_a_line_without_names(
    staff: Staff, tess: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="assessment")
    own = {"taker": staff.who.therapist.id}
    staff.practice.invitations.invite(tess.who, "Zoe", "", 7, "")
    staff.post(f"{HOME}/new", NEW | {"email": "new@example.org"})
    for step in (
        Step.MAKE_OWNER, Step.MAKE_THERAPIST, Step.CODE, Step.SIGN_OUT, Step.DISABLE, Step.ENABLE,
        Step.HAND_OVER, Step.REMOVE,
    ):  # fmt: skip
        assert take(staff, step, tess, **own).status in (200, 303), step
    staff.post(f"{HOME}/sharing", {"seen_by": "inviter"})
    tess.get(HOME)

    assert [line.removeprefix("clinic: ") for line in caplog.messages] == [
        "colleague invited", "role changed", "role changed", "code for a colleague made",
        "colleague signed out", "colleague disabled", "colleague enabled",
        "invitations and responses handed over", "colleague removed",
        "who sees responses changed",
    ]  # fmt: skip


def test_who_sees_what_clients_send_is_shown_and_needs_the_password(
    staff: Staff, clock: Clock
) -> None:
    assert "Everybody in the clinic" in text_of(staff.get(HOME).one("main"))
    clock.now += FRESH
    guess = {"seen_by": "inviter", "again_password": "a guess at it"}
    refused = staff.post(f"{HOME}/sharing", guess)
    assert refused.errors == ["This is not your password. Try again"]
    staff.post(f"{HOME}/sharing", {**refused.hidden, "again_password": PASSWORD})

    assert staff.who.clinic.inviter_only
    assert staff.get(f"{HOME}/sharing").value("seen_by") == "inviter"

    shown = staff.get("/clinic/settings")
    names = ("name", "country", "time_zone", "invitation_days", "language")
    form = {name: shown.value(name) for name in names}
    more = {"remind_after": "3", "remind_before": "y"}
    assert staff.post("/clinic/settings", {**form, **more}).status == 303
    assert staff.who.clinic.inviter_only, "other settings leave it as it is"
    staff.post(f"{HOME}/sharing", {"seen_by": "everybody"})
    clinic = staff.who.clinic
    assert (clinic.inviter_only, clinic.remind_after, clinic.remind_before) == (False, 3, True)
