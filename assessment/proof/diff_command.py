"""The body of `assessment diff`."""

from __future__ import annotations

import json

import click
from rich.console import Console

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.diff import difference
from assessment.proof.diff_words import difference_in_words, difference_json
from assessment.proof.renamed import Renamer
from assessment.protocols.renames import Renames


def diff_protocols(
    old: Protocol, new: Protocol, *, as_json: bool, renames: Renames | None = None
) -> bool:
    """Print what moves between two protocols, and return whether everything was settled.

    `renames` says what things of the old one are called in the new one.
    """
    renames = renames or Renames()
    renamer = Renamer(old, renames)
    before = renamer.protocol()
    with Console(stderr=True).status("Comparing over all answers"):
        found = difference(Engine(before), Engine(new), moved_options=renames.moved)
    if as_json:
        told = difference_json(before, new, found, renamer)
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for line in difference_in_words(before, new, found):
            click.echo(line)
    return not found.open_
