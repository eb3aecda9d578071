"""A protocol as text that can be kept and loaded again, under the hashes of what it says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from assessment.engine.protocol import Protocol
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.folder import made_of, plain_text
from assessment.protocols.load import load_kept

CASES = "cases.yaml"


class WrongVersion(Exception):
    """Files that give another protocol than the one asked for, or none at all."""


def version_of(protocol: Protocol) -> str:
    """Return the name of exactly this protocol: its rules hash, then its wording hash."""
    return protocol.rules_hash + protocol.wording_hash


def read_files(folder: Path) -> dict[str, str]:
    """Return the files that a protocol is made of, as text under their names in the folder.

    A review is left out: it may come or go while the protocol stays the same. Raises OSError or
    UnicodeDecodeError when one cannot be read.
    """
    return {
        path.relative_to(folder).as_posix(): plain_text(path.read_bytes())
        for path in made_of(folder)
    }


def load_files(files: Mapping[str, str], version: str) -> Protocol:
    """Return the protocol that these files make. It needs no cases: no hash covers them.

    What the language was in its day still loads: the hashes say whether it was read in full.
    Raises WrongVersion when it is not the one of this version, or does not load.
    """
    try:
        with TemporaryDirectory(prefix="protocol-") as name:
            folder = Path(name).resolve()
            for path, text in files.items():
                target = (folder / path).resolve()
                if target.is_relative_to(folder):
                    target.parent.mkdir(exist_ok=True)
                    target.write_text(text, encoding="utf-8", newline="")
            protocol = load_kept(folder, version)
    except (BrokenProtocol, OSError) as error:
        raise WrongVersion(str(error)) from None
    if version_of(protocol) != version:
        raise WrongVersion("the files make another version than the one asked for")
    return protocol
