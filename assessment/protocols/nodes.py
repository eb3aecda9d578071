"""A YAML file as a tree in which every value knows its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import yaml

from assessment.protocols.diagnostics import Code, Place, Report

DEEPEST = 24
_TAG = "tag:yaml.org,2002:"
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not allow in a text."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One word, number or truth value; `text` is how it was written."""

    place: Place
    value: str | int | bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping, in the order written."""

    place: Place
    entries: tuple[tuple[Scalar, Value], ...]

    def get(self, key: str) -> Value | None:
        """Return the value under the key; None when there is none."""
        for name, value in self.entries:
            if name.text == key:
                return value
        return None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys as written."""
        return tuple(name.text for name, _ in self.entries)


Value = Scalar | Items | Entries


def describe(value: Value) -> str:
    """Return what stands there, for a report."""
    match value:
        case Items():
            return "a list"
        case Entries():
            return "a mapping"
        case Scalar(value=None):
            return "nothing"
        case Scalar(text=text):
            return f"`{text if len(text) <= 40 else text[:37] + '...'}`"


def read_yaml(text: str, file: str, report: Report) -> Value | None:
    """Return the tree of a YAML text, or None after reporting why there is none."""
    if (bad := _UNREADABLE.search(text)) is not None:
        line_start = text.rfind("\n", 0, bad.start()) + 1
        place = Place(file, text.count("\n", 0, bad.start()) + 1, bad.start() - line_start + 1)
        found = f"the character {ord(bad[0]):#04x}"
        report.add(place, Code.NOT_YAML, found, "text without control characters")
        return None
    try:
        if not _is_plain(text, file, report):
            return None
        node = yaml.compose(text, yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        report.add(_marked(file, error.problem_mark), Code.NOT_YAML, _fault(error), "valid YAML")
        return None
    if node is None:
        return Scalar(Place(file), None, "")
    return _Tree(file, report).value(node)


def _is_plain(text: str, file: str, report: Report) -> bool:
    """Report aliases and deep nesting: to compose them could take all memory or stack."""
    depth, plain = 0, True
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            place = _marked(file, event.start_mark)
            report.add(place, Code.ALIAS, f"`*{event.anchor}`", "every value written out")
            plain = False
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            place = _marked(file, event.start_mark)
            report.add(place, Code.TOO_DEEP, "deep nesting", f"at most {DEEPEST} levels")
            return False
    return plain


class _Mark(Protocol):
    line: int
    column: int


def _marked(file: str, mark: _Mark | None) -> Place:
    return Place(file) if mark is None else Place(file, mark.line + 1, mark.column + 1)


def _fault(error: yaml.MarkedYAMLError) -> str:
    """Return the parser's words, with where it began to read what it could not finish."""
    problem = (error.problem or "a fault").removeprefix("but ").removeprefix("found ")
    problem = problem.replace("did not find ", "no ")
    began, stopped = error.context_mark, error.problem_mark
    if began is None or stopped is None or began.index == stopped.index:
        return problem
    return f"{problem}, {error.context} that began at {began.line + 1}:{began.column + 1}"


class _Tree:
    def __init__(self, file: str, report: Report) -> None:
        self._file = file
        self._report = report

    def value(self, node: yaml.Node) -> Value:
        place = Place(self._file, node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        if node.tag not in (f"{_TAG}seq", f"{_TAG}map"):
            self._report.add(place, Code.WRONG_TYPE, f"the tag `{node.tag}`", "no tags")
        if isinstance(node, yaml.SequenceNode):
            return Items(place, tuple(self.value(item) for item in node.value))
        return Entries(place, tuple(self._entries(node)))

    def _entries(self, node: yaml.Node) -> Iterator[tuple[Scalar, Value]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = self.value(key_node)
            if not isinstance(key, Scalar):
                self._report.add(key.place, Code.WRONG_TYPE, describe(key), "a word as key")
                continue
            if key.text in seen:
                self._report.add(
                    key.place, Code.DUPLICATE_KEY, f"`{key.text}` again", "each key once"
                )
                continue
            seen.add(key.text)
            yield key, self.value(value_node)

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Scalar:
        text = str(node.value)
        kind = node.tag.removeprefix(_TAG)
        if kind == "bool":
            return Scalar(place, text.lower() in ("true", "yes", "on", "y"), text)
        if kind == "null":
            return Scalar(place, None, text)
        if kind == "int" and text.lstrip("-").isdecimal() and len(text) < 12:
            return Scalar(place, int(text), text)
        if kind in ("str", "timestamp", "int", "float", "value", "merge"):
            return Scalar(place, text, text)
        self._report.add(place, Code.WRONG_TYPE, f"the tag `{node.tag}`", "no tags")
        return Scalar(place, text, text)
