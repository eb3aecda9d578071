"""Clinics and their staff are stored as they are, and found again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assessment.records import attempts, clinics, codes, sessions, therapists
from assessment.records.database import Database
from assessment.records.ids import ClinicId, TherapistId, new_id
from assessment.records.refusals import Misfit, Taken
from tests.records.some import NOW, disable, move_in, some_clinic, some_session, some_therapist


def test_a_clinic_is_found_by_its_id_and_by_its_address(database: Database) -> None:
    full = some_clinic()
    bare = some_clinic(
        phone=None, booking_url=None, accent=None, emergency_numbers=None, same_day_numbers=None,
        created_at=NOW + 1,
    )  # fmt: skip
    with database.reading() as tx:
        assert not clinics.any_exists(tx)
        assert clinics.every(tx) == ()
    with database.writing() as tx:
        clinics.add(tx, bare)
        clinics.add(tx, full)

    with database.reading() as tx:
        assert clinics.any_exists(tx)
        assert clinics.every(tx) == (full, bare)
        assert clinics.get(tx, bare.id) == bare
        assert clinics.by_slug(tx, full.slug) == full
        assert clinics.by_slug(tx, "nobody") is None
        assert clinics.get(tx, ClinicId("nobody")) is None


def test_each_change_of_a_clinic_raises_its_revision(database: Database) -> None:
    old = some_clinic()
    with database.writing() as tx:
        clinics.add(tx, old)
        new = clinics.update(tx, replace(old, name="Ærø", slug="aero", phone=None, revision=40))
        assert new == replace(old, name="Ærø", slug="aero", phone=None, revision=2)
        clinics.set_logo(tx, old.id, b"\x89PNG\0", "image/png")
        assert clinics.get(tx, old.id) == replace(new, logo_type="image/png", revision=3)
        assert clinics.logo(tx, old.id) == (b"\x89PNG\0", "image/png")
        kept = clinics.update(tx, replace(new, language="de"))
        assert (kept.revision, kept.logo_type) == (4, "image/png")
        clinics.set_logo(tx, old.id, None, None)
        assert clinics.logo(tx, old.id) is None
        assert clinics.get(tx, old.id) == replace(new, language="de", revision=5)


def test_whoever_looked_at_the_settings_before_takes_back_nothing_of_who_sees_what(
    database: Database,
) -> None:
    looked_at = some_clinic()
    with database.writing() as tx:
        clinics.add(tx, looked_at)
        clinics.set_inviter_only(tx, looked_at.id, inviter_only=True)
        new = clinics.update(tx, replace(looked_at, remind_after=3, remind_before=True))
        assert (new.inviter_only, new.remind_after, new.remind_before) == (True, 3, True)


def test_two_clinics_cannot_share_an_address(database: Database) -> None:
    one, two = some_clinic(slug="same"), some_clinic()
    with database.writing() as tx:
        clinics.add(tx, one)
        clinics.add(tx, two)
        with pytest.raises(Taken):
            clinics.add(tx, some_clinic(slug="same"))
        with pytest.raises(Taken):
            clinics.update(tx, replace(two, slug="same"))
        with pytest.raises(LookupError):
            clinics.update(tx, some_clinic())

    with database.reading() as tx:
        assert {clinic.id for clinic in clinics.every(tx)} == {one.id, two.id}


def test_a_therapist_signs_in_by_an_address_in_any_case(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        other = some_therapist(house.id, email="Bo.Ö@Clinic.Example", created_at=NOW + 1)
        therapists.add(tx, other, None)

    with database.reading() as tx:
        assert therapists.by_email(tx, " bo.ö@clinic.example ") == (other, None)
        assert therapists.by_email(tx, house.therapist.email) == (
            house.therapist,
            "hash of a password",
        )
        assert therapists.by_email(tx, "nobody@clinic.example") is None
        assert therapists.of_clinic(tx, house.id) == (house.therapist, other)
        assert therapists.get(tx, house.id, other.id) == other
        assert therapists.get(tx, house.id, TherapistId("nobody")) is None
        assert therapists.password_of(tx, house.id, house.therapist.id) == "hash of a password"
        assert therapists.password_of(tx, house.id, other.id) is None


def test_a_therapist_and_the_password_are_changed_apart(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        disable(tx, house.therapist, NOW)
        therapists.set_details(tx, house.id, house.therapist.id, "Cleo", urgent_mail=True)
        therapists.set_password(tx, house.id, house.therapist.id, "another hash")

        changed = replace(house.therapist, name="Cleo", urgent_mail=True, disabled_at=NOW)
        assert therapists.by_email(tx, house.therapist.email) == (changed, "another hash")


def test_an_address_belongs_to_one_therapist_in_all_clinics(database: Database) -> None:
    with database.writing() as tx:
        house, other = move_in(tx), move_in(tx)
        taken = house.therapist.email.upper()
        with pytest.raises(Taken):
            therapists.add(tx, some_therapist(other.id, email=taken), None)
        assert therapists.of_clinic(tx, other.id) == (other.therapist,)

    with pytest.raises(Misfit), database.writing() as tx:
        therapists.add(tx, some_therapist(ClinicId("nowhere")), None)


def test_a_session_is_found_by_its_token_with_whose_it_is(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        move_in(tx)
        token = f"session {house.session.id}"

    with database.reading() as tx:
        assert sessions.find(tx, token) == (
            house.session,
            house.therapist,
            house.clinic,
            NOW + 3600,
        )
        assert sessions.find(tx, "made up") is None


def test_sessions_are_listed_renewed_and_ended(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        mine = house.therapist.id
        late = some_session(house.therapist, used_at=NOW + 9)
        last = some_session(house.therapist, used_at=NOW + 10)
        for session in (late, last):
            sessions.add(tx, session.id, session, NOW + 3600)
        assert sessions.of_therapist(tx, house.id, mine) == (last, late, house.session)

        sessions.touch(tx, house.id, house.session.id, NOW + 11)
        renewed = replace(house.session, used_at=NOW + 11)
        assert sessions.of_therapist(tx, house.id, mine) == (renewed, last, late)

        assert sessions.end(tx, house.id, mine, late.id)
        assert not sessions.end(tx, house.id, mine, late.id)
        assert sessions.find(tx, late.id) is None
        sessions.end_all(tx, house.id, mine, but=last.id)
        assert sessions.of_therapist(tx, house.id, mine) == (last,)
        sessions.end_all(tx, house.id, mine)
        assert sessions.of_therapist(tx, house.id, mine) == ()


def test_a_therapist_ends_no_session_of_a_colleague(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        colleague = some_therapist(house.id)
        therapists.add(tx, colleague, None)

        assert not sessions.end(tx, house.id, colleague.id, house.session.id)
        sessions.end_all(tx, house.id, colleague.id)
        assert sessions.of_therapist(tx, house.id, house.therapist.id) == (house.session,)


def test_sessions_that_are_over_are_purged(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        over = some_session(house.therapist)
        sessions.add(tx, over.id, over, NOW + 3599)
        sessions.purge(tx, NOW + 3600)

        assert sessions.of_therapist(tx, house.id, house.therapist.id) == (house.session,)


def test_attempts_are_counted_for_each_key_since_a_time(database: Database) -> None:
    with database.writing() as tx:
        for when in (NOW, NOW, NOW + 5):
            attempts.add(tx, "key", when)
        attempts.add(tx, "other", NOW)

        later = NOW + 9
        assert attempts.times(tx, "key", NOW - 1, later) == (NOW, NOW, NOW + 5)
        assert attempts.times(tx, "key", NOW, later) == (NOW + 5,)
        assert attempts.times(tx, "key", NOW - 1, NOW + 4) == (NOW, NOW)
        attempts.purge(tx, NOW + 1, NOW + 5)
        assert attempts.times(tx, "key", 0, later) == (NOW + 5,)
        assert attempts.times(tx, "other", 0, later) == ()
        attempts.remove(tx, [attempts.add(tx, "key", NOW + 6)])
        assert attempts.times(tx, "key", 0, later) == (NOW + 5,)
        attempts.purge(tx, 0, NOW + 4)
        assert attempts.times(tx, "key", 0, later) == (), "a clock was wrong when it was made"
        attempts.add(tx, "key", NOW)
        attempts.clear(tx, "key")
        assert attempts.times(tx, "key", 0, later) == ()


def test_a_code_is_good_once_for_its_purpose_and_until_its_time(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        whose = (house.id, house.therapist.id)
        codes.add(tx, "one", codes.PASSWORD, *whose, NOW + 600)
        codes.add(tx, "two", codes.PASSWORD, *whose, NOW + 600)
        codes.add(tx, "three", codes.SETUP, None, None, None)

        assert codes.use(tx, "one", codes.SETUP, NOW) is None
        assert codes.use(tx, "one", codes.PASSWORD, NOW + 599) == whose
        assert codes.use(tx, "one", codes.PASSWORD, NOW) is None
        assert codes.use(tx, "two", codes.PASSWORD, NOW + 600) is None
        assert codes.use(tx, "three", codes.SETUP, NOW + 10**9) == (None, None)


def test_codes_of_a_purpose_or_of_a_therapist_are_dropped(database: Database) -> None:
    with database.writing() as tx:
        house, other = move_in(tx), move_in(tx)
        codes.add(tx, "mine", codes.PASSWORD, house.id, house.therapist.id, None)
        codes.add(tx, "theirs", codes.PASSWORD, other.id, other.therapist.id, None)
        for code in ("old", "older"):
            codes.add(tx, code, codes.SETUP, None, None, None)

        codes.drop(tx, codes.SETUP)
        codes.drop(tx, codes.PASSWORD, house.therapist.id)
        assert codes.use(tx, "old", codes.SETUP, NOW) is None
        assert codes.use(tx, "older", codes.SETUP, NOW) is None
        assert codes.use(tx, "mine", codes.PASSWORD, NOW) is None
        assert codes.use(tx, "theirs", codes.PASSWORD, NOW) == (other.id, other.therapist.id)


@pytest.mark.parametrize("odd", ["\0", "a\0b", "\ud83e", "\U0001f9b5", "x" * 5000, "%", "'; --"])
def test_a_made_up_address_is_simply_not_there(database: Database, odd: str) -> None:
    with database.reading() as tx:
        assert clinics.by_slug(tx, odd) is None
        assert therapists.get(tx, ClinicId(odd), TherapistId(odd)) is None
        assert therapists.by_email(tx, odd) is None


def test_what_a_browser_says_of_itself_is_stored_without_what_cannot_be(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        odd = some_session(house.therapist, id=new_id(), browser="a\0b \ud83e c\n")
        sessions.add(tx, "odd", odd, NOW)
        found = sessions.find(tx, "odd")

    assert found is not None
    assert found[0].browser == "a\ufffdb ? c\n"
