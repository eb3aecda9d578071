"""An owner makes a key for another program, sees it once, and takes it away."""

from __future__ import annotations

import pytest

from assessment.practice.practice import Practice
from assessment.practice.staff.colleagues import Step
from assessment.practice.staff.keys import MOST_KEYS
from assessment.records import therapists
from assessment.records.keys import Scope
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.staff import Staff, StaffPage
from tests.web.conftest import Clock

HOME = "/clinic/settings/keys"
FORM = {"name": "Online booking", "write_invitations": "y"}


def make(staff: Staff, **chosen: str) -> StaffPage:
    return staff.post(f"{HOME}/new", {**FORM, **chosen})


def secret_on(page: StaffPage) -> str:
    [shown] = [one for one in page.text.split() if one.startswith("mpa_")]
    return shown


def test_a_key_is_shown_once_and_works(staff: Staff) -> None:
    assert "API keys" in staff.get("/clinic/settings").text
    assert "You have no keys yet" in staff.get(HOME).text
    page = make(staff)
    secret = secret_on(page)
    caller = staff.practice.keys.caller(secret)

    assert page.status == 200
    assert caller is not None
    assert caller.who.clinic.id == staff.who.clinic.id
    assert caller.key.scopes == {Scope.WRITE_INVITATIONS}
    listed = staff.get(HOME)
    assert "Online booking" in listed.text
    assert "Make and revoke invitations" in listed.text
    assert secret not in listed.html


def test_a_revoked_key_opens_nothing(staff: Staff) -> None:
    secret = secret_on(make(staff))
    [link] = [
        link
        for one in staff.get(HOME).all("a")
        if (link := one.get("href") or "").endswith("/revoke")
    ]
    assert "Online booking" in staff.get(link).text

    done = staff.post(link)

    assert done.goes_to == f"{HOME}?done=revoked"
    assert staff.practice.keys.caller(secret) is None
    assert staff.get(link).status == 404


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "x" * 81}, "80 characters"),
        ({"write_invitations": ""}, "Tick at least one"),
    ],
)
def test_a_key_is_made_with_a_name_and_a_scope_only(
    staff: Staff, chosen: dict[str, str], field: str
) -> None:
    sent = {name: value for name, value in {**FORM, **chosen}.items() if value or name == "name"}
    page = staff.post(f"{HOME}/new", sent)

    assert page.status == 422
    assert [field in one for one in page.errors] == [True]
    assert staff.practice.keys.listed(staff.who) == ()


def test_when_a_key_was_used_is_told_and_written_once_a_minute(staff: Staff, clock: Clock) -> None:
    secret = secret_on(make(staff))
    keys = staff.practice.keys
    assert "Never used" in staff.get(HOME).text
    used = []
    for seconds in (0, 59, 1):
        clock.now += seconds
        assert keys.caller(secret) is not None
        [kept] = keys.listed(staff.who)
        used.append(kept.key.used_at)

    assert used == [clock.now - 60, clock.now - 60, clock.now]
    assert "Never" not in staff.get(HOME).text


def test_a_key_of_whoever_is_no_owner_any_more_is_told_not_to_work(
    staff: Staff, make_staff: MakeStaff, practice: Practice
) -> None:
    other = make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)
    id = other.who.therapist.id
    practice.colleagues.change(staff.who, id, Step.MAKE_OWNER)
    staff.sign_in()
    make(other)
    assert "does not work" not in staff.get(HOME).text
    with practice.database.writing() as tx:  # as a version did that left their keys
        therapists.set_owner(tx, staff.who.clinic.id, id, is_owner=False)

    assert "does not work" in staff.get(HOME).text
    assert other.get(HOME).status == 403


def test_a_clinic_has_so_many_keys_and_no_more(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessment.practice.staff.keys.MOST_KEYS", 2)
    assert [make(staff).status for _ in range(3)] == [200, 200, 422]
    assert MOST_KEYS > 2


def test_what_is_done_about_keys_leaves_a_line_without_names(
    staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="assessment")
    make(staff)
    staff.practice.keys.listed(staff.who)
    [kept] = staff.practice.keys.listed(staff.who)
    staff.post(f"{HOME}/{kept.key.id}/revoke")

    assert caplog.messages == ["clinic: API key made", "clinic: API key revoked"]
