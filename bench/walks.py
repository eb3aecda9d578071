"""Whole self-assessments: how many a second, how many a day, how soon a page is there.

    .venv/bin/python -m bench.walks

The server runs as `make run` starts it, on two cores, and so does what asks: both figures are
printed, what was measured with the asking beside it, and what follows from the processor time of
the server alone. WALKS sets how many are walked in a round; MACHINE_PRICE is what a machine of two
cores costs a month, in whatever money the last line then is in.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.herd import at_once, on_schedule
from bench.load import send
from bench.measure import Bar, Spread, ratios, table
from bench.recorded import Recorded, record, shorter
from bench.typical import shipped_walks
from bench.waiting import waits
from bench.web import Server, product

DAY = 86_400
DAYS_A_MONTH = 365.25 / 12
CORES = 2
ROUNDS = 3
WALKS = int(os.environ.get("WALKS", "600"))
PRICE = float(os.environ.get("MACHINE_PRICE", "20"))
"""Of a machine with two cores, a month: an assumption, to be replaced by the price that you pay."""
PEOPLE = 16
"""Who press at the same time at saturation: more than there are cores, fewer than threads."""
THINK = 0.2
"""Seconds from press to press of one person on the schedule: some ten in life, but then most of the
run would be waiting. How many presses there are in a second is what counts."""
SEED = 1
BARE = "as much work without a server is done"
UNDER_WAY = 1_000
TARGET_A_DAY = 8_000_000
TARGET_P99 = 0.05


@dataclass(frozen=True, slots=True)
class Saturation:
    """One round in which the server was never without something to do.

    `server` and `asking` are seconds of processor time of each side.
    """

    walks: int
    seconds: float
    server: float
    asking: float

    @property
    def a_second(self) -> float:
        """Walks a second, as measured."""
        return self.walks / self.seconds

    @property
    def a_second_alone(self) -> float:
        """Walks a second if the server had two whole cores: by its processor time."""
        return CORES * self.walks / self.server

    @property
    def seconds_a_walk(self) -> float:
        """Processor time of a walk, of both sides."""
        return (self.asking + self.server) / self.walks

    @property
    def share_of_asking(self) -> float:
        """What part of the processor time went to what asks."""
        return self.asking / (self.asking + self.server)


@dataclass(frozen=True, slots=True)
class HalfLoad:
    """One round at half of what was measured at saturation: seconds from when each was due.

    `bare` is as many pieces of as much work, without a server: what this machine makes wait.
    """

    pages: Sequence[float]
    bare: Sequence[float]


def cost_of_a_million(a_second: float, price: float) -> float:
    """Return what a million walks cost on machines that do so many a second all month."""
    return price / (a_second * DAY * DAYS_A_MONTH) * 1e6


def within(took: Sequence[float], percent: int) -> float:
    """Return the time in which so many percent of the pages were there."""
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def run() -> list[Bar]:
    """Measure, print the figures and return the bars."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:CORES])
    try:
        with tempfile.TemporaryDirectory() as folder, product(Path(folder)) as server:
            return _measured(server)
    finally:
        os.sched_setaffinity(0, allowed)


def _measured(server: Server) -> list[Bar]:
    walks = [record(server.url, typed, send) for typed in shipped_walks()]
    at_once(server.url, walks, 2 * len(walks), PEOPLE)  # to warm up
    rounds = [_saturated(server, walks) for _ in range(ROUNDS)]
    late = _at_half_load(server, walks, rounds)
    memory = _memory(server, walks)
    _print(walks, rounds, late, memory)
    a_day = Spread.of([one.a_second * DAY / TARGET_A_DAY for one in rounds])
    alone = Spread.of([one.a_second_alone * DAY / TARGET_A_DAY for one in rounds])
    p99 = Spread.of([within(one.pages, 99) / TARGET_P99 for one in late])
    return [
        Bar("walks a day, as measured / 8 million", a_day, at_least=1.0),
        Bar("walks a day of two whole cores / 8 million", alone, at_least=1.0),
        Bar("p99 of a page at half load / 50 ms", p99, at_most=1.0),
    ]


