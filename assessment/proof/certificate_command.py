"""The body of `assessment prove --certificate`."""

from __future__ import annotations

from pathlib import Path

import click

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.certificate import write_certificate
from assessment.proof.solver import NotFinishedError
from assessment.protocols.folder import hashes


def unfit(folder: Path) -> str | None:
    """Return why no certificate can be written into this folder; None when it can."""
    try:
        if folder.is_dir():
            return "is not empty" if any(folder.iterdir()) else None
        return "is a file" if folder.exists() else None
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def certify(protocol: Protocol, source: Path, folder: Path, *, proven: bool) -> bool:
    """Write the certificate of a protocol, say what it holds, and return whether there is one.

    `source` is the folder of the protocol. Nothing is written unless it was proven. Raises OSError
    where the certificate cannot be written.
    """
    if not proven:
        click.echo("no certificate is written, because not everything is proven", err=True)
        return False
    try:
        written = write_certificate(Engine(protocol), hashes(source), folder)
    except NotFinishedError:
        click.echo("the certificate is incomplete: a refutation went over its budget", err=True)
        return False
    click.echo(
        f"wrote {folder}: {written.refutations} refutations, {written.witnesses} witnesses\n"
        f"check them without this program: python verify/check.py {source} {folder}",
        err=True,
    )
    return True
