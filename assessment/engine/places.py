"""Limits of a place: deep work may be right on one place of the body while another is sore.

A recommendation may name the places where it can be suggested, and a precaution the places that it
is about. Such a recommendation then requires, besides what its author wrote, at least one ticked
place that no such precaution limits, or may limit. That is a condition like any other, made here
once: the engine, the proof and every explanation lower the same one.
"""

from __future__ import annotations

from collections.abc import Mapping

from assessment.engine.conditions import All, Any, Condition, Not, Operator, Test
from assessment.engine.protocol import Limit, Precaution, Protocol, Recommend
from assessment.engine.questions import Kind

LIMITING = frozenset({Limit.NO_DEEP, Limit.NO_MASSAGE})
"""The limits of a precaution that keep a recommendation away from its places."""


def limits_at(precaution: Precaution, limit: Limit, place: str | None = None) -> bool:
    """Whether a precaution gives this limit: to the whole body, or at least to this place.

    What limits the whole body limits each place too, but for `avoid_area`: without `places` only
    its text says which area that is.
    """
    if limit not in precaution.limits:
        return False
    if place is None or place in precaution.places:
        return place is not None or not precaution.places
    return not precaution.places and limit is not Limit.AREA


def required(protocol: Protocol, recommend: Recommend) -> Condition | None:
    """Return what a recommendation requires; None when it requires nothing."""
    advice = protocol.advice.get(recommend)
    if advice is None or not advice.places:
        return None if advice is None else advice.requires
    somewhere = Any(tuple(free_places(protocol, recommend).values()))
    return somewhere if advice.requires is None else All((advice.requires, somewhere))


def free_places(protocol: Protocol, recommend: Recommend) -> Mapping[str, Condition]:
    """Return for each place of a recommendation when it is ticked and free of limits."""
    advice = protocol.advice.get(recommend)
    return {place: _free(protocol, place) for place in (() if advice is None else advice.places)}


def _free(protocol: Protocol, place: str) -> Condition:
    ticked = tuple(
        Test(question.id, Operator.IS, (place,))
        for question in protocol.questions
        if question.kind is Kind.AREAS and place in question.values
    )
    limited = tuple(
        one.when
        for one in protocol.precautions
        if place in one.places and not LIMITING.isdisjoint(one.limits)
    )
    here = ticked[0] if len(ticked) == 1 else Any(ticked)
    return All((here, Not(Any(limited)))) if limited else here
