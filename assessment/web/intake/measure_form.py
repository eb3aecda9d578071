"""Short measures on the page that sends: how the pain is, and what somebody can do.

Every one may be left out. No rule reads them.
"""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from assessment.practice.intake.clean_text import one_line
from assessment.records.measures import Activity, Measured
from assessment.web.intake.send_pages import ActivityField, Fault

MEASURE = "measure-"
"""What the names of these fields begin with."""
PAIN = f"{MEASURE}pain"
MOST_ACTIVITIES = 3
LONGEST_ACTIVITY = 100
"""Characters of one activity."""
SCORES = tuple(range(11))

LONG_ACTIVITY = f"Shorten this to {LONGEST_ACTIVITY} characters"
NO_ACTIVITY = "Say what this number is for, or choose “No answer”"
UNNAMED = "Not named"
"""Stands for an activity of which only the number was given, where nothing may be held up."""


class MeasureForm:
    """The fields of the measures, filled with what was sent, if anything was.

    `named` are activities to begin with; None: nothing is asked here, and what was sent is `lost`.
    `urgent`: what was typed is taken as it is, and nothing is a fault.
    """

    def __init__(
        self,
        named: tuple[str, ...] | None,
        sent: MultiDict[str, str] | None,
        *,
        urgent: bool = False,
    ) -> None:
        self._urgent = urgent
        self.is_asked = named is not None
        typed = MultiDict() if sent is None else sent
        self.pain = _score(typed.get(PAIN, ""))
        begun = (named or ()) if sent is None else ()
        found = (_field(number, begun, typed) for number in range(MOST_ACTIVITIES))
        self.activities = tuple(replace(one, fault=None) if urgent else one for one in found)

    @property
    def faults(self) -> dict[str, Fault]:
        """What is wrong, in the order of the page."""
        if not self.is_asked:
            return {}
        return {one.name: Fault(one.name, one.fault) for one in self.activities if one.fault}

    @property
    def lost(self) -> tuple[str, ...]:
        """What was answered and is not asked any more, in words to be copied."""
        return () if self.is_asked else self.typed

    @property
    def measured(self) -> Measured:
        """What was answered, without what was left out."""
        unnamed = UNNAMED if self._urgent else ""
        told = ((one.words or unnamed, one) for one in self.activities if _is_told(one))
        return Measured(
            self.pain, tuple(Activity(words, one.score) for words, one in told if words)
        )

    @property
    def typed(self) -> tuple[str, ...]:
        """Everything that was typed or chosen, in words to be copied."""
        pain = () if self.pain is None else (f"Pain: {self.pain}",)
        return (*pain, *(_in_words(one) for one in self.activities if _is_told(one)))


def _field(number: int, begun: tuple[str, ...], typed: MultiDict[str, str]) -> ActivityField:
    name, score_name = f"{MEASURE}activity-{number + 1}", f"{MEASURE}score-{number + 1}"
    words = one_line(typed.get(name, "")) or (begun[number] if number < len(begun) else "")
    score = _score(typed.get(score_name, ""))
    fault = None
    if len(words) > LONGEST_ACTIVITY:
        fault = LONG_ACTIVITY
    elif score is not None and not words:
        fault = NO_ACTIVITY
    return ActivityField(name, score_name, words, score, fault)


def _score(typed: str) -> int | None:
    return next((one for one in SCORES if typed == str(one)), None)


def _is_told(field: ActivityField) -> bool:
    return bool(field.words) or field.score is not None


def _in_words(field: ActivityField) -> str:
    return field.words if field.score is None else f"{field.words}: {field.score}"
