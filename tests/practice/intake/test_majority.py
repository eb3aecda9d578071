"""From which age nobody else has to sign: the later age wherever it is in doubt."""

from __future__ import annotations

import pytest

from assessment.practice.intake.majority import ELSEWHERE, USUAL, majority
from assessment.practice.staff.countries import countries


def test_each_country_with_an_age_of_its_own_is_one_and_has_a_later_age() -> None:
    assert set(ELSEWHERE) <= set(dict(countries()))
    assert min(ELSEWHERE.values()) > USUAL
    assert max(ELSEWHERE.values()) == 21


@pytest.mark.parametrize(
    ("country", "age"),
    [(None, 18), ("GB", 18), ("US", 18), ("AE", 18), ("CA", 19), ("NZ", 20), ("ID", 21)],
)
def test_a_guardian_signs_up_to_the_later_age_that_a_country_may_mean(
    country: str | None, age: int
) -> None:
    assert majority(country) == age
