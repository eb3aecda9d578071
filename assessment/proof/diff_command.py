"""The body of `assessment diff`."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import click
from rich.console import Console

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.changed import changed_files, changed_parts
from assessment.proof.diff import difference
from assessment.proof.diff_json import difference_json
from assessment.proof.diff_words import difference_in_words
from assessment.proof.prove import prove
from assessment.proof.renamed import Renamer
from assessment.proof.report import Kind
from assessment.protocols.compared import Compared
from assessment.protocols.renames import Renames

HOLDS = (Kind.TOTAL, Kind.FLOORS, Kind.MONOTONE, Kind.PROMISES, Kind.ASKED, Kind.CASES)
"""What is checked of the new one as well: all that is about what a person gets told."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether anything differs, and whether it could be settled what moves."""

    changed: bool
    settled: bool


def diff_protocols(
    old: Compared, new: Compared, *, as_json: bool, renames: Renames | None = None
) -> Outcome:
    """Print what changed and what moves between two protocols.

    `renames` says what things of the old one are called in the new one.
    """
    renames = renames or Renames()
    renamer = Renamer(_with_cases_of(old, new), renames)
    before, after = renamer.protocol(), new.protocol
    for name, side in (("OLD", old), ("NEW", new)):
        if side.faults:
            click.echo(f"{side.faults}\nCases of {name} with these faults are left out.", err=True)
    changed = (*changed_parts(before, after), *changed_files(old.others, new.others))
    with Console(stderr=True).status("Comparing over all answers"):
        found = difference(Engine(before), Engine(after), moved_options=renames.moved)
        fails = prove(Engine(after), kinds=HOLDS).failures
    if as_json:
        told = difference_json(changed, found, fails, renamer, after)
        told["wording"] = list(new.wording)
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for line in difference_in_words(before, after, changed, found, fails, new.wording):
            click.echo(line)
    same = not changed and found.nothing_moves and old.faults == new.faults
    return Outcome(changed=not same, settled=not found.open_)


def _with_cases_of(old: Compared, new: Compared) -> Protocol:
    """Return the old protocol, of its cases only those that could be read of the new one."""
    if not new.faults:
        return old.protocol
    known = {case.id for case in new.protocol.cases}
    cases = tuple(case for case in old.protocol.cases if case.id in known)
    return replace(old.protocol, cases=cases)
