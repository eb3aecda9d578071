"""What a therapist sees of a client over time: what changed, what was confirmed, and a chart."""

from __future__ import annotations

import pytest

from assessment.practice.responses.history import Visit
from assessment.records.ids import ClientId
from assessment.web.clinic.course_chart import chart_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import MASSAGE, client_of, comes_back, send_to
from tests.web.clinic.staff import Staff
from tests.web.conftest import Clock

LATER = 300
"""Seconds: a session lasts that long."""


@pytest.fixture
def client(staff: Staff, clock: Clock) -> ClientId:
    """A client who was here before."""
    found = client_of(staff, send_to(staff, MASSAGE))
    clock.now += LATER
    return found


def test_a_first_response_has_nothing_to_compare(staff: Staff) -> None:
    page = staff.get(f"/clinic/responses/{send_to(staff, MASSAGE)}")

    assert "Since last time" not in page.text


def test_what_changed_since_last_time_is_said_in_words(staff: Staff, client: ClientId) -> None:
    response = comes_back(staff, client, {**MASSAGE, "pain": 3, "signs": ["fever"],
                                          "fever_days": "short"})  # fmt: skip
    page = staff.get(f"/clinic/responses/{response}")

    assert "Since last time" in page.text
    assert "Pain now Before: 6 Now: 3" in page.text
    assert "Days of fever Before: not asked Now: Up to three days" in page.text
    assert "Where it hurts Before" not in page.text


def test_nothing_changed_is_said_as_well(staff: Staff, client: ClientId) -> None:
    page = staff.get(f"/clinic/responses/{comes_back(staff, client, MASSAGE)}")

    assert "Every answer is the same." in page.text


def test_nothing_private_is_compared(staff: Staff, client: ClientId) -> None:
    response = comes_back(staff, client, {**MASSAGE, "home": ["hurt"]})
    page = staff.get(f"/clinic/responses/{response}")

    assert "Every answer is the same." in page.text


def test_what_was_only_confirmed_is_named_with_when_it_was_first_told(
    staff: Staff, client: ClientId, clock: Clock
) -> None:
    told = {"pain": int(clock.now) - LATER}
    page = staff.get(f"/clinic/responses/{comes_back(staff, client, MASSAGE, told)}")

    assert "Pain now: confirmed, not asked again. First told" in page.text


def test_pain_over_visits_is_drawn_and_stands_in_a_table(
    staff: Staff, client: ClientId, clock: Clock
) -> None:
    assert "<svg" not in staff.get(f"/clinic/clients/{client}").html  # one visit is no course
    comes_back(staff, client, {**MASSAGE, "pain": 2})
    page = staff.get(f"/clinic/clients/{client}")

    assert 'role="img" aria-label="Pain and limits at each visit.' in page.html
    assert page.html.count("<circle") == 2
    rows = [" ".join(row.itertext()).split() for row in page.all("tr")]
    pains = [row[-3] for row in rows if row[-2:] == ["not", "asked"]]
    assert pains == ["6", "2"]


def test_another_clinic_sees_neither(staff: Staff, client: ClientId, make_staff: MakeStaff) -> None:
    response = comes_back(staff, client, MASSAGE)
    other = make_staff(clinic="Hillside", email="bo@example.org")
    history = staff.practice.history

    assert history.since(other.who, response) is None
    assert history.course(other.who, client) == ()


def test_the_worst_pain_is_at_the_top_and_what_was_not_told_has_no_mark() -> None:
    chart = chart_of(
        [Visit(1, 10, None, ""), Visit(2, None, 1.0, "Most"), Visit(3, 0, 0.0, "Least")]
    )
    assert chart is not None
    (_, worst), (_, none_at_all) = chart.pain_points

    assert worst < none_at_all
    assert chart.levels[0][1] == none_at_all
    assert chart.levels[-1][1] == worst
    assert len(chart.limit_points) == 2
    assert chart_of([Visit(1, 10, None, "")]) is None
