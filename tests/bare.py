"""A protocol that says nothing yet, for those that tests put together at random."""

from __future__ import annotations

from assessment.engine.protocol import Protocol
from assessment.engine.text import Text

WORDS = Text("words")

BARE = Protocol(
    id="random",
    title=WORDS,
    version="1",
    date="2026-01-01",
    author="The tests",
    intended_purpose=WORDS,
    language="en",
    carer_when=None,
    questions=(),
    findings=(),
    rules=(),
    precautions=(),
    support=(),
    advice={},
    promises=(),
    cases=(),
    texts={},
    sources={},
    guide=(),
    rules_hash="",
    wording_hash="",
)
