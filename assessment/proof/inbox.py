"""What a therapist reads of a response, as far as the protocol hides it, before and after."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.engine.conditions import reads_any
from assessment.engine.protocol import Protocol


def seen_in_inbox(old: Protocol, new: Protocol) -> Iterator[str]:
    """Yield what the inbox shows now and did not, or hides now and did not, a line each."""
    before, after = _hidden(old), _hidden(new)
    for name in [*before, *(name for name in after if name not in before)]:
        was, now = before.get(name), after.get(name)
        if was is None or now is None or was == now:
            continue  # what only one of them has is listed among the changes
        yield f"{name} {'hidden from' if now else 'shown to'} the therapist now"


def _hidden(protocol: Protocol) -> dict[str, bool]:
    """Return whether a therapist is not told of each answer, reason and precaution."""
    private = protocol.private
    findings = {finding.id: finding.when for finding in protocol.findings}

    found = {
        f"answers to question {question.id} are": question.id in private
        for question in protocol.questions
        if question.line is None
    }
    for rule in protocol.rules:
        found[f"the reason of rule {rule.id} is"] = reads_any(rule.when, findings, private)
    for precaution in protocol.precautions:
        found[f"precaution {precaution.id} is"] = reads_any(precaution.when, findings, private)
    return found
