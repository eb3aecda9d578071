"""What recommendations are called on a clinic's screens: as a protocol says, none of it in code."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.words import short_name

Names = Mapping[str, str]
"""The name of each recommendation by its id."""


def names_of(protocol: Protocol) -> Names:
    """Return the names that a protocol gives."""
    return {recommend.id: short_name(protocol, recommend) for recommend in Recommend}


def named(names: Names, recommendation: str) -> str:
    """Return the name of one, given by its id; of an unknown one the id itself, as words."""
    return names.get(recommendation, recommendation.replace("_", " ").capitalize())