def _saturated(server: Server, walks: Sequence[Recorded]) -> Saturation:
    before, own = server.cpu_seconds(), time.process_time()
    seconds = at_once(server.url, walks, WALKS, PEOPLE)
    asking = time.process_time() - own
    return Saturation(WALKS, seconds, server.cpu_seconds() - before, asking)


def _at_half_load(
    server: Server, walks: Sequence[Recorded], rounds: Sequence[Saturation]
) -> list[HalfLoad]:
    half = statistics.median(one.a_second for one in rounds) / 2
    pages = statistics.mean(len(walk.pages) for walk in walks)
    spent = statistics.median(one.seconds_a_walk for one in rounds) / pages
    late = []
    for turn in range(ROUNDS):
        took = on_schedule(server.url, walks, WALKS, half, THINK, random.Random(SEED + turn))
        bare = waits(CORES, len(took), half * pages, spent, SEED + CORES * turn)
        late.append(HalfLoad(took, bare))
    return late


def _memory(server: Server, walks: Sequence[Recorded]) -> tuple[float, float]:
    """Return megabytes of the workers before and after so many walks were begun and left open."""
    begun = [shorter(walk, len(walk.pages) // 2) for walk in walks]
    before = server.megabytes()
    at_once(server.url, begun, UNDER_WAY, PEOPLE)
    return before, server.megabytes()


def _print(
    walks: Sequence[Recorded],
    rounds: Sequence[Saturation],
    late: Sequence[HalfLoad],
    memory: tuple[float, float],
) -> None:
    pages, asked, size = (
        statistics.mean(of(walk) for walk in walks)
        for of in (lambda one: len(one.pages), lambda one: one.requests, lambda one: one.size)
    )
    measured = Spread.of([one.a_second for one in rounds])
    alone = Spread.of([one.a_second_alone for one in rounds])
    spent = Spread.of([one.server / one.walks * 1e3 for one in rounds])
    share = Spread.of([one.share_of_asking * 100 for one in rounds])
    print(f"\nWhole self-assessments, from the first page to the result, on {CORES} cores:")
    print(f"{pages:.1f} pages, {asked:.1f} requests and {size / 1e3:.0f} kB each, every file once,")
    print(f"of {len(walks)} typical persons in turn. Median of {ROUNDS} rounds of {WALKS} walks")
    print("(lowest to highest).\n")
    rows = [
        ("", "as measured", "of two whole cores, by processor time"),
        ("walks a second", f"{measured:.1f}", f"{alone:.1f}"),
        ("walks a day", _a_day(measured), _a_day(alone)),
        ("a million walks, of a machine at half load", _cost(measured), _cost(alone)),
    ]
    print(table(rows))
    print(
        f"\nMeasured is with what asks on the same cores: it took {share:.0f} % of the processor."
    )
    print(f"The server alone took {spent:.1f} ms of processor a walk: the second column.")
    print(f"Cost is at a price of {PRICE:g} a month for the machine (MACHINE_PRICE).")
    half = measured.median / 2
    print(f"\nAt half of that load, {half:.1f} walks a second, with presses at random times:")
    _print_late(late)
    before, after = memory
    print(f"\nMemory of the workers: {before:.1f} MB; with {UNDER_WAY} more walks under way,")
    print(f"{after:.1f} MB: {after - before:+.1f} MB.")


def _print_late(late: Sequence[HalfLoad]) -> None:
    pages, bare = [one.pages for one in late], [one.bare for one in late]
    rows = [("", "p50", "p99")]
    for name, took in (("a page is there", pages), (BARE, bare)):
        p50, p99 = (Spread.of([within(one, p) * 1e3 for one in took]) for p in (50, 99))
        rows.append((name, f"{p50:.1f} ms", f"{p99:.1f} ms"))
    print(table(rows))
    shares = ratios([within(one, 99) for one in pages], [within(one, 99) for one in bare])
    print(f"p99 of a page / p99 of bare work: {shares}")


def _a_day(a_second: Spread) -> str:
    return f"{a_second.median * DAY / 1e6:.2f} million"


def _cost(a_second: Spread) -> str:
    return f"{cost_of_a_million(a_second.median / 2, PRICE):.3f}"


if __name__ == "__main__":
    print("", *run(), sep="\n")
