"""Times contenders in one run, side by side, and holds the ratios against their bars."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPEATS = 5
PASSES = 9
PASS_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of the repeats, with the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))

    def __format__(self, spec: str) -> str:
        spec = spec or ".2f"
        return f"{self.median:{spec}} ({self.low:{spec}} to {self.high:{spec}})"

    def __str__(self) -> str:
        return f"{self}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A ratio, and what it must be: at most so much, or at least."""

    what: str
    ratio: Spread
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        return (self.at_most is None or self.ratio.median <= self.at_most) and (
            self.at_least is None or self.ratio.median >= self.at_least
        )

    def __str__(self) -> str:
        limit = f"at most {self.at_most}" if self.at_least is None else f"at least {self.at_least}"
        return f"{self.what}: {self.ratio}; bar: {limit}: {'held' if self.met else 'MISSED'}"


def ratios(over: Sequence[float], under: Sequence[float]) -> Spread:
    """The ratio within each repeat: what slows one down in a repeat slows the other too."""
    return Spread.of([one / other for one, other in zip(over, under, strict=True)])


def cpu_microseconds(
    contenders: Mapping[str, tuple[Callable[[Any], object], Sequence[object]]],
) -> dict[str, list[float]]:
    """The CPU time of one call, in microseconds, for each contender and repeat.

    Each contender is a function and the inputs that it is called with. CPU time, of all threads
    of this process, does not count what else the machine is doing; the passes of all contenders
    alternate, and a repeat is the median of its passes.
    """
    rounds = {
        name: max(1, round(PASS_SECONDS / _seconds(call, inputs, 1)))
        for name, (call, inputs) in contenders.items()
    }
    figures: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(REPEATS):
        passes: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(PASSES):
            for name, (call, inputs) in contenders.items():
                calls = rounds[name] * len(inputs)
                passes[name].append(_seconds(call, inputs, rounds[name]) / calls * 1e6)
        for name, values in passes.items():
            figures[name].append(statistics.median(values))
    return figures


def machine() -> str:
    """The processor, its cores, the Python that measures, and what else is running."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    python = f"{platform.python_implementation()} {platform.python_version()}"
    busy = f"load average {os.getloadavg()[0]:.1f} before the start"
    return f"{model}, {os.cpu_count()} cores, {python}, {busy}"


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows under each other, the first column left, the others right."""
    cells = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def _seconds(call: Callable[[Any], object], inputs: Sequence[object], rounds: int) -> float:
    start = time.process_time()
    for _ in range(rounds):
        for one in inputs:
            call(one)
    return time.process_time() - start
