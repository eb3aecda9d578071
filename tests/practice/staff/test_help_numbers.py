"""The numbers for help that a country gives: known ones, in the form of the settings."""

from __future__ import annotations

import pytest
from phonenumbers import PhoneNumber, is_possible_number, parse, shortnumberinfo

from assessment.practice.staff import help_numbers
from assessment.practice.staff.countries import countries
from assessment.web.server.setting_values import read_numbers


@pytest.mark.parametrize("country", sorted(help_numbers._EMERGENCY))
def test_each_emergency_number_is_one_in_its_country(country: str) -> None:
    [number] = read_numbers(help_numbers.emergency(country) or "")

    assert country in dict(countries())
    assert shortnumberinfo.connects_to_emergency_number(number.number, country)


@pytest.mark.parametrize("country", sorted(help_numbers._SAME_DAY))
def test_each_same_day_number_is_one_that_is_not_for_emergencies(country: str) -> None:
    [number] = read_numbers(help_numbers.same_day(country) or "")
    found: PhoneNumber = parse(number.number, country)

    assert country in help_numbers._EMERGENCY
    assert not shortnumberinfo.connects_to_emergency_number(number.number, country)
    assert shortnumberinfo.is_possible_short_number_for_region(
        found, country
    ) or is_possible_number(found)


def test_a_country_of_which_nothing_is_known_gives_none() -> None:
    assert help_numbers.emergency(None) is None
    assert help_numbers.emergency("KE") is None
    assert help_numbers.same_day("US") is None
    assert help_numbers.emergency("GB") == "999 UK"
    assert help_numbers.emergency("DE") == "112 Germany"


def test_a_same_day_number_says_where_it_does_not_work() -> None:
    assert help_numbers.same_day("GB") == "111 Great Britain", "Northern Ireland has none"
    assert help_numbers.same_day("FI") == "116117 Finland except Lapland"
    assert help_numbers.same_day("SE") == "1177 Sweden"
