"""What recommendations are called on a clinic's screens: as a protocol says, none of it in code."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.words import short_name
from assessment.records.model import Line
from assessment.screening import AFTER_VISIT

Names = Mapping[str, str]
"""The name of each recommendation by its id."""
NO_SIGN = "No sign ticked"
"""What came after a visit and calls for nobody."""


def names_of(protocol: Protocol) -> Names:
    """Return the names that a protocol gives."""
    return {recommend.id: short_name(protocol, recommend) for recommend in Recommend}


def named(names: Names, recommendation: str) -> str:
    """Return the name of one, given by its id; of an unknown one the id itself, as words."""
    return names.get(recommendation, recommendation.replace("_", " ").capitalize())


def named_in_list(names: Names, line: Line, recommendation: str, urgency: int) -> str:
    """Return the name of what a line leads to, or of what the rules of today say of it.

    It says so where it came after a visit: nobody may read that as advice on a massage to come.
    """
    if line.protocol != AFTER_VISIT:
        return named(names, recommendation)
    name = named(names, recommendation) if urgency else NO_SIGN
    return f"After the visit: {name[:1].lower()}{name[1:]}"
