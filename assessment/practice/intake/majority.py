"""From which age somebody signs for themselves, by the country of a clinic."""

from __future__ import annotations

from collections.abc import Mapping

USUAL = 18
ELSEWHERE: Mapping[str, int] = {
    "BH": 21, "DZ": 19, "EG": 21, "KR": 19, "KW": 21, "NZ": 20, "SG": 21, "TH": 20,
}  # fmt: skip
"""The age of majority where it is later than usual; where it is earlier, the usual one counts."""


def majority(country: str | None) -> int:
    """Return from which age in years nobody else has to sign, in the `country` of a clinic."""
    return ELSEWHERE.get(country or "", USUAL)
