"""The body of `assessment diff`."""

from __future__ import annotations

import json

import click
from rich.console import Console

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.diff import difference
from assessment.proof.diff_words import difference_in_words, difference_json


def diff_protocols(old: Protocol, new: Protocol, *, as_json: bool) -> bool:
    """Print what moves between two protocols, and return whether everything was settled."""
    with Console(stderr=True).status("Comparing over all answers"):
        found = difference(Engine(old), Engine(new))
    if as_json:
        click.echo(json.dumps(difference_json(old, new, found), ensure_ascii=False, indent=1))
    else:
        for line in difference_in_words(old, new, found):
            click.echo(line)
    return not found.open_
