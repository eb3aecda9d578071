"""A Markdown document on paper: A4 with margins of 2 cm, words of 10 pt, examples of 8 pt."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import takewhile

import typst
from markdown_it import MarkdownIt
from markdown_it.token import Token

PAGE = """
#set page(paper: "a4", margin: 2cm)
#set text(font: "Libertinus Serif", size: 10pt)
#show heading: set text(size: 12pt)
#show raw: set text(font: "DejaVu Sans Mono", size: 8pt)
#set table(inset: 3pt, stroke: 0.5pt)
"""
WRITTEN = {
    "heading_open": "#heading[", "heading_close": "]",
    "paragraph_open": "#par[", "paragraph_close": "]",
    "bullet_list_open": "#list(", "bullet_list_close": ")",
    "list_item_open": "[", "list_item_close": "],",
    "thead_open": "", "thead_close": "", "tbody_open": "", "tbody_close": "", "table_close": ")",
    "tr_open": "", "tr_close": "",
    "th_open": "[", "th_close": "],", "td_open": "[", "td_close": "],",
    "strong_open": "#strong[", "strong_close": "]", "em_open": "#emph[", "em_close": "]",
    "link_open": "", "link_close": "", "softbreak": " ",
}  # fmt: skip


def pages_of(markdown: str) -> int:
    """Return how many pages a document fills. Raises KeyError for what it cannot set."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    source = PAGE + "".join(_set(tokens))
    made = typst.compile(source.encode(), format="svg", ignore_system_fonts=True)
    return len(made) if isinstance(made, list) else 1


def _set(tokens: Sequence[Token]) -> Iterator[str]:
    for place, token in enumerate(tokens):
        match token.type:
            case "inline":
                yield from _set(token.children or [])
            case "text":
                yield f"#{json.dumps(token.content, ensure_ascii=False)};"
            case "code_inline" | "fence":
                block = ", block: true" if token.type == "fence" else ""
                yield f"#raw({json.dumps(token.content, ensure_ascii=False)}{block});"
            case "table_open":
                head = takewhile(lambda one: one.type != "thead_close", tokens[place:])
                yield f"#table(columns: {sum(one.type == 'th_open' for one in head)},"
            case known:
                yield WRITTEN[known]
