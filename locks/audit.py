"""Whether all parts are renewed in time: none has a known weakness, and none is older than allowed.

    python -m locks.audit

Asks the public list of advisories at osv.dev about each part that the lock names. It first asks
about an old version that is known to be weak: an audit that sees nothing there proves nothing, and
fails. Exits with 1 where something has to be renewed, with 2 where that is not known.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from locks.parts import LOCK, SBOM, Part, locked, made_on

ADVISORIES = "https://api.osv.dev/v1/querybatch"
PROBE = Part("jinja2", "2.4.1")
"""A version with weaknesses that everybody knows of."""
MOST_DAYS = timedelta(days=90)
"""After which the versions are chosen anew (SECURITY.md)."""
_SECONDS = 30


class SawNothing(Exception):
    """It is not known whether a part has a weakness; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A part, and the ids of the advisories about it."""

    part: Part
    advisories: tuple[str, ...]


def found(parts: Sequence[Part], address: str = ADVISORIES) -> tuple[Finding, ...]:
    """Return the parts with a known weakness. Raises SawNothing."""
    asked = [PROBE, *parts]
    queries = {"queries": [{"package": {"purl": part.purl}} for part in asked]}
    request = urllib.request.Request(  # noqa: S310  the address is ours
        address, json.dumps(queries).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  as above
            results = json.load(answer)["results"]
        told = [tuple(one["id"] for one in result.get("vulns", ())) for result in results]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SawNothing(f"no list of advisories answered: {type(error).__name__}") from None
    if len(told) != len(asked) or not told[0]:
        raise SawNothing(f"the list of advisories knows nothing of {PROBE.name} {PROBE.version}")
    return tuple(Finding(*one) for one in zip(parts, told[1:], strict=True) if one[1])


def overdue(made: date, today: date) -> bool:
    """Whether the versions were chosen too long ago."""
    return today - made > MOST_DAYS


def report(parts: Sequence[Part], made: date, today: date, address: str = ADVISORIES) -> int:
    """Print what has to be renewed; return the exit status."""
    try:
        weak = found(parts, address)
    except SawNothing as why:
        print(f"The audit saw nothing: {why}. Run it where the internet can be reached.")
        return 2
    for one in weak:
        print(f"{one.part.name} {one.part.version}: {', '.join(one.advisories)}")
    if overdue(made, today):
        print(f"The versions were chosen on {made}, more than {MOST_DAYS.days} days ago.")
    if weak or overdue(made, today):
        print("Renew them with make lock, then run the tests.")
        return 1
    print(f"{len(parts)} parts, chosen on {made}: no weakness is known.")
    return 0


if __name__ == "__main__":
    sys.exit(
        report(
            locked(LOCK.read_text(encoding="utf-8")),
            made_on(SBOM.read_text(encoding="utf-8")),
            datetime.now(UTC).date(),
        )
    )
