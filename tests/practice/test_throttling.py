"""What counts as one address when tries and starts are counted."""

from __future__ import annotations

import pytest

from assessment.practice.throttling import network_of
from assessment.web.throttle import Throttle


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "unknown", False),
    ],
)
def test_one_who_can_choose_among_addresses_counts_as_one(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_starts_are_counted_in_the_same_way() -> None:
    throttle = Throttle(2)
    assert [throttle.may_start(f"2001:db8::{n}") for n in range(3)] == [True, True, False]
    assert throttle.may_start("::ffff:192.0.2.1")
    assert throttle.may_start("::ffff:192.0.2.2")
