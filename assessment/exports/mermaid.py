"""A picture of a protocol as Mermaid text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from assessment.exports.graph import LAYERS, UNSURE, Edge, Graph, Node

MOST_EDGES = 500
"""What Mermaid draws, unless its `maxEdges` says more."""


def as_mermaid(graph: Graph) -> str:
    """Return the picture as Mermaid draws it.

    What a rule gives when it is unsure stands in its box: that saves a third of the edges.
    """
    return "\n".join(_lines(graph))


def edges_drawn(graph: Graph) -> int:
    """Return how many edges the picture has."""
    return len(_drawn(graph)) + max(len(graph.layer(0)) - 1, 0)


def _lines(graph: Graph) -> Iterator[str]:
    yield "flowchart LR"
    yield f"accTitle: {_line(graph.title)}"
    yield "accDescr: Questions in order, with the findings, rules and recommendations they lead to"
    unsure = {edge.start: edge.end for edge in graph.edges if edge.label == UNSURE}
    for number, name in enumerate(LAYERS):
        yield f'subgraph {name.lower()} ["{name}"]'
        yield "direction TB"
        yield from (_node(node, unsure.get(node.id)) for node in graph.layer(number))
        yield "end"
    for before, after in pairwise(graph.layer(0)):
        yield f"{before.id} ==> {after.id}"
    yield from map(_edge, _drawn(graph))


def _drawn(graph: Graph) -> list[Edge]:
    return [edge for edge in graph.edges if edge.label != UNSURE]


def _node(node: Node, unsure: str | None) -> str:
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
