"""The body of `assessment length`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click
from rich.console import Console
from rich.table import Table

from assessment.engine.protocol import Protocol
from assessment.measure.fill import Filled
from assessment.measure.length import Length, Reading, Spread
from assessment.measure.slowest import Slowest, SlowestWays
from assessment.screening import Screening

MODEL = (
    "Minutes are a model (a minute for 238 words, 4 seconds a screen), not measured with anyone. "
    "The people are drawn."
)


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long one protocol is, in every way that is counted."""

    start: Length
    clean: Mapping[str, Length]
    spread: Spread
    most_words: Slowest
    most_screens: Slowest
    with_doubts: Slowest


def lengths(protocol: Protocol, filled: Sequence[Filled]) -> Lengths:
    """Return how long the protocol is, for these persons and for anybody."""
    reading = Reading(Screening(protocol))
    ways = SlowestWays(reading)
    return Lengths(
        start=reading.start,
        clean=dict(reading.clean(filled)),
        spread=reading.spread(filled),
        most_words=ways.most(lambda page: page.words, doubts=False),
        most_screens=ways.most(lambda page: page.screens, doubts=False),
        with_doubts=ways.most(lambda page: page.words, doubts=True),
    )


def show_lengths(protocol: Protocol, filled: Sequence[Filled], *, as_json: bool) -> None:
    """Print how long the protocol is."""
    found = lengths(protocol, filled)
    if as_json:
        click.echo(json.dumps(_json(found), indent=1))
        return
    table = Table("way", "screens", "words", "minutes")
    for name, length in _named(found).items():
        table.add_row(name, str(length.screens), str(length.words), f"{length.minutes:.1f}")
    Console().print(table)
    slowest = found.most_words
    click.echo(f"slowest: {', '.join(slowest.shown)}")
    click.echo(f"{protocol.id} {protocol.version}: {MODEL}")


def _named(found: Lengths) -> dict[str, Length]:
    return {
        "start page alone": found.start,
        **{f"nothing ticked, {place}": length for place, length in found.clean.items()},
        "half of the population, at most": found.spread.median,
        "95 % of the population, at most": found.spread.most,
        'most words, without "not sure" that brings more': found.most_words.length,
        'most screens, without "not sure" that brings more': found.most_screens.length,
        'most words, "not sure" everywhere': found.with_doubts.length,
    }


def _json(found: Lengths) -> dict[str, object]:
    def plain(length: Length) -> dict[str, object]:
        return {
            "screens": length.screens,
            "words": length.words,
            "minutes": round(length.minutes, 2),
        }

    def way(slowest: Slowest) -> dict[str, object]:
        return {**plain(slowest.length), "shown": list(slowest.shown)}

    return {
        "start": plain(found.start),
        "clean": {place: plain(length) for place, length in found.clean.items()},
        "median": plain(found.spread.median),
        "percentile_95": plain(found.spread.most),
        "most_words": way(found.most_words),
        "most_screens": way(found.most_screens),
        "most_words_not_sure": way(found.with_doubts),
        "model": MODEL,
    }
