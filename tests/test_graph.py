"""`assessment graph`: what is drawn, and that no words of a protocol can break it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.engine.protocol import Protocol
from assessment.engine.text import Text
from assessment.exports.graph import LAYERS, Edge, graph_of
from assessment.exports.mermaid import as_mermaid
from assessment.exports.svg import as_svg
from tests import tiny

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "\"]; end --> x <script>alert('&')</script> #quot; </text> %%{init}"
MOST_CHARACTERS = 50_000  # Mermaid's `maxTextSize`, which no text can raise either


@pytest.fixture
def protocol(tmp_path: Path) -> Protocol:
    requires = tiny.RECOMMENDATIONS.replace(
        "- {id: deep_tissue,", "- {id: deep_tissue, requires: {not: {finding: any_sign}},"
    )
    return tiny.load(tmp_path, recommendations=requires)


def hostile(protocol: Protocol) -> Protocol:
    """Return the protocol with words that try to break out."""
    words = Text(HOSTILE)
    return replace(
        protocol,
        title=words,
        questions=tuple(replace(each, short=words) for each in protocol.questions),
        findings=tuple(replace(each, says=words) for each in protocol.findings),
        rules=tuple(replace(each, because=words) for each in protocol.rules),
        advice={key: replace(each, headline=words) for key, each in protocol.advice.items()},
    )


def svg_of(protocol: Protocol) -> ET.Element:
    return ET.fromstring(as_svg(graph_of(protocol)))  # noqa: S314  our own


def texts(svg: ET.Element) -> list[str]:
    return [each.text or "" for each in svg.iter(f"{SVG}text")]


def test_everything_is_drawn_in_its_layer_and_order(protocol: Protocol) -> None:
    graph = graph_of(protocol)
    layers = [[node.id for node in graph.layer(number)] for number in range(len(LAYERS))]
    assert layers[0] == ["q_flag", "q_signs", "q_pain", "q_duration", "q_more"]
    assert layers[1] == ["f_any_sign"]
    assert layers[2] == ["r_red_flag", "r_amber_flag", "r_therapist", "r_rest"]
    assert layers[3][:2] == ["a_emergency", "a_urgent_medical"]
    assert [node.label for node in graph.layer(0)][:2] == ["1: Flag", "2: Signs"]


def test_every_reading_is_one_edge(protocol: Protocol) -> None:
    assert graph_of(protocol).edges == (
        Edge("q_signs", "q_more", "asked when"),
        Edge("q_signs", "f_any_sign"),
        Edge("q_flag", "r_red_flag"),
        Edge("r_red_flag", "a_emergency"),
        Edge("r_red_flag", "a_urgent_medical", "if unsure"),
        Edge("q_flag", "r_amber_flag"),
        Edge("r_amber_flag", "a_medical_clearance_first"),
        Edge("f_any_sign", "r_therapist"),
        Edge("r_therapist", "a_certified_therapist"),
        Edge("q_signs", "r_rest"),
        Edge("r_rest", "a_self_care"),
        Edge("f_any_sign", "a_deep_tissue", "required"),
    )


def test_mermaid_shows_questions_in_order_with_conditions(protocol: Protocol) -> None:
    lines = as_mermaid(graph_of(protocol)).splitlines()
    assert lines[0] == "flowchart LR"
    assert lines[1] == "accTitle: A tiny protocol, version 1"
    assert 'q_more["5: More<br>asked when #8220;Signs#8221; is #8220;A#8221;"]' in lines
    assert 'r_red_flag["red#95;flag<br>if unsure: urgent#95;medical"]' in lines
    assert lines.index('q_flag["1: Flag"]') < lines.index('q_signs["2: Signs"]')
    assert "f_any_sign --> r_therapist" in lines
    assert "f_any_sign -. required .-> a_deep_tissue" in lines
    assert not [line for line in lines if "-. if unsure" in line]


def test_mermaid_puts_rules_together_by_what_they_recommend(protocol: Protocol) -> None:
    more = replace(protocol.rules[0], id="red_too")
    lines = as_mermaid(graph_of(replace(protocol, rules=(*protocol.rules, more)))).splitlines()
    start = lines.index('subgraph to_a_emergency ["emergency"]')
    boxes = [re.match(r"\w+", line) for line in lines[start + 2 : lines.index("end", start)]]
    assert [box and box.group() for box in boxes] == ["r_red_flag", "r_red_too"]
    assert lines.count("to_a_emergency --> a_emergency") == 1
    assert not [line for line in lines if line.startswith("to_a_deep_tissue")]
    assert not [line for line in lines if re.match(r"r_\w+ ", line)]
    opened = [line for line in lines if line.startswith("subgraph ")]
    assert lines.count("end") == len(opened) == len(LAYERS) + 4


def test_no_words_can_break_mermaid(protocol: Protocol) -> None:
    for line in as_mermaid(graph_of(hostile(protocol))).splitlines():
        assert "script>" not in line
        assert "%%" not in line
        quoted = re.findall(r'"(.*)"', line)
        assert all(re.fullmatch(r"([\w .,:'-]|#\d+;|<br>)*", words) for words in quoted)
        assert line.count('"') in (0, 2)


def test_the_picture_says_what_it_is(protocol: Protocol) -> None:
    svg = svg_of(protocol)
    assert svg.get("role") == "img"
    names = (svg.get("aria-labelledby") or "").split()
    assert [each.get("id") for each in list(svg)[:2]] == names
    assert svg[0].tag == f"{SVG}title"
    assert svg[0].text == "A tiny protocol, version 1"


def test_the_picture_needs_nothing_else(protocol: Protocol) -> None:
    picture = as_svg(graph_of(protocol)).replace('xmlns="http://www.w3.org/2000/svg"', "")
    for word in ("http", "href", "url(", "@import", "<image", "<script", "<foreignObject"):
        assert word not in picture


def test_every_part_of_the_picture_can_be_read(protocol: Protocol) -> None:
    svg = svg_of(protocol)
    shown = texts(svg)
    for node in graph_of(protocol).nodes:
        assert node.label in shown
    assert "asked when “Signs” is “A”" in shown
    assert set(LAYERS) <= set(shown)
    assert len(list(svg.iter(f"{SVG}path"))) == len(graph_of(protocol).edges)


def test_no_words_can_break_the_picture(protocol: Protocol) -> None:
    svg = svg_of(hostile(protocol))
    assert svg[0].text == f"{HOSTILE}, version 1"
    assert {each.tag.removeprefix(SVG) for each in svg.iter()} <= {
        "svg", "title", "desc", "style", "rect", "path", "g", "text"
    }  # fmt: skip


def test_long_words_are_cut_and_stay_whole_in_the_tooltip(protocol: Protocol) -> None:
    long = "many words " * 20
    asked = replace(protocol.questions[0], short=Text(long))
    svg = svg_of(replace(protocol, questions=(asked, *protocol.questions[1:])))
    assert any(text.startswith("1: many words") and text.endswith("…") for text in texts(svg))
    assert f"1: {long}" in [each.text for each in svg.iter(f"{SVG}title")]


def test_nothing_lies_on_anything_else(shipped: Path) -> None:
    result = CliRunner().invoke(main, ["graph", str(shipped), "--format", "svg"])
    assert result.exit_code == 0
    columns: dict[float, list[float]] = defaultdict(list)
    for x, y, height in _boxes(ET.fromstring(result.stdout)):  # noqa: S314  our own
        columns[x].append(y)
        assert height <= 30
    assert len(columns) == len(LAYERS)
    for heights in columns.values():
        heights.sort()
        assert all(low - high >= 36 for high, low in pairwise(heights))


def _boxes(svg: ET.Element) -> Iterator[tuple[float, float, float]]:
    for group in svg.iter(f"{SVG}g"):
        (box,) = group.findall(f"{SVG}rect")
        x, y, height = (float(box.get(name) or 0) for name in ("x", "y", "height"))
        yield x, y, height


def test_the_command_draws_mermaid_unless_told_otherwise(tmp_path: Path) -> None:
    folder = str(tiny.write(tmp_path))
    drawn = CliRunner().invoke(main, ["graph", folder])
    assert drawn.exit_code == 0
    assert drawn.stdout.startswith("flowchart LR\n")
    assert drawn.stderr == ""


def edges_in(picture: str) -> int:
    return len(re.findall(r"^\w+ (?:-->|==>|-\..*\.->) \w+$", picture, re.MULTILINE))


def test_mermaid_draws_the_shipped_protocol_as_it_is_set_up_by_default(shipped: Path) -> None:
    drawn = CliRunner().invoke(main, ["graph", str(shipped)])
    assert drawn.exit_code == 0
    assert 250 < edges_in(drawn.stdout) < 500
    assert len(drawn.stdout) < MOST_CHARACTERS
    assert drawn.stderr == ""


def test_the_command_warns_of_more_edges_than_mermaid_draws(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edges = edges_in(CliRunner().invoke(main, ["graph", str(shipped)]).stdout)
    monkeypatch.setattr("assessment.exports.mermaid.MOST_EDGES", edges)
    assert CliRunner().invoke(main, ["graph", str(shipped)]).stderr == ""
    monkeypatch.setattr("assessment.exports.mermaid.MOST_EDGES", edges - 1)
    assert f"{edges} edges" in CliRunner().invoke(main, ["graph", str(shipped)]).stderr
