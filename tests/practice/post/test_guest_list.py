"""A list of people to invite is taken whole, or each fault is named by its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.practice.post.guest_list import MOST, read_guests
from tests.records.some import NOW, some_clinic

CLINIC = some_clinic()
TUESDAY = 1_800_367_200
"""19 January 2027, 14:00 in London; NOW is the Friday before."""


@pytest.mark.parametrize(
    "text",
    [
        "Anna K., anna@example.org, 19 January 14:00",
        "Anna K.,anna@example.org,2027-01-19 14:00",
        "Anna K.;anna@example.org;19.01.2027;14:00",
        "Anna K.\tanna@example.org\tTue 19 Jan at 2 pm\n\n",
        '"Anna K.","anna@example.org","19/01/2027, 14:00"\r\n',
        "Name, E-mail, Visit\nAnna K., anna@example.org, 2027-01-19T14:00",
    ],
)
def test_a_line_can_be_written_as_people_and_programs_do(text: str) -> None:
    found = read_guests(text, CLINIC, NOW)
    assert found.faults == ()
    assert [(one.name, one.email, one.visit_at) for one in found.guests] == [
        ("Anna K.", "anna@example.org", TUESDAY)
    ]


def test_where_the_month_comes_first_it_is_read_first() -> None:
    there = some_clinic(country="US", time_zone="Europe/London")
    [guest] = read_guests("A, a@example.org, 01/19/2027 14:00", there, NOW).guests
    assert guest.visit_at == TUESDAY


def test_a_visit_may_be_left_out() -> None:
    found = read_guests("Anna, anna@example.org\nBen, ben@example.org,", CLINIC, NOW)
    assert [(one.line, one.visit_at) for one in found.guests] == [(1, None), (2, None)]


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("Anna", "Write a name, an email address"),
        ("a, b, c, d, e", "Write a name, an email address"),
        ("?, anna@example.org", "Enter a name or initials first"),
        ("A" * 101 + ", anna@example.org", "The name must be 100 characters or fewer"),
        ("Anna, anna", "Enter an email address after the name"),
        ("Anna, anna@example.org, soon", "Enter the day and the time of the visit"),
        ("Anna, anna@example.org, 19 January", "Enter the day and the time of the visit"),
        ("Anna, anna@example.org, 31 February 14:00", "Enter a day"),
        ("Anna, anna@example.org, 19 January, 25:00", "Enter a time"),
        ("Anna, anna@example.org, 2027-01-14 14:00", "Enter a visit that is still to come"),
        ("Anna, anna@example.org, 2028-02-01 14:00", "Enter a visit within a year"),
        ("Anna, anna@example.org, 2027-03-28 01:30", "Clocks skip this time on that day"),
        ("Ben, ben@example.org", "This is the same as line 1"),
    ],
)
def test_each_fault_is_named_with_its_line(line: str, advice: str) -> None:
    found = read_guests(f"Ben, ben@example.org\n\n{line}\n", CLINIC, NOW)
    [fault] = found.faults
    assert fault.startswith(f"Line 3: {advice}")


def test_there_is_a_most_and_a_least() -> None:
    lines = [f"A, a{number}@example.org" for number in range(MOST + 1)]
    assert read_guests("\n".join(lines[:-1]), CLINIC, NOW).faults == ()
    [fault] = read_guests("\n".join(lines), CLINIC, NOW).faults
    assert fault == "Invite at most 200 people at once: this list has 201"
    assert read_guests(" \n", CLINIC, NOW).faults == ("Enter at least one line",)


@given(st.text(max_size=400))
def test_whatever_is_pasted_each_line_is_a_guest_or_a_fault(text: str) -> None:
    found = read_guests(text, CLINIC, NOW)
    assert found.guests or found.faults
    for guest in found.guests:
        assert guest.visit_at is None or guest.visit_at > NOW
