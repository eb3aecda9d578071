"""What a command is given: a protocol, or a text of answers, or one line that says why not."""

from __future__ import annotations

import sys
from typing import IO

import click

from assessment.engine.protocol import Protocol
from assessment.one_line import BadInput
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.load import load_but_cases, load_kept, load_protocol
from assessment.protocols.revision import named_folder

DEFAULT_PROTOCOL = "muscle_pain"


def given_protocol(name: str) -> Protocol:
    """Return a protocol by its folder or name; end with the whole report when it is broken."""
    try:
        return load_protocol(named_folder(name))
    except ValueError as error:
        raise BadInput(str(error)) from None
    except BrokenProtocol as report:
        click.echo(str(report), err=True)
        sys.exit(1)


def protocol_but_cases(name: str) -> tuple[Protocol, str]:
    """Return a protocol, and the report of its faulty cases, which are left out; else no words.

    Ends with the whole report when anything else is broken.
    """
    try:
        protocol, broken = load_but_cases(named_folder(name))
    except ValueError as error:
        raise BadInput(str(error)) from None
    except BrokenProtocol as report:
        click.echo(str(report), err=True)
        sys.exit(1)
    return protocol, "" if broken is None else str(broken)


def older_protocol(name: str) -> Protocol:
    """Return a protocol that loaded once, whatever a newer language finds wrong with it."""
    try:
        return load_kept(named_folder(name))
    except ValueError as error:
        raise BadInput(str(error)) from None
    except BrokenProtocol as report:
        click.echo(str(report), err=True)
        sys.exit(1)


def given_text(answers: IO[str]) -> str:
    """Return the text of `--answers`."""
    try:
        return answers.read()
    except UnicodeDecodeError:
        raise BadInput("--answers is not text in UTF-8") from None
