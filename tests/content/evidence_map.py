"""Which option, rule or note carries each red flag and contraindication.

`python -m tests.content.evidence_map` writes `evidence_map.txt` anew; read the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assessment.engine.protocol import Protocol
from assessment.protocols.load import find_protocol, load_protocol

MAP = Path(__file__).with_name("evidence_map.txt")
ROWS = [*(f"RF{number:02}" for number in range(1, 57)), *(f"CI{n:02}" for n in range(1, 28))]

LEFT_OUT: dict[str, str] = {
    "CI26": "an allergy changes no advice; the therapist asks on the day, before using an oil",
}
"""Rows that nothing carries, each with the reason."""


def carriers(protocol: Protocol) -> dict[str, list[str]]:
    """Return, for each row of the evidence, what cites it."""
    carried: dict[str, list[str]] = {row: [] for row in ROWS}
    for name, evidence in _citing(protocol):
        for row in evidence:
            if row in carried:
                carried[row].append(name)
    return carried


def as_text(protocol: Protocol) -> str:
    """Return the map as the file holds it."""
    lines = []
    for row, names in carriers(protocol).items():
        told = ", ".join(names) or f"left out: {LEFT_OUT.get(row, 'NO REASON')}"
        lines.append(f"{row}  {told}")
    return "\n".join(lines) + "\n"


def _citing(protocol: Protocol) -> Iterator[tuple[str, tuple[str, ...]]]:
    for question in protocol.questions:
        yield f"question {question.id}", question.evidence
        for option in question.options:
            yield f"option {question.id}.{option.id}", option.evidence
    for rule in protocol.rules:
        yield f"rule {rule.id}", rule.evidence
    for precaution in protocol.precautions:
        yield f"precaution {precaution.id}", precaution.evidence
    for support in protocol.support:
        yield f"support {support.id}", support.evidence
    for promise in protocol.promises:
        yield f"promise {promise.id}", promise.evidence


if __name__ == "__main__":
    MAP.write_text(as_text(load_protocol(find_protocol("muscle_pain"))), encoding="utf-8")
