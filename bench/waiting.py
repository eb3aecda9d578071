"""How long work waits on this machine without any server: what a p99 at half load is held against.

On each core a process does pieces of work, one after another, each at a time drawn beforehand. A
machine whose cores are shared with others makes these wait as well: that part of a p99 is not the
server's.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

CALIBRATION = 0.2
"""Seconds in which is measured how much work goes into a second."""


def waits(cores: int, pieces: int, per_second: float, seconds: float, seed: int) -> list[float]:
    """Do so many pieces of work, at this rate, each of so many seconds of processor time.

    Returns how long each took, in seconds from when it was due until it was done.
    """
    on = sorted(os.sched_getaffinity(0))[:cores]
    share = pieces // len(on)
    rounds = max(1, round(seconds * _rounds_a_second()))
    one = partial(_on_a_core, share, per_second / len(on), rounds)
    with ProcessPoolExecutor(len(on), mp_context=get_context("spawn")) as each:
        done = each.map(one, on, [seed + place for place in range(len(on))])
        return [wait for core in done for wait in core]


def _on_a_core(pieces: int, per_second: float, rounds: int, core: int, seed: int) -> list[float]:
    os.sched_setaffinity(0, {core})
    return list(_done_in_turn(pieces, per_second, rounds, random.Random(seed)))


def _done_in_turn(
    pieces: int, per_second: float, rounds: int, chance: random.Random
) -> Iterator[float]:
    due = time.perf_counter()
    for _ in range(pieces):
        due += chance.expovariate(per_second)
        time.sleep(max(0.0, due - time.perf_counter()))
        for _ in range(rounds):
            _work()
        yield time.perf_counter() - due


def _rounds_a_second() -> float:
    done, began = 0, time.process_time()
    while (took := time.process_time() - began) < CALIBRATION:
        _work()
        done += 1
    return done / took


def _work() -> None:
    # Objects are made and thrown away, as for a page.
    json.dumps({str(number): [number] * 5 for number in range(20)})
