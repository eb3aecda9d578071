"""Days and times are read as people type them, and what is none is refused."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.exports.dates import Calendar
from assessment.exports.typed_times import read_day, read_time, split_time

TODAY = datetime.date(2026, 11, 26)
FIRST = datetime.date(2026, 12, 1)


@pytest.mark.parametrize(
    "typed",
    ["2026-12-01", "1 December", "1 dec 2026", "Tuesday 1 December", "Tue, 1 Dec.", "1.12.2026",
     "01/12/2026", "1-12-26", " 1  DECEMBER "],
)  # fmt: skip
def test_a_day_is_read(typed: str) -> None:
    assert read_day(typed, "GB", TODAY) == FIRST


def test_the_month_comes_first_where_people_write_it_first_and_only_between_slashes() -> None:
    assert read_day("12/01/2026", "US", TODAY) == FIRST
    assert read_day("1.12.2026", "US", TODAY) == FIRST


def test_a_day_without_a_year_is_the_next_one() -> None:
    assert read_day("26 November", None, TODAY) == TODAY
    assert read_day("25 November", None, TODAY) == datetime.date(2027, 11, 25)


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "31 February", "1 Ju 2027", "1 J", "2026-13-01", "0/0/2026", "1/2", "29 Feb",
     "1 December 20266", "٣ ٣"],
)  # fmt: skip
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"day|month|year"):
        read_day(typed, "GB", TODAY)


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [("14:00", 14, 0), ("9:05", 9, 5), ("14.30", 14, 30), ("14h30", 14, 30), ("2 pm", 14, 0),
     ("2:30 p.m.", 14, 30), ("12 am", 0, 0), ("12pm", 12, 0), ("14:00:00", 14, 0)],
)  # fmt: skip
def test_a_time_is_read(typed: str, hour: int, minute: int) -> None:
    assert read_time(typed) == datetime.time(hour, minute)


@pytest.mark.parametrize("typed", ["", "14", "24:00", "12:60", "13 pm", "0 am", "noon"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"time|hour|minute"):
        read_time(typed)


@pytest.mark.parametrize(
    ("typed", "day", "time"),
    [
        ("1 December 14:00", "1 December", "14:00"),
        ("1 December at 2 pm", "1 December", "2 pm"),
        ("2026-12-01T14:00", "2026-12-01", "14:00"),
        ("01/12/2026, 14:00", "01/12/2026", "14:00"),
        ("Tue, 1 December 2026 9:30am", "Tue, 1 December 2026", "9:30am"),
    ],
)
def test_a_day_and_a_time_in_one_are_told_apart(typed: str, day: str, time: str) -> None:
    assert split_time(typed) == (day, time)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    for read in (lambda: read_day(typed, "GB", TODAY), lambda: read_time(typed)):
        try:
            read()
        except ValueError:
            continue


@given(
    st.dates(datetime.date(2026, 1, 1), datetime.date(2030, 1, 1)),
    st.builds(datetime.time, st.integers(0, 23), st.integers(0, 59)),
)
def test_a_time_of_a_clinic_is_shown_as_it_was_typed(
    day: datetime.date, time: datetime.time
) -> None:
    calendar = Calendar("Europe/London")
    try:
        found = calendar.moment(day, time)
    except ValueError:
        assert (day.month, time.hour) == (3, 1), "skipped when clocks are set forward"
        return
    assert (calendar.date(found), calendar.clock(found)) == (day, time)
    assert calendar.appointment(found).endswith(f"at {time:%H:%M}")
