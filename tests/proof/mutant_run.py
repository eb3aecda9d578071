"""Judging thousands of mutants: every processor at work, and a run that was cut off goes on."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from assessment.engine.protocol import Protocol
from tests.proof.mutant import Fault, Mutant
from tests.proof.mutant_judge import Judge, Verdict
from tests.proof.mutant_noticed import Caught
from tests.proof.mutant_oracle import Effect
from tests.proof.mutants import mutants

EVERY = 250
"""Progress is told after so many mutants."""


def drawn(faults: Sequence[Fault], number: int, seed: str) -> list[int]:
    """Return the places of so many mutants drawn at random, as evenly by kind as can be."""
    order = list(range(len(faults)))
    random.Random(seed).shuffle(order)
    turn: dict[Fault, int] = {}
    turns = {}
    for place in order:
        turns[place] = turn[faults[place]] = turn.get(faults[place], 0) + 1
    return sorted(sorted(order, key=turns.__getitem__)[:number])


class Kept:
    """Verdicts in a file, a line each, so that nothing is judged twice.

    Those of another fingerprint than `of` are of other faults, and are not read.
    """

    def __init__(self, path: Path, of: str) -> None:
        self._path = path
        self._of = of

    def read(self) -> dict[str, Verdict]:
        """Return the verdicts by the ids of the mutants; a line that was cut off is left out."""
        found = {}
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        for line in lines:
            try:
                one = json.loads(line)
            except ValueError:
                continue
            if one.pop("of") == self._of:
                caught, effect = Caught(one["caught"]), Effect(one["effect"])
                found[one["id"]] = Verdict(one["id"], Fault(one["fault"]), effect, caught)
        return found

    def add(self, verdict: Verdict) -> None:
        """Write one verdict at the end."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"of": self._of, **asdict(verdict)})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def judge_all(protocol: Protocol, places: Sequence[int], kept: Kept) -> list[Verdict]:
    """Return the verdicts on the mutants with these places, in their order."""
    found = kept.read()
    wanted = set(places)
    ids = [one.id for place, one in enumerate(mutants(protocol)) if place in wanted]
    left = [place for place, name in zip(places, ids, strict=True) if name not in found]
    workers = os.cpu_count() or 1
    with multiprocessing.Pool(workers, _start, (protocol,)) as pool:
        # In rising order, so that each worker goes through the mutants once.
        for number, verdict in enumerate(pool.imap(_judge, left, chunksize=2), start=1):
            kept.add(verdict)
            found[verdict.id] = verdict
            if number % EVERY == 0:
                click.echo(f"{number} of {len(left)}", err=True)
    return [found[name] for name in ids]


_work: tuple[Judge, Iterator[tuple[int, Mutant]]] | None = None


def _start(protocol: Protocol) -> None:
    global _work
    _work = Judge(protocol), enumerate(mutants(protocol))


def _judge(place: int) -> Verdict:
    assert _work is not None
    judge, every = _work
    return judge.verdict(next(mutant for number, mutant in every if number == place))
