"""Every list of a clinic, with 100 of everything and with 100,000 responses, on both databases.

    .venv/bin/python -m bench.lists

The large clinic has 20,000 invitations and 1,000,000 entries in its audit log. What is timed is a
whole request in this process: the session, the lines, the page, and its entry in the log. It is
wall time, since a database server works in a process of its own. Requests to the two clinics take
turns, and of each round the fastest counts: what else the machine is doing only adds.
"""

from __future__ import annotations

import time

from bench.clinics import FEW, MANY, Clinic, filled, postgresql, sqlite
from bench.measure import REPEATS, Bar, Spread, ratios, table
from bench.pages import Ask, pages
from tests.postgresql import Missing

REQUESTS = 5
"""Of each page of each clinic in one round."""
MOST_MS = 50
MOST_TIMES = 2


def run() -> list[Bar]:
    """Measure on every database that is found, print the figures and return the bars."""
    bars: list[Bar] = []
    print(
        f"\nLists of a clinic: milliseconds of a whole request in this process, median of {REPEATS}"
    )
    print(f"rounds (lowest to highest), of each the fastest of {REQUESTS} requests.")
    for name, opened in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        try:
            with opened() as small, opened() as large:
                bars += _measured(name, filled(small, FEW), filled(large, MANY))
        except Missing as missing:
            print(f"\n{name} is left out: {missing}")
    return bars


def _measured(name: str, few: Clinic, many: Clinic) -> list[Bar]:
    rows = [("", f"{FEW.responses} responses", f"{MANY.responses:,} responses", "times")]
    bars = []
    for page, ask in pages().items():
        small, large = _times(ask, few, many)
        times = ratios(large, small)
        rows.append((page, f"{Spread.of(small):.1f}", f"{Spread.of(large):.1f}", f"{times}"))
        bars.append(Bar(f"{name}, {page}, ms", Spread.of(large), at_most=MOST_MS))
        bars.append(Bar(f"{name}, {page}, many / few", times, at_most=MOST_TIMES))
        for clinic in (few, many):
            clinic.forget_entries()
    print(f"\n{name}\n\n{table(rows)}")
    return bars


def _times(ask: Ask, few: Clinic, many: Clinic) -> tuple[list[float], list[float]]:
    """Return the milliseconds of a request to each clinic, by round."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(REPEATS + 1):
        each: tuple[list[float], list[float]] = ([], [])
        for _ in range(REQUESTS):
            for place, clinic in enumerate((few, many)):
                each[place].append(_milliseconds(ask, clinic))
        if number:  # the first round warms up
            for place in (0, 1):
                taken[place].append(min(each[place]))
    return taken


def _milliseconds(ask: Ask, clinic: Clinic) -> float:
    began = time.perf_counter()
    ask(clinic)
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    print(*run(), sep="\n")
