"""A YAML file as a tree in which every value knows its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from assessment.protocols.diagnostics import Code, Place, Report

DEEPEST = 24
_TAG = "tag:yaml.org,2002:"


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


def is_text(value: Value | None) -> bool:
    """Whether the value is words."""
    return isinstance(value, Scalar) and isinstance(value.value, str)


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
    loader = yaml.CSafeLoader(text)
    try:
        if (reason := _unreadable(text)) is not None:
            report.add(Place(file), Code.NOT_YAML, reason, "plain text in YAML")
            return None
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file) if mark is None else Place(file, mark.line + 1, mark.column + 1)
        report.add(place, Code.NOT_YAML, error.problem or "a fault", "valid YAML")
        return None
    finally:
        loader.dispose()
    if node is None:
        return Scalar(Place(file), None, "")
    return _Tree(file, report).value(node, 0)


def _unreadable(text: str) -> str | None:
    for character in text:
        if character < " " and character not in "\n\r\t":
            return f"the control character {ord(character):#04x}"
    depth = 0
    for line in text.splitlines():
        depth = max(depth, line.count("[") + line.count("{"))
    return "hundreds of brackets on one line" if depth > 200 else None


class _Tree:
    def __init__(self, file: str, report: Report) -> None:
        self._file = file
        self._report = report
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, depth: int) -> Value:
        place = Place(self._file, node.start_mark.line + 1, node.start_mark.column + 1)
        if depth > DEEPEST:
            self._report.add(place, Code.TOO_DEEP, "deep nesting", f"at most {DEEPEST} levels")
            return Scalar(place, None, "")
        if id(node) in self._seen:
            self._report.add(place, Code.ALIAS, "an anchor used twice", "every value written out")
            return Scalar(place, None, "")
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        if isinstance(node, yaml.SequenceNode):
            return Items(place, tuple(self.value(item, depth + 1) for item in node.value))
        return Entries(place, tuple(self._entries(node, depth)))

    def _entries(self, node: yaml.Node, depth: int) -> Iterator[tuple[Scalar, Value]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = self.value(key_node, depth + 1)
            if not isinstance(key, Scalar):
                self._report.add(key.place, Code.WRONG_TYPE, describe(key), "a word as key")
                continue
            if key.text in seen:
                self._report.add(
                    key.place, Code.DUPLICATE_KEY, f"`{key.text}` again", "each key once"
                )
                continue
            seen.add(key.text)
            yield key, self.value(value_node, depth + 1)

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Scalar:
        text = str(node.value)
        kind = node.tag.removeprefix(_TAG)
        if kind == "bool":
            return Scalar(place, text.lower() in ("true", "yes", "on", "y"), text)
        if kind == "null":
            return Scalar(place, None, text)
        if kind == "int" and text.lstrip("-").isdecimal() and len(text) < 12:
            return Scalar(place, int(text), text)
        if kind in ("str", "timestamp", "int", "float"):
            return Scalar(place, text, text)
        self._report.add(place, Code.WRONG_TYPE, f"the tag `{node.tag}`", "no tags")
        return Scalar(place, text, text)
