"""`assessment population`, `next` and `length`: what a protocol is for those who answer it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from assessment.cli_given import DEFAULT_PROTOCOL, given_protocol, given_text, older_protocol
from assessment.exports.machine import to_line
from assessment.one_line import BadInput
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.given import read_answers
from assessment.protocols.revision import named_folder

if TYPE_CHECKING:
    from assessment.engine.protocol import Protocol
    from assessment.measure.facts import Population
    from assessment.measure.fill import Filled


_PROTOCOL = click.argument("protocol", default=DEFAULT_PROTOCOL)
_SEED = click.option("--seed", type=click.IntRange(0), help="Draw a different set of people.")
_PERSONS = click.option(
    "--persons", type=click.IntRange(1, 1_000_000), help="How many people to draw."
)
_FACTS = click.option(
    "--facts",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Take the facts from this file instead of the protocol's population.yaml.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


@click.command()
@_PROTOCOL
@_SEED
@_PERSONS
@_FACTS
@click.option("--against", help="Show where the same people end up in this older protocol.")
@_JSON
def population(
    protocol: str,
    seed: int | None,
    persons: int | None,
    facts: Path | None,
    against: str | None,
    as_json: bool,
) -> None:
    """Draw ordinary clients, and show which results they get, and by which rule alone.

    Exits with 1 if the results go over a budget of the population.
    """
    from assessment.measure import commands

    loaded = given_protocol(protocol)
    drawn = _population(protocol, facts, persons, seed)
    new = _filled(loaded, protocol, drawn)
    if against is not None:
        commands.show_moves(_filled(older_protocol(against), against, drawn), new, as_json=as_json)
        return
    sys.exit(0 if commands.show_population(loaded, new, drawn, as_json=as_json) else 1)


@click.command()
@_PROTOCOL
@_SEED
@_PERSONS
@_FACTS
@_JSON
def length(
    protocol: str, seed: int | None, persons: int | None, facts: Path | None, as_json: bool
) -> None:
    """Count screens, words and minutes.

    With nothing ticked, for people drawn from the population, and along the longest way.
    """
    from assessment.measure.length_command import show_lengths

    loaded = given_protocol(protocol)
    drawn = _population(protocol, facts, persons, seed)
    show_lengths(loaded, _filled(loaded, protocol, drawn), as_json=as_json)


@click.command(name="next")
@_PROTOCOL
@click.option("--answers", "file", required=True, type=click.File("r", encoding="utf-8-sig"))
@_JSON
def next_command(protocol: str, file: IO[str], as_json: bool) -> None:
    """Print the page that comes after these answers, as a person sees it.

    Answers are one JSON object; `-` reads standard input. `{}` gives the start page.
    Add your answer under the id of the page and run it again, until you reach the result.
    """
    from assessment.exports.seen import in_words
    from assessment.measure.next_page import next_page
    from assessment.screening import Screening

    loaded = given_protocol(protocol)
    try:
        answers = read_answers(given_text(file), loaded)
    except ValueError as error:
        raise BadInput(f"--answers: {error}") from None
    page = next_page(Screening(loaded), answers)
    click.echo(to_line(page) if as_json else in_words(page))


def _population(
    protocol: str, facts: Path | None, persons: int | None, seed: int | None
) -> Population:
    """Return the population of a protocol, perhaps with more persons or another seed."""
    from assessment.measure.read_population import FILE, read_population

    with _reported():
        found = read_population(facts or named_folder(protocol) / FILE)
    return replace(
        found,
        persons=found.persons if persons is None else persons,
        seed=found.seed if seed is None else seed,
    )


def _filled(loaded: Protocol, protocol: str, population: Population) -> list[Filled]:
    """Return the persons of a population who have filled this protocol."""
    from assessment.measure.fill import Filling
    from assessment.measure.read_answering import FILE, read_answering
    from assessment.screening import Screening

    with _reported():
        answering = read_answering(named_folder(protocol) / FILE, loaded, population)
        return list(Filling(Screening(loaded), population, answering).all())


@contextmanager
def _reported() -> Iterator[None]:
    """End in one line, or with the whole report, where a file cannot be used."""
    try:
        yield
    except ValueError as error:
        raise BadInput(str(error)) from None
    except BrokenProtocol as report:
        click.echo(str(report), err=True)
        sys.exit(1)


MEASURES = (population, length, next_command)
