"""`make bench`: the engine, the proof, pages, whole walks and the lists of a clinic in one report.

    .venv/bin/python -m bench [--strict]

With `--strict` a missed bar ends in exit status 1.
"""

from __future__ import annotations

import sys

from bench import engine, large, lists, proof, walks, web
from bench.measure import machine


def main(arguments: list[str]) -> int:
    print(machine())
    bars = [*engine.run(), *proof.run(), *large.run(), *web.run(), *walks.run(), *lists.run()]
    print("\nBars, on the medians:\n")
    print(*bars, sep="\n")
    return int("--strict" in arguments and not all(bar.met for bar in bars))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
