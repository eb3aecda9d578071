"""Old protocols, so that a response is read in the words that its client read."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from assessment.practice.names import names_of
from assessment.protocols.versions import WrongVersion, load_files, read_files, version_of
from assessment.records import versions
from assessment.records.database import Transaction
from assessment.screening import Screening

MOST_AT_HAND = 8


class VersionLost(Exception):  # noqa: N818  a report about one response, not an error of ours
    """A version that was never kept, or cannot be loaded any more."""


class Library:
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
        self._served = served
        self._files = read_files(folder)
        self._at_hand: OrderedDict[str, Screening] = OrderedDict()

    def keep(self, tx: Transaction) -> str:
        """Store the files of what is served, unless they are there; return its version."""
        versions.keep(tx, self.version, self._served.protocol.id, self._files)
        return self.version

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
        try:
            return Screening(load_files(files, version))
        except WrongVersion as error:
            raise VersionLost(str(error)) from None
