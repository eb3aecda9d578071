"""The chart of pain and limits over visits, as coordinates for its template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assessment.practice.responses.history import Visit

WIDTH, HEIGHT = 340, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 28, 12, 12, 12
_MOST_PAIN = 10
FEWEST = 2
"""Visits of which there is a chart; of one, nothing can be seen over time."""


@dataclass(frozen=True, slots=True)
class Chart:
    """`client_course.html`: one line each for pain and for limits, and the table beside them.

    A line is the points that an SVG joins; `pain_points` and `limit_points` are its marks. `levels`
    are places of the scale, with their height.
    """

    visits: tuple[Visit, ...]
    pain_points: tuple[tuple[float, float], ...]
    limit_points: tuple[tuple[float, float], ...]
    levels: tuple[tuple[int, float], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT

    @property
    def pain_line(self) -> str:
        """The points of pain as an SVG writes them."""
        return _joined(self.pain_points)

    @property
    def limit_line(self) -> str:
        """The points of limits as an SVG writes them."""
        return _joined(self.limit_points)


def chart_of(visits: Sequence[Visit]) -> Chart | None:
    """Return the chart of some visits, the oldest first; None where there are too few."""
    if len(visits) < FEWEST:
        return None
    step = (WIDTH - _LEFT - _RIGHT - 20) / (len(visits) - 1)

    def points(level: Callable[[Visit], float | None]) -> tuple[tuple[float, float], ...]:
        levels = [(place, level(one)) for place, one in enumerate(visits)]
        return tuple(
            (round(_LEFT + 10 + place * step, 1), _height(found))
            for place, found in levels
            if found is not None
        )

    return Chart(
        visits=tuple(visits),
        pain_points=points(lambda one: None if one.pain is None else one.pain / _MOST_PAIN),
        limit_points=points(lambda one: one.limits),
        levels=tuple((level, _height(level / _MOST_PAIN)) for level in (0, 5, 10)),
    )


def _height(part: float) -> float:
    return round(HEIGHT - _BOTTOM - part * (HEIGHT - _TOP - _BOTTOM), 1)


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
