"""How long the proof of a large protocol takes, and how much memory, in a process of its own.

    .venv/bin/python -m bench.large QUESTIONS RULES

Among so many rules some signs are emergencies alone, and what they open is never asked, or what is
recommended last is never reached: that is reported, and is no matter here. Everything else holds.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from assessment.engine.decision import Engine
from assessment.proof.prove import prove
from assessment.proof.report import Code
from bench.measure import Bar, Spread, table
from bench.synthetic import synthetic_protocol

SIZES = ((60, 1_000, 1.0), (60, 3_000, 10.0), (1_000, 3_000, None))
"""Questions, rules, and what they may take at most in seconds; None where there is no bar."""
REPEATS = 3
DEAD = {Code.QUESTION_NEVER_ASKED, Code.RECOMMENDATION_NEVER_GIVEN}
MEGABYTES = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """CPU seconds of the proof alone, peak memory of all in megabytes, claims settled."""

    seconds: float
    megabytes: float
    claims: int


def run() -> list[Bar]:
    """Measure, print the figures and return the bars."""
    rows = [("questions", "rules", "claims", "seconds", "megabytes")]
    bars = []
    for questions, rules, most in SIZES:
        taken = [apart(questions, rules) for _ in range(REPEATS if most else 1)]
        seconds = Spread.of([one.seconds for one in taken])
        megabytes = Spread.of([one.megabytes for one in taken])
        rows.append(
            (f"{questions}", f"{rules}", f"{taken[0].claims}", f"{seconds}", f"{megabytes:.0f}")
        )
        what = f"a proof of {rules} rules and {questions} questions"
        if most:
            bars.append(Bar(f"{what}, seconds", seconds, at_most=most))
        bars.append(Bar(f"{what}, megabytes", megabytes, at_most=MEGABYTES))
    print("\nProof of large protocols: seconds of CPU time, median (lowest to highest).\n")
    print(table(rows))
    return bars


def apart(questions: int, rules: int) -> Taken:
    """Measure in a new process, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.large", f"{questions}", f"{rules}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Taken(**json.loads(done.stdout))


def measured(questions: int, rules: int) -> Taken:
    """Prove such a protocol here."""
    engine = Engine(synthetic_protocol(questions, rules))
    started = time.process_time()
    report = prove(engine)
    seconds = time.process_time() - started
    assert {one.code for one in report.failures} <= DEAD
    return Taken(seconds, _peak(), sum(one.count for one in report.checked))


def _peak() -> float:
    """Return the peak memory of this process in megabytes.

    Not by `getrusage`: that counts what its parent held when it started this one.
    """
    [line] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return int(line) / 1024


if __name__ == "__main__":
    taken = measured(int(sys.argv[1]), int(sys.argv[2]))
    one = {"seconds": taken.seconds, "megabytes": taken.megabytes, "claims": taken.claims}
    print(json.dumps(one))
