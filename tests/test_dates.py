"""Days and times are those of the clinic's place, in one form, and a day lasts until its end."""

from __future__ import annotations

import datetime

import pytest

from assessment.exports.dates import UTC, Calendar, calendar_of, day_in_words, server_calendar

LONDON, TOKYO, NEW_YORK = (
    Calendar("Europe/London"),
    Calendar("Asia/Tokyo"),
    Calendar("America/New_York"),
)
MORNING = 1_800_000_000
"""15 January 2027, 08:00 UTC."""


def at(text: str) -> int:
    return int(datetime.datetime.fromisoformat(text).timestamp())


def test_a_time_is_that_of_the_place_and_says_so_to_people_elsewhere() -> None:
    assert LONDON.time(MORNING) == "15 January 2027, 08:00"
    assert TOKYO.time_there(MORNING) == "15 January 2027, 17:00 (Tokyo time)"
    assert NEW_YORK.time_there(MORNING) == "15 January 2027, 03:00 (New York time)"
    assert UTC.time_there(MORNING) == "15 January 2027, 08:00 (UTC)"
    assert Calendar("Etc/UTC").place == "UTC"


def test_machines_get_a_time_with_its_offset() -> None:
    assert TOKYO.machine(MORNING) == "2027-01-15T17:00:00+09:00"
    assert LONDON.machine(at("2027-07-01T12:00:00Z")) == "2027-07-01T13:00:00+01:00"


@pytest.mark.parametrize(
    ("calendar", "made", "days", "ends"),
    [
        (LONDON, "2026-11-25T08:00:00+00:00", 7, "2026-12-03T00:00:00+00:00"),
        (TOKYO, "2026-11-25T23:59:59+09:00", 7, "2026-12-03T00:00:00+09:00"),
        (NEW_YORK, "2026-11-25T00:00:00-05:00", 1, "2026-11-27T00:00:00-05:00"),
        (LONDON, "2027-03-27T23:59:00+00:00", 1, "2027-03-29T00:00:00+01:00"),
        (LONDON, "2026-10-24T23:59:00+01:00", 1, "2026-10-26T00:00:00+00:00"),
    ],
)
def test_a_day_lasts_until_its_end_there(
    calendar: Calendar, made: str, days: int, ends: str
) -> None:
    assert calendar.end_of_day(at(made), days) == at(ends)
    assert calendar.days_until(at(made), at(ends)) == days


def test_the_last_day_is_the_one_that_ends_then() -> None:
    assert LONDON.last_day(at("2026-12-03T00:00:00Z")) == "2 December 2026"
    assert LONDON.last_day(at("2026-12-02T08:00:00Z")) == "2 December 2026"


def test_a_day_of_a_place_may_be_another_one_than_in_london() -> None:
    evening = at("2026-11-25T20:00:00Z")
    assert [one.day(evening) for one in (LONDON, TOKYO)] == ["25 November 2026", "26 November 2026"]
    assert [one.age("1980-11-26", evening) for one in (LONDON, TOKYO)] == [45, 46]
    assert TOKYO.date(evening) == datetime.date(2026, 11, 26)


@pytest.mark.parametrize("zone", [None, "", "Europe/Nowhere", "../../etc/passwd", "JST-9"])
def test_where_no_zone_is_known_it_is_that_of_the_server(
    zone: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert calendar_of(zone) == server_calendar() == TOKYO
    assert calendar_of("Europe/London") == LONDON


def test_a_server_whose_zone_has_no_name_counts_as_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "JST-9")
    assert calendar_of(None) == UTC


def test_a_date_of_birth_is_written_in_the_same_form() -> None:
    assert day_in_words("1980-05-03") == "3 May 1980"
