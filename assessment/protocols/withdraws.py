"""Which earlier versions a protocol withdraws."""

from __future__ import annotations

from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.fields import Fields


def read_withdraws(head: Fields, report: Report) -> tuple[str, ...]:
    """Return the versions that `protocol.yaml` names; its own among them is reported."""
    versions = head.one_or_more("withdraws")
    for one in versions:
        if one.text == head.words("version"):
            found = f"`{one.text}`, which is this version itself"
            expected = "earlier versions; give this one a `version` of its own"
            report.add(one.place, Code.BAD_VALUE, found, expected)
    return tuple(one.text for one in versions)
