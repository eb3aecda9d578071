"""A picture of a protocol as SVG: four columns, each sorted so that few lines cross."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from assessment.exports.graph import LAYERS, Edge, Graph, Node

WIDTHS = (340, 300, 260, 220)
GAP = 150
LEFT = 90  # room for the lines between questions
TOP = 70
ROWS = (58, 40, 40, 40)  # a question has room for when it is asked
BOX = 30
LETTER = 7.2  # the average width of a letter, in pixels
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1c1814}"
    ".head{font-weight:600;font-size:15px}"
    ".note{font-size:12px;fill:#5c544b}"
    "rect{fill:#fff;stroke:#8a8178}"
    ".asked rect{stroke-dasharray:5 3}"
    "path{fill:none;stroke:#0b6e63;stroke-opacity:.35}"
    ".dashed{stroke-dasharray:4 3}"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a part stands: its left upper corner and its width."""

    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        """The height at which lines meet it."""
        return self.y + BOX / 2


def as_svg(graph: Graph) -> str:
    """Return the picture as one SVG file, which needs nothing else."""
    spots = _spots(graph)
    width = LEFT + sum(WIDTHS) + GAP * (len(WIDTHS) - 1) + 20
    height = max((spot.y for spot in spots.values()), default=TOP) + 2 * BOX
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:g}" '
            f'viewBox="0 0 {width} {height:g}" role="img" aria-labelledby="title about">',
            f'<title id="title">{escape(graph.title)}</title>',
            '<desc id="about">Questions in order, with the findings, rules and recommendations '
            "that they lead to. Dashed lines: if unsure, or required.</desc>",
            f"<style>{STYLE}</style>",
            f'<rect width="{width}" height="{height:g}" style="fill:#faf7f2;stroke:none"/>',
            *_headings(),
            *(_line(edge, spots) for edge in graph.edges),
            *(_box(node, spots[node.id]) for node in graph.nodes),
            "</svg>",
        ]
    )


def _spots(graph: Graph) -> dict[str, Spot]:
    """Place the columns from left to right.

    Questions and recommendations keep their order; the others stand near what they read.
    """
    spots: dict[str, Spot] = {}
    tallest = max(row * len(graph.layer(number)) for number, row in enumerate(ROWS))
    for number in (0, 1, 1, 2, 3):  # findings twice, since they read each other
        nodes = list(graph.layer(number))
        if number in (1, 2):
            heights = _heights(graph, spots)
            nodes.sort(key=lambda node: heights.get(node.id, 0))
        row = tallest / max(len(nodes), 1)
        for place, node in enumerate(nodes):
            spots[node.id] = Spot(
                _left(number), TOP + row * (place + 0.5) - BOX / 2, WIDTHS[number]
            )
    return spots


def _heights(graph: Graph, spots: Mapping[str, Spot]) -> dict[str, float]:
    """Return for each part the mean height of those that it reads and that have a place."""
    read: dict[str, list[float]] = {}
    for edge in graph.edges:
        if edge.start in spots:
            read.setdefault(edge.end, []).append(spots[edge.start].y)
    return {name: sum(heights) / len(heights) for name, heights in read.items()}


def _left(number: int) -> float:
    return LEFT + sum(WIDTHS[:number]) + GAP * number


def _headings() -> Iterator[str]:
    for number, name in enumerate(LAYERS):
        yield f'<text class="head" x="{_left(number)}" y="{TOP - 25}">{name}</text>'


def _line(edge: Edge, spots: Mapping[str, Spot]) -> str:
    start, end = spots[edge.start], spots[edge.end]
    dashed = ' class="dashed"' if edge.label else ""
    title = f"<title>{escape(edge.label)}</title>" if edge.label else ""
    y1, y2 = start.middle, end.middle
    if start.x == end.x:  # within a column: a bow on its left side
        bow = start.x - min(20 + abs(y2 - y1) / 8, LEFT - 10)
        path = f"M{start.x},{y1:g} C{bow:g},{y1:g} {bow:g},{y2:g} {end.x},{y2:g}"
    else:
        x1 = start.x + start.width
        half = (x1 + end.x) / 2
        path = f"M{x1},{y1:g} C{half:g},{y1:g} {half:g},{y2:g} {end.x},{y2:g}"
    return f'<path{dashed} d="{path}">{title}</path>'


def _box(node: Node, spot: Spot) -> str:
    asked = ' class="asked"' if node.layer == 0 and node.note else ""
    whole = node.label if node.note is None else f"{node.label}: {node.note}"
    label, note = escape(_short(node.label, spot.width)), ""
    if asked:
        words = escape(_short(node.note or "", spot.width))
        note = f'<text class="note" x="{spot.x + 8}" y="{spot.y + BOX + 14:g}">{words}</text>'
    return (
        f"<g{asked}><title>{escape(whole)}</title>"
        f'<rect x="{spot.x}" y="{spot.y:g}" width="{spot.width}" height="{BOX}" rx="6"/>'
        f'<text x="{spot.x + 8}" y="{spot.middle + 4.5:g}">{label}</text>{note}</g>'
    )


def _short(words: str, width: float) -> str:
    room = int((width - 16) / LETTER)
    return words if len(words) <= room else words[: room - 1].rstrip() + "…"
