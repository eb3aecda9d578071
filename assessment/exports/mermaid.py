"""A picture of a protocol as Mermaid text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from assessment.exports.graph import ASKED_WHEN, LAYERS, UNSURE, Edge, Graph, Node

MOST_EDGES = 500
"""What Mermaid draws where nobody raised its `maxEdges`. The text itself cannot raise it."""


def as_mermaid(graph: Graph) -> str:
    """Return the picture as Mermaid draws it.

    Rules stand together by what they recommend, and one edge leads there from all of them. What
    a rule gives when it is unsure stands in its box, and so does when a question is asked; the
    order of the questions is in their numbers. All this keeps the picture below `MOST_EDGES`.
    """
    return "\n".join(chain(_boxes(graph), _edges(graph)))


def edges_drawn(graph: Graph) -> int:
    """Return how many edges the picture has."""
    return sum(1 for _ in _edges(graph))


def _boxes(graph: Graph) -> Iterator[str]:
    yield "flowchart LR"
    yield f"accTitle: {_line(graph.title)}"
    yield "accDescr: Questions in order, with the findings, rules and recommendations they lead to"
    for number, name in enumerate(LAYERS):
        yield f'subgraph {name.lower()} ["{name}"]'
        yield "direction TB"
        yield from _rules(graph) if name == "Rules" else map(_node, graph.layer(number))
        yield "end"


def _rules(graph: Graph) -> Iterator[str]:
    unsure = {edge.start: edge.end for edge in graph.edges if edge.label == UNSURE}
    for recommend, rules in _by_recommendation(graph).items():
        yield f'subgraph {_group(recommend)} ["{_escaped(recommend.removeprefix("a_"))}"]'
        yield "direction TB"
        yield from (_node(rule, unsure.get(rule.id)) for rule in rules)
        yield "end"


def _by_recommendation(graph: Graph) -> dict[str, list[Node]]:
    recommended = {edge.start: edge.end for edge in graph.edges if edge.label is None}
    grouped: dict[str, list[Node]] = {node.id: [] for node in graph.layer(3)}
    for rule in graph.layer(2):
        grouped[recommended[rule.id]].append(rule)
    return {recommend: rules for recommend, rules in grouped.items() if rules}


def _group(recommend: str) -> str:
    return f"to_{recommend}"


def _edges(graph: Graph) -> Iterator[str]:
    told = {rule.id for rule in graph.layer(2)}
    yield from (
        _edge(edge) for edge in graph.edges if edge.start not in told and edge.label != ASKED_WHEN
    )
    for recommend in _by_recommendation(graph):
        yield f"{_group(recommend)} --> {recommend}"


def _node(node: Node, unsure: str | None = None) -> str:
    lines = [node.label]
    if node.note is not None and LAYERS[node.layer] != "Rules":
        lines.append(node.note)
    if unsure is not None:
        lines.append(f"{UNSURE}: {unsure.removeprefix('a_')}")
    return f'{node.id}["{"<br>".join(map(_escaped, lines))}"]'


def _edge(edge: Edge) -> str:
    if edge.label is None:
        return f"{edge.start} --> {edge.end}"
    return f"{edge.start} -. {edge.label} .-> {edge.end}"


def _escaped(text: str) -> str:
    """Return words in which nothing means anything to Mermaid, or to the HTML it makes."""
    return "".join(char if _is_plain(char) else f"#{ord(char)};" for char in text)


def _is_plain(char: str) -> bool:
    return char.isalnum() or char in " .,:'-"


def _line(text: str) -> str:
    """Return words for where Mermaid reads no escapes: what could mean anything is left out."""
    return " ".join("".join(char if _is_plain(char) else " " for char in text).split())
