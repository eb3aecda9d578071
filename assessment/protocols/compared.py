"""A protocol as it is compared with another: parsed, and what else is read of its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assessment.engine.protocol import Protocol
from assessment.protocols.diagnostics import BrokenProtocol, Code, Report
from assessment.protocols.files import FILES
from assessment.protocols.folder import BESIDE, REVIEW_FILE, plain_text
from assessment.protocols.load import load_but_cases, load_earlier
from assessment.protocols.nodes import Entries, Items, Scalar, Value, read_yaml
from assessment.protocols.revision import protocol_folder

CARRIED = frozenset(
    {
        "protocol.yaml",
        "questions.yaml",
        "rules.yaml",
        "recommendations.yaml",
        "safety.yaml",
        "cases.yaml",
        "texts.yaml",
        "evidence.yaml",
    }
)
"""Files of which the parsed protocol has every leaf, as it has of translations and the guide."""

_WORDING = frozenset({Code.SAFETY_TEXT, Code.UNREVIEWED_WORDING})
"""Faults of words that are all read: whoever has to judge new words needs to see them."""

Leaves = Mapping[str, Mapping[str, str]]
"""The leaves of files as they are written, by where they stand in them."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One side of a comparison.

    `faults` is the report of cases that cannot be read, where there are some: they are left out.
    `wording` are the faults of its safety texts, a line each; they are compared all the same.
    `others` are the files that are read and that the protocol does not carry.
    """

    protocol: Protocol
    faults: str = ""
    wording: tuple[str, ...] = ()
    others: Leaves = field(default_factory=dict)


def compared(name: str) -> Compared:
    """Return what a name means: a folder, the name of a protocol, or `REVISION:` and either.

    Raises ValueError when there is no such folder, and BrokenProtocol when it cannot be used.
    """
    with protocol_folder(name) as folder:
        # It may be older than the language; a language that has changed is no fault of it.
        protocol, broken = (
            load_earlier(folder) if ":" in name else load_but_cases(folder, but=_WORDING)
        )
        faults = () if broken is None else broken.diagnostics
        of_cases = [one for one in faults if one.code not in _WORDING]
        return Compared(
            protocol,
            str(BrokenProtocol(of_cases)) if of_cases else "",
            tuple(str(one) for one in faults if one.code in _WORDING),
            other_files(folder),
        )


def other_files(folder: Path) -> Leaves:
    """Return the leaves of every file that is read and that a parsed protocol does not carry.

    A file that a protocol gains is among them until somebody makes the protocol carry it.
    """
    names = sorted({*FILES, *BESIDE, REVIEW_FILE} - CARRIED)
    return {name: _read(folder / name) for name in names if (folder / name).is_file()}


def _read(file: Path) -> Mapping[str, str]:
    text = plain_text(file.read_bytes())
    tree = read_yaml(text, file.name, Report())
    return {"": text} if tree is None else dict(_leaves(tree, ""))


def _leaves(value: Value, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Scalar):
        yield where, value.text
        return
    for name, inner in _inside(value):
        yield from _leaves(inner, f"{where}.{name}" if where else name)


def _inside(value: Items | Entries) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Entries):
        yield from ((key.text, inner) for key, inner in value.entries)
        return
    for place, item in enumerate(value.items, start=1):
        name = item.get("id") if isinstance(item, Entries) else None
        yield name.text if isinstance(name, Scalar) else str(place), item
