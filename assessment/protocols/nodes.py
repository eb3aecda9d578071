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
_LEADING_ZERO = re.compile(r"(-?)0+([0-9]+)")
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not allow in a text."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One word, number or truth value; `text` is how it was written.

    `comment` is what follows it on its line behind ` #`, where no quotes say that it ended there.
    """

    place: Place
    value: str | int | bool | None
    text: str
    comment: str = ""


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
        place = _marked(file, error.problem_mark)
        if _at(text, place) == "\t":
            report.add(place, Code.NOT_YAML, "a tab", "spaces")
        else:
            report.add(place, Code.NOT_YAML, _fault(error), "valid YAML")
        return None
    if node is None:
        return Scalar(Place(file), None, "")
    return _Tree(file, text, report).value(node)


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


def _at(text: str, place: Place) -> str:
    """Return the character at a place, none at the end of the text."""
    line = "".join(text.splitlines()[place.line - 1 : place.line])
    return line[place.column - 1 : place.column]


def _fault(error: yaml.MarkedYAMLError) -> str:
    """Return the parser's words, with where it began to read what it could not finish."""
    problem = (error.problem or "a fault").removeprefix("but ").removeprefix("found ")
    problem = problem.replace("did not find ", "no ")
    began, stopped = error.context_mark, error.problem_mark
    if began is None or stopped is None or began.index == stopped.index:
        return problem
    return f"{problem}, {error.context} that began at {began.line + 1}:{began.column + 1}"


class _Tree:
    def __init__(self, file: str, text: str, report: Report) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._report = report

    def value(self, node: yaml.Node) -> Value:
        place = _marked(self._file, node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        if node.tag not in (f"{_TAG}seq", f"{_TAG}map"):
            self._report.add(place, Code.WRONG_TYPE, f"the tag `{node.tag}`", "no tags")
        if isinstance(node, yaml.SequenceNode):
            return Items(place, tuple(self.value(item) for item in node.value))
        if isinstance(node, yaml.MappingNode):
            return Entries(place, tuple(self._entries(node)))
        raise TypeError(type(node))  # YAML has no fourth kind of node

    def _entries(self, node: yaml.MappingNode) -> Iterator[tuple[Scalar, Value]]:
        seen: set[str] = set()
        before: yaml.Node | None = None
        for key_node, value_node in node.value:
            key = self.value(key_node)
            if not isinstance(key, Scalar):
                self._report.add(key.place, Code.WRONG_TYPE, describe(key), "a word as key")
                continue
            split = bool(node.flow_style) and _is_rest(before, key_node, value_node)
            before = value_node
            if split:
                found = f"`{key.text}`, which a comma cut from the text before it"
                self._report.add(key.place, Code.SPLIT_TEXT, found, "quotes around the whole text")
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
        comment = "" if node.style else self._comment(node.end_mark)
        if kind == "bool":
            return Scalar(place, text.lower() in ("true", "yes", "on", "y"), text)
        if kind == "null":
            return Scalar(place, None, text, comment)
        if not node.style and (number := _LEADING_ZERO.fullmatch(text)):
            found = f"`{text}`, which programs read as different numbers"
            expected = f"`{number[1]}{number[2]}`, or quotes around words"
            self._report.add(place, Code.YAML_NUMBER, found, expected)
            return Scalar(place, int(text) if len(text) < 12 else text, text, comment)
        if kind == "int" and text.lstrip("-").isdecimal() and len(text) < 12:
            return Scalar(place, int(text), text, comment)
        if kind in ("str", "timestamp", "int", "float", "value", "merge"):
            return Scalar(place, text, text, comment)
        self._report.add(place, Code.WRONG_TYPE, f"the tag `{node.tag}`", "no tags")
        return Scalar(place, text, text)

    def _comment(self, end: _Mark) -> str:
        """Return the comment that ends a text without quotes."""
        line = self._lines[end.line] if end.line < len(self._lines) else ""
        rest = line[end.column :]
        return rest.strip() if rest.lstrip(" \t").startswith("#") and rest[:1] in " \t" else ""


def _is_rest(before: yaml.Node | None, key: yaml.Node, value: yaml.Node) -> bool:
    """Return whether this is no key, but what a comma cut off: `{label: Red, or hot}`."""
    bare = isinstance(value, yaml.ScalarNode) and value.start_mark.index == key.end_mark.index
    return bare and isinstance(before, yaml.ScalarNode) and not before.style
