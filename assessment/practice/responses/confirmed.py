"""Since when it is known what a client only confirmed, in words: told before, not denied today."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.exports.dates import Calendar
from assessment.records.model import Content


def since_when(content: Content, calendar: Calendar) -> Mapping[str, str]:
    """Return for each question that was only confirmed on which day, and when it was first told."""
    today = calendar.day(content.consent.given_at)
    return {
        name: f"Confirmed on {today}, first told {calendar.day(when)}"
        for name, when in content.confirmed.items()
    }
