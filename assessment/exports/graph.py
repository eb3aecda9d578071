"""A protocol as a picture's parts: questions in order, findings, rules, recommendations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessment.engine.conditions import Condition, FindingRef, Test, Unsure, parts_of
from assessment.engine.places import required
from assessment.engine.protocol import Protocol
from assessment.engine.questions import Question
from assessment.engine.words import in_words

UNSURE = "if unsure"
ASKED_WHEN = "asked when"
LAYERS = ("Questions", "Findings", "Rules", "Recommendations")


@dataclass(frozen=True, slots=True)
class Node:
    """One part; `layer` is its place in LAYERS, `note` says when a question is asked."""

    id: str
    layer: int
    label: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """One part reads another, or leads to it; `label` says how, where that is not plain."""

    start: str
    end: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything that is drawn."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def layer(self, number: int) -> tuple[Node, ...]:
        """Return the parts of one layer, in order."""
        return tuple(node for node in self.nodes if node.layer == number)


def graph_of(protocol: Protocol) -> Graph:
    """Return the picture of a protocol."""
    return Graph(
        f"{protocol.title.text}, version {protocol.version}",
        tuple(_nodes(protocol)),
        tuple(dict.fromkeys(_edges(protocol))),
    )


def _nodes(protocol: Protocol) -> Iterator[Node]:
    for number, question in enumerate(_drawn(protocol), start=1):
        condition = question.enable_when
        note = None if condition is None else f"asked when {in_words(condition, protocol)}"
        yield Node(f"q_{question.id}", 0, f"{number}: {question.short.text}", note)
    for finding in protocol.findings:
        yield Node(f"f_{finding.id}", 1, finding.says.text)
    for rule in protocol.rules:
        yield Node(f"r_{rule.id}", 2, rule.id, rule.because.text)
    for recommend, advice in protocol.advice.items():
        yield Node(f"a_{recommend.id}", 3, recommend.id, advice.headline.text)


def _drawn(protocol: Protocol) -> Iterator[Question]:
    """Yield the questions; the lines that "not sure" brings one by one are in their list."""
    return (question for question in protocol.questions if question.line is None)


def _edges(protocol: Protocol) -> Iterator[Edge]:
    for question in _drawn(protocol):
        if question.enable_when is not None:
            yield from _read(question.enable_when, f"q_{question.id}", ASKED_WHEN)
    for finding in protocol.findings:
        yield from _read(finding.when, f"f_{finding.id}")
    for rule in protocol.rules:
        yield from _read(rule.when, f"r_{rule.id}")
        yield Edge(f"r_{rule.id}", f"a_{rule.recommend.id}")
        if rule.if_unsure is not None and rule.if_unsure is not rule.recommend:
            yield Edge(f"r_{rule.id}", f"a_{rule.if_unsure.id}", UNSURE)
    for recommend in protocol.advice:
        if (condition := required(protocol, recommend)) is not None:
            yield from _read(condition, f"a_{recommend.id}", "required")


def _read(condition: Condition, reader: str, label: str | None = None) -> Iterator[Edge]:
    """Yield an edge from everything that a condition names itself."""
    match condition:
        case Test(question, _, _):
            yield Edge(f"q_{question}", reader, label)
        case Unsure(question, _):
            yield Edge(f"q_{question}", reader, label)
        case FindingRef(finding):
            yield Edge(f"f_{finding}", reader, label)
        case _:
            for part in parts_of(condition):
                yield from _read(part, reader, label)
