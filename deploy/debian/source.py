"""Makes a signed apt source of the packages in a folder: `python deploy/debian/source.py FOLDER`.

Whatever serves files can serve the folder. apt takes nothing from it that was not signed with the
key of GPG_KEY, of which the public half is beside the packages, as clinic.asc.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

PUBLIC = "clinic.asc"
LISTED, SIGNED = "Packages", "InRelease"
ABOUT = {"Origin": "muscle-pain-assessment", "Label": "muscle-pain-assessment"}
"""By these an operator can name it to apt."""


@click.command(help=(__doc__ or "").split("\n\n")[0])
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--key", envvar="GPG_KEY", required=True, help="Whose signature; or GPG_KEY.")
def main(folder: Path, key: str) -> None:
    """Write the list of packages and its signature, and say which packages it offers."""
    try:
        packages = listed(folder)
        (folder / LISTED).write_bytes(packages)
        (folder / SIGNED).write_bytes(signed(folder, packages, key))
        (folder / PUBLIC).write_bytes(_said(folder, "gpg", "--batch", "--armor", "--export", key))
    except FileNotFoundError as error:
        sys.exit(f"no source was made: {error.filename} is missing: apt install apt-utils gpg")
    except subprocess.CalledProcessError as error:
        sys.exit(f"no source was made: {error.cmd[0]} ended with {error.returncode}")
    for name in _fields(packages, "Filename"):
        click.echo(folder / name)


def listed(folder: Path) -> bytes:
    """Return what apt reads of every package in a folder."""
    return _said(folder, "apt-ftparchive", "packages", ".")


def signed(folder: Path, packages: bytes, key: str) -> bytes:
    """Return the sums of the list, with a signature around them."""
    (folder / SIGNED).unlink(missing_ok=True)
    told = ABOUT | {"Architectures": " ".join(sorted({*_fields(packages, "Architecture")}))}
    options = [f"-oAPT::FTPArchive::Release::{name}={value}" for name, value in told.items()]
    sums = _said(folder, "apt-ftparchive", *options, "release", ".")
    return _said(folder, "gpg", "--batch", "--local-user", key, "--clearsign", given=sums)


def _fields(packages: bytes, name: str) -> list[str]:
    lines = packages.decode("utf-8").splitlines()
    return [line.split(": ", 1)[1] for line in lines if line.startswith(f"{name}: ")]


def _said(folder: Path, *command: str, given: bytes = b"") -> bytes:
    return subprocess.run(
        command, cwd=folder, check=True, input=given, stdout=subprocess.PIPE
    ).stdout


if __name__ == "__main__":
    main()
