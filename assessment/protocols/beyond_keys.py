"""What a JSON Schema can see beyond the keys of a record, from the tables that also check it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assessment.engine.opens import SAME_DAY
from assessment.engine.protocol import Recommend
from assessment.engine.questions import MOST_OPTIONS, RESERVED_OPTIONS, Kind, Safety
from assessment.protocols.conditions import WORDS
from assessment.protocols.scalars import Schema

ONLY_FOR = {
    "options": (Kind.CHOICE, Kind.CHOICES, Kind.AREAS),
    "ordered": (Kind.CHOICE,),
    "none": (Kind.CHOICES, Kind.AREAS),
    "minimum": (Kind.NUMBER,),
    "maximum": (Kind.NUMBER,),
    "unit": (Kind.NUMBER,),
    "low": (Kind.SCALE,),
    "high": (Kind.SCALE,),
    "worse": (Kind.SCALE, Kind.NUMBER, Kind.CHOICE),
    "clarify": (Kind.CHOICES,),
    "lasts": (Kind.CHOICE, Kind.CHOICES),
}
"""Keys of a question with the types that may have them."""
NEEDED = {
    Kind.CHOICE: ("options",),
    Kind.CHOICES: ("options",),
    Kind.AREAS: ("options",),
    Kind.NUMBER: ("minimum", "maximum"),
}
"""Types with the keys that they must have."""
NEEDED_ADVICE = (Recommend.EMERGENCY, Recommend.MEDICAL_CLEARANCE_FIRST)
"""Recommendations that every protocol has words for."""


def _when(key: str, values: Iterable[str], then: Schema) -> Schema:
    return {
        "if": {"properties": {key: {"enum": list(values)}}, "required": [key]},
        "then": then,
    }


def _not_called(words: Iterable[str]) -> Schema:
    return {"properties": {"id": {"not": {"enum": sorted(words)}}}}


def _of_type(kind: Kind) -> Schema:
    properties: dict[str, object] = {
        key: False for key, kinds in ONLY_FOR.items() if kind not in kinds
    }
    side = {"required": ["side"]} if kind is Kind.AREAS else {"properties": {"side": False}}
    if "options" not in properties:
        most = {} if kind is Kind.AREAS else {"maxItems": MOST_OPTIONS}
        properties["options"] = {"items": side, **most}
    needed = list(NEEDED.get(kind, ()))
    return _when("type", [kind], {"properties": properties, "required": needed})


def _unsure() -> Iterator[Schema]:
    for recommend in Recommend:
        least = recommend.if_not_sure or [*Recommend][-1]
        allowed = [one.id for one in Recommend if recommend.place <= one.place <= least.place]
        then: Schema = {"properties": {"if_unsure": {"enum": allowed}}}
        yield _when("recommend", [recommend.id], then)


_NO_TIER_TODAY: Schema = {
    "properties": {
        "safety": {"enum": [one.value for one in Safety if one.urgency_at_least < SAME_DAY]}
    }
}
OPTION: tuple[Schema, ...] = (_not_called(RESERVED_OPTIONS),)
QUESTION: tuple[Schema, ...] = (
    _not_called(WORDS),
    *(_of_type(kind) for kind in Kind),
    {
        "if": {"properties": {"clarify": {"const": True}}, "required": ["clarify"]},
        "then": {"required": ["not_sure"]},
    },
    {
        "if": {"properties": {"lasts": {"const": True}}, "required": ["lasts"]},
        "then": {"properties": {"options": {"items": _NO_TIER_TODAY}}},
    },
    {
        "if": {"properties": {"type": {"const": Kind.CHOICE.value}}, "required": ["type", "worse"]},
        "then": {"properties": {"ordered": {"const": True}}, "required": ["ordered"]},
    },
)
RULE: tuple[Schema, ...] = tuple(_unsure())
ADVICE: tuple[Schema, ...] = (
    _when(
        "id", [one.id for one in Recommend if one.is_medical], {"properties": {"requires": False}}
    ),
    _when(
        "id",
        [one.id for one in Recommend if one is not Recommend.DEEP_TISSUE],
        {"properties": {"places": False}},
    ),
)
EVERY_ADVICE: tuple[Schema, ...] = tuple(
    {"contains": {"properties": {"id": {"const": one.id}}, "required": ["id"]}}
    for one in NEEDED_ADVICE
)
THEN: tuple[Schema, ...] = (
    {"minProperties": 1},
    {"if": {"required": ["places"]}, "then": {"required": ["limits"]}},
)
