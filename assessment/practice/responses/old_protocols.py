"""Old protocols, so that a response is read in the words that its client read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path

from assessment.engine.protocol import Protocol
from assessment.practice.responses.names import names_of
from assessment.protocols.versions import (
    CASES,
    WrongVersion,
    load_files,
    read_files,
    version_of,
)
from assessment.records import versions
from assessment.records.transactions import Transaction
from assessment.screening import Screening

MOST_AT_HAND = 8


class VersionLost(Exception):
    """A version that was never kept, or cannot be loaded any more."""


def keeping(protocol: Protocol, files: Mapping[str, str]) -> Callable[[Transaction], str]:
    """Return what stores a version, unless it is there, and returns its name."""
    version = version_of(protocol)

    def keep(tx: Transaction) -> str:
        versions.keep(tx, version, protocol.id, files)
        return version

    return keep


class OldProtocols:
    """Every protocol that responses were given to.

    Make it together with `served`, right when that is loaded: the files are read now, so that
    what somebody writes into `folder` later is not kept under the name of what is served.
    Raises OSError or UnicodeDecodeError when they cannot be read.
    """

    def __init__(self, served: Screening, folder: Path) -> None:
        self.version = version_of(served.protocol)
        """The name of the protocol that is served."""
        self.names = names_of(served.protocol)
        """What it calls recommendations."""
        self.files = read_files(folder)
        """What it was read from."""
        self._served = served
        self._keep = keeping(served.protocol, self.files)
        self._at_hand: OrderedDict[str, Screening] = OrderedDict()

    def keep(self, tx: Transaction) -> str:
        """Store the files of what is served, unless they are there; return its version."""
        return self._keep(tx)

    def screening(self, tx: Transaction, version: str) -> Screening:
        """Return the self-assessment as it was in this version. Raises VersionLost."""
        if version == self.version:
            return self._served
        found = self._at_hand.pop(version, None) or self._loaded(tx, version)
        self._at_hand[version] = found
        while len(self._at_hand) > MOST_AT_HAND:
            self._at_hand.popitem(last=False)
        return found

    def _loaded(self, tx: Transaction, version: str) -> Screening:
        files = versions.get(tx, version)
        if files is None:
            raise VersionLost("it was not kept")
        files = {name: text for name, text in files.items() if name != CASES}  # slow to read
        try:
            return Screening(load_files(files, version))
        except WrongVersion as error:
            raise VersionLost(str(error)) from None
